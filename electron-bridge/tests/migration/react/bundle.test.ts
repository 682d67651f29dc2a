import { join } from "node:path";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

/** The packages that an entry imports. */
async function packagesOf(entry: string): Promise<string[]> {
  const input = join(import.meta.dirname, "../../../src", entry);
  const bundle = await rolldown({ input, platform: "neutral", external: /^[^./]/ });
  const { output } = await bundle.generate({ format: "esm" });
  const imported = output.flatMap((one) => (one.type === "chunk" ? one.imports : []));
  return [...new Set(imported.filter((name) => !name.endsWith(".js")))].sort();
}

it.each(["migration/react/index.ts", "react/index.ts"])(
  "%s needs React and no RxDB",
  async (entry) => {
    expect((await packagesOf(entry)).filter((name) => !name.startsWith("react"))).toEqual([]);
  },
);

it("the migration itself needs RxDB and no React", async () => {
  const packages = await packagesOf("migration/index.ts");
  expect(packages).toContain("rxdb");
  expect(packages.filter((name) => !name.startsWith("rxdb"))).toEqual([]);
});
