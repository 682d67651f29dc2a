/**
 * A list that changes over from RxDB to the store, while the app writes.
 *
 * 1. The list is `useMigrationAwareQuery`'s, of the newest memories: each write changes it.
 * 2. A write goes wherever the truth is, by the guide's service. None waits for another, and one that
 *    is due while the page is stuck is made up for. It is of several memories: one by one, RxDB on Dexie
 *    falls behind under a live list alone.
 * 3. Frames are watched twice for the same time: first nothing happens but the writing, then the app
 *    switches. Both are in one page, which has been writing before.
 * 4. Afterwards each memory is in the store once, and the list shows the last one from there.
 */

import { events, type SidecarClient, tables } from "@pjais/electron-bridge";
import { type RxDatabaseMigration, SwitchingService } from "@pjais/electron-bridge/migration";
import { useMigrationAwareQuery } from "@pjais/electron-bridge/migration/react";
import { SidecarProvider } from "@pjais/electron-bridge/react";
import { useLayoutEffect } from "react";
import { createRoot } from "react-dom/client";
import { isRxDocument } from "rxdb";
import { type Memory, memories, memoryId } from "../app/documents.ts";
import { inTime, pause } from "../waiting.ts";
import { Frames } from "./frames.ts";
import type { OldDatabase } from "./old.ts";

/** The app's two databases, in `dual`. */
export interface Dual {
  readonly database: OldDatabase;
  readonly client: SidecarClient;
  readonly migration: RxDatabaseMigration;
}

/** The longest time between two frames of an animation, in milliseconds. */
export interface Gaps {
  readonly still: number;
  readonly switching: number;
  /** Documents that were written in a second. */
  readonly rate: number;
}

/** Documents of a write, and milliseconds between two: 200 documents a second. */
const WRITE = 20;
const EVERY = 100;
const ROWS = 50;
/** Before frames are watched, and how long each time, in milliseconds. */
const WARM = 1_500;
const WATCHED = 3_000;
/** Longer than anything takes that comes at all, in milliseconds. */
const PATIENCE = 30_000;
/** Between two looks at the list or the clock, in milliseconds. */
const LOOK = 10;

/** Switch once; `documents` memories are there. */
export async function showSwitch(dual: Dual, documents: number): Promise<Gaps> {
  const { client, migration } = dual;
  const list = new List(dual);
  const frames = new Frames();
  const writer = new Writer(new Memories(systemsOf(dual)), documents);
  await pause(WARM);
  const still = performance.now();
  await pause(WATCHED);
  const switching = performance.now();
  await inTime("the switch", PATIENCE, migration.cutover());
  await pause(switching + WATCHED - performance.now());
  const end = performance.now();
  frames.end();
  const { written, rate } = await writer.end();
  await migration.drained();
  await inTime("the last memory", PATIENCE, list.shows(memoryId(documents + written - 1)));
  const found = await client.query(tables.memoryEntities.count());
  if (found !== documents + written) throw new Error(`${found} instead of ${documents + written}.`);
  list.end();
  return {
    still: frames.longest(still, still + WATCHED),
    switching: frames.longest(switching, end),
    rate,
  };
}

class Memories extends SwitchingService<OldDatabase> {
  create(some: readonly Memory[]): Promise<unknown> {
    return this.write<unknown>({
      rxdb: ({ collections }) => collections.memoryEntities.bulkInsert([...some]),
      store: (client) => client.commit(some.map((one) => events.memoryEntityCreated(one))),
    });
  }
}

function systemsOf({ database, client, migration }: Dual) {
  return {
    getRxDB: () => database,
    getLiveStore: () => client,
    getMigration: async () => migration,
  };
}

/** Creates memories as often as is due, each newer than those before. */
class Writer {
  readonly #begun = performance.now();
  readonly #writes: Promise<unknown>[] = [];
  readonly #done: Promise<void>;
  #ended = false;

  constructor(service: Memories, first: number) {
    this.#done = this.#run(service, first);
  }

  /** Write no more; resolves when all that was written is safe. */
  async end(): Promise<{ written: number; rate: number }> {
    const seconds = (performance.now() - this.#begun) / 1000;
    this.#ended = true;
    await this.#done;
    await Promise.all(this.#writes);
    const written = this.#writes.length * WRITE;
    return { written, rate: written / seconds };
  }

  async #run(service: Memories, first: number): Promise<void> {
    while (!this.#ended) {
      const due = Math.floor((performance.now() - this.#begun) / EVERY);
      while (this.#writes.length < due) {
        const from = first + this.#writes.length * WRITE;
        this.#writes.push(service.create(memories(from, from + WRITE)));
      }
      await pause(LOOK);
    }
  }
}

/** The newest memories, on the screen. */
class List {
  readonly #element = document.body.appendChild(document.createElement("main"));
  readonly #root = createRoot(this.#element);
  #rows: readonly Row[] = [];

  constructor({ database, client }: Dual) {
    const onShown = (rows: readonly Row[]) => {
      this.#rows = rows;
    };
    this.#root.render(
      <SidecarProvider client={client}>
        <Newest database={database} onShown={onShown} />
      </SidecarProvider>,
    );
  }

  /** Resolve when a memory is the first one, and comes from the store. */
  async shows(id: string): Promise<void> {
    while (this.#rows[0]?.id !== id || isRxDocument(this.#rows[0])) await pause(LOOK);
  }

  end(): void {
    this.#root.unmount();
    this.#element.remove();
  }
}

type Row = Pick<Memory, "id" | "name">;

interface NewestProps {
  readonly database: OldDatabase;
  readonly onShown: (rows: readonly Row[]) => void;
}

function Newest({ database, onShown }: NewestProps) {
  const rows = useMigrationAwareQuery(
    () => database.memoryEntities.find({ sort: [{ lastAccessed: "desc" }], limit: ROWS }),
    tables.memoryEntities.orderBy("lastAccessed", "desc").limit(ROWS),
  );
  useLayoutEffect(() => onShown(rows), [rows, onShown]);
  return (
    <ul>
      {rows.map(({ id, name }) => (
        <li key={id}>{name}</li>
      ))}
    </ul>
  );
}
