/** A seeded source of choices: the same seed gives the same sample on every machine. */
export interface Random {
  /** A float in [0, 1). */
  next(): number;
  /** An integer in [low, high]. */
  integer(low: number, high: number): number;
  pick<T>(choices: readonly T[]): T;
  /** `count` different choices, in the order of `choices`. */
  some<T>(choices: readonly T[], count: number): T[];
}

/** mulberry32: 32 bits of state are plenty for sample data. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  function integer(low: number, high: number): number {
    return low + Math.floor(next() * (high - low + 1));
  }

  function pick<T>(choices: readonly T[]): T {
    const choice = choices[integer(0, choices.length - 1)];
    if (choice === undefined) throw new RangeError("Nothing to pick from.");
    return choice;
  }

  function some<T>(choices: readonly T[], count: number): T[] {
    let wanted = Math.min(count, choices.length);
    return choices.filter((_choice, index) => {
      const taken = next() < wanted / (choices.length - index);
      if (taken) wanted -= 1;
      return taken;
    });
  }

  return { next, integer, pick, some };
}
