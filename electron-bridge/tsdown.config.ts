import { defineConfig } from "tsdown";

export default defineConfig({
  entry: {
    "client/index": "src/client/index.ts",
    "react/index": "src/react/index.ts",
    "migration/index": "src/migration/index.ts",
    "migration/react/index": "src/migration/react/index.ts",
    "rxdb/index": "src/rxdb/index.ts",
    "rxdb/react/index": "src/rxdb/react/index.ts",
    "rxdb/rxdb-hooks/index": "src/rxdb/rxdb-hooks/index.ts",
    "main/index": "src/main/index.ts",
    "preload/index": "src/preload/index.ts",
    "codemod/main": "src/codemod/main.ts",
  },
  format: "esm",
  // The same files run in a renderer, in Electron's main process and in Node.
  platform: "neutral",
  // Only the codemod and `main` have any.
  deps: { neverBundle: /^node:/ },
  target: "es2023",
  dts: true,
  sourcemap: true,
});
