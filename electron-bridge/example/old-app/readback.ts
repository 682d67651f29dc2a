/** What the store holds after the migration, read through the bridge and compared with RxDB. */

import { type SidecarClient, sql } from "@pjais/electron-bridge";
import { type Comparison, compare, type Undated } from "./compare.ts";
import type { OldDatabase } from "./database.ts";
import type { Document } from "./documents.ts";
import { COLLECTIONS, type CollectionName } from "./sample.ts";
import { plain, readLive } from "./sight.ts";

export interface Quarantined {
  collection: string;
  sourceId: string;
  problems: { path: string; message: string }[];
  document: Document;
}

export interface ReadBack {
  collections: (Comparison & { collection: CollectionName; stored: number })[];
  quarantined: Quarantined[];
  /** Attachments and local documents that are the same, out of those that RxDB has. */
  attachments: { same: number; of: number };
  localDocuments: { same: number; of: number };
  tombstones: number;
}

export async function readBack(client: SidecarClient, database: OldDatabase): Promise<ReadBack> {
  const quarantined = await readQuarantine(client);
  const collections: ReadBack["collections"] = [];
  for (const collection of COLLECTIONS) {
    const before = await readLive(database[collection]);
    const after = await readStored(client, collection, database[collection].schema.primaryPath);
    const kept = quarantined.filter((one) => one.collection === collection);
    const keptById = new Map(kept.map((one) => [one.sourceId, one.document]));
    const found = compare(collection, before, after, keptById);
    found.differences.push(...(await lostDates(client, collection, found.undated)));
    collections.push({ collection, stored: after.size, ...found });
  }
  return {
    collections,
    quarantined,
    attachments: await compareAttachments(client, database),
    localDocuments: await compareLocalDocuments(client, database),
    tombstones: await countTombstones(client),
  };
}

async function readStored(
  client: SidecarClient,
  from: string,
  key: string,
): Promise<Map<string, Document>> {
  const rows = await client.query({ from });
  return new Map(rows.map((row) => [String(row[key]), row]));
}

async function readQuarantine(client: SidecarClient): Promise<Quarantined[]> {
  const rows = await client.query(
    sql<{ collection: string; sourceId: string; problems: string; document: string }>(
      "SELECT * FROM _quarantine ORDER BY collection, sourceId",
    ),
  );
  return rows.map(({ collection, sourceId, problems, document }) => ({
    collection,
    sourceId,
    problems: JSON.parse(problems),
    document: plain(JSON.parse(document)),
  }));
}

/** A date that could not be read must still be found in the log, as it was written. */
async function lostDates(
  client: SidecarClient,
  collection: CollectionName,
  undated: readonly Undated[],
): Promise<string[]> {
  const lost: string[] = [];
  for (const { id, field, value } of undated) {
    const { events } = await client.events.list({ collection, id });
    const kept = events.some(({ args }) => {
      const { original } = args;
      return isDocument(original) && JSON.stringify(original[field]) === JSON.stringify(value);
    });
    if (!kept) lost.push(`${collection}/${id}/${field}: ${JSON.stringify(value)} lost`);
  }
  return lost;
}

async function compareAttachments(
  client: SidecarClient,
  database: OldDatabase,
): Promise<ReadBack["attachments"]> {
  const rows = await client.query(
    sql<{ documentId: string; id: string; type: string; data: string }>(
      "SELECT documentId, id, type, hex(data) AS data FROM _attachments",
    ),
  );
  const stored = new Set(
    rows.map((row) => JSON.stringify([row.documentId, row.id, row.type, row.data])),
  );
  let [same, of] = [0, 0];
  const personas = await database.personas
    .findByIds([...(await readLive(database.personas)).keys()])
    .exec();
  for (const persona of personas.values()) {
    for (const attachment of persona.allAttachments()) {
      const bytes = new Uint8Array(await (await attachment.getData()).arrayBuffer());
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      of += 1;
      const row = [persona.primary, attachment.id, attachment.type, hex.toUpperCase()];
      if (stored.has(JSON.stringify(row))) same += 1;
    }
  }
  return { same, of };
}

async function compareLocalDocuments(
  client: SidecarClient,
  database: OldDatabase,
): Promise<ReadBack["localDocuments"]> {
  const rows = await client.query(
    sql<{ id: string; data: string }>("SELECT id, data FROM _local_documents"),
  );
  const stored = new Map(rows.map((row) => [row.id, JSON.parse(row.data)]));
  const ours = [
    await database.getLocal("last-session"),
    await database.personas.getLocal("list-view"),
  ].flatMap((document) => (document ? [document.toJSON()] : []));
  const same = ours.filter(({ id, data }) => {
    const [before, after] = [data, stored.get(id)].map((found) => new Map([[id, { found }]]));
    if (!before || !after) return false;
    return compare("settings", before, after, new Map()).differences.length === 0;
  });
  return { same: same.length, of: ours.length };
}

async function countTombstones(client: SidecarClient): Promise<number> {
  const [row] = await client.query(
    sql<{ count: number }>("SELECT count(*) AS count FROM _tombstones"),
  );
  return row?.count ?? 0;
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null;
}
