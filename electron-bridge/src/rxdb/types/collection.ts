/** Collections as an app sees them. */

import type { Observable } from "../observable.ts";
import type { RxSchema } from "../schema.ts";
import type { Any, MaybePromise } from "./any.ts";
import type { RxDatabase } from "./database.ts";
import type { RxDocument, RxDocumentData } from "./document.ts";
import type { RxLocalDocumentMutation } from "./local.ts";
import type { MangoQuery, MangoQueryNoLimit, RxQuery } from "./query.ts";
import type { RxJsonSchema } from "./schema.ts";

/** Functions by name: statics of a collection, or methods of its documents. */
export interface KeyFunctionMap {
  // biome-ignore lint/complexity/noBannedTypes: as RxDB has it, so that any function goes.
  [name: string]: Function;
}

/** Functions by the version of the schema they lead to. */
export interface MigrationStrategies {
  [version: number]: (document: Any, collection: Any) => Any;
}

/** What `addCollections` takes of each collection. */
export interface RxCollectionCreator<RxDocType = Any> {
  schema: RxJsonSchema<RxDocType>;
  statics?: KeyFunctionMap;
  methods?: KeyFunctionMap;
  options?: Any;
  localDocuments?: boolean;
  migrationStrategies?: MigrationStrategies;
  autoMigrate?: boolean;
  attachments?: KeyFunctionMap;
  instanceCreationOptions?: Any;
  liveQueryUpdateThrottleTime?: number;
  cacheReplacementPolicy?: Any;
  conflictHandler?: Any;
}

/** A change of a document. */
export type RxChangeEvent<RxDocType = Any> = {
  readonly documentId: string;
  readonly collectionName?: string;
  readonly isLocal: boolean;
  readonly documentData: RxDocumentData<RxDocType>;
} & (
  | { readonly operation: "INSERT"; readonly previousDocumentData: undefined }
  | {
      readonly operation: "UPDATE" | "DELETE";
      readonly previousDocumentData: RxDocumentData<RxDocType>;
    }
);

/** Why one document of a bulk write was not written. */
export interface RxStorageWriteError<RxDocType = Any> {
  readonly isError: true;
  /** 409: it is not what the writer knew; 422: it does not match the schema. */
  readonly status: 409 | 422;
  readonly documentId: string;
  readonly writeRow: { readonly document: Any; readonly previous?: Any };
  readonly documentInDb?: RxDocumentData<RxDocType>;
  readonly validationErrors?: readonly {
    readonly instancePath: string;
    readonly keyword?: string;
    readonly message: string;
  }[];
  readonly context: string;
}

/** What became of each document of a bulk write. */
export interface BulkResult<Document> {
  readonly success: Document[];
  readonly error: RxStorageWriteError[];
}

type Hook<Data, Instance> = (data: Data, instance: Instance) => MaybePromise<Any>;

/** A collection, without the app's statics. */
export interface RxCollectionBase<
  RxDocType = Any,
  OrmMethods = object,
  StaticMethods = object,
  Reactivity = unknown,
> extends RxLocalDocumentMutation {
  readonly database: RxDatabase<Any>;
  readonly name: string;
  readonly schema: RxSchema;
  readonly closed: boolean;
  readonly options: Any;
  readonly statics: StaticMethods | KeyFunctionMap;
  readonly methods: KeyFunctionMap;
  readonly $: Observable<RxChangeEvent<RxDocType>>;
  readonly insert$: Observable<RxChangeEvent<RxDocType>>;
  readonly update$: Observable<RxChangeEvent<RxDocType>>;
  readonly remove$: Observable<RxChangeEvent<RxDocType>>;
  readonly onClose: (() => Any)[];
  readonly onRemove: (() => Any)[];

  find(
    query?: MangoQuery<RxDocType>,
  ): RxQuery<RxDocType, RxDocument<RxDocType, OrmMethods, Reactivity>[], OrmMethods, Reactivity>;
  findOne(
    query?: MangoQueryNoLimit<RxDocType> | string,
  ): RxQuery<
    RxDocType,
    RxDocument<RxDocType, OrmMethods, Reactivity> | null,
    OrmMethods,
    Reactivity
  >;
  findByIds(
    ids: readonly string[],
  ): RxQuery<
    RxDocType,
    Map<string, RxDocument<RxDocType, OrmMethods, Reactivity>>,
    OrmMethods,
    Reactivity
  >;
  count(query?: MangoQuery<RxDocType>): RxQuery<RxDocType, number, OrmMethods, Reactivity>;

  insert(document: RxDocType): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  insertIfNotExists(document: RxDocType): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  upsert(document: Partial<RxDocType>): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  incrementalUpsert(
    document: Partial<RxDocType>,
  ): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  bulkInsert(
    documents: readonly RxDocType[],
  ): Promise<BulkResult<RxDocument<RxDocType, OrmMethods, Reactivity>>>;
  bulkUpsert(
    documents: readonly Partial<RxDocType>[],
  ): Promise<BulkResult<RxDocument<RxDocType, OrmMethods, Reactivity>>>;
  bulkRemove(
    idsOrDocuments: readonly string[] | readonly RxDocument<RxDocType, OrmMethods, Reactivity>[],
  ): Promise<BulkResult<RxDocument<RxDocType, OrmMethods, Reactivity>>>;

  preInsert(hook: Hook<RxDocType, RxCollection<RxDocType, OrmMethods>>, parallel?: boolean): void;
  postInsert(hook: Hook<RxDocType, RxDocument<RxDocType, OrmMethods>>, parallel?: boolean): void;
  preSave(hook: Hook<RxDocType, RxDocument<RxDocType, OrmMethods>>, parallel?: boolean): void;
  postSave(hook: Hook<RxDocType, RxDocument<RxDocType, OrmMethods>>, parallel?: boolean): void;
  preRemove(hook: Hook<RxDocType, RxDocument<RxDocType, OrmMethods>>, parallel?: boolean): void;
  postRemove(hook: Hook<RxDocType, RxDocument<RxDocType, OrmMethods>>, parallel?: boolean): void;
  postCreate(hook: (data: RxDocType, document: RxDocument<RxDocType, OrmMethods>) => Any): void;
  addHook(when: string, key: string, hook: Any, parallel?: boolean): void;

  /** Let it go; its documents stay in the store. */
  close(): Promise<boolean>;
  /** Delete its documents and let it go. */
  remove(): Promise<void>;
}

/** A collection. */
export type RxCollection<
  RxDocType = Any,
  OrmMethods = object,
  StaticMethods = object,
  _InstanceCreationOptions = object,
  Reactivity = unknown,
> = StaticMethods & RxCollectionBase<RxDocType, OrmMethods, StaticMethods, Reactivity>;
