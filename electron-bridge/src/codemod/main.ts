#!/usr/bin/env node
/** The program `electron-bridge`. */

const typescript = await import("typescript").catch(() => undefined);
if (typeof typescript?.default.createProgram === "function") {
  const { run } = await import("./command.ts");
  process.exitCode = run(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
  });
} else {
  process.stderr.write(
    "electron-bridge: The codemod reads your files with the parser of TypeScript 5 or 6,\n" +
      "which is not installed here: npm install --save-dev typescript@6\n",
  );
  process.exitCode = 2;
}

export {};
