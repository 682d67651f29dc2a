import type { RxChangeEvent } from "rxdb";
import { behaviour } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { filled, people } from "../schemas.ts";

type Change = RxChangeEvent<{ name: string }>;

/** What happened to which document, and its name before and after. */
function brief({ operation, documentId, documentData, previousDocumentData }: Change) {
  return [operation, documentId, previousDocumentData?.name ?? null, documentData.name];
}

behaviour(
  "a collection tells of each insert, update and removal",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.$, brief);
    const document = await collection.insert({ id: "d", name: "Dan" });
    const patched = await document.patch({ name: "Daniel" });
    await patched.remove();
    await log.until(3);
    return log.end();
  },
  [
    ["INSERT", "d", null, "Dan"],
    ["UPDATE", "d", "Dan", "Daniel"],
    ["DELETE", "d", "Daniel", "Daniel"],
  ],
);

behaviour(
  "an event says its collection, and that it is no local document's",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.$, ({ collectionName, isLocal, operation }) => [
      collectionName,
      isLocal,
      operation,
    ]);
    await collection.insert({ id: "d", name: "Dan" });
    await log.until(1);
    return log.end();
  },
  [["people", false, "INSERT"]],
);

behaviour(
  "an event has the whole document",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.$, ({ documentData }) => {
      const { _rev, _meta, _attachments, ...data } = documentData;
      return data;
    });
    await collection.upsert({ id: "a", name: "Anna", tags: ["x"] });
    await collection.bulkRemove(["b"]);
    await log.until(2);
    return log.end();
  },
  [
    { id: "a", name: "Anna", tags: ["x"], _deleted: false },
    { id: "b", name: "Bob", age: 30, _deleted: true },
  ],
);

behaviour(
  "a bulk is an event for each of its documents",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.$, brief);
    await collection.bulkInsert([
      { id: "d", name: "Dan" },
      { id: "e", name: "Eve" },
      { id: "a", name: "Another" },
    ]);
    await log.until(2);
    return log.end();
  },
  [
    ["INSERT", "d", null, "Dan"],
    ["INSERT", "e", null, "Eve"],
  ],
);

behaviour(
  "insert$, update$ and remove$ tell of one kind each",
  async (stage) => {
    const collection = await filled(stage);
    const { insert$, update$, remove$ } = collection;
    const logs = [emissions(insert$, brief), emissions(update$, brief), emissions(remove$, brief)];
    const document = await collection.insert({ id: "d", name: "Dan" });
    await document.incrementalPatch({ name: "Daniel" });
    await document.incrementalRemove();
    await Promise.all(logs.map((log) => log.until(1)));
    return await Promise.all(logs.map((log) => log.end()));
  },
  [
    [["INSERT", "d", null, "Dan"]],
    [["UPDATE", "d", "Dan", "Daniel"]],
    [["DELETE", "d", "Daniel", "Daniel"]],
  ],
);

behaviour(
  "what comes back after a removal is inserted",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.$, ({ operation, documentId }) => [operation, documentId]);
    await collection.bulkRemove(["a"]);
    await collection.insert({ id: "a", name: "Anna" });
    await log.until(2);
    return log.end();
  },
  [
    ["DELETE", "a"],
    ["INSERT", "a"],
  ],
);

behaviour(
  "a refused write is no event",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.$, brief);
    await collection.bulkInsert([{ id: "a", name: "Another" }, { id: "f" }]);
    await collection.bulkRemove(["x"]);
    await collection.insert({ id: "d", name: "Dan" });
    await log.until(1);
    return log.end();
  },
  [["INSERT", "d", null, "Dan"]],
);

behaviour(
  "what was before somebody listened is told to nobody",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.$, brief);
    return log.end();
  },
  [],
);

behaviour(
  "a collection's event is there when its write is done",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.$, brief);
    await collection.insert({ id: "d", name: "Dan" });
    const { length } = log.seen;
    await log.end();
    return length;
  },
  1,
);

behaviour(
  "a database tells of all its collections",
  async ({ open }) => {
    const db = await open({ people, others: people });
    const log = emissions(db.$, ({ collectionName, operation, documentId }) => [
      collectionName,
      operation,
      documentId,
    ]);
    const document = await db.people.insert({ id: "a", name: "Alice" });
    await db.others.insert({ id: "b", name: "Bob" });
    await document.remove();
    await log.until(3);
    return log.end();
  },
  [
    ["people", "INSERT", "a"],
    ["others", "INSERT", "b"],
    ["people", "DELETE", "a"],
  ],
);

behaviour(
  "a collection tells nothing of another",
  async ({ open }) => {
    const db = await open({ people, others: people });
    const log = emissions(db.people.$, brief);
    await db.others.insert({ id: "a", name: "Other" });
    await db.people.insert({ id: "a", name: "Alice" });
    await log.until(1);
    return log.end();
  },
  [["INSERT", "a", null, "Alice"]],
);

behaviour(
  "an event comes before the query that it changes emits",
  async (stage) => {
    const collection = await filled(stage);
    const order: string[] = [];
    const query = emissions(collection.find().$, () => order.push("query"));
    await query.until(1);
    const log = emissions(collection.$, () => order.push("event"));
    await collection.insert({ id: "d", name: "Dan" });
    await Promise.all([query.until(2), log.until(1)]);
    await Promise.all([query.end(), log.end()]);
    return order;
  },
  ["query", "event", "query"],
);
