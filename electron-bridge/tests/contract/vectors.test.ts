import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { isObject } from "../../src/client/json.ts";

const schemas = join(import.meta.dirname, "../../../rpc_schema");

interface Vector {
  readonly name: string;
  readonly message: { readonly params?: unknown };
}

interface Vectors {
  readonly valid: readonly Vector[];
  readonly invalid: readonly Vector[];
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(schemas, path), "utf8"));
}

function schema(path: string): { readonly [key: string]: unknown } {
  const value = read(path);
  if (!isObject(value)) throw new Error(`${path} is no schema`);
  return value;
}

function isVectors(value: unknown): value is Vectors {
  return isObject(value) && Array.isArray(value.valid) && Array.isArray(value.invalid);
}

function vectors(): [method: string, vectors: Vectors][] {
  const { methods } = schema("vectors.json");
  if (!isObject(methods)) throw new Error("vectors.json has no methods");
  return Object.entries(methods).map(([method, value]) => {
    if (!isVectors(value)) throw new Error(`${method} has no vectors`);
    return [method, value];
  });
}

describe.each(vectors())("the messages of %s", (method, { valid, invalid }) => {
  const validate = new Ajv2020({ strict: false }).compile(schema(`schemas/${method}.params.json`));

  it("fit its schema where they are valid", () => {
    expect(valid.length).toBeGreaterThan(0);
    for (const { name, message } of valid) {
      expect(validate(message.params ?? {}), `${name}: ${JSON.stringify(validate.errors)}`).toBe(
        true,
      );
    }
  });

  it("do not where they are invalid", () => {
    expect(invalid.length).toBeGreaterThan(0);
    for (const { name, message } of invalid) {
      expect(validate(message.params ?? {}), name).toBe(false);
    }
  });
});

describe("the generated types", () => {
  const kinds = /^\/\w+ is (unknown|missing|null|true|a string)$/;
  const valid = vectors().flatMap(([method, { valid }]) => valid.map((one) => line(method, one)));
  const invalid = vectors().flatMap(([method, { invalid }]) =>
    invalid.filter(({ name }) => kinds.test(name)).map((one) => line(method, one)),
  );

  function line(method: string, { message }: Vector): string {
    const params = JSON.stringify(message.params ?? {});
    return `void (${params} satisfies Methods["${method}"]["params"]);`;
  }

  it("take every valid message; refuse unknown and missing members, null and wrong types", () => {
    const lines = [
      'import type { Methods } from "../../src/generated/rpc.ts";',
      ...valid,
      ...invalid,
    ];
    const faulty = faultyLines(lines.join("\n"));
    expect(invalid.length).toBeGreaterThan(50);
    expect(lines.filter((_, at) => faulty.has(at))).toEqual(invalid);
  });
});

/** The lines, from 0, in which the compiler finds a fault when they stand in this directory. */
function faultyLines(source: string): ReadonlySet<number> {
  const name = join(import.meta.dirname, "virtual.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    lib: ["lib.es2023.d.ts"],
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, version) =>
    path === name ? ts.createSourceFile(path, source, version) : getSourceFile(path, version);
  const program = ts.createProgram([name], options, host);
  const file = program.getSourceFile(name);
  const faults = file === undefined ? [] : program.getSemanticDiagnostics(file);
  return new Set(
    faults.map(({ start }) => file?.getLineAndCharacterOfPosition(start ?? 0).line ?? -1),
  );
}
