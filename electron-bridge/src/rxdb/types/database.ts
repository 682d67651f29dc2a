/** Databases as an app sees them. */

import type { CoreClient } from "../../client/core.ts";
import type { Observable } from "../observable.ts";
import type { RxStorageSidecar } from "../storage.ts";
import type { Any } from "./any.ts";
import type { RxChangeEvent, RxCollection, RxCollectionCreator } from "./collection.ts";
import type { RxLocalDocumentMutation } from "./local.ts";

/** What `createRxDatabase` takes. */
export interface RxDatabaseCreator {
  readonly name: string;
  readonly storage: RxStorageSidecar;
  readonly localDocuments?: boolean;
  readonly ignoreDuplicate?: boolean;
  readonly closeDuplicates?: boolean;
  readonly options?: Any;
  /** No meaning here: the store is one, whatever windows there are; it counts and updates fast. */
  readonly multiInstance?: boolean;
  readonly eventReduce?: boolean;
  readonly allowSlowCount?: boolean;
  readonly cleanupPolicy?: Any;
  readonly hashFunction?: Any;
  readonly instanceCreationOptions?: Any;
  readonly liveQueryUpdateThrottleTime?: number;
  readonly password?: Any;
  readonly reactivity?: Any;
}

/** Collections by name. */
export interface CollectionsOfDatabase {
  [name: string]: RxCollection;
}

/** A collection came or went. */
export interface RxCollectionEvent {
  readonly type: "ADDED" | "CLOSED";
  readonly collection: RxCollection;
}

/** A database, without its collections. */
export interface RxDatabaseBase<Collections = CollectionsOfDatabase>
  extends RxLocalDocumentMutation {
  readonly name: string;
  readonly token: string;
  readonly storage: RxStorageSidecar;
  readonly options: Any;
  readonly closed: boolean;
  readonly collections: Collections;
  /** The client of the sidecar, for what RxDB has no call for. */
  readonly client: CoreClient;
  readonly $: Observable<RxChangeEvent>;
  readonly collections$: Observable<RxCollectionEvent>;
  readonly onClose: (() => Any)[];

  addCollections<Added = Partial<Collections>>(
    creators: {
      readonly [Name in keyof Added]: RxCollectionCreator<Any>;
    },
  ): Promise<{ [Name in keyof Added]: RxCollection }>;
  /** Resolve when no write is under way. */
  requestIdlePromise(): Promise<void>;
  /** Let it and its collections go; true. */
  close(): Promise<boolean>;
  /** Delete all documents of its collections, and let it go; their names. */
  remove(): Promise<string[]>;
}

/** A database: each collection is also a member of it. */
export type RxDatabase<
  Collections = CollectionsOfDatabase,
  _Internals = Any,
  _InstanceCreationOptions = Any,
  _Reactivity = Any,
> = RxDatabaseBase<Collections> & Collections;
