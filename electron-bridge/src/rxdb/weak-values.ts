/** A map that does not keep its values alive: what nobody else holds is gone from it. */
export class WeakValues<Value extends object> {
  readonly #references = new Map<string, WeakRef<Value>>();
  readonly #gone: FinalizationRegistry<string>;

  /** @param onGone Called with the key of a value that is gone. */
  constructor(onGone: (key: string) => void = () => {}) {
    this.#gone = new FinalizationRegistry((key) => {
      // Another one may have taken its place.
      if (this.get(key) !== undefined) return;
      this.#references.delete(key);
      onGone(key);
    });
  }

  get(key: string): Value | undefined {
    return this.#references.get(key)?.deref();
  }

  set(key: string, value: Value): void {
    this.#references.set(key, new WeakRef(value));
    this.#gone.register(value, key);
  }
}
