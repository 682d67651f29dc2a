import { behaviour } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { refusal } from "../plain.ts";
import { filled, people } from "../schemas.ts";

const rich = {
  id: "a",
  name: "Alice",
  tags: ["x", "y"],
  address: { city: "Rome", geo: { lat: 41.9 } },
};

behaviour(
  "a document's $ emits it, and each that follows",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const log = emissions(document.$);
    await log.until(1);
    await document.patch({ age: 41 });
    await (await collection.findOne("b").exec(true)).patch({ age: 1 });
    await document.incrementalPatch({ age: 42 });
    await log.until(3);
    return log.end();
  },
  [
    { id: "a", name: "Alice", age: 40 },
    { id: "a", name: "Alice", age: 41 },
    { id: "a", name: "Alice", age: 42 },
  ],
);

behaviour(
  "a document's $ emits at once, and what is newest",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await document.patch({ age: 41 });
    let same = false;
    const log = emissions(document.$, (emitted: typeof document) => {
      same = emitted === document.getLatest();
    });
    const count = log.seen.length;
    await log.end();
    return [count, same];
  },
  [1, true],
);

behaviour(
  "a document's $ emits when it is removed, and when it comes back",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const log = emissions(document.$, ({ deleted, name }: typeof document) => [deleted, name]);
    await document.remove();
    await collection.insert({ id: "a", name: "Anna" });
    await log.until(3);
    return log.end();
  },
  [
    [false, "Alice"],
    [true, "Alice"],
    [false, "Anna"],
  ],
);

behaviour(
  "deleted$ emits whether the document is deleted",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const log = emissions(document.deleted$);
    await document.patch({ age: 41 });
    await document.getLatest().remove();
    await log.until(2);
    return log.end();
  },
  [false, true],
);

behaviour(
  "a field's $ emits its values, each that is another",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const log = emissions(document.age$);
    await document.incrementalPatch({ name: "Anna" });
    await document.incrementalPatch({ age: 41 });
    await document.incrementalPatch({ age: 41 });
    await document.incrementalPatch({ age: 42 });
    await log.until(3);
    return log.end();
  },
  [40, 41, 42],
);

behaviour(
  "get$ takes a path, and compares deeply",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    const [geo, tags] = [emissions(document.get$("address.geo")), emissions(document.get$("tags"))];
    await document.incrementalPatch({ address: { city: "Oslo", geo: { lat: 41.9 } } });
    await document.incrementalPatch({ tags: ["x", "y"] });
    await document.incrementalPatch({ tags: ["y"], address: { geo: { lat: 59.9 } } });
    await Promise.all([geo.until(2), tags.until(2)]);
    return [await geo.end(), await tags.end()];
  },
  [
    [{ lat: 41.9 }, { lat: 59.9 }],
    [["x", "y"], ["y"]],
  ],
);

behaviour(
  "a field of an object has its $ too",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    const log = emissions(document.address.city$);
    await document.incrementalPatch({ address: { city: "Oslo" } });
    await log.until(2);
    return log.end();
  },
  ["Rome", "Oslo"],
);

behaviour(
  "a field that is missing emits undefined until it is there",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const log = emissions(document.get$("address.city"));
    await document.patch({ address: { city: "Rome" } });
    await log.until(2);
    return log.end();
  },
  ["undefined", "Rome"],
);

behaviour(
  "what cannot be observed is refused",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return [
      await refusal(() => document.get$("id")),
      await refusal(() => document.get$("shoes")),
      await refusal(() => document.get$("marks.item.of")),
    ];
  },
  ["DOC2", "DOC4", "DOC1"],
);
