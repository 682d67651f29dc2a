/** Dotted paths into a document: which there are, and what is found at them. */

type Scalar = string | number | boolean | bigint | symbol | null | undefined;

/** Levels that are spelled out; below them any path goes, so that recursive types come to an end. */
type Levels = 5;

/**
 * The dotted paths of a type. They fan out over arrays; below `unknown` and index signatures any path
 * goes.
 *
 * @typeParam Index Segments that also lead into arrays: `${number}` where they may be numbered.
 */
export type Path<T, Index extends string = never, Level extends 0[] = []> = unknown extends T
  ? string
  : Level["length"] extends Levels
    ? string
    : T extends Scalar
      ? never
      : T extends readonly (infer Item)[]
        ? Index | Below<Index, Item, Index, Level> | Path<Item, Index, [...Level, 0]>
        : string extends keyof T
          ? string
          : {
              [Key in keyof T & string]-?: Key | Below<Key, T[Key], Index, Level>;
            }[keyof T & string];

type Below<Key extends string, T, Index extends string, Level extends 0[]> = `${Key}.${Path<
  T,
  Index,
  [...Level, 0]
>}`;

/** What a path finds; of an array on the way, what it finds in the elements. */
export type At<T, P extends string> = P extends `${infer Key}.${infer Rest}`
  ? At<Member<T, Key>, Rest>
  : Member<T, P>;

type Member<T, Key extends string> = unknown extends T
  ? unknown
  : string extends Key
    ? unknown
    : T extends Scalar
      ? never
      : T extends readonly (infer Item)[]
        ? Key extends `${number}`
          ? Item
          : Member<Item, Key> | (Key extends "length" ? number : never)
        : Key extends keyof T
          ? T[Key]
          : never;

/** The elements of an array; of anything else none. */
export type Element<V> = V extends readonly (infer Item)[] ? Item : never;

/**
 * The dotted paths that lead to one place, as sorting and aggregates take them: into an array by
 * number, or to its `length`.
 */
export type Place<T, Level extends 0[] = []> = unknown extends T
  ? string
  : Level["length"] extends Levels
    ? string
    : T extends Scalar
      ? never
      : T extends readonly (infer Item)[]
        ? "length" | `${number}` | `${number}.${Place<Item, [...Level, 0]>}`
        : string extends keyof T
          ? string
          : {
              [Key in keyof T & string]-?: Key | `${Key}.${Place<T[Key], [...Level, 0]>}`;
            }[keyof T & string];

/** The places where there may be numbers. */
export type NumberPlace<T> =
  Place<T> extends infer P
    ? P extends string
      ? Extract<At<T, P>, number> extends never
        ? unknown extends At<T, P>
          ? P
          : never
        : P
      : never
    : never;

/** Whether a value, or an element of it, may be of a kind. */
export type MayBe<V, Kind> = unknown extends V
  ? true
  : [Extract<V | Element<V>, Kind>] extends [never]
    ? false
    : true;
