/**
 * Generate src/generated/ from ../rpc_schema/.
 *
 *   node scripts/generate.mjs           write the files
 *   node scripts/generate.mjs --check   exit 1 if a file is not what would be written
 *
 * The output depends on rpc_schema/ alone: same input, same bytes.
 *
 * rpc.ts     what each method takes and answers, what the server sends unasked, the start line
 * app.ts     documents, event arguments, the builders `tables` and `events`, and `clientDocuments`
 * writes.ts  the tables' own events that do what the document events do
 * errors.ts  the error codes
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { argv, exit } from "node:process";
import { isDeepStrictEqual } from "node:util";
import { compile } from "json-schema-to-typescript";

const source = new URL("../../rpc_schema/", import.meta.url);
const target = new URL("../src/generated/", import.meta.url);
const header =
  "// Generated from rpc_schema/ by scripts/generate.mjs (npm run generate). Do not edit.\n\n";

async function rpcModule() {
  const { methods, "x-notifications": notifications } = read("openrpc.json");
  const bundle = new Bundle();
  for (const file of readdirSync(new URL("schemas/", source)).sort()) {
    bundle.add(read(`schemas/${file}`));
  }
  const of = (name) => bundle.refer(read(`schemas/${name}.json`).title);
  const members = methods.map(({ name, summary }) => [
    name,
    {
      ...record({ params: of(`${name}.params`), result: of(`${name}.result`) }),
      description: summary,
    },
  ]);
  const notices = notifications.map(({ name }) => [name, of(`notification.${name}`)]);
  return bundle.compile({
    Methods: {
      ...record(Object.fromEntries(members)),
      description: "Each method of the server, with what it takes and what it answers.",
    },
    Notifications: {
      ...record(Object.fromEntries(notices)),
      description: "What the server sends unasked.",
    },
  });
}

async function appModule() {
  const { tables, events, clientDocuments } = read("app.json");
  const bundle = new Bundle();
  const documents = {};
  for (const [name, { document }] of Object.entries(tables)) {
    const named = name in clientDocuments ? withValueNamed(document) : document;
    documents[name] = bundle.add(withoutIndexSignature(named));
  }
  const setters = new Map(
    Object.entries(clientDocuments).map(([name, { event }]) => [event, valueName(tables[name])]),
  );
  for (const [name, { args }] of Object.entries(events)) {
    const { $defs = {}, ...top } = setters.has(name) ? setting(args, setters.get(name)) : args;
    bundle.add({ ...top, $defs: each($defs, withoutIndexSignature) });
  }
  const types = await bundle.compile({
    Documents: { ...record(documents), description: "The document of each declared table." },
  });
  return [
    types.replace(header, `${header}import { table } from "../query/table.ts";\n`),
    "/** A query of each declared table, to narrow by `where`, `orderBy`, `limit`, `first`, … */",
    "export const tables = {",
    ...Object.entries(tables).map(([name, { document, primaryKey, search }]) =>
      [
        `  /** Queries of ${name}. */`,
        `  ${name}: /* @__PURE__ */ table<${document.title}, "${primaryKey}", ${Object.keys(search ?? {}).length > 0}>(`,
        `    "${name}",`,
        `    "${primaryKey}",`,
        "  ),",
      ].join("\n"),
    ),
    "} as const;",
    "",
    "/** What makes each event, ready for `commit`. */",
    "export const events = {",
    ...builders(events),
    "} as const;",
    "",
    "/** The value of each client document where none is stored, and the event that sets it. */",
    "export const clientDocuments: {",
    ...Object.entries(clientDocuments).map(
      ([name, { event }]) =>
        `  readonly ${name}: { readonly default: ${valueName(tables[name])}; readonly event: "${event}" };`,
    ),
    `} = ${JSON.stringify(clientDocuments, null, 2)};`,
    "",
  ].join("\n");
}

