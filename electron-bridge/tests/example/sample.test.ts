import { describe, expect, it } from "vitest";
import { makeSample } from "../../example/old-app/sample.ts";

describe("the demo's sample", () => {
  const sample = makeSample(20);
  const { personas, memoryEntities } = sample.documents;

  it("is the same every time", () => {
    expect(makeSample(20)).toEqual(sample);
    expect(makeSample(21)).not.toEqual(sample);
  });

  it("has 200 personas and 5,000 memories that are not removed again", () => {
    expect(personas.length - sample.removed.personas.length).toBe(200);
    expect(memoryEntities.length - sample.removed.memoryEntities.length).toBe(5000);
  });

  it("has each id once", () => {
    const ids = [...personas, ...memoryEntities].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("holds the awkward documents it counts", () => {
    const counted = (kind: string) =>
      sample.awkward.find((one) => one.kind === kind && one.collection === "memoryEntities")?.count;
    const live = memoryEntities.slice(0, 5000);
    expect(live.filter(({ importance }) => importance === 0)).toHaveLength(
      counted("importance 0") ?? 0,
    );
    const removed = new Set(sample.removed.personas);
    expect(live.filter(({ personaId }) => removed.has(String(personaId)))).toHaveLength(
      counted("memory of a removed persona") ?? 0,
    );
  });

  it("expects in quarantine only documents it made, and no persona that has memories", () => {
    const owners = new Set(memoryEntities.map(({ personaId }) => personaId));
    expect(sample.quarantine.personas.filter((id) => owners.has(id))).toEqual([]);
    const ids = new Set(memoryEntities.map(({ id }) => id));
    expect(sample.quarantine.memoryEntities.filter((id) => !ids.has(id))).toEqual([]);
  });
});
