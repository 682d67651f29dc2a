import type { SidecarClient } from "../client/index.ts";
import { isObject } from "../client/json.ts";
import { migrationError } from "./errors.ts";
import { closedError } from "./feed.ts";
import type { MigrationRecord } from "./record.ts";
import { type AnyRxDatabase, collectionsOf, rxDatabase, textOf } from "./sources.ts";
import {
  type Attachment,
  nothingWritten,
  type Wanted,
  type WrittenBack,
  writeBack,
} from "./write-back.ts";

/** Records asked for at once; the server sends fewer where they are large. */
const PAGE = 5000;

/**
 * Bring what a backup of RxDB has into an RxDatabase: documents with their attachments, and local
 * documents. Those it has deleted are deleted; those it does not know stay.
 *
 * Restoring again changes nothing, so one that was cut off is simply begun again.
 *
 * @param name Of the backup, as `backup.list` tells it.
 * @returns What became of the documents.
 * @throws SidecarError `E_NOT_FOUND`: there is no such backup. `E_MIGRATION`: it is damaged, is none of
 *   RxDB, has a collection that the database has not (`data.collections`), or RxDB is closed.
 */
export async function restoreBackup(
  client: SidecarClient,
  name: string,
  database: AnyRxDatabase,
): Promise<WrittenBack> {
  const target = rxDatabase(database);
  if (target.closed) throw closedError();
  const keys = new Map(collectionsOf(target).map((one) => [one.name, one.schema.primaryPath]));
  const told = nothingWritten();
  let after: number | null = 0;
  while (after !== null) {
    const page: Page = await client.request("backup.read", { name, after, limit: PAGE });
    const records = page.records.map(parsed);
    // Schemas come first, so nothing was written before one is missed.
    const missing = records.flatMap(({ collection }) =>
      collection === null || keys.has(collection) ? [] : collection,
    );
    if (missing.length > 0) throw missingError([...new Set(missing)]);
    const wanted = records.flatMap((record) => wantedOf(record, keys));
    await writeBack(target, wanted, told);
    after = page.next;
  }
  return told;
}

type Page = { readonly records: readonly string[]; readonly next: number | null };

/** Return what RxDB is to have of a record. */
function wantedOf(record: MigrationRecord, keys: ReadonlyMap<string, string>): Wanted[] {
  if ("schema" in record) return [];
  const { collection } = record;
  if ("local" in record) {
    const { local } = record;
    return [{ collection, local: true, id: local.id, content: "data" in local ? local : null }];
  }
  const { _deleted, _rev, _meta, _attachments, ...fields } = record.document;
  return [
    {
      collection,
      local: false,
      id: textOf(fields[keys.get(record.collection) ?? "id"]),
      content: _deleted === true ? null : fields,
      attachments: attachmentsOf(_attachments),
    },
  ];
}

function attachmentsOf(value: unknown): { readonly [id: string]: Attachment } {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.flatMap(([id, one]) =>
      isObject(one) && typeof one.data === "string"
        ? [[id, { type: textOf(one.type), digest: textOf(one.digest), data: one.data }]]
        : [],
    ),
  );
}

function parsed(text: string): MigrationRecord {
  return JSON.parse(text);
}

function missingError(collections: string[]): Error {
  return migrationError(
    `The backup has collections that the database has not: ${collections.join(", ")}`,
    "Add them to the RxDatabase (addCollections), and restore again.",
    { collections },
  );
}
