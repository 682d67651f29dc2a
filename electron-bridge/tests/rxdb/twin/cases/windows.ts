import { behaviour, type Stage } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { refusal } from "../plain.ts";
import { ids, indexed, people, three } from "../schemas.ts";

/** A collection in two windows of an app. */
async function windows({ open, name }: Stage, creator = people) {
  const told = name();
  const [one, two] = [
    await open({ people: creator }, { name: told }),
    await open({ people: creator }, { name: told }),
  ];
  await one.people.bulkInsert(three);
  return [one.people, two.people] as const;
}

behaviour(
  "what one window writes the other finds",
  async (stage) => {
    const [one, two] = await windows(stage);
    const log = emissions(two.find().$, ids);
    await log.until(1);
    await one.insert({ id: "d", name: "Dan" });
    await log.untilLast(["a", "b", "c", "d"]);
    return (await log.end()).at(-1);
  },
  ["a", "b", "c", "d"],
);

behaviour(
  "a change of one window is emitted in the other",
  async (stage) => {
    const [one, two] = await windows(stage);
    const log = emissions(two.findOne("a").$, (document) => document?.age ?? null);
    await log.until(1);
    const document = await one.findOne("a").exec(true);
    await document.incrementalPatch({ age: 41 });
    await log.until(2);
    await document.incrementalRemove();
    await log.until(3);
    return log.end();
  },
  [40, 41, null],
);

behaviour(
  "a document that another window changed is stale",
  async (stage) => {
    const [one, two] = await windows(stage);
    const mine = await two.findOne("a").exec(true);
    await (await one.findOne("a").exec(true)).patch({ age: 41 });
    return [
      await refusal(() => mine.patch({ age: 99 })),
      (await mine.incrementalModify((data: { age: number }) => ({ ...data, age: data.age + 1 })))
        .age,
    ];
  },
  ["CONFLICT", 42],
);

behaviour(
  "changes of both windows at once all happen",
  async (stage) => {
    const both = await windows(stage);
    const documents = await Promise.all(both.map((each) => each.findOne("a").exec(true)));
    await Promise.all(
      documents.flatMap((document) =>
        Array.from({ length: 5 }, () => document.incrementalUpdate({ $inc: { age: 1 } })),
      ),
    );
    const fresh = await both[0].findOne("a").incrementalPatch({ active: true });
    return fresh;
  },
  { id: "a", name: "Alice", age: 50, active: true },
);

behaviour(
  "of inserts of both windows at once one conflicts",
  async (stage) => {
    const both = await windows(stage);
    const codes = await Promise.all(
      both.map((each) => refusal(() => each.insert({ id: "d", name: "Dan" }))),
    );
    return codes.sort();
  },
  ["CONFLICT", "none"],
);

behaviour(
  "a document's $ emits what another window does",
  async (stage) => {
    const [one, two] = await windows(stage);
    const document = await two.findOne("a").exec(true);
    const log = emissions(document.age$);
    await (await one.findOne("a").exec(true)).patch({ age: 41 });
    await log.until(2);
    return [await log.end(), document.getLatest().age];
  },
  [[40, 41], 41],
);

behaviour(
  "a collection's $ tells what another window does",
  async (stage) => {
    const [one, two] = await windows(stage);
    const log = emissions(two.$, ({ operation, documentId }) => [operation, documentId]);
    await one.insert({ id: "d", name: "Dan" });
    await one.bulkRemove(["d"]);
    await log.untilLast(["DELETE", "d"]);
    // Those of the three that came before may come late.
    const seen = await log.end();
    return seen.filter((each) => JSON.stringify(each).includes('"d"'));
  },
  [
    ["INSERT", "d"],
    ["DELETE", "d"],
  ],
);

behaviour(
  "a count counts what another window writes",
  async (stage) => {
    const [one, two] = await windows(stage, indexed);
    const log = emissions(two.count().$);
    await log.untilLast(3);
    await one.bulkInsert(["d", "e"].map((id) => ({ id, name: id, age: 1 })));
    await log.untilLast(5);
    return (await log.end()).at(-1);
  },
  5,
);

behaviour(
  "a window that closes leaves the other as it was",
  async ({ open, name }) => {
    const told = name();
    const one = await open({ people }, { name: told });
    const two = await open({ people }, { name: told });
    await one.people.bulkInsert(three);
    await one.close();
    await two.people.insert({ id: "d", name: "Dan" });
    return [one.closed, two.closed, ids(await two.people.find().exec())];
  },
  [true, false, ["a", "b", "c", "d"]],
);

behaviour(
  "documents of two windows are two objects",
  async (stage) => {
    const both = await windows(stage);
    const [one, two] = await Promise.all(both.map((each) => each.findOne("a").exec(true)));
    return [one === two, JSON.stringify(one) === JSON.stringify(two)];
  },
  [false, true],
);

behaviour(
  "a local document of one window is one of the other",
  async ({ open, name }) => {
    const options = { name: name(), localDocuments: true };
    const [one, two] = [await open({}, options), await open({}, options)];
    const log = emissions(two.getLocal$("settings"), (found) => found?.get("theme") ?? null);
    await log.until(1);
    await one.insertLocal("settings", { theme: "dark" });
    await log.until(2);
    return log.end();
  },
  [null, "dark"],
);
