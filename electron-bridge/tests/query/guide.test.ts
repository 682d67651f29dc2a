/** docs/queries.md tells of all there is, and what it shows compiles. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { isObject } from "../../src/client/json.ts";
import { excludes, operators } from "../../src/query/steps.ts";
import { faults } from "../support/compile.ts";
import { startClient } from "../support/sidecar.ts";
import { failure } from "../support/wait.ts";

const root = join(import.meta.dirname, "../..");
const guide = readFileSync(join(root, "../docs/queries.md"), "utf8");
const schema = JSON.parse(
  readFileSync(join(root, "../rpc_schema/schemas/query.params.json"), "utf8"),
);

/** The guide's code blocks of a language. */
function blocks(language: string): string[] {
  const text = guide.slice(0, guide.indexOf("## In Python"));
  return [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)].flatMap(([, name, code]) =>
    name === language && code !== undefined ? [code] : [],
  );
}

/** The names that the guide puts in code marks. */
function named(): ReadonlySet<string> {
  return new Set([...guide.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name ?? ""));
}

describe("the guide to queries", () => {
  it("names every step and every operator of where", () => {
    const names = [...Object.keys(excludes), "first", "count", ...Object.keys(operators)];
    expect(names.filter((name) => !named().has(name))).toEqual([]);
  });

  it("names every operator a server knows", async () => {
    const { client } = await startClient();
    const query = { from: "personas", selector: { name: { $none: 1 } } };
    const { hint = "" } = await failure(client.query(query));
    const known = hint.match(/\$\w+/g) ?? [];
    expect(known).toContain("$eq");
    expect([...known, "$options", "$search"].filter((name) => !named().has(name))).toEqual([]);
  });

  it("shows every member of a query as JSON", () => {
    const { DocumentQuery, SqlQuery, Aggregate } = schema.$defs;
    const members = [DocumentQuery, SqlQuery, Aggregate].flatMap(({ properties }) =>
      Object.keys(properties),
    );
    expect(members).toContain("groupBy");
    const shown = new Set(blocks("json").flatMap((code) => keys(JSON.parse(code))));
    expect(members.filter((member) => !shown.has(member))).toEqual([]);
  });

  it("shows queries that a server takes", () => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    for (const code of blocks("json")) {
      expect(validate(JSON.parse(code)), `${code}${JSON.stringify(validate.errors)}`).toBe(true);
    }
  });

  it("shows code that compiles", () => {
    const files = new Map(
      ["ts", "tsx"].flatMap((language) =>
        blocks(language).map((code, at): [string, string] => [
          join(import.meta.dirname, `guide-${at}.${language}`),
          code.startsWith("import") ? code : prelude + code,
        ]),
      ),
    );
    expect(files.size).toBeGreaterThan(8);
    expect(faults(files)).toEqual([]);
  }, 90_000);
});

const prelude = `import { sql, table, tables, type SidecarClient } from "@pjais/electron-bridge";
import { useQuery } from "@pjais/electron-bridge/react";
declare const client: SidecarClient;
declare const personaId: string;
`;

function keys(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keys);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...keys(item)]);
}
