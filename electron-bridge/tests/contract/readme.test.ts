import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

it("the README's component type-checks against the package", () => {
  const readme = readFileSync(join(root, "../README.md"), "utf8");
  const source = /```tsx\n(.*?)```/s.exec(readme)?.[1];
  expect(source).toBeDefined();

  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const name = join(import.meta.dirname, "readme.tsx");
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.readFile = (path) => (path === name ? source : readFile(path));
  host.getSourceFile = (path, ...rest) =>
    path === name ? ts.createSourceFile(name, source ?? "", rest[0]) : getSourceFile(path, ...rest);
  const paths = {
    "@pjais/electron-bridge": [join(root, "src/client/index.ts")],
    "@pjais/electron-bridge/react": [join(root, "src/react/index.ts")],
  };
  const program = ts.createProgram([name], { ...options, noEmit: true, paths }, host);
  const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(name));
  expect(
    problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
  ).toEqual([]);
}, 60_000);
