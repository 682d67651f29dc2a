/** Watches when the browser draws. */
export class Frames {
  readonly #times: number[] = [];
  #next = 0;

  constructor() {
    const draw = () => {
      this.#times.push(performance.now());
      this.#next = requestAnimationFrame(draw);
    };
    this.#next = requestAnimationFrame(draw);
  }

  /** Return the longest time between two frames that was, in part, between two moments. */
  longest(from: number, to: number): number {
    let longest = 0;
    let before = this.#times[0] ?? 0;
    for (const time of this.#times) {
      if (time > from && before < to) longest = Math.max(longest, time - before);
      before = time;
    }
    return longest;
  }

  end(): void {
    cancelAnimationFrame(this.#next);
  }
}
