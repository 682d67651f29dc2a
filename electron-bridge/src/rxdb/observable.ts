/**
 * Observables, without rxjs and at one with it.
 *
 * rxjs takes them wherever it takes one of its own: in `from`, `firstValueFrom`, `combineLatest`, and
 * its operators in `pipe`. `for await` reads them, too.
 */

import type { Any } from "./types/any.ts";

/** What hears of an observable's values. */
export interface Observer<T> {
  next: (value: T) => void;
  error: (error: Any) => void;
  complete: () => void;
}

/** What ends a subscription. */
export interface Subscription {
  readonly closed: boolean;
  unsubscribe(): void;
  /** End something else along with it. */
  add(teardown: Teardown): void;
  remove(teardown: Teardown): void;
}

type Teardown = (() => void) | { unsubscribe(): void } | undefined;

/** Makes of an observable another one, or anything: as rxjs's operators do. */
type Step<From, To> = (source: From) => To;

/** Values over time. */
export class Observable<T> {
  /** Only there so that the types of rxjs take it for theirs. */
  declare readonly source: Any;
  /** As `source`. */
  declare readonly operator: Any;
  readonly #start: (subscriber: Subscriber<T>) => Teardown;

  /** @param start Begins to give the values of one subscription, and returns what ends that. */
  constructor(start: (subscriber: Subscriber<T>) => Teardown) {
    this.#start = start;
  }

