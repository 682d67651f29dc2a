import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "../..");

/** What the compiler says of some files, by their paths, which are only here and not on disk. */
export function faults(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options: all } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  // What documentation shows need not use all it declares.
  const options = { ...all, noEmit: true, noUnusedLocals: false };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const text = files.get(path);
    return text === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, text, rest[0]);
  };
  const paths = {
    "@pjais/electron-bridge": [join(root, "src/client/index.ts")],
    "@pjais/electron-bridge/*": [join(root, "src/*/index.ts")],
  };
  const program = ts.createProgram([...files.keys()], { ...options, paths }, host);
  return [...files].flatMap(([name, text]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(
        ({ messageText }) => `${ts.flattenDiagnosticMessageText(messageText, "\n")} in\n${text}`,
      ),
  );
}