function writesModule() {
  const { tables } = read("app.json");
  const written = Object.entries(tables).filter(([, { writes }]) => Object.keys(writes).length > 0);
  const writes = Object.fromEntries(written.map(([name, table]) => [name, table.writes]));
  return [
    `${header}/** An event, and the fields it must be given, none of them null. */`,
    "export interface TypedWrite {",
    "  readonly event: string;",
    "  readonly needs: readonly string[];",
    "}",
    "",
    "/**",
    " * The tables' own events that do what the document events do, given what they need: `insert` takes",
    " * the document, `patch` `{<primary key>, updates}`, `remove` `{<primary key>}`.",
    " */",
    "export const writes: {",
    '  readonly [table: string]: { readonly [what in "insert" | "patch" | "remove"]?: TypedWrite };',
    `} = ${JSON.stringify(writes, null, 2)};`,
    "",
  ].join("\n");
}

/** The type of a client document's value has the name of its shape. */
function valueName({ document }) {
  return document.properties.value.title;
}

function withValueNamed({ $defs = {}, properties: { value, ...properties }, ...document }) {
  return {
    ...document,
    properties: { ...properties, value: { $ref: `#/$defs/${value.title}` } },
    $defs: { ...$defs, [value.title]: value },
  };
}

/** Whole or not, the server takes some of the members; what it adds are their defaults. */
function setting({ $defs: _, properties, ...args }, type) {
  return { ...args, properties: { ...properties, value: { tsType: `Partial<${type}>` } } };
}

function builders(events) {
  const names = builderNames(Object.keys(events));
  return Object.entries(events).map(([name, { args, deprecated }]) => {
    const notes = [args.description ?? name, ...(deprecated ? [`@deprecated ${deprecated}`] : [])];
    return [
      "  /**",
      ...notes.map((note) => `   * ${note}`),
      "   */",
      `  ${names.get(name)}: (args: ${args.title}) => ({ name: "${name}", args }) as const,`,
    ].join("\n");
  });
}

/** The newest version of an event has its bare name; an older one says which it is. */
function builderNames(names) {
  const parsed = names.map((name) => {
    const [, version, stem] = /^v(\d+)\.(.+)$/.exec(name);
    const words = stem.replace(/\.(\w)/g, (_, letter) => letter.toUpperCase());
    return { name, version: Number(version), bare: words[0].toLowerCase() + words.slice(1) };
  });
  return new Map(
    parsed.map(({ name, version, bare }) => {
      const newest = Math.max(
        ...parsed.filter((one) => one.bare === bare).map((one) => one.version),
      );
      return [name, version === newest ? bare : `${bare}V${version}`];
    }),
  );
}

function errorsModule() {
  const { wire } = read("errors.json");
  return [
    header.trimEnd(),
    "",
    "/** The JSON-RPC code of each error a server answers with. */",
    "export const errorNumbers = {",
    ...wire.map(({ code, number, meaning }) => `  /** ${meaning} */\n  ${code}: ${number},`),
    "} as const;",
    "",
    "/** The code of an error a server answers with. */",
    "export type ErrorCode = keyof typeof errorNumbers;",
    "",
  ].join("\n");
}

/** Schemas of many files as the definitions of one, so that each type comes out once. */
class Bundle {
  definitions = {};

  /** Add a titled schema and what it refers to. Returns a reference to it. */
  add({ $schema, $comment, $defs = {}, ...schema }) {
    for (const [name, definition] of Object.entries($defs)) this.define(name, definition);
    this.define(schema.title, schema);
    return this.refer(schema.title);
  }

  define(name, schema) {
    const definition = prepare({ ...schema, title: name });
    const known = this.definitions[name];
    if (known !== undefined && !isDeepStrictEqual(known, definition)) {
      throw new Error(`Two different schemas have the name ${name}`);
    }
    this.definitions[name] = definition;
  }

  refer(name) {
    return { $ref: `#/definitions/${name}` };
  }

