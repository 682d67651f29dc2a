/** Collections: what an app asks of, and writes to, one kind of documents. */

import type { DocumentChange } from "../live/changes.ts";
import { DocumentCache } from "./cache.ts";
import { changeEvent } from "./change-event.ts";
import type { Database } from "./database.ts";
import type { RxDocumentBase } from "./document.ts";
import { documentMaker } from "./document-class.ts";
import { newRxError, newRxTypeError } from "./error.ts";
import { Hooks } from "./hooks.ts";
import type { IncrementalQueue, Modifier } from "./incremental.ts";
import type { LocalDocuments } from "./local.ts";
import { LocalParent } from "./local-parent.ts";
import { filtered, type Observable, Subject } from "./observable.ts";
import { RxQueryBase } from "./query.ts";
import { checkQuery } from "./query-check.ts";
import type { Fields, Revision } from "./revision.ts";
import type { RxSchema } from "./schema.ts";
import type { Any } from "./types/any.ts";
import type {
  BulkResult,
  KeyFunctionMap,
  MigrationStrategies,
  RxChangeEvent,
  RxCollectionBase,
  RxCollectionCreator,
} from "./types/collection.ts";
import type { RxQueryOP } from "./types/query.ts";
import { defineMissing } from "./unsupported.ts";
import { WeakValues } from "./weak-values.ts";
import type { Failure } from "./writes.ts";

/** Adds a hook of one moment. */
type HookAdder = (hook: Any, parallel?: boolean) => void;

/** A collection of a database. */
export class Collection extends LocalParent implements RxCollectionBase<Any> {
  readonly database: Database;
  readonly name: string;
  readonly schema: RxSchema;
  readonly options: unknown;
  readonly statics: KeyFunctionMap;
  readonly methods: KeyFunctionMap;
  readonly migrationStrategies: MigrationStrategies;
  readonly hooks = new Hooks();
  readonly onClose: (() => unknown)[] = [];
  readonly onRemove: (() => unknown)[] = [];
  readonly $ = new Subject<RxChangeEvent>();
  closed = false;
  /** The documents that someone holds. */
  readonly cache: DocumentCache<RxDocumentBase>;
  // They are made below: `addHook` with the moment in the name.
  declare readonly preInsert: HookAdder;
  declare readonly postInsert: HookAdder;
  declare readonly preSave: HookAdder;
  declare readonly postSave: HookAdder;
  declare readonly preRemove: HookAdder;
  declare readonly postRemove: HookAdder;
  declare readonly postCreate: HookAdder;
  readonly #localDocuments: boolean;
  #queue: IncrementalQueue | undefined;
  readonly #queries = new WeakValues<RxQueryBase>();

  constructor(database: Database, name: string, schema: RxSchema, creator: RxCollectionCreator) {
    super();
    this.database = database;
    this.name = name;
    this.schema = schema;
    this.options = creator.options ?? {};
    this.statics = creator.statics ?? {};
    this.methods = creator.methods ?? {};
    this.migrationStrategies = creator.migrationStrategies ?? {};
    this.cache = new DocumentCache(documentMaker(this));
    this.#localDocuments = creator.localDocuments ?? false;
  }

  get insert$(): Observable<RxChangeEvent> {
    return filtered(this.$, ({ operation }) => operation === "INSERT");
  }

  get update$(): Observable<RxChangeEvent> {
    return filtered(this.$, ({ operation }) => operation === "UPDATE");
  }

  get remove$(): Observable<RxChangeEvent> {
    return filtered(this.$, ({ operation }) => operation === "DELETE");
  }

  find(query: unknown = {}): RxQueryBase {
    if (typeof query === "string") {
      throw newRxError("COL5", { collection: this.name, queryObj: query });
    }
    return this.query("find", query);
  }

  findOne(query: unknown = {}): RxQueryBase {
    if (typeof query === "string") {
      return this.query("findOne", { selector: { [this.schema.primaryPath]: query }, limit: 1 });
    }
    if (typeof query === "number" || Array.isArray(query)) {
      throw newRxTypeError("COL6", { collection: this.name, queryObj: query });
    }
    const { limit, ...rest }: { limit?: unknown } = Object(query);
    if (limit) throw newRxError("QU6");
    return this.query("findOne", { ...rest, limit: 1 });
  }

  count(query: unknown = {}): RxQueryBase {
    return this.query("count", query);
  }

  findByIds(ids: readonly string[]): RxQueryBase {
    return this.query("findByIds", { selector: { [this.schema.primaryPath]: { $in: [...ids] } } });
  }

  /** Return the query of this meaning; the same one as long as someone holds it. */
  query(op: RxQueryOP, given: unknown, path?: string): RxQueryBase {
    this.checkOpen();
    const mango: unknown = given ?? {};
    checkQuery(this, op, mango);
    const made = new RxQueryBase(op, mango, this, path);
    const key = made.toString();
    const known = this.#queries.get(key);
    if (known !== undefined) return known;
    this.#queries.set(key, made);
    return made;
  }

  async insert(document: Fields): Promise<RxDocumentBase> {
    this.checkOpen();
    const { insertAll, only } = await import("./writing.ts");
    return only(this, await insertAll(this, [document]));
  }

