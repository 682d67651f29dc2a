import { defineConfig } from "tsdown";

export default defineConfig({
  entry: {
    "client/index": "src/client/index.ts",
    "react/index": "src/react/index.ts",
    "migration/index": "src/migration/index.ts",
  },
  format: "esm",
  // The same files run in a renderer, in Electron's main process and in Node.
  platform: "neutral",
  target: "es2023",
  dts: true,
  sourcemap: true,
});
