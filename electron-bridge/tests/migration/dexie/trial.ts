/** One move of one profile, all the way and back, in a page: what the app writes, and what is found. */

import { compare } from "../../../example/old-app/compare.ts";
import {
  connect,
  type NewEvent,
  type Result,
  type SidecarClient,
  sql,
} from "../../../src/client/index.ts";
import { RxDatabaseMigration } from "../../../src/migration/index.ts";
import {
  type Contents,
  collectionOf,
  contentsOf,
  type Database,
  type Document,
  differing,
  openDatabase,
} from "./database.ts";
import type { Profile } from "./profiles.ts";

/** What came of one profile; nothing in `differences` is good. */
export interface Outcome {
  /** `collection/id` of what the quarantine had before the switch and after the way back. */
  readonly quarantined: readonly string[];
  readonly documents: number;
  /** Found by comparing the two sides here, `dual:` and `rolled back:`. */
  readonly differences: readonly string[];
  /** Whether the server found the sides the same, before the switch and after the way back. */
  readonly verified: readonly [boolean, boolean];
  readonly seconds: Readonly<Record<"run" | "verify" | "cutover" | "rollback", number>>;
}

/** Fill a database, move it while the app writes, switch, write in the store, and go back. */
export async function tryProfile(name: string, profile: Profile): Promise<Outcome> {
  const database = await openDatabase(name, profile.schemas);
  const client = connect(() => window.endpoint());
  const seconds = { run: 0, verify: 0, cutover: 0, rollback: 0 };
  const timed = async <T>(step: keyof typeof seconds, work: Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work;
    seconds[step] += (performance.now() - begun) / 1000;
    return result;
  };
  try {
    await fill(database, profile);
    const migration = await RxDatabaseMigration.open(client, database);
    const running = timed("run", migration.run());
    await writeInRxdb(database, profile);
    await running;
    const before = await timed("verify", migration.verify());
    const differences = await compareSides(client, database, profile);
    await timed("cutover", migration.cutover());

    const truth = await truthOf(database, profile);
    await writeInStore(client, truth, profile);
    const back = await timed("rollback", migration.rollback());
    const told = [...back.written.narrowed, ...back.written.refused].map(({ id }) => id);
    differences.push(...told.map((id) => `rolled back: ${id} was not written as it is`));
    const found = differing(truth, await truthOf(database, profile));
    differences.push(...found.map((one) => `rolled back: ${one}`));
    const after = await migration.verify();
    await migration.close();
    return {
      quarantined: await quarantined(client),
      documents: [...truth.values()].reduce((sum, { size }) => sum + size, 0),
      differences: [...differences, ...told, ...listed(before), ...listed(after)],
      verified: [before.passed, after.passed],
      seconds,
    };
  } finally {
    client.close();
    await database.close();
  }
}

function listed({ differences }: Result<"migrate.verify">): string[] {
  return differences.map(({ collection, id, kind }) => `verify: ${collection}/${id} ${kind}`);
}

async function fill(database: Database, { documents = {}, fill }: Profile): Promise<void> {
  for (const [collection, all] of Object.entries(documents)) {
    for (let at = 0; at < all.length; at += PAGE) {
      const page = all.slice(at, at + PAGE);
      const { error } = await collectionOf(database, collection).bulkInsert(page);
      if (error.length > 0) throw new Error(`RxDB refused ${error.length} of ${collection}.`);
    }
  }
  await fill?.(database);
}

/** Change, insert and delete in each collection, as the app does where RxDB is the truth. */
async function writeInRxdb(database: Database, profile: Profile): Promise<void> {
  for (const [name, collection] of Object.entries(database.collections)) {
    const [first] = goodIds(profile, name);
    const changed = first === undefined ? null : await collection.findOne(first).exec();
    await changed?.incrementalPatch({ changedInRxdb: { n: 0, at: null } });
    await collection.bulkInsert([fresh(profile, name, "meanwhile"), fresh(profile, name, "short")]);
    const short = idOf(profile, name, fresh(profile, name, "short"));
    await collection.findOne(short).remove();
  }
}

/** Do the same in the store, and to what is true. */
async function writeInStore(
  client: SidecarClient,
  truth: Contents,
  profile: Profile,
): Promise<void> {
  const commit = (name: string, args: NewEvent["args"]) => client.commit({ name, args });
  for (const [collection, documents] of truth) {
    if (collection === LOCALS) continue;
    const [first] = goodIds(profile, collection);
    const patched = first === undefined ? undefined : documents.get(first);
    if (first !== undefined && patched !== undefined) {
      const patch = { changedInStore: [0, "", null] };
      await commit("v1.DocumentPatched", { collection, id: first, patch });
      documents.set(first, { ...patched, ...patch });
    }
    const made = fresh(profile, collection, "of the store");
    const id = idOf(profile, collection, made);
    await commit("v1.DocumentInserted", { collection, document: made });
    documents.set(id, made);
    const gone = idOf(profile, collection, fresh(profile, collection, "meanwhile"));
    await commit("v1.DocumentDeleted", { collection, id: gone });
    documents.delete(gone);
  }
  for (const { collection, id, stored, returned } of profile.changes ?? []) {
    await commit("v1.DocumentPatched", { collection, id, patch: stored });
    const documents = truth.get(collection);
    documents?.set(id, { ...documents.get(id), ...returned });
  }
  await writeLocals(client, truth.get(LOCALS), profile.locals ?? []);
}

