import type { OldDatabase } from "./database.ts";
import { COLLECTIONS, type Sample } from "./sample.ts";

/** What the seeding wrote beside documents, so that the driver can ask for it again. */
export interface Seeded {
  tombstones: number;
  attachments: { documentId: string; id: string; size: number }[];
  localDocuments: string[];
}

const AVATAR = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle r="4"/></svg>`;
const ATTACHMENTS = 5;

/** Write the sample through RxDB's own API, as the old app did. */
export async function seed(database: OldDatabase, sample: Sample): Promise<Seeded> {
  for (const name of COLLECTIONS) {
    const { error } = await database[name].bulkInsert(sample.documents[name]);
    if (error.length > 0) throw new Error(`RxDB refused ${error.length} documents of ${name}.`);
  }
  const removed = [
    ...(await database.personas.bulkRemove(sample.removed.personas)).success,
    ...(await database.memoryEntities.bulkRemove(sample.removed.memoryEntities)).success,
  ];
  return {
    tombstones: removed.length,
    attachments: await attach(database, sample),
    localDocuments: await insertLocalDocuments(database),
  };
}

async function attach(database: OldDatabase, sample: Sample): Promise<Seeded["attachments"]> {
  const attachments: Seeded["attachments"] = [];
  for (const { id: documentId } of sample.documents.personas.slice(0, ATTACHMENTS)) {
    const persona = await database.personas.findOne(String(documentId)).exec(true);
    const binary = Uint8Array.from({ length: 300 }, (_unused, index) => index % 256);
    const files = [
      { id: "avatar.svg", type: "image/svg+xml", data: new Blob([AVATAR]) },
      { id: "voice 🎤.bin", type: "application/octet-stream", data: new Blob([binary]) },
    ];
    for (const { id, type, data } of files) {
      // A Blob's own type is what RxDB keeps when it is there.
      await persona.getLatest().putAttachment({ id, type, data: data.slice(0, data.size, type) });
      attachments.push({ documentId: persona.primary, id, size: data.size });
    }
  }
  return attachments;
}

async function insertLocalDocuments(database: OldDatabase): Promise<string[]> {
  await database.insertLocal("last-session", {
    endedAt: 1_735_689_600,
    window: null,
    dirty: false,
  });
  await database.personas.insertLocal("list-view", { sortBy: "name", collapsed: [0, "🦊"] });
  return ["last-session", "personas/list-view"];
}
