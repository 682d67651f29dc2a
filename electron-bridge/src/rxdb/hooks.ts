/** Hooks of a collection: functions of the app that run before and after its writes. */

import { newRxError, newRxTypeError } from "./error.ts";

/** What a hook is called with: the data that is written, and the document or collection it is of. */
type Hook = (data: unknown, instance: unknown) => unknown;

const WHEN = ["pre", "post"];
const KEYS = ["insert", "save", "remove", "create"];

/** The hooks of one collection. */
export class Hooks {
  readonly #series = new Map<string, Hook[]>();
  readonly #parallel = new Map<string, Hook[]>();

  /**
   * Add one; those in parallel run after the others, at once.
   *
   * @throws RxTypeError `COL7` for what is no function, `COL8` for an unknown `when`.
   * @throws RxError `COL9` for an unknown `key`, `COL10` for a parallel hook after creation.
   */
  add(when: string, key: string, hook: Hook, parallel = false): void {
    if (typeof hook !== "function") throw newRxTypeError("COL7", { key, when });
    if (!WHEN.includes(when)) throw newRxTypeError("COL8", { key, when });
    if (!KEYS.includes(key)) throw newRxError("COL9", { key });
    if (key === "create" && when === "post" && parallel) {
      throw newRxError("COL10", { when, key, parallel });
    }
    const hooks = parallel ? this.#parallel : this.#series;
    hooks.set(when + key, [...(hooks.get(when + key) ?? []), hook]);
  }

  /** Run the hooks of a moment. One that throws ends the write. */
  async run(when: string, key: string, data: unknown, instance?: unknown): Promise<void> {
    for (const hook of this.#series.get(when + key) ?? []) await hook(data, instance);
    const parallel = this.#parallel.get(when + key) ?? [];
    await Promise.all(parallel.map((hook) => hook(data, instance)));
  }

  /** Run the hooks of a moment that waits for nothing. */
  runSync(when: string, key: string, data: unknown, instance: unknown): void {
    for (const hook of this.#series.get(when + key) ?? []) hook(data, instance);
  }
}
