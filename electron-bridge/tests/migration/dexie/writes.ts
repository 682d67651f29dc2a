/** What an app writes while it moves, so that the page and the test know the same. */

/** One write of a page, told to the test before it is made and after it was acknowledged. */
export interface Write {
  /** Counts the writes of one document: the highest one that was acknowledged is true. */
  readonly n: number;
  readonly id: string;
  readonly deleted: boolean;
  /** Which side the page took for the truth. */
  readonly side: "rxdb" | "store";
  readonly acknowledged: boolean;
}

/** Return the whole document that a write leaves. */
export function written(id: string, n: number): Readonly<Record<string, unknown>> {
  return {
    id,
    n,
    text: `${id} as of ${n} 🦊`,
    deep: { list: [n, null, "", { n }] },
    ...(n % 3 === 0 ? { third: n } : { rest: null }),
  };
}
