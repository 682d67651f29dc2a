/**
 * Behaviours of RxDB, each a small program written against RxDB's interface that says what it saw.
 *
 * 1. What a behaviour saw is plain JSON, and must be what it says it is, on every peer: RxDB in memory,
 *    RxDB on Dexie in Chromium, and the facade over a real sidecar.
 * 2. A behaviour has a database of its own, and waits for events, never for a time.
 * 3. What the facade does otherwise is named in `exceptions.ts`, with the reason.
 */

import type { RxCollection, RxCollectionCreator, RxDatabase, RxDatabaseCreator } from "rxdb";
import { type Plain, plain } from "./plain.ts";

/** A database with collections of these names, as RxDB types it. */
export type Database<Name extends string> = RxDatabase<Record<Name, RxCollection>>;

export type Creators<Name extends string> = Readonly<Record<Name, RxCollectionCreator>>;

/** What a behaviour may say about its database. */
export type Options = Partial<Omit<RxDatabaseCreator, "storage">>;

/** What RxDB exports beside databases. */
export interface Exports {
  isRxDatabase(value: unknown): boolean;
  isRxCollection(value: unknown): boolean;
  isRxDocument(value: unknown): boolean;
  isRxQuery(value: unknown): boolean;
}

/** Something that behaves as RxDB does. */
export interface Peer extends Exports {
  /** Open a database of this name, also one that is open: that is another window of it. */
  open<Name extends string>(
    name: string,
    creators: Creators<Name>,
    options: Options,
  ): Promise<Database<Name>>;
  /** Close what is open, so that nothing of it is left for the next behaviour. */
  close(): Promise<void>;
}

/** What a behaviour is given. */
export interface Stage extends Exports {
  /** Open a database with these collections; the name is its own unless told. */
  open<Name extends string>(creators: Creators<Name>, options?: Options): Promise<Database<Name>>;
  /** A database's name that nobody has. */
  name(): string;
}

/** What is done, and what is then seen. */
export interface Behaviour {
  readonly name: string;
  run(stage: Stage): Promise<unknown>;
  readonly saw: Plain;
}

/** All behaviours, in the order they were told. */
export const behaviours: Behaviour[] = [];

/** Tell a behaviour: what it does, and what it then saw. */
export function behaviour(name: string, run: Behaviour["run"], saw: Plain): void {
  behaviours.push({ name, run, saw });
}

let names = 0;

/** What a peer's behaviour sees. */
export async function observe({ run }: Behaviour, peer: Peer): Promise<Plain> {
  const name = () => {
    names += 1;
    return `twin-${names}`;
  };
  const open: Stage["open"] = (creators, options = {}) =>
    peer.open(options.name ?? name(), creators, options);
  try {
    return plain(await run({ ...peer, open, name }));
  } finally {
    await peer.close();
  }
}
