import type { Endpoint } from "@pjais/electron-bridge";

/** The stores that are compared; LiveStore if it is installed. */
export const PEERS = ["sidecar", "livestore", "dexie"] as const;

export type PeerName = (typeof PEERS)[number];

/** A live query of memories, by falling importance if they are a persona's, else by id. */
export interface Watch {
  readonly persona?: string;
  /** The least importance. */
  readonly least?: number;
  readonly limit?: number;
  readonly count?: true;
}

/** What is on the screen while a memory of the first list is renamed. */
export interface Scene {
  readonly name: string;
  readonly watches: readonly Watch[];
  /** How many of the watches show the renamed memory; those are the first ones. */
  readonly shown: number;
}

/** What `tests/bench/rendering.py` asks for. */
export interface Plan {
  readonly documents: number;
  /** A sidecar that holds the memories. */
  readonly sidecar: Endpoint;
}

/** Milliseconds of each repetition; one line on stdout. */
export interface Measured {
  readonly part: "render" | "update";
  readonly measured: string;
  readonly took: Readonly<Partial<Record<PeerName, readonly number[]>>>;
}

/** Bytes of the sidecar's messages, both ways; one line on stdout. */
export interface Weighed {
  readonly part: "bytes";
  /** Of the whole result of a live query. */
  readonly result: number;
  /** Of one change: the commit, the patch and the receipt. */
  readonly change: number;
}

/** The one query of the second part. */
export const EVERYTHING: Watch = {};

const LIST: Watch = { persona: "p0", limit: 20 };

/** Each is a list of 20 rows, alone or with other live queries. */
export const SCENES: readonly Scene[] = [
  { name: "1 live query", watches: [LIST], shown: 1 },
  ...[20, 100].flatMap((others): Scene[] => [
    {
      name: `and ${others} others, not affected`,
      watches: [LIST, ...Array.from({ length: others }, (_, at) => elsewhere(at))],
      shown: 1,
    },
    {
      name: `and ${others} others, all affected`,
      watches: [LIST, ...Array.from({ length: others }, (_, at) => alike(at))],
      shown: others + 1,
    },
  ]),
];

/** Other personas' lists and counts, each a query of its own. */
function elsewhere(at: number): Watch {
  const persona = `p${1 + (at % 19)}`;
  const least = Math.floor(at / 19) * 10;
  return at % 2 === 0 ? { persona, least, limit: 20 } : { persona, least, count: true };
}

/** The same memories, which are above 90, by another query. */
function alike(at: number): Watch {
  return { persona: "p0", least: at % 50, limit: 21 + Math.floor(at / 50) };
}
