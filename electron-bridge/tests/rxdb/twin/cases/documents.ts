import { behaviour } from "../behaviour.ts";
import { refusal } from "../plain.ts";
import { filled, ids, people } from "../schemas.ts";

const rich = {
  id: "a",
  name: "Alice",
  age: 40,
  tags: ["x", "y"],
  address: { city: "Rome", geo: { lat: 41.9 } },
  marks: [{ of: "art", points: 1 }],
};

behaviour(
  "a document has its fields",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    return [
      document.name,
      document.age,
      document.tags,
      document.address.city,
      document.address.geo.lat,
      document.marks[0].points,
      document.active,
    ];
  },
  ["Alice", 40, ["x", "y"], "Rome", 41.9, 1, "undefined"],
);

behaviour(
  "a document knows its collection, its primary key and whether it is deleted",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return [
      document.collection === collection,
      document.primary,
      document.primaryPath,
      document.deleted,
      document.isInstanceOfRxDocument,
    ];
  },
  [true, "a", "id", false, true],
);

behaviour(
  "a document's revision is a text that begins with a number",
  async (stage) => {
    const collection = await filled(stage);
    const { revision } = await collection.findOne("a").exec(true);
    return /^\d+-/.test(revision);
  },
  true,
);

behaviour(
  "get takes a path",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    return [
      document.get("name"),
      document.get("address.city"),
      document.get("address.geo.lat"),
      document.get("tags"),
      document.get("marks.0.of"),
      document.get("address.street"),
      document.get("shoes"),
    ];
  },
  ["Alice", "Rome", 41.9, ["x", "y"], "art", "undefined", "undefined"],
);

behaviour(
  "a document's fields cannot be assigned",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    return [
      await refusal(() => {
        document.name = "Anna";
      }),
      await refusal(() => {
        document.tags.push("z");
      }),
      document.toJSON(),
    ];
  },
  ["TypeError", "TypeError", rich],
);

behaviour(
  "an object in a document is one object",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    const { address, tags } = document;
    return [
      address === document.address,
      tags === document.tags,
      address === document.get("address"),
    ];
  },
  [true, true, true],
);

behaviour(
  "an object in a document says its fields",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    return [
      Object.keys(document.address),
      JSON.parse(JSON.stringify(document.address)),
      { ...document.address.geo },
    ];
  },
  [["city", "geo"], { city: "Rome", geo: { lat: 41.9 } }, { lat: 41.9 }],
);

behaviour(
  "toJSON is the document without what RxDB adds",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    return [Object.keys(document.toJSON()), document.toJSON()];
  },
  [["id", "name", "age", "tags", "address", "marks"], rich],
);

behaviour(
  "toJSON with meta fields has them",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert({ id: "a", name: "Alice" });
    const { _deleted, _rev, _attachments, _meta, ...rest } = document.toJSON(true);
    return [_deleted, _rev === document.revision, _attachments, typeof _meta.lwt, rest];
  },
  [false, true, {}, "number", { id: "a", name: "Alice" }],
);

behaviour(
  "toJSON cannot be changed, toMutableJSON can, and changes nothing",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    const [json, mutable] = [document.toJSON(), document.toMutableJSON()];
    mutable.name = "Anna";
    mutable.address.city = "Oslo";
    mutable.tags.push("z");
    return [
      await refusal(() => {
        json.name = "Anna";
      }),
      await refusal(() => {
        json.address.city = "Oslo";
      }),
      mutable.tags,
      document.toJSON(),
    ];
  },
  ["TypeError", "TypeError", ["x", "y", "z"], rich],
);

behaviour(
  "toMutableJSON is another object each time",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert(rich);
    const [one, two] = [document.toMutableJSON(), document.toMutableJSON()];
    return [one === two, one.address === two.address, one];
  },
  [false, false, rich],
);

behaviour(
  "a stringified document has no meta fields, a stringified list of them has",
  async (stage) => {
    const collection = await filled(stage);
    const found = await collection.find({ selector: { id: "a" } }).exec();
    return [
      Object.keys(JSON.parse(JSON.stringify(found[0]))).sort(),
      Object.keys(JSON.parse(JSON.stringify(found))[0]).sort(),
    ];
  },
  [
    ["age", "id", "name"],
    ["_attachments", "_deleted", "_meta", "_rev", "age", "id", "name"],
  ],
);

behaviour(
  "an old document stays what it was, getLatest is the newest",
  async (stage) => {
    const collection = await filled(stage);
    const old = await collection.findOne("a").exec(true);
    await old.patch({ age: 41 });
    const latest = await old.getLatest().patch({ age: 42 });
    return [old.age, old.getLatest().age, old.getLatest() === latest];
  },
  [40, 42, true],
);

behaviour(
  "getLatest of a removed document is the removed one",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await document.remove();
    return [document.deleted, document.getLatest().deleted, document.getLatest().name];
  },
  [false, true, "Alice"],
);

behaviour(
  "a document of a deleted one's name is no old one",
  async (stage) => {
    const collection = await filled(stage);
    const old = await collection.findOne("a").exec(true);
    await old.remove();
    const anew = await collection.insert({ id: "a", name: "Anna" });
    return [anew === old, old.getLatest() === anew, old.name];
  },
  [false, true, "Alice"],
);

behaviour(
  "a document is not closed",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return refusal(() => document.close());
  },
  "DOC14",
);

behaviour(
  "populate finds the document that a field names",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.insert({
      id: "d",
      name: "Dan",
      friend: "a",
      friends: ["c", "x", "b"],
    });
    const friend = await document.populate("friend");
    return [
      friend,
      friend === (await collection.findOne("a").exec()),
      await document.friend_,
      ids(await document.populate("friends")),
    ];
  },
  [{ id: "a", name: "Alice", age: 40 }, true, { id: "a", name: "Alice", age: 40 }, ["c", "b"]],
);

behaviour(
  "populate of nobody is null",
  async (stage) => {
    const collection = await filled(stage);
    const nobody = await collection.findOne("a").exec(true);
    const unknown = await collection.insert({ id: "d", name: "Dan", friend: "x" });
    return [await nobody.populate("friend"), await unknown.populate("friend")];
  },
  [null, null],
);

behaviour(
  "populate of what names no document is refused",
  async ({ open }) => {
    const db = await open({ others: people });
    const document = await db.others.insert({ id: "a", name: "Alice", friend: "b" });
    return [
      await refusal(() => document.populate("shoes")),
      await refusal(() => document.populate("name")),
      await refusal(() => document.populate("friend")),
    ];
  },
  ["DOC5", "DOC6", "DOC7"],
);

behaviour(
  "a field of an unknown name is undefined",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return [document.shoes, "name" in document, "shoes" in document];
  },
  ["undefined", true, false],
);
