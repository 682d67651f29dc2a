import { behaviour, type Stage } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { refusal } from "../plain.ts";
import { people } from "../schemas.ts";

/** A database with a collection, both of which take local documents. */
function open({ open: opened }: Stage) {
  return opened({ people: { ...people, localDocuments: true } }, { localDocuments: true });
}

interface Theme {
  theme: string;
  size?: number;
}

behaviour(
  "a local document is inserted and got",
  async (stage) => {
    const db = await open(stage);
    const inserted = await db.insertLocal("settings", { theme: "dark", nested: { size: 1 } });
    const got = await db.getLocal("settings");
    return [
      inserted.toJSON(),
      got === inserted,
      inserted.primary,
      inserted.get("theme"),
      inserted.get("nested.size"),
      Reflect.get(inserted, "isLocal"),
    ];
  },
  [
    { id: "settings", data: { theme: "dark", nested: { size: 1 } } },
    true,
    "settings",
    "dark",
    1,
    true,
  ],
);

behaviour(
  "a local document that is not there is null",
  async (stage) => {
    const db = await open(stage);
    return [await db.getLocal("settings"), await db.people.getLocal("settings")];
  },
  [null, null],
);

behaviour(
  "a local document is inserted once",
  async (stage) => {
    const db = await open(stage);
    await db.insertLocal("settings", { theme: "dark" });
    const error: unknown = await db
      .insertLocal("settings", { theme: "light" })
      .catch((reason: unknown) => reason);
    return [Object(error).status, (await db.getLocal("settings"))?.get("theme")];
  },
  [409, "dark"],
);

behaviour(
  "a local document is upserted, whole",
  async (stage) => {
    const db = await open(stage);
    const one = await db.upsertLocal("settings", { theme: "dark", size: 1 });
    const two = await db.upsertLocal("settings", { theme: "light" });
    return [one.toJSON(), two.toJSON(), (await db.getLocal("settings")) === two];
  },
  [
    { id: "settings", data: { theme: "dark", size: 1 } },
    { id: "settings", data: { theme: "light" } },
    true,
  ],
);

behaviour(
  "local documents of a collection and of its database are others",
  async (stage) => {
    const db = await open(stage);
    await db.insertLocal("settings", { theme: "dark" });
    await db.people.insertLocal("settings", { theme: "light" });
    return [
      (await db.getLocal("settings"))?.get("theme"),
      (await db.people.getLocal("settings"))?.get("theme"),
      await db.people.find().exec(),
      await db.people.count().exec(),
    ];
  },
  ["dark", "light", [], 0],
);

behaviour(
  "a local document is changed incrementally",
  async (stage) => {
    const db = await open(stage);
    const document = await db.insertLocal<Theme>("settings", { theme: "dark", size: 1 });
    const patched = await document.incrementalPatch({ size: 2 });
    const modified = await document.incrementalModify((data: Theme) => ({
      ...data,
      size: (data.size ?? 0) + 1,
    }));
    return [
      patched.toJSON(),
      modified.toJSON(),
      document.get("size"),
      document.getLatest().get("size"),
    ];
  },
  [
    { id: "settings", data: { theme: "dark", size: 2 } },
    { id: "settings", data: { theme: "dark", size: 3 } },
    1,
    3,
  ],
);

behaviour(
  "incremental changes of a local document at once all happen",
  async (stage) => {
    const db = await open(stage);
    const document = await db.insertLocal<Theme>("settings", { theme: "dark", size: 0 });
    await Promise.all(
      Array.from({ length: 5 }, () =>
        document.incrementalModify((data: Theme) => ({ ...data, size: (data.size ?? 0) + 1 })),
      ),
    );
    return document.getLatest().get("size");
  },
  5,
);

behaviour(
  "a local document is removed, and may come back",
  async (stage) => {
    const db = await open(stage);
    const document = await db.insertLocal("settings", { theme: "dark" });
    await document.remove();
    const gone = await db.getLocal("settings");
    await db.upsertLocal("settings", { theme: "light" });
    return [gone, (await db.getLocal("settings"))?.get("theme")];
  },
  [null, "light"],
);

