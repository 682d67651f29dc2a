/** What RxDB's storages, and the sidecar in their place, are asked to do: databases of documents. */

/** A document; its primary key is `id`. */
export interface Doc {
  readonly id: string;
}

/** A query, in the words that RxDB and the sidecar share. */
export interface Question {
  readonly selector?: Record<string, unknown>;
  readonly sort?: Record<string, "asc" | "desc">[];
  readonly skip?: number;
  readonly limit?: number;
  readonly first?: true;
  readonly count?: true;
}

/** Documents, or their number. */
export type Answer = number | readonly Doc[];

/** One collection of an open database. */
export interface Documents {
  insert(document: Doc): Promise<unknown>;
  insertMany(documents: readonly Doc[]): Promise<unknown>;
  ask(question: Question): Promise<Answer>;
  /** Return how many of the documents with these ids are there, all of them read. */
  byIds(ids: readonly string[]): Promise<number>;
  /** Keep a live result; returns what ends it. */
  watch(question: Question, take: (documents: readonly Doc[]) => void): () => void;
}

/** An open database. */
export interface Database {
  /** In the order of their names when it was opened. */
  readonly collections: readonly Documents[];
  /** Drop results it remembers, so that the next question is one it was never asked. */
  forget(): void;
  close(): Promise<unknown>;
  /** Close it and delete what it holds, where that is the page's to do. */
  remove(): Promise<unknown>;
}

/** A JSON schema as RxDB takes it. */
export interface DocumentSchema {
  readonly version: 0;
  readonly type: "object";
  readonly primaryKey: "id";
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  readonly indexes: readonly (string | readonly string[])[];
}

/** One of the stores that are compared. */
export interface Peer {
  /** Open a database, empty the first time. */
  open(name: string, schemas: Readonly<Record<string, DocumentSchema>>): Promise<Database>;
}

/** How large an answer is. */
export function size(answer: Answer): number {
  return typeof answer === "number" ? answer : answer.length;
}

/** The one collection of a database that has one. */
export function only({ collections: [first] }: Database): Documents {
  if (first === undefined) throw new Error("The database has no collection.");
  return first;
}
