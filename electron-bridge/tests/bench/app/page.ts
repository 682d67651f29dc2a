/** The app's workloads as the page carries them out: the driver calls these through `page.evaluate`. */

import type { Endpoint } from "@pjais/electron-bridge";
import { Echo } from "../peers/echo.ts";
import {
  type Answer,
  type Database,
  type Doc,
  only,
  type Peer,
  type Question,
  size,
} from "../peers/peer.ts";
import { dexiePeer, memoryPeer } from "../peers/rxdb.ts";
import { sidecarPeer } from "../peers/sidecar.ts";
import { inTime, pause } from "../waiting.ts";
import { type Memory, memories, memory, memoryId, memorySchema, PERSONAS } from "./documents.ts";
import type { Scene } from "./workloads.ts";

export type PeerName = "sidecar" | "dexie" | "memory";

/** What one answer was; equal for equal answers. */
export interface Compared {
  /** Which documents, in which order, or what number. */
  readonly identity: string;
  readonly bytes: number;
  readonly took: number;
  /** Why there was no answer, if there was none. */
  readonly refused?: string;
}

export interface AppPage {
  /** Open a peer's store, empty the first time. Of the sidecar, `name` is where it listens. */
  open(peer: PeerName, store: string | Endpoint): Promise<void>;
  /** Close it, and delete what it holds in the page. */
  remove(peer: PeerName): Promise<void>;
  /** Insert so many documents; milliseconds. */
  fill(peer: PeerName, documents: number): Promise<number>;
  /** Close and open again, and get one document; milliseconds of both. */
  reopen(peer: PeerName, key: number): Promise<{ open: number; get: number }>;
  /** Ask once, for comparing the answers. */
  compare(peer: PeerName, question: Question): Promise<Compared>;
  /** Ask one question after the other; [milliseconds, size] of each answer. */
  ask(peer: PeerName, questions: readonly Question[]): Promise<[number, number][]>;
  /** Send a message of some bytes there and back, a number of times. */
  echo(url: string, bytes: number, times: number): Promise<number[]>;
  /** Insert the documents of some numbers one by one. */
  insert(peer: PeerName, from: number, times: number): Promise<number[]>;
  /** The same under live queries; milliseconds until all that show the document have it. */
  watch(peer: PeerName, scene: Scene, from: number, times: number): Promise<number[]>;
}

/** Documents in one call of `fill`. */
const BATCH = 10_000;
/** Longer than a change takes that comes at all, in milliseconds. */
const PATIENCE = 30_000;
/** Between two inserts, for what a store does after one, in milliseconds. */
const PAUSE = 5;

interface Opened {
  readonly database: Database;
  readonly reopen: () => Promise<Database>;
}

const peers = new Map<PeerName, Opened>();
const echoes = new Map<string, Echo>();