async function writeLocals(
  client: SidecarClient,
  truth: Map<string, Document> | undefined,
  locals: NonNullable<Profile["locals"]>,
): Promise<void> {
  for (const [at, [collection, id]] of locals.entries()) {
    const place = JSON.stringify([collection, id]);
    const data = { of: "the store", n: at };
    if (at % 3 === 0 && truth?.delete(place)) {
      await client.commit({ name: "v1.LocalDocumentDeleted", args: { collection, id } });
    } else {
      await client.commit({ name: "v1.LocalDocumentImported", args: { collection, id, data } });
      truth?.set(place, data);
    }
  }
}

/** What RxDB has, with the local documents that the profile names. */
async function truthOf(database: Database, { locals = [] }: Profile): Promise<Contents> {
  const contents = await contentsOf(database);
  const found = new Map<string, Document>();
  for (const [collection, id] of locals) {
    const parent = collection === null ? database : collectionOf(database, collection);
    const data = (await parent.getLocal<Document>(id))?.toJSON().data;
    if (data !== undefined) found.set(JSON.stringify([collection, id]), data);
  }
  return contents.set(LOCALS, found);
}

/** Where contents have local documents. */
const LOCALS = "local documents";

/** Compare the store with RxDB, sharing no code with the migration. */
async function compareSides(
  client: SidecarClient,
  database: Database,
  profile: Profile,
): Promise<string[]> {
  const kept = await client.query(
    sql<{ collection: string; sourceId: string; document: string }>("SELECT * FROM _quarantine"),
  );
  const differences: string[] = [];
  const truth = await truthOf(database, profile);
  for (const [collection, before] of truth) {
    const inQuarantine = kept.filter((one) => one.collection === collection);
    const quarantine = new Map(
      inQuarantine.map(({ sourceId, document }) => [sourceId, withoutMarks(JSON.parse(document))]),
    );
    const after =
      collection === LOCALS
        ? await storedLocals(client)
        : await stored(client, database, collection);
    differences.push(...compare(collection, before, after, quarantine).differences);
  }
  return differences.map((one) => `dual: ${one}`);
}

function withoutMarks({ _deleted, _rev, _meta, _attachments, ...document }: Document): Document {
  return document;
}

async function stored(
  client: SidecarClient,
  database: Database,
  from: string,
): Promise<Map<string, Document>> {
  const key = collectionOf(database, from).schema.primaryPath;
  const found = new Map<string, Document>();
  for (let last = ""; ; ) {
    const selector = { [key]: { $gt: last } };
    const rows = await client.query({ from, selector, sort: [{ [key]: "asc" }], limit: PAGE });
    for (const row of rows) found.set(String(row[key]), row);
    if (rows.length < PAGE) break;
    last = String(rows.at(-1)?.[key]);
  }
  const attachments = await client.query(
    sql<{ documentId: string; id: string; type: string; hex: string }>(
      "SELECT documentId, id, type, hex(data) AS hex FROM _attachments WHERE collection = ?",
      [from],
    ),
  );
  for (const { documentId, id, type, hex } of attachments) {
    const document = found.get(documentId);
    if (document === undefined) continue;
    const { _attachments: others } = document;
    document._attachments = { ...(others instanceof Object ? others : {}), [id]: { type, hex } };
  }
  return found;
}

/** Documents written or asked for at once. */
const PAGE = 2000;

async function storedLocals(client: SidecarClient): Promise<Map<string, Document>> {
  const rows = await client.query(
    sql<{ collection: string; id: string; data: string }>(
      "SELECT collection, id, data FROM _local_documents",
    ),
  );
  return new Map(
    rows.map((row) => [JSON.stringify([row.collection || null, row.id]), JSON.parse(row.data)]),
  );
}

async function quarantined(client: SidecarClient): Promise<string[]> {
  const rows = await client.query(
    sql<{ collection: string; sourceId: string }>("SELECT collection, sourceId FROM _quarantine"),
  );
  return rows.map(({ collection, sourceId }) => `${collection}/${sourceId}`).sort();
}

/** Ids of a profile's documents that the store can hold. */
function goodIds(profile: Profile, collection: string): string[] {
  const { documents = {}, quarantined = [] } = profile;
  return (documents[collection] ?? [])
    .map((one) => idOf(profile, collection, one))
    .filter((id) => !quarantined.includes(`${collection}/${id}`));
}

function fresh({ fresh = {} }: Profile, collection: string, id: string): Document {
  return fresh[collection]?.(id) ?? { id, made: { at: null } };
}

function idOf({ schemas }: Profile, collection: string, document: Document): string {
  const key = schemas[collection]?.primaryKey;
  return String(document[typeof key === "string" ? key : (key?.key ?? "id")]);
}