behaviour(
  "a local document's $ emits each that follows",
  async (stage) => {
    const db = await open(stage);
    const document = await db.insertLocal<Theme>("settings", { theme: "dark" });
    const log = emissions(document.$, (latest: typeof document) => latest.get("theme"));
    await document.incrementalPatch({ theme: "light" });
    await db.upsertLocal("settings", { theme: "blue" });
    await log.until(3);
    return log.end();
  },
  ["dark", "light", "blue"],
);

behaviour(
  "a local document's get$ emits values, each that is another",
  async (stage) => {
    const db = await open(stage);
    const document = await db.insertLocal<Theme>("settings", { theme: "dark", size: 1 });
    const log = emissions(document.get$("theme"));
    await document.incrementalPatch({ size: 2 });
    await document.incrementalPatch({ theme: "light" });
    await log.until(2);
    return log.end();
  },
  ["dark", "light"],
);

behaviour(
  "getLocal$ emits null until there is one, and null when it is gone",
  async (stage) => {
    const db = await open(stage);
    const log = emissions(db.getLocal$("settings"), (document) => document?.get("theme") ?? null);
    await log.until(1);
    const document = await db.insertLocal<Theme>("settings", { theme: "dark" });
    await log.until(2);
    await db.insertLocal("others", { theme: "none" });
    const patched = await document.incrementalPatch({ theme: "light" });
    await log.until(3);
    await patched.remove();
    await log.until(4);
    return log.end();
  },
  [null, "dark", "light", null],
);

behaviour(
  "getLocal$ of a collection emits its own",
  async (stage) => {
    const db = await open(stage);
    const log = emissions(db.people.getLocal$("settings"), (found) => found?.get("theme") ?? null);
    await log.until(1);
    await db.people.upsertLocal("settings", { theme: "dark" });
    await log.until(2);
    return log.end();
  },
  [null, "dark"],
);

behaviour(
  "local documents that were not asked for are refused",
  async ({ open: opened }) => {
    const db = await opened({ people });
    return [
      await refusal(() => db.insertLocal("settings", {})),
      await refusal(() => db.getLocal("settings")),
      await refusal(() => db.people.insertLocal("settings", {})),
      await refusal(() => db.people.getLocal("settings")),
    ];
  },
  ["LD8", "LD8", "LD8", "LD8"],
);

behaviour(
  "local documents take no updates by operators, and name no document",
  async (stage) => {
    const db = await open(stage);
    const document = await db.insertLocal("settings", { theme: "dark" });
    return [
      await refusal(() => document.update({ $set: { theme: "light" } })),
      await refusal(() => document.populate("theme")),
    ];
  },
  ["LD6", "LD6"],
);

behaviour(
  "a query emits nothing for a local document",
  async (stage) => {
    const db = await open(stage);
    const log = emissions(db.people.find().$);
    await log.until(1);
    await db.people.insertLocal("settings", { theme: "dark" });
    await db.people.insert({ id: "a", name: "Alice" });
    await log.until(2);
    return log.end();
  },
  [[], [{ id: "a", name: "Alice" }]],
);

behaviour(
  "an event says that it is a local document's",
  async (stage) => {
    const db = await open(stage);
    const log = emissions(db.$, ({ isLocal, operation, documentId, collectionName }) => [
      isLocal,
      operation,
      documentId,
      collectionName,
    ]);
    await db.insertLocal("settings", { theme: "dark" });
    await db.people.upsertLocal("filter", { name: "A" });
    await db.upsertLocal("settings", { theme: "light" });
    await (await db.getLocal("settings"))?.remove();
    await log.until(4);
    return log.end();
  },
  [
    [true, "INSERT", "settings", "undefined"],
    [true, "INSERT", "filter", "people"],
    [true, "UPDATE", "settings", "undefined"],
    [true, "DELETE", "settings", "undefined"],
  ],
);
