import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

/** What an app loads when it imports an entry, minified and gzipped, in bytes. */
async function sizeOf(entry: string): Promise<number> {
  const input = join(import.meta.dirname, "../../src", entry);
  const bundle = await rolldown({ input, platform: "neutral" });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const chunks = output.filter((one) => one.type === "chunk");
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  // What is imported on demand is loaded later, or never.
  const loaded = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  for (const name of loaded) for (const one of byName.get(name)?.imports ?? []) loaded.add(one);
  // Together, as an app's bundler puts them: how they are cut into chunks is its own affair.
  const code = [...loaded].map((name) => byName.get(name)?.code ?? "").join("");
  return gzipSync(code, { level: 9 }).length;
}

it("loads what opens a database, asks and follows it in 15 kB; the rest when it is needed", async () => {
  expect(await sizeOf("rxdb/index.ts")).toBeLessThanOrEqual(15_000);
});

it("has a client of 6 kB below it", async () => {
  expect(await sizeOf("client/core.ts")).toBeLessThanOrEqual(6_000);
});

it("has a preload script of 1 kB, which runs before each page", async () => {
  expect(await sizeOf("preload/index.ts")).toBeLessThanOrEqual(1_000);
});
