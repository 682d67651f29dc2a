import { behaviour } from "../behaviour.ts";
import { refusal } from "../plain.ts";
import { filled, people } from "../schemas.ts";

const before = {
  id: "a",
  name: "Alice",
  age: 40,
  tags: ["x", "y", "x"],
  friends: ["b", "c"],
  address: { city: "Rome", geo: { lat: 2 } },
  marks: [
    { of: "art", points: 1 },
    { of: "maths", points: 3 },
  ],
};
const { age, tags, address, marks, ...rest } = before;

const updates: [string, object, typeof before | object][] = [
  ["$set", { $set: { name: "Anna", active: true } }, { ...before, name: "Anna", active: true }],
  [
    "$set within an object",
    { $set: { "address.city": "Oslo", "address.geo.lon": 3 } },
    { ...before, address: { city: "Oslo", geo: { lat: 2, lon: 3 } } },
  ],
  [
    "$set in an array",
    { $set: { "tags.1": "z", "marks.0.points": 9 } },
    { ...before, tags: ["x", "z", "x"], marks: [{ of: "art", points: 9 }, marks[1]] },
  ],
  ["$unset", { $unset: { age: "", tags: 1 } }, { ...rest, address, marks }],
  [
    "$unset within an object",
    { $unset: { "address.geo": "" } },
    { ...before, address: { city: "Rome" } },
  ],
  ["$inc", { $inc: { age: 2 } }, { ...before, age: 42 }],
  ["$inc downwards", { $inc: { age: -2 } }, { ...before, age: 38 }],
  [
    "$inc within an object",
    { $inc: { "address.geo.lat": 0.5 } },
    { ...before, address: { city: "Rome", geo: { lat: 2.5 } } },
  ],
  ["$mul", { $mul: { age: 2 } }, { ...before, age: 80 }],
  ["$min that is less", { $min: { age: 20 } }, { ...before, age: 20 }],
  ["$min that is more", { $min: { age: 50 } }, before],
  ["$max that is more", { $max: { age: 50 } }, { ...before, age: 50 }],
  ["$max that is less", { $max: { age: 20 } }, before],
  ["$push", { $push: { tags: "z" } }, { ...before, tags: ["x", "y", "x", "z"] }],
  [
    "$push of several",
    { $push: { tags: { $each: ["z", "w"] } } },
    { ...before, tags: ["x", "y", "x", "z", "w"] },
  ],
  [
    "$push at a place",
    { $push: { tags: { $each: ["z"], $position: 0 } } },
    { ...before, tags: ["z", "x", "y", "x"] },
  ],
  [
    "$push of a sorted slice",
    { $push: { tags: { $each: ["a"], $sort: 1, $slice: 2 } } },
    { ...before, tags: ["a", "x"] },
  ],
  ["$addToSet of what is there", { $addToSet: { friends: "b" } }, before],
  [
    "$addToSet of what is not",
    { $addToSet: { friends: "d" } },
    { ...before, friends: ["b", "c", "d"] },
  ],
  [
    "$addToSet of several",
    { $addToSet: { friends: { $each: ["c", "d"] } } },
    { ...before, friends: ["b", "c", "d"] },
  ],
  ["$pop of the last", { $pop: { tags: 1 } }, { ...before, tags: ["x", "y"] }],
  ["$pop of the first", { $pop: { tags: -1 } }, { ...before, tags: ["y", "x"] }],
  ["$pull", { $pull: { tags: "x" } }, { ...before, tags: ["y"] }],
  [
    "$pull by a condition",
    { $pull: { marks: { points: { $gt: 2 } } } },
    { ...before, marks: [marks[0]] },
  ],
  ["$pullAll", { $pullAll: { tags: ["x", "z"] } }, { ...before, tags: ["y"] }],
  [
    "$rename",
    { $rename: { "address.city": "address.town" } },
    { ...before, address: { geo: { lat: 2 }, town: "Rome" } },
  ],
  ["$bit", { $bit: { age: { or: 3 } } }, { ...before, age: 43 }],
  [
    "two operators",
    { $set: { name: "Anna" }, $inc: { age: 1 } },
    { ...before, name: "Anna", age: 41 },
  ],
];

for (const [what, update, after] of updates) {
  behaviour(
    `a document is updated by ${what}`,
    async ({ open }) => {
      const db = await open({ people });
      const document = await db.people.insert(before);
      await document.update(update);
      const updated = await db.people.findOne("a").exec(true);
      return updated.toJSON();
    },
    JSON.parse(JSON.stringify(after)),
  );
}

behaviour(
  "what is missing is made by an update",
  async ({ open }) => {
    const db = await open({ people });
    const document = await db.people.insert({ id: "a", name: "Alice" });
    return await document.update({
      $inc: { age: 3 },
      $push: { tags: "x" },
      $set: { "address.geo.lat": 1 },
    });
  },
  { id: "a", name: "Alice", age: 3, tags: ["x"], address: { geo: { lat: 1 } } },
);

behaviour(
  "an update leaves the document as it was, and answers with the new one",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const updated = await document.update({ $inc: { age: 1 } });
    return [document.age, updated.age, updated === (await collection.findOne("a").exec())];
  },
  [40, 41, true],
);

behaviour(
  "an update by an unknown operator is refused, and writes nothing",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return [
      (await refusal(() => document.update({ $double: { age: 1 } }))) !== "none",
      await collection.findOne("a").exec(),
    ];
  },
  [true, { id: "a", name: "Alice", age: 40 }],
);

behaviour(
  "incrementalUpdates at once all happen",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await Promise.all(
      Array.from({ length: 5 }, () => document.incrementalUpdate({ $inc: { age: 1 } })),
    );
    return document.getLatest().age;
  },
  45,
);
