/** What is needed where collections are opened, and then no more. */

export { defineCollections } from "./definitions.ts";
export { adoptFunctions } from "./orm.ts";
export { checkSchema } from "./schema-check.ts";
export { checkStrategies } from "./versions.ts";
