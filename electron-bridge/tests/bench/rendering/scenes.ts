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
  readonly workload: string;
  readonly watches: readonly Watch[];
  /** How many of the watches show the renamed memory; those are the first ones. */
  readonly shown: number;
}

/** The live query of all memories. */
export const EVERYTHING: Watch = {};

const LIST: Watch = { persona: "p0", limit: 20 };

/** Each is a list of 20 rows, alone or with other live queries. */
export const SCENES: readonly Scene[] = [
  { workload: "click → rendered, 1 live query", watches: [LIST], shown: 1 },
  unaffected("click → rendered, 20 others", 20),
  unaffected("click → rendered, 100 others", 100),
  affected("click → rendered, 20 others show it too", 20),
  affected("click → rendered, 100 others show it too", 100),
];

/** Other personas' lists and counts beside the list, each a query of its own. */
function unaffected(workload: string, others: number): Scene {
  const watches = Array.from({ length: others }, (_, at): Watch => {
    const persona = `p${1 + (at % 19)}`;
    const least = Math.floor(at / 19) * 10;
    return at % 2 === 0 ? { persona, least, limit: 20 } : { persona, least, count: true };
  });
  return { workload, watches: [LIST, ...watches], shown: 1 };
}

/** The list's memories, of which the renamed one is above 50, by other queries. */
function affected(workload: string, others: number): Scene {
  const watches = Array.from({ length: others }, (_, at): Watch => {
    return { persona: "p0", least: at % 50, limit: 21 + Math.floor(at / 50) };
  });
  return { workload, watches: [LIST, ...watches], shown: others + 1 };
}
