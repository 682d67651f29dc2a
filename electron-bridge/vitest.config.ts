import { defineConfig } from "vitest/config";

export default defineConfig({
  // The example imports the package by its name: it gets the source.
  resolve: { tsconfigPaths: true },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    // Component tests say `// @vitest-environment happy-dom` in their first line.
    environment: "node",
    // Many tests start a real sidecar process.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
  },
});