  async insertIfNotExists(document: Fields): Promise<RxDocumentBase> {
    this.checkOpen();
    const { failureOf, insertAll, only } = await import("./writing.ts");
    const inserted = await insertAll(this, [document]);
    const [failure] = inserted.failed;
    if (failure?.current !== undefined) return this.cache.document(failure.current);
    // RxDB throws the storage's own error here.
    if (failure !== undefined) throw Object.assign(failureOf(this, failure), failure.error);
    return only(this, inserted);
  }

  async upsert(document: Fields): Promise<RxDocumentBase> {
    this.checkOpen();
    const { only, upsertAll } = await import("./writing.ts");
    return only(this, await upsertAll(this, [document]));
  }

  async incrementalUpsert(document: Fields): Promise<RxDocumentBase> {
    this.checkOpen();
    const { upsertIncrementally } = await import("./writing.ts");
    return upsertIncrementally(this, document);
  }

  async bulkInsert(documents: readonly Fields[]): Promise<BulkResult<RxDocumentBase>> {
    this.checkOpen();
    const { insertAll } = await import("./writing.ts");
    return resultOf(await insertAll(this, documents));
  }

  async bulkUpsert(documents: readonly Fields[]): Promise<BulkResult<RxDocumentBase>> {
    this.checkOpen();
    const { upsertAll } = await import("./writing.ts");
    return resultOf(await upsertAll(this, documents));
  }

  async bulkRemove(
    given: readonly string[] | readonly RxDocumentBase[],
  ): Promise<BulkResult<RxDocumentBase>> {
    this.checkOpen();
    const { removeAll } = await import("./writing.ts");
    const ids = given.filter((one) => typeof one === "string");
    const found = ids.length > 0 ? await this.findByIds(ids).exec() : undefined;
    const documents = given.filter((one) => typeof one !== "string");
    if (found instanceof Map) documents.push(...found.values());
    return resultOf(await removeAll(this, documents));
  }

  protected override locals(Made: typeof LocalDocuments): LocalDocuments {
    const tell = (event: RxChangeEvent): void => this.tell(event);
    return new Made(this, this.database, this.name, this.#localDocuments, tell);
  }

  /** Apply a change to a document, of which this revision is known, after those that wait already. */
  async enqueue(revision: Revision, change: Modifier): Promise<RxDocumentBase> {
    const { IncrementalQueue } = await import("./writing.ts");
    this.#queue ??= new IncrementalQueue(this);
    return this.#queue.add(revision, change);
  }

  /** Return the instance of a row of this collection. */
  documentOf(row: Fields): RxDocumentBase {
    const id = row[this.schema.primaryPath];
    const known = this.cache.find(String(id), Number(row._seq));
    return known ?? this.cache.document(this.schema.revision(row));
  }

  /** Take a change that whoever made; those who listen hear of it. */
  take({ id, seq, before, after }: DocumentChange): void {
    const was = before === null ? undefined : this.schema.revision(before);
    const is: Revision =
      after === null
        ? { id, seq, deleted: true, fields: was?.fields ?? {} }
        : this.schema.revision(after);
    this.cache.learn(is);
    this.tell(changeEvent(was, is, this.name, false));
  }

  /** Read again what someone holds, after changes that nobody told. */
  async reread(head: number): Promise<void> {
    const ids = this.cache.ids();
    const found = await this.findByIds(ids).exec();
    for (const id of ids) {
      const known = this.cache.latest(id);
      if (known !== undefined && found instanceof Map && !found.has(id)) {
        this.cache.learn({ ...known, seq: head, deleted: true });
      }
    }
  }

  /** Tell those who listen to this collection, or to all, of a change. */
  tell(event: RxChangeEvent): void {
    this.$.next(event);
    this.database.$.next(event);
  }

  addHook: Hooks["add"] = (when, key, hook, parallel) => {
    const bound: typeof hook = typeof hook === "function" ? hook.bind(this) : hook;
    this.hooks.add(when, key, bound, parallel);
  };

  /** @throws RxError `COL21` once it is closed. */
  checkOpen(): void {
    if (this.closed) {
      throw newRxError("COL21", { collection: this.name, version: this.schema.version });
    }
  }

  async close(): Promise<boolean> {
    if (this.closed) return false;
    this.closed = true;
    await Promise.all(this.onClose.map((run) => run()));
    await this.database.requestIdlePromise();
    this.$.complete();
    this.database.forget(this);
    return true;
  }

  async remove(): Promise<void> {
    await this.close();
    await Promise.all(this.onRemove.map((run) => run()));
    await this.database.commit([{ name: "v1.CollectionRemoved", args: { name: this.name } }]);
  }
}

defineMissing("collection", Collection.prototype);
for (const when of ["pre", "post"]) {
  for (const key of ["Insert", "Save", "Remove", "Create"]) {
    Object.defineProperty(Collection.prototype, when + key, {
      value(this: Collection, hook: Parameters<Hooks["add"]>[2], parallel?: boolean) {
        this.addHook(when, key.toLowerCase(), hook, parallel);
      },
    });
  }
}

function resultOf({
  success,
  failed,
}: {
  readonly success: RxDocumentBase[];
  readonly failed: readonly Failure[];
}): BulkResult<RxDocumentBase> {
  return { success, error: failed.map(({ error }) => error) };
}
