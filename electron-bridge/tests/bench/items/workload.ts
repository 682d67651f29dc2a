/** LiveStore's own performance workload, and its commits one by one; the same for each peer. */

import type { Took } from "../turns.ts";
import { inTime } from "../waiting.ts";
import type { Change, Item, Items } from "./peer.ts";

const PATIENCE = 60_000;
/** One-row changes under all 10,000 rows, in one turn. */
const CHANGES = 20;

/** Return items from one number to another, that one left out. */
export function itemsFrom(from: number, to: number): Item[] {
  return Array.from({ length: to - from }, (_, at) => ({
    id: `i${String(from + at).padStart(7, "0")}`,
    label: `Item ${from + at}`,
  }));
}

/** Do it all once: milliseconds from each commit until the live result shows it. */
export async function runItems(peer: Items, round: number, commits: number): Promise<Took> {
  const took: Record<string, number[]> = {};
  const note = (workload: string, milliseconds: number) => {
    took[workload] = [...(took[workload] ?? []), milliseconds];
  };
  let arrive: (items: readonly Item[]) => void = () => undefined;
  const end = peer.watch((items) => arrive(items));
  const change = async (
    workload: string,
    event: Change,
    isThere: (items: readonly Item[]) => boolean,
  ) => {
    const shown = new Promise<number>((resolve) => {
      arrive = (items) => {
        if (isThere(items)) resolve(performance.now());
      };
    });
    const start = performance.now();
    const done = peer.commit(event);
    note(workload, (await inTime(workload, PATIENCE, shown)) - start);
    await done;
    await peer.settled();
  };
  const create = (workload: string, items: readonly Item[]) =>
    change(workload, { name: "v1.ItemsCreated", args: { items } }, all(items));

  await peer.commit({ name: "v1.ItemsCleared", args: {} });
  const thousand = itemsFrom(0, 1_000);
  await create("create 1,000", thousand);
  await change("append 1,000 to 1,000", appended(itemsFrom(1_000, 2_000)), has(2_000));
  await create("create 1,000 in the place of others", thousand);
  const mark = ` !${round}`;
  await change(
    "update every 10th of 1,000",
    { name: "v1.EveryTenthMarked", args: { mark } },
    (items) => Boolean(items[990]?.label.endsWith(mark)),
  );
  note("select one", await selected(peer, `i${round}`));
  await change(
    "remove one of 1,000",
    { name: "v1.ItemRemoved", args: { id: "i0000500" } },
    has(999),
  );
  await change("clear 1,000", { name: "v1.ItemsCleared", args: {} }, has(0));
  await create("create 10,000", itemsFrom(0, 10_000));
  for (let at = 0; at < CHANGES; at += 1) {
    const label = `Renamed in ${round}, ${at}`;
    await change(
      "change one row of 10,000",
      { name: "v1.ItemRenamed", args: { id: "i0005000", label } },
      (items) => items[5_000]?.label === label,
    );
  }
  end();

  await peer.commit({ name: "v1.ItemsCleared", args: {} });
  await peer.settled();
  const begun = performance.now();
  for (const args of itemsFrom(0, commits)) {
    const start = performance.now();
    await peer.commit({ name: "v1.ItemCreated", args });
    note("commit of one event", performance.now() - start);
  }
  await peer.settled();
  note(`${commits.toLocaleString("en")} commits, one by one, kept`, performance.now() - begun);
  return took;
}

/** Commit events of one item each, in batches, until the log has so many. */
export async function fillLog(peer: Items, events: number, batch: number): Promise<void> {
  for (let from = 0; from < events; from += batch) {
    const some = itemsFrom(from, Math.min(from + batch, events));
    await peer.commit(...some.map((args) => ({ name: "v1.ItemCreated", args }) as const));
    await peer.settled();
  }
}

async function selected(peer: Items, id: string): Promise<number> {
  let end: () => void = () => undefined;
  const shown = new Promise<number>((resolve) => {
    end = peer.watchSelected((now) => {
      if (now === id) resolve(performance.now());
    });
  });
  const start = performance.now();
  const done = peer.select(id);
  const took = (await inTime("select", PATIENCE, shown)) - start;
  await done;
  end();
  return took;
}

function appended(items: readonly Item[]): Change {
  return { name: "v1.ItemsAppended", args: { items } };
}

function has(length: number): (items: readonly Item[]) => boolean {
  return (items) => items.length === length;
}

/** Whether these are shown, none of them marked. */
function all(wanted: readonly Item[]): (items: readonly Item[]) => boolean {
  return (items) => items.length === wanted.length && items[0]?.label === wanted[0]?.label;
}