  /**
   * Hear of the values.
   *
   * @returns A {@link Subscription}; its type is open because that of rxjs's is a class of its own.
   */
  subscribe(observer?: Partial<Observer<T>> | ((value: T) => void)): Any;
  subscribe(
    next?: ((value: T) => void) | null,
    error?: ((error: Any) => void) | null,
    complete?: (() => void) | null,
  ): Any;
  subscribe(
    first?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    const target =
      typeof first === "object" && first !== null ? first : { next: first, error, complete };
    const subscriber = new Subscriber(target);
    // A subscriber of rxjs is its own subscription: when it ends, so does this one.
    if (isSubscription(target)) target.add(subscriber);
    subscriber.add(this.#start(subscriber));
    return subscriber;
  }

  /** Apply operators, those of rxjs or any functions of an observable, one after the other. */
  pipe(): this;
  pipe<A>(a: Step<Observable<T>, A>): A;
  pipe<A, B>(a: Step<Observable<T>, A>, b: Step<A, B>): B;
  pipe<A, B, C>(a: Step<Observable<T>, A>, b: Step<A, B>, c: Step<B, C>): C;
  pipe<A, B, C, D>(a: Step<Observable<T>, A>, b: Step<A, B>, c: Step<B, C>, d: Step<C, D>): D;
  pipe<A, B, C, D, E>(
    a: Step<Observable<T>, A>,
    b: Step<A, B>,
    c: Step<B, C>,
    d: Step<C, D>,
    e: Step<D, E>,
    ...more: Step<Any, Any>[]
  ): E;
  pipe(...steps: Step<Any, Any>[]): unknown {
    return steps.reduce<unknown>((source, step) => step(source), this);
  }

  /** What the operators of rxjs call to make their observable of this one. */
  lift(operator?: Any): Observable<Any> {
    return new Observable<unknown>((subscriber) => operator.call(subscriber, this));
  }

  /** Call `next` with each value; resolve at the end of them. */
  forEach(next: (value: T) => void): Promise<void> {
    return new Promise((complete, error) => {
      this.subscribe({ next, error, complete });
    });
  }

  /** Where rxjs looks for an observable that is not its own. */
  "@@observable"(): this {
    return this;
  }

  /** Resolve with the last value at the end of them. */
  async toPromise(): Promise<T | undefined> {
    let last: T | undefined;
    await this.forEach((value) => {
      last = value;
    });
    return last;
  }

  /** Each value, also those that come while an earlier one is looked at. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    const arrived: (() => T)[] = [];
    let ended = false;
    let wake = (): void => {};
    const take = (item: () => T, end: boolean): void => {
      arrived.push(item);
      ended = end;
      wake();
    };
    const subscription: Subscription = this.subscribe({
      next: (value) => take(() => value, false),
      error: (error) =>
        take(() => {
          throw error;
        }, true),
      complete: () => {
        ended = true;
        wake();
      },
    });
    try {
      for (;;) {
        const item = arrived.shift();
        if (item !== undefined) yield item();
        else if (ended) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      subscription.unsubscribe();
    }
  }
}

/** One subscription, and what its source tells the values to. */
export class Subscriber<T> implements Observer<T>, Subscription {
  closed = false;
  readonly #target: Listener<T>;
  readonly #teardowns = new Set<Teardown>();

  constructor(target: Listener<T>) {
    this.#target = target;
  }

  next(value: T): void {
    if (!this.closed) guarded(() => this.#target.next?.(value));
  }

  error(error: unknown): void {
    if (this.closed) return;
    guarded(() => {
      if (!this.#target.error) throw error;
      this.#target.error(error);
    });
    this.unsubscribe();
  }

  complete(): void {
    if (this.closed) return;
    guarded(() => this.#target.complete?.());
    this.unsubscribe();
  }

  unsubscribe(): void {
    this.closed = true;
    for (const teardown of this.#teardowns) end(teardown);
    this.#teardowns.clear();
  }

  add(teardown: Teardown): void {
    if (this.closed) end(teardown);
    else this.#teardowns.add(teardown);
  }

  remove(teardown: Teardown): void {
    this.#teardowns.delete(teardown);
  }
}

interface Listener<T> {
  readonly next?: ((value: T) => void) | null | undefined;
  readonly error?: ((error: unknown) => void) | null | undefined;
  readonly complete?: (() => void) | null | undefined;
}

/** An observable whose owner gives the values, to whoever listens then. */
export class Subject<T> extends Observable<T> {
  readonly #subscribers: Set<Subscriber<T>>;

  constructor() {
    const subscribers = new Set<Subscriber<T>>();
    super((subscriber) => {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    });
    this.#subscribers = subscribers;
  }

  next(value: T): void {
    for (const one of [...this.#subscribers]) one.next(value);
  }

  complete(): void {
    for (const one of [...this.#subscribers]) one.complete();
  }
}

/**
 * An observable whose subscribers share one run of `start`, which begins with the first of them and ends
 * with the last. Who comes later gets the last value at once.
 */
export function shared<T>(start: (all: Observer<T>) => Teardown): Observable<T> {
  const subscribers = new Set<Subscriber<T>>();
  let last: { readonly value: T } | undefined;
  const each = (tell: (one: Subscriber<T>) => void): void => [...subscribers].forEach(tell);
  const all: Observer<T> = {
    next: (value) => {
      last = { value };
      each((one) => one.next(value));
    },
    error: (error) => each((one) => one.error(error)),
    complete: () => each((one) => one.complete()),
  };
  let teardown: Teardown;
  return new Observable((subscriber) => {
    subscribers.add(subscriber);
    if (last !== undefined) subscriber.next(last.value);
    else if (subscribers.size === 1) teardown = start(all);
    return () => {
      subscribers.delete(subscriber);
      if (subscribers.size > 0) return;
      last = undefined;
      end(teardown);
    };
  });
}

/**
 * An observable of what `project` makes of another one's values.
 *
 * @param same Whether a value is like the one before and needs no telling.
 */
export function mapped<From, To>(
  source: Observable<From>,
  project: (value: From) => To,
  same: (before: To, next: To) => boolean = () => false,
): Observable<To> {
  return new Observable((subscriber) => {
    let before: { readonly value: To } | undefined;
    return source.subscribe({
      next: (item) => {
        const value = project(item);
        if (before !== undefined && same(before.value, value)) return;
        before = { value };
        subscriber.next(value);
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}

/** An observable of those of another one's values that pass a test. */
export function filtered<T>(source: Observable<T>, passes: (value: T) => boolean): Observable<T> {
  return new Observable((subscriber) =>
    source.subscribe({
      next: (value) => {
        if (passes(value)) subscriber.next(value);
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    }),
  );
}

function isSubscription(value: object): value is Subscription {
  return "closed" in value && "add" in value && typeof value.add === "function";
}

function end(teardown: Teardown): void {
  if (typeof teardown === "function") teardown();
  else teardown?.unsubscribe();
}

/** A listener that throws is an uncaught error of its own; the source, and other listeners, go on. */
function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
