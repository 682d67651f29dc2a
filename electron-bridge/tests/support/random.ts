/** Numbers in [0, 1) that follow from a seed (mulberry32), so that a failing trace can be run again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** An integer in [0, below). */
export function below(limit: number, random: () => number): number {
  return Math.floor(random() * limit);
}

/** One of the items. */
export function pick<Item>(items: readonly [Item, ...Item[]], random: () => number): Item {
  return items[below(items.length, random)] ?? items[0];
}
