/**
 * Local documents of a database or a collection: data under a name, without a schema.
 *
 * 1. Changes of one document by this window run one after the other; between windows the last wins.
 * 2. `$` and `getLocal$` see what any window does; events of other windows' are not told of in `db.$`.
 */

import { SidecarError } from "../client/errors.ts";
import { isObject } from "../client/json.ts";
import { DocumentCache } from "./cache.ts";
import { changeEvent } from "./change-event.ts";
import type { Database } from "./database.ts";
import { newRxError } from "./error.ts";
import { RxLocalDocument } from "./local-document.ts";
import { Observable } from "./observable.ts";
import { cloned } from "./paths.ts";
import type { Fields, Revision } from "./revision.ts";
import type { RxChangeEvent } from "./types/collection.ts";

const SELECT = "SELECT data, seq FROM _local_documents WHERE collection = ? AND id = ?";

/** The local documents of one parent. */
export class LocalDocuments {
  readonly parent: object;
  readonly cache: DocumentCache<RxLocalDocument>;
  readonly #database: Database;
  readonly #collection: string | undefined;
  readonly #enabled: boolean;
  readonly #tell: (event: RxChangeEvent) => void;
  /** The last change under way of each document. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(
    parent: object,
    database: Database,
    collection: string | undefined,
    enabled: boolean,
    tell: (event: RxChangeEvent) => void,
  ) {
    this.parent = parent;
    this.cache = new DocumentCache((revision) => new RxLocalDocument(this, revision));
    this.#database = database;
    this.#collection = collection;
    this.#enabled = enabled;
    this.#tell = tell;
  }

  /** Return the one of this name, or null. */
  async get(id: string): Promise<RxLocalDocument | null> {
    this.#check();
    const rows: unknown = await this.#database.client.query(this.#query(id));
    return this.#documentOf(id, rows);
  }

  /** Follow the one of this name: null while there is none. */
  get$(id: string): Observable<RxLocalDocument | null> {
    this.#check();
    return new Observable((subscriber) => {
      const live = this.#database.client.live(this.#query(id));
      let before: RxLocalDocument | null | undefined;
      const look = (): void => {
        const { status, data, error, head } = live.getSnapshot();
        if (status === "error") subscriber.error(error);
        if (status !== "ready") return;
        const document = this.#documentOf(id, data, head);
        if (document === before) return;
        before = document;
        subscriber.next(document);
      };
      const leave = live.subscribe(look);
      queueMicrotask(look);
      return leave;
    });
  }

  /** @throws RxError `CONFLICT` with status 409, where there is one of this name. */
  async insert(id: string, data: Fields): Promise<RxLocalDocument> {
    this.#check();
    try {
      return await this.#store("v1.LocalDocumentInserted", id, data, undefined);
    } catch (error) {
      if (!SidecarError.is(error, "E_CONFLICT")) throw error;
      const writeError = { isError: true, status: 409, documentId: id };
      throw Object.assign(newRxError("CONFLICT", { id, writeError, data }), writeError);
    }
  }

  /** Store one, instead of the one of this name where there is one. */
  upsert(id: string, data: Fields): Promise<RxLocalDocument> {
    return this.#queued(id, async () =>
      this.#store("v1.LocalDocumentImported", id, data, (await this.get(id))?._revision),
    );
  }

  /** Store what a change makes of one. */
  modify(document: RxLocalDocument, change: (data: Fields) => unknown): Promise<RxLocalDocument> {
    const { id } = document;
    return this.#queued(id, async () => {
      const latest = (await this.get(id)) ?? document;
      const data = await change(cloned(latest._revision.fields));
      if (!isObject(data)) throw new TypeError("The function has to return the data");
      return this.#store("v1.LocalDocumentImported", id, data, latest._revision);
    });
  }

  /** @throws RxError `CONFLICT` where it is gone already. */
  remove({ id, _revision }: RxLocalDocument): Promise<RxLocalDocument> {
    return this.#queued(id, async () => {
      const event = { name: "v1.LocalDocumentDeleted", args: this.#args(id) };
      const { first } = await this.#database.commit([event]);
      return this.#stored({ ..._revision, seq: first, deleted: true }, _revision);
    });
  }

  async #store(
    name: string,
    id: string,
    data: Fields,
    before: Revision | undefined,
  ): Promise<RxLocalDocument> {
    const fields = cloned(data);
    const args = { ...this.#args(id), data: fields };
    const { first } = await this.#database.commit([{ name, args }]);
    return this.#stored({ id, seq: first, deleted: false, fields }, before);
  }

  #stored(revision: Revision, before: Revision | undefined): RxLocalDocument {
    const document = this.cache.document(revision);
    const previous = before && withName(before);
    this.#tell(changeEvent(previous, withName(revision), this.#collection, true));
    return document;
  }

  #queued<T>(id: string, run: () => Promise<T>): Promise<T> {
    this.#check();
    const before = this.#queues.get(id) ?? Promise.resolve();
    const result = before.then(run, run);
    this.#queues.set(id, result);
    const leave = (): void => {
      if (this.#queues.get(id) === result) this.#queues.delete(id);
    };
    result.then(leave, leave);
    return result;
  }

  #documentOf(id: string, rows: unknown, head = 0): RxLocalDocument | null {
    const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
    if (isObject(row)) {
      const fields = JSON.parse(String(row.data));
      return this.cache.document({ id, seq: Number(row.seq), deleted: false, fields });
    }
    const known = this.cache.latest(id);
    if (known) this.cache.learn({ ...known, seq: head, deleted: true });
    return null;
  }

  #query(id: string) {
    return { sql: SELECT, params: [this.#collection ?? "", id] };
  }

  #args(id: string) {
    return { collection: this.#collection ?? null, id };
  }

  #check(): void {
    if (!this.#enabled) {
      throw newRxError("LD8", {
        database: this.#database.name,
        collection: this.#collection ?? "",
      });
    }
  }
}

/** The revision as RxDB shows it: the data is a field beside the name. */
function withName(revision: Revision): Revision {
  return { ...revision, fields: { id: revision.id, data: revision.fields } };
}