  async compile(roots) {
    const { JsonValue: _, ...definitions } = this.definitions;
    const inlined = each({ ...definitions, ...titled(roots) }, inlineJsonValue);
    const text = await compile(
      { title: "Discarded", type: "object", additionalProperties: false, definitions: inlined },
      "Discarded",
      {
        additionalProperties: true,
        bannerComment: "",
        style: { printWidth: 100 },
        unreachableDefinitions: true,
      },
    );
    return header + tidy(text);
  }
}

/** Keywords that say nothing about a type, or would only give it a second name. */
const dropped = new Set(["examples", "default", "minItems", "maxItems", "title"]);

/** Leave only what makes a type; the definition itself keeps its title. */
function prepare({ title, ...schema }) {
  // An empty interface would take any members.
  if (schema.additionalProperties === false && Object.keys(schema.properties ?? {}).length === 0) {
    return { title, description: schema.description, tsType: "Record<string, never>" };
  }
  const type = everywhere(schema, (key, value) => {
    if (dropped.has(key)) return undefined;
    return key === "$ref" ? value.replace("#/$defs/", "#/definitions/") : value;
  });
  return { title, ...type };
}

/** Say that objects are closed: what else a document holds is there, but has no type. */
function withoutIndexSignature(schema) {
  return everywhere(schema, (key, value) =>
    key === "additionalProperties" && value === true ? false : value,
  );
}

function inlineJsonValue(schema) {
  if (schema.$ref === "#/definitions/JsonValue") return { tsType: "unknown" };
  return nested(schema, inlineJsonValue);
}

/** Return a schema with each keyword, at any depth, replaced by `change(key, value)`; undefined drops it. */
function everywhere(schema, change) {
  const changed = Object.entries(schema).map(([key, value]) => [key, change(key, value)]);
  const kept = Object.fromEntries(changed.filter(([, value]) => value !== undefined));
  return nested(kept, (inner) => everywhere(inner, change));
}

/** Return a schema with `change` applied to the schemas directly in it. */
function nested(schema, change) {
  const result = { ...schema };
  for (const key of ["items", "additionalProperties", "not"]) {
    if (typeof schema[key] === "object") result[key] = change(schema[key]);
  }
  for (const key of ["anyOf", "oneOf", "allOf", "prefixItems"]) {
    if (key in schema) result[key] = schema[key].map(change);
  }
  for (const key of ["properties", "$defs", "definitions"]) {
    if (key in schema) result[key] = each(schema[key], change);
  }
  return result;
}

function each(record, change) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

function record(properties) {
  return {
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

function titled(schemas) {
  return Object.fromEntries(
    Object.entries(schemas).map(([title, schema]) => [title, { ...schema, title }]),
  );
}

/** Take out the interface that only carried the definitions, and what the compiler says about them. */
function tidy(text) {
  return text
    .replace(/export interface Discarded \{\}\n/, "")
    .replace(
      / \*\n \* This interface was referenced by [^\n]*\n \* via the `definition` "[^"]*"\.\n/g,
      "",
    )
    .replace(
      /\/\*\*\n \* This interface was referenced by [^\n]*\n \* via the `definition` "[^"]*"\.\n \*\/\n/g,
      "",
    );
}

function read(path) {
  return JSON.parse(readFileSync(new URL(path, source), "utf8"));
}

function current(name) {
  try {
    return readFileSync(new URL(name, target), "utf8");
  } catch {
    return undefined;
  }
}

const files = {
  "rpc.ts": await rpcModule(),
  "app.ts": await appModule(),
  "writes.ts": writesModule(),
  "errors.ts": errorsModule(),
};
let stale = false;
for (const [name, text] of Object.entries(files)) {
  if (argv.includes("--check")) {
    if (text !== current(name)) {
      console.error(`src/generated/${name} is not what rpc_schema/ says: run \`npm run generate\``);
      stale = true;
    }
  } else {
    writeFileSync(new URL(name, target), text);
  }
}
exit(stale ? 1 : 0);
