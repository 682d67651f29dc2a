/**
 * What RxDB's own types leave open. The code of an app was compiled against `any` in these places, and
 * has to go on compiling; nothing of this package's own code reads a value through it.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above; this is the one place.
export type Any = any;

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/** The keys of a type that are strings. */
export type StringKeys<T> = Extract<keyof T, string>;

/** A value nothing of which can be assigned. */
export type DeepReadonly<T> = T extends (...args: never) => unknown
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
      : T;
