/** Databases: the collections of one sidecar, as an app of RxDB opens them. */

import type { NewEvent, Receipt } from "../client/client.ts";
import type { CoreClient } from "../client/core.ts";
import { uuid7 } from "../client/uuid7.ts";
import { Collection } from "./collection.ts";
import { RxDocumentBase } from "./document.ts";
import { newRxError, newRxTypeError, unsupported } from "./error.ts";
import type { LocalDocuments } from "./local.ts";
import { LocalParent } from "./local-parent.ts";
import { Subject } from "./observable.ts";
import { RxSchema } from "./schema.ts";
import type { RxStorageSidecar } from "./storage.ts";
import type { Any } from "./types/any.ts";
import type { RxChangeEvent, RxCollectionCreator } from "./types/collection.ts";
import type {
  CollectionsOfDatabase,
  RxCollectionEvent,
  RxDatabase,
  RxDatabaseBase,
  RxDatabaseCreator,
} from "./types/database.ts";
import { defineMissing } from "./unsupported.ts";

/** The databases that are not closed. */
const open = new Set<Database>();

/**
 * Open a database.
 *
 * @throws RxTypeError `UT1` for a name that is no text.
 * @throws RxError `UT2`, `DB13` for a name that can't be one, `DB8` for one that is open already.
 *
 * @example
 * const db = await createRxDatabase({ name: "pjais", storage: getRxStorageSidecar({ url, token }) });
 * await db.addCollections({ personas: { schema } });
 */
export function createRxDatabase<Collections = CollectionsOfDatabase>(
  creator: RxDatabaseCreator,
): Promise<RxDatabase<Collections>>;
export async function createRxDatabase(creator: RxDatabaseCreator): Promise<object> {
  const { name, storage, ignoreDuplicate, closeDuplicates } = creator;
  if (creator.password !== undefined) {
    throw unsupported("password");
  }
  if (creator.reactivity !== undefined) {
    throw unsupported("reactivity");
  }
  checkName(name);
  if (name.includes("$")) throw newRxError("DB13", { name });
  const same = [...open].filter((one) => one.name === name && one.storage.key === storage.key);
  if (closeDuplicates) await Promise.all(same.map((one) => one.close()));
  else if (same.length > 0 && !ignoreDuplicate) {
    throw newRxError("DB8", { name, storage: storage.name });
  }
  const database = new Database(creator);
  open.add(database);
  try {
    await database.client.ready();
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** A database that is open. */
export class Database extends LocalParent implements RxDatabaseBase<Any> {
  readonly name: string;
  readonly token = uuid7();
  readonly storage: RxStorageSidecar;
  readonly options: unknown;
  readonly client: CoreClient;
  readonly collections: { [name: string]: Collection } = {};
  readonly onClose: (() => unknown)[] = [];
  readonly $ = new Subject<RxChangeEvent>();
  readonly collections$ = new Subject<RxCollectionEvent>();
  closed = false;
  readonly #localDocuments: boolean;
  readonly #disconnect: () => void;
  /** The names that collections have, or had. */
  readonly #members = new Set<string>();
  readonly #commits = new Set<Promise<unknown>>();
  #closing: Promise<boolean> | undefined;

  constructor({ name, storage, options, localDocuments }: RxDatabaseCreator) {
    super();
    this.name = name;
    this.storage = storage;
    this.options = options ?? {};
    this.#localDocuments = localDocuments ?? false;
    ({ client: this.client, close: this.#disconnect } = storage.open());
  }

  async addCollections(creators: { readonly [name: string]: RxCollectionCreator }): Promise<Any> {
    // What is needed once is loaded once.
    const { adoptFunctions, checkSchema, checkStrategies, defineCollections } = await import(
      "./opening.ts"
    );
    const added = Object.entries(creators).map(([name, creator]) => {
      if (this.collections[name] !== undefined) throw newRxError("DB3", { name });
      if (name in this && !this.#members.has(name)) throw newRxError("DB5", { name });
      checkName(name);
      const { autoMigrate, migrationStrategies = {}, schema } = creator;
      if (schema === undefined) throw newRxError("DB4", { name, args: creator });
      if (autoMigrate === false) throw unsupported("autoMigrate: false");
      checkSchema(schema, (field) => Object.hasOwn(RxDocumentBase.prototype, field));
      checkStrategies(schema.version, migrationStrategies);
      return new Collection(this, name, new RxSchema(schema), creator);
    });
    for (const collection of added) adoptFunctions(collection);
    await defineCollections(this, added);
    // So that the first write need not wait for it.
    void import("./writing.ts");
    this.#follow(added);
    for (const collection of added) {
      this.collections[collection.name] = collection;
      this.#member(collection.name);
      this.collections$.next({ type: "ADDED", collection });
    }
    return Object.fromEntries(added.map((collection) => [collection.name, collection]));
  }

  protected override locals(Made: typeof LocalDocuments): LocalDocuments {
    const tell = (event: RxChangeEvent): void => this.$.next(event);
    return new Made(this, this, undefined, this.#localDocuments, tell);
  }

  /** Commit events whose documents have to match their schemas. */
  commit(events: readonly NewEvent[]): Promise<Receipt> {
    const receipt = this.client.commit(events, { validate: true });
    const settled = receipt.then(
      () => {},
      () => {},
    );
    this.#commits.add(settled);
    void settled.then(() => this.#commits.delete(settled));
    return receipt;
  }

  async requestIdlePromise(): Promise<void> {
    await Promise.all(this.#commits);
  }

  /** Take note that a collection was closed. */
  forget(collection: Collection): void {
    delete this.collections[collection.name];
    this.collections$.next({ type: "CLOSED", collection });
  }

  close(): Promise<boolean> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async remove(): Promise<string[]> {
    const collections = Object.values(this.collections);
    await this.requestIdlePromise();
    const events = collections.map(({ name }) => ({
      name: "v1.CollectionRemoved",
      args: { name },
    }));
    if (events.length > 0) await this.commit(events);
    await this.close();
    await Promise.all(collections.flatMap(({ onRemove }) => onRemove.map((run) => run())));
    return collections.map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<boolean> {
    this.$.complete();
    await this.requestIdlePromise();
    await Promise.all(this.onClose.map((run) => run()));
    await Promise.all(Object.values(this.collections).map((one) => one.close()));
    this.collections$.complete();
    this.closed = true;
    this.#disconnect();
    open.delete(this);
    return true;
  }

  #follow(added: readonly Collection[]): void {
    const byName = new Map(added.map((collection) => [collection.name, collection]));
    const leave = this.client.changes.subscribe(
      { collections: [...byName.keys()] },
      {
        onChanges: (changes) => {
          for (const change of changes) byName.get(change.collection)?.take(change);
        },
        onLost: (head) => {
          for (const collection of added) {
            if (!collection.closed) void collection.reread(head).catch(() => {});
          }
        },
      },
    );
    this.onClose.push(leave);
  }

  #member(name: string): void {
    if (this.#members.has(name)) return;
    this.#members.add(name);
    Object.defineProperty(this, name, { get: () => this.collections[name], configurable: true });
  }
}

defineMissing("database", Database.prototype);

/** Whether a value is a database of this package. */
export function isRxDatabase(value: unknown): value is RxDatabase {
  return value instanceof Database;
}

function checkName(name: unknown): void {
  if (typeof name !== "string" || name === "") throw newRxTypeError("UT1", { name });
  // A path names a folder.
  if (!/^[a-z][\w$-]*$/.test(name) && !/[/\\]/.test(name)) {
    throw newRxError("UT2", { givenName: name });
  }
}
