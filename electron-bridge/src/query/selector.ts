import type { Json, JsonObject } from "../client/json.ts";
import type { At, Element, MayBe, Path } from "./paths.ts";

/**
 * Which rows a query takes, as in RxDB: fields, or dotted paths, with the value they equal or with
 * operators, and `$and` / `$or` / `$nor` of selectors.
 *
 * On an array an operator holds if it holds for an element.
 */
export type Selector<Row> = Conditions<Row> & Junctions<Row>;

type Conditions<Row> = {
  readonly [P in Path<Row, `${number}`>]?: Condition<At<Row, P>>;
};

interface Junctions<Row> {
  /** All of them match. */
  readonly $and?: readonly Selector<Row>[];
  /** At least one of them matches. */
  readonly $or?: readonly Selector<Row>[];
  /** None of them matches. */
  readonly $nor?: readonly Selector<Row>[];
}

type Condition<V> = Operand<V> | null | Operators<V>;

/** What a field may be compared with: its value, or where that is an array, also an element. */
export type Operand<V> = unknown extends V
  ? Json
  : V extends readonly (infer Item)[]
    ? readonly Item[] | Item
    : Exclude<V, null | undefined>;

/** The operators of a field with such values. */
export type Operators<V> = Comparison<Operand<V>> &
  Nature<V> &
  When<MayBe<V, string>, TextOperators> &
  When<MayBe<V, number>, NumberOperators> &
  When<MayBe<V, readonly unknown[]>, ArrayOperators<V>> &
  When<Contains<V>, { readonly $contains?: Contained<V> }>;

type When<Applies extends boolean, Type> = true extends Applies ? Type : unknown;

/** The comparisons of one field. */
export interface Comparison<Value> {
  readonly $eq?: Value | null;
  readonly $ne?: Value | null;
  readonly $gt?: Value;
  readonly $gte?: Value;
  readonly $lt?: Value;
  readonly $lte?: Value;
  readonly $in?: readonly (Value | null)[];
  readonly $nin?: readonly (Value | null)[];
}

interface Nature<V> {
  /** Whether the field is there; null is there. */
  readonly $exists?: boolean;
  readonly $type?: TypeName | readonly TypeName[];
  /** The operators do not all hold. */
  readonly $not?: Operators<V>;
}

/** What `$type` calls the kinds of values. */
export type TypeName =
  | "array"
  | "bool"
  | "boolean"
  | "decimal"
  | "double"
  | "int"
  | "long"
  | "null"
  | "number"
  | "object"
  | "string"
  | "undefined";

interface TextOperators {
  /** Source of a JavaScript RegExp; its flags are `$options`. */
  readonly $regex?: string;
  readonly $options?: string;
  /** `%` is any text, `_` one character, `\` takes the next as it is; case matters. */
  readonly $like?: string;
  /** As `$like`; case does not matter. */
  readonly $ilike?: string;
}

interface NumberOperators {
  /** Divided by the first, the remainder is the second. */
  readonly $mod?: readonly [divisor: number, remainder: number];
}

interface ArrayOperators<V> {
  /** How many elements there are. */
  readonly $size?: number;
  /** One element matches: a selector for objects, operators for other elements. */
  readonly $elemMatch?: ElementMatch<unknown extends V ? unknown : Element<V>>;
}

type ElementMatch<Item> = unknown extends Item
  ? Selector<JsonObject>
  : [Extract<Item, object>] extends [never]
    ? Operators<Item>
    : Selector<Extract<Item, object>>;

type Contains<V> = MayBe<V, string> extends true ? true : MayBe<V, readonly unknown[]>;

/** Part of a text, or an element that is no array itself. */
type Contained<V> = unknown extends V
  ? Json
  :
      | Exclude<Element<V>, readonly unknown[]>
      | ([Extract<V, string>] extends [never] ? never : string);
