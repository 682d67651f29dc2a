import {
  combineLatest,
  distinctUntilChanged,
  filter,
  firstValueFrom,
  from,
  isObservable,
  lastValueFrom,
  map,
  merge,
  switchMap,
  take,
  toArray,
} from "rxjs";
import { behaviour } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { filled, ids, people } from "../schemas.ts";

behaviour(
  "what is observed is an observable of rxjs's",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return [
      collection.find().$,
      collection.$,
      document.$,
      document.age$,
      collection.database.$,
    ].map((each) => isObservable(each));
  },
  [true, true, true, true, true],
);

behaviour(
  "rxjs takes a query's observable",
  async (stage) => {
    const collection = await filled(stage);
    const names = from(collection.find().$).pipe(map((found) => found.map(({ name }) => name)));
    return [await firstValueFrom(names), ids(await firstValueFrom(collection.find().$))];
  },
  [
    ["Alice", "Bob", "Carol"],
    ["a", "b", "c"],
  ],
);

behaviour(
  "a query's observable is piped through rxjs's operators",
  async (stage) => {
    const collection = await filled(stage);
    const sizes = collection.find().$.pipe(
      map((found) => found.length),
      distinctUntilChanged(),
    );
    const log = emissions(sizes);
    await log.until(1);
    await (await collection.findOne("a").exec(true)).patch({ age: 41 });
    await collection.insert({ id: "d", name: "Dan" });
    await log.until(2);
    return log.end();
  },
  [3, 4],
);

behaviour(
  "two queries are combined",
  async (stage) => {
    const collection = await filled(stage);
    const both = combineLatest([collection.find().$, collection.findOne("d").$]);
    const log = emissions(both, ([all, one]) => [all.length, one?.name ?? null]);
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan" });
    await log.untilLast([4, "Dan"]);
    return [log.seen[0] ?? null, (await log.end()).at(-1)];
  },
  [
    [3, null],
    [4, "Dan"],
  ],
);

behaviour(
  "a query follows from what another emits",
  async (stage) => {
    const collection = await filled(stage);
    await collection.findOne("a").patch({ friend: "b" });
    const friend = collection
      .findOne("a")
      .$.pipe(switchMap((document) => collection.findOne(document?.friend).$));
    const log = emissions(friend, (document) => document?.name ?? null);
    await log.untilLast("Bob");
    await collection.findOne("a").patch({ friend: "c" });
    await log.untilLast("Carol");
    return (await log.end()).at(-1);
  },
  "Carol",
);

behaviour(
  "a collection's events are piped and merged",
  async (stage) => {
    const { database } = await filled(stage);
    const { people: collection } = database.collections;
    if (collection === undefined) return "no collection";
    const told = merge(
      collection.$.pipe(filter(({ operation }) => operation === "INSERT")),
      collection.remove$,
    ).pipe(
      map(({ operation, documentId }) => [operation, documentId]),
      take(2),
      toArray(),
    );
    const all = lastValueFrom(told);
    await collection.insert({ id: "d", name: "Dan" });
    await collection.findOne("d").patch({ age: 1 });
    await collection.findOne("d").remove();
    return await all;
  },
  [
    ["INSERT", "d"],
    ["DELETE", "d"],
  ],
);

behaviour(
  "a subscription says whether it is closed",
  async (stage) => {
    const collection = await filled(stage);
    const subscription = collection.find().$.subscribe();
    const open = subscription.closed;
    subscription.unsubscribe();
    subscription.unsubscribe();
    return [open, subscription.closed];
  },
  [false, true],
);

behaviour(
  "who leaves when it is told is told once",
  async (stage) => {
    const collection = await filled(stage);
    const other = emissions(collection.find().$, ids);
    let told = 0;
    const subscription = collection.find().$.subscribe(() => {
      told += 1;
      queueMicrotask(() => subscription.unsubscribe());
    });
    await other.until(1);
    await collection.insert({ id: "d", name: "Dan" });
    await other.until(2);
    await other.end();
    return told;
  },
  1,
);

behaviour(
  "who is told may write",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ selector: { age: { $gte: 0 } } }).$, (found) => {
      if (found.length === 3) void collection.insert({ id: "d", name: "Dan", age: 1 });
      return ids(found);
    });
    await log.until(2);
    return log.end();
  },
  [
    ["a", "b", "c"],
    ["a", "b", "c", "d"],
  ],
);

behaviour(
  "an observer may listen to errors and ends only",
  async ({ open }) => {
    const db = await open({ people });
    const heard: string[] = [];
    db.people.$.subscribe({ error: () => heard.push("error"), complete: () => heard.push("end") });
    await db.people.insert({ id: "a", name: "Alice" });
    await db.close();
    return heard;
  },
  ["end"],
);
