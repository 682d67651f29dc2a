/** Schemas, and the type of the documents they describe. */

import type { Any, StringKeys } from "./any.ts";

/** JSON Schema as RxDB takes it, with `ref`, `final` and `default` of its own. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly enum?: readonly Any[];
  /** The collection whose primary key it holds, for `populate`. */
  readonly ref?: string;
  /** It never changes once it is stored. */
  readonly final?: boolean;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly [keyword: string]: Any;
}

/** The schema of a top-level field. */
export interface TopLevelProperty extends JsonSchema {
  /** What an inserted document has there if it has nothing. */
  readonly default?: Any;
}

/** A primary key made of other fields. */
export interface CompositePrimaryKey<RxDocType> {
  readonly key: StringKeys<RxDocType>;
  readonly fields: readonly (StringKeys<RxDocType> | string)[];
  readonly separator: string;
}

/** What names a document: a field, or one made of others. */
export type PrimaryKey<RxDocType> = StringKeys<RxDocType> | CompositePrimaryKey<RxDocType>;

/** The schema of a collection. */
export interface RxJsonSchema<RxDocType> {
  readonly title?: string;
  readonly description?: string;
  readonly version: number;
  readonly primaryKey: PrimaryKey<RxDocType>;
  readonly type: "object" | (string & {});
  readonly properties: { readonly [Name in StringKeys<RxDocType>]: TopLevelProperty };
  readonly required?: readonly StringKeys<RxDocType>[];
  readonly indexes?: readonly (string | readonly string[])[];
  readonly additionalProperties?: false;
  readonly encrypted?: readonly string[];
  readonly keyCompression?: boolean;
  readonly attachments?: object;
  readonly internalIndexes?: readonly (readonly string[])[];
  readonly sharding?: object;
  readonly crdt?: Any;
}

/** The type of the documents of a schema that was written `as const`. */
export type ExtractDocumentTypeFromTypedRxJsonSchema<Schema> = TypeOf<Schema>;

type TypeOf<Schema> = Schema extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : Schema extends { readonly const: infer Value }
    ? Value
    : Schema extends { readonly type: infer Name }
      ? Name extends readonly (infer One)[]
        ? OfType<One, Schema>
        : OfType<Name, Schema>
      : Any;

type OfType<Name, Schema> = Name extends "string"
  ? string
  : Name extends "number" | "integer"
    ? number
    : Name extends "boolean"
      ? boolean
      : Name extends "null"
        ? null
        : Name extends "array"
          ? Schema extends { readonly items: infer Items }
            ? Items extends readonly unknown[]
              ? Any[]
              : TypeOf<Items>[]
            : Any[]
          : Name extends "object"
            ? OfObject<Schema>
            : Any;

type OfObject<Schema> = Schema extends { readonly properties: infer Properties }
  ? Flat<
      {
        -readonly [Name in Extract<keyof Properties, RequiredOf<Schema>>]: TypeOf<Properties[Name]>;
      } & {
        -readonly [Name in Exclude<keyof Properties, RequiredOf<Schema>>]?: TypeOf<
          Properties[Name]
        >;
      }
    >
  : { [name: string]: Any };

type RequiredOf<Schema> = Schema extends { readonly required: readonly (infer Name)[] }
  ? Name
  : never;

type Flat<T> = { [Key in keyof T]: T[Key] };
