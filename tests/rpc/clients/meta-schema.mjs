// Validate an OpenRPC document by @open-rpc/meta-schema, and resolve its references.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { require } from "./modules.mjs";

const Ajv = require("ajv").default;
const { openrpcDocument } = require("@open-rpc/meta-schema");
const { parseOpenRPCDocument, validateOpenRPCDocument } = require("@open-rpc/schema-utils-js");
const jsonSchema = require("@json-schema-tools/meta-schema");

const text = readFileSync(process.argv[2], "utf8");
const document = JSON.parse(text);

const ajv = new Ajv({ strict: false, validateSchema: false, logger: false });
const { $schema, ...meta } = jsonSchema.default ?? jsonSchema;
ajv.addSchema(meta, "https://meta.json-schema.tools");
const { $schema: _, ...specification } = openrpcDocument;
const validate = ajv.compile(specification);
assert.ok(validate(document), JSON.stringify(validate.errors, null, 2));
assert.ok(!validate({ ...document, methods: [{}] }), "the validator refuses nothing");

assert.equal(validateOpenRPCDocument(document), true);
const parsed = await parseOpenRPCDocument(text);
assert.equal(parsed.methods.length, document.methods.length);
console.log("valid");