export const app: AppPage = {
  async open(name, store) {
    const open = opening(name, store);
    peers.set(name, { database: await open(), reopen: open });
  },
  async remove(name) {
    await databaseOf(name).remove();
    peers.delete(name);
  },
  async fill(name, documents) {
    const collection = only(databaseOf(name));
    let took = 0;
    for (let from = 0; from < documents; from += BATCH) {
      const some = memories(from, Math.min(from + BATCH, documents));
      const start = performance.now();
      await collection.insertMany(some);
      took += performance.now() - start;
    }
    return took;
  },
  async reopen(name, key) {
    const { database, reopen } = peerOf(name);
    await database.close();
    const start = performance.now();
    const again = await reopen();
    const opened = performance.now();
    const found = await only(again).ask({ selector: { id: memoryId(key) }, first: true });
    const got = performance.now();
    if (size(found) !== 1) throw new Error(`${name} lost a document.`);
    peers.set(name, { database: again, reopen });
    return { open: opened - start, get: got - opened };
  },
  async compare(name, question) {
    try {
      const { answer, took } = await asked(databaseOf(name), question);
      const identity = typeof answer === "number" ? answer : answer.map(({ id }) => id);
      return { identity: JSON.stringify(identity), bytes: bytesOf(answer), took };
    } catch (error) {
      const refused = error instanceof Error ? error.message : String(error);
      return { identity: "", bytes: 0, took: 0, refused };
    }
  },
  async ask(name, questions) {
    const took: [number, number][] = [];
    for (const question of questions) {
      const one = await asked(databaseOf(name), question);
      took.push([one.took, size(one.answer)]);
    }
    return took;
  },
  async echo(url, bytes, times) {
    const echo = echoes.get(url) ?? (await Echo.connect(url));
    echoes.set(url, echo);
    return echo.take(bytes, times);
  },
  async insert(name, from, times) {
    const collection = only(databaseOf(name));
    const took: number[] = [];
    for (const one of memories(from, from + times)) {
      const start = performance.now();
      await collection.insert(one);
      took.push(performance.now() - start);
    }
    return took;
  },
  async watch(name, { queries, shown }, from, times) {
    const collection = only(databaseOf(name));
    const screen = new Screen(shown);
    const ends = queries.map((question, at) =>
      collection.watch(question, (documents) => screen.show(at, documents)),
    );
    await inTime(`${name}: first results`, PATIENCE, screen.complete(queries.length));
    const took: number[] = [];
    for (let at = 0; at < times; at += 1) {
      const one = shownMemory(from + at);
      const arrived = screen.await(one.id);
      const start = performance.now();
      const done = collection.insert(one);
      took.push((await inTime(`${name}: ${one.id}`, PATIENCE, arrived)) - start);
      await done;
      await pause(PAUSE);
    }
    for (const end of ends) end();
    return took;
  },
};

/** A memory of the first persona, as important as can be: whatever shows its memories shows it. */
function shownMemory(number: number): Memory {
  return { ...memory(number * PERSONAS), id: memoryId(number), importance: 100 };
}

function opening(name: PeerName, store: string | Endpoint): () => Promise<Database> {
  const peer = peerFor(name, store);
  const database = typeof store === "string" ? store : "memories";
  return () => peer.open(database, { memoryEntities: memorySchema });
}

function peerFor(name: PeerName, store: string | Endpoint): Peer {
  if (name === "dexie") return dexiePeer();
  if (name === "memory") return memoryPeer();
  if (typeof store === "string") throw new Error("A sidecar listens somewhere.");
  return sidecarPeer(store);
}

function peerOf(name: PeerName): Opened {
  const found = peers.get(name);
  if (found === undefined) throw new Error(`${name} is not open.`);
  return found;
}

function databaseOf(name: PeerName): Database {
  return peerOf(name).database;
}

async function asked(
  database: Database,
  question: Question,
): Promise<{ answer: Answer; took: number }> {
  const start = performance.now();
  const answer = await only(database).ask(question);
  const took = performance.now() - start;
  database.forget();
  return { answer, took };
}

/** About how large an answer is on the wire. */
function bytesOf(answer: Answer): number {
  if (typeof answer === "number") return 10;
  // The whole text of a million documents is more than a string holds.
  const some = answer.slice(0, 1_000);
  return Math.round((JSON.stringify(some).length * answer.length) / Math.max(1, some.length));
}

/** Notices which live results have come, and when the awaited document is in all that show it. */
class Screen {
  readonly #affected: number;
  readonly #begun = new Set<number>();
  readonly #showing = new Set<number>();
  #awaited = "";
  #arrive: (at: number) => void = () => undefined;
  #begin: () => void = () => undefined;

  constructor(affected: number) {
    this.#affected = affected;
  }

  /** Resolve when so many live queries have a first result. */
  async complete(queries: number): Promise<void> {
    while (this.#begun.size < queries) {
      await new Promise<void>((resolve) => {
        this.#begin = resolve;
      });
    }
  }

  /** Resolve, with the time, when a document is wherever it belongs. */
  await(id: string): Promise<number> {
    this.#awaited = id;
    this.#showing.clear();
    return new Promise((resolve) => {
      this.#arrive = resolve;
    });
  }

  show(at: number, documents: readonly Doc[]): void {
    this.#begun.add(at);
    this.#begin();
    if (at >= this.#affected || documents[0]?.id !== this.#awaited) return;
    this.#showing.add(at);
    if (this.#showing.size === this.#affected) this.#arrive(performance.now());
  }
}
