// Makes a real RxDB database in memory and writes its exports into a directory:
// database.json (db.exportJSON), collection.json (collection.exportJSON with attachments) and
// feed.ndjson (getChangedDocumentsSince with local documents, as the bridge reads a live database).
// usage: node rxdb_export.mjs DIRECTORY MODULES   (MODULES: a folder that has rxdb installed)
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [directory, modules] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);

const { addRxPlugin, createRxDatabase, getChangedDocumentsSince } = await load("rxdb");
const { getRxStorageMemory } = await load("rxdb/plugins/storage-memory");
const { RxDBJsonDumpPlugin } = await load("rxdb/plugins/json-dump");
const { RxDBAttachmentsPlugin } = await load("rxdb/plugins/attachments");
const { RxDBLocalDocumentsPlugin } = await load("rxdb/plugins/local-documents");
for (const plugin of [RxDBJsonDumpPlugin, RxDBAttachmentsPlugin, RxDBLocalDocumentsPlugin]) {
  addRxPlugin(plugin);
}

const text = { type: "string", maxLength: 600 };
const schema = (properties, more = {}) => ({
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: { id: text, ...properties },
  ...more,
});

const db = await createRxDatabase({
  name: "pjais",
  storage: getRxStorageMemory(),
  localDocuments: true,
});
await db.addCollections({
  personas: {
    schema: schema(
      { name: text, description: text, personality: { type: "object" }, settings: { type: "object" } },
      { attachments: {} },
    ),
    localDocuments: true,
  },
  memoryEntities: { schema: schema({ personaId: { ...text, ref: "personas" }, name: text }) },
  settings: {
    schema: { ...schema({ key: text, label: text }), primaryKey: "key", indexes: ["label"] },
  },
});

const ids = ["p1", "a'b\"c/d\\e", "x".repeat(512), "\u{1F419}", "gone"];
for (const [n, id] of ids.entries()) {
  const persona = await db.personas.insert({
    id,
    name: `Persona ${n} \u{1F600}`,
    description: "",
    personality: { traits: [] },
    settings: { autoLearn: false },
    isActive: n === 0,
    usageCount: 0,
    createdAt: new Date(1700000000123).toISOString(),
    lastUsed: null,
    unknown: { deep: [0, "", false, null] },
  });
  if (n === 0) {
    const data = new Blob(["hello \u{1F600}"], { type: "text/plain" });
    await persona.putAttachment({ id: "note.txt", data, type: "text/plain" });
  }
}
await db.memoryEntities.bulkInsert(
  [...Array(50).keys()].map((n) => ({
    id: `m${n}`,
    personaId: ids[n % ids.length],
    name: `Memory ${n}`,
    content: { text: "…" },
    tags: [],
    importance: n % 3 === 0 ? 0 : n,
    lastAccessed: 1700000000 + n,
  })),
);
await db.settings.insert({ key: "theme", label: "Theme", order: 1.5, value: "dark" });
await db.insertLocal("ui", { open: false });
await db.personas.insertLocal("ui", { page: 0 });
await db.personas.findOne("gone").remove();

const write = (name, value) => writeFileSync(join(directory, name), value);
write("database.json", JSON.stringify(await db.exportJSON()));
write("collection.json", JSON.stringify(await db.personas.exportJSON({ attachments: true })));

const lines = [];
for (const [collection, { storageInstance, schema }] of Object.entries(db.collections)) {
  lines.push({ collection, schema: schema.jsonSchema });
  const { documents } = await getChangedDocumentsSince(storageInstance, 1000);
  lines.push(...documents.map((document) => ({ collection, document })));
}
const local = async (parent, collection) => {
  const data = (await parent.getLocal("ui")).toJSON().data;
  lines.push({ collection, local: { id: "ui", data } });
};
await local(db, null);
await local(db.personas, "personas");
write("feed.ndjson", lines.map((one) => `${JSON.stringify(one)}\n`).join(""));
await db.close();
