import { names } from "./names.ts";

/** What becomes of a module's exports. */
export type Fate =
  /** Ours takes its place, for the names it has. */
  | { readonly kind: "moves"; readonly to: string; readonly names: ReadonlySet<string> }
  /** A plugin whose functions are always there. */
  | { readonly kind: "included" }
  /** Storages, and what wraps one. */
  | { readonly kind: "storage"; readonly note?: string }
  /** A storage that is not the app's: a file that uses it is left alone. */
  | { readonly kind: "apart"; readonly why: string }
  /** Nothing of ours takes its place. */
  | { readonly kind: "stays"; readonly why: string };

const PACKAGE = "@pjais/electron-bridge";

/** Where `createRxDatabase` and the storage come from. */
export const FACADE = `${PACKAGE}/rxdb`;

const moves = (to: string, known: readonly string[]): Fate => ({
  kind: "moves",
  to,
  names: new Set(known),
});
const stays = (why: string): Fate => ({ kind: "stays", why });
const included: Fate = { kind: "included" };
const core = moves(FACADE, names.rxdb);
const replication = stays("the sidecar does not replicate to a server");

const fates: Readonly<Record<string, Fate>> = {
  rxdb: core,
  "rxdb/plugins/core": core,
  "rxdb/plugins/react": moves(`${FACADE}/react`, names.react),
  "rxdb-hooks": moves(`${FACADE}/rxdb-hooks`, names.rxdbHooks),
  "rxdb/plugins/cleanup": included,
  "rxdb/plugins/dev-mode": included,
  "rxdb/plugins/leader-election": included,
  "rxdb/plugins/local-documents": included,
  "rxdb/plugins/migration-schema": included,
  "rxdb/plugins/query-builder": included,
  "rxdb/plugins/update": included,
  "rxdb/plugins/storage-memory": {
    kind: "apart",
    why: "a database in memory is made for a test or for a moment; it stays with RxDB",
  },
  "rxdb/plugins/attachments": stays("the facade takes no attachments"),
  "rxdb/plugins/backup": stays("the sidecar makes backups: see `sidecar backup`"),
  "rxdb/plugins/crdt": stays("the facade has no CRDTs; incrementalModify never conflicts"),
  "rxdb/plugins/json-dump": stays(
    "read a database with the migration, and back it up with `sidecar backup`",
  ),
  "rxdb/plugins/migration-storage": stays(
    "migrateRxDatabase of @pjais/electron-bridge/migration brings the documents",
  ),
  "rxdb/plugins/pipeline": stays("the facade has no pipelines; materializers do such work"),
  "rxdb/plugins/state": stays("the facade has no RxState; a client document does such work"),
  "rxdb/plugins/utils": stays("RxDB's utilities are not the facade's"),
};

/** Return what becomes of a module, undefined for one that is not of RxDB. */
export function fateOf(module: string): Fate | undefined {
  const known = Object.hasOwn(fates, module) ? fates[module] : undefined;
  if (known !== undefined) return known;
  const plugin = /^rxdb(?:-premium)?\/plugins\/(.*)$/.exec(module)?.[1];
  if (plugin === undefined) {
    return /^rxdb(-premium)?(\/|$)/.test(module)
      ? stays("the codemod does not know it")
      : undefined;
  }
  if (/^storage-(remote|mongodb|foundationdb|denokv)/.test(plugin)) {
    return { kind: "apart", why: "a storage of another machine is not the sidecar's to replace" };
  }
  if (plugin.startsWith("encryption")) {
    return {
      kind: "storage",
      note: "fields are not encrypted one by one; start the sidecar with a key to encrypt all there is",
    };
  }
  if (
    /^(storage-|validate-|key-compression$|attachments-compression$|electron$|logger$)/.test(plugin)
  ) {
    return { kind: "storage" };
  }
  if (plugin.startsWith("replication")) return replication;
  return stays("the facade has nothing in its place");
}

const attachments = "the facade takes no attachments";
const crdt = "the facade has no CRDTs; incrementalModify never conflicts";
const exports = "the sidecar makes backups, and the migration reads exports of RxDB";
const leaders =
  "all windows talk to one sidecar; what is to be done once is done in the main process";
const migrations = "addCollections migrates before it resolves";

/** What RxDB has as a member and the facade has not: calling it throws `UNSUPPORTED`. */
export const unsupported: ReadonlyMap<string, string> = new Map([
  ["putAttachment", attachments],
  ["putAttachmentBase64", attachments],
  ["putAttachments", attachments],
  ["getAttachment", attachments],
  ["allAttachments", attachments],
  ["insertCRDT", crdt],
  ["updateCRDT", crdt],
  ["exportJSON", exports],
  ["importJSON", exports],
  ["waitForLeadership", leaders],
  ["isLeader", leaders],
  ["leaderElector", leaders],
  ["getMigrationState", migrations],
  ["migratePromise", migrations],
  ["migrationNeeded", migrations],
  ["startMigration", migrations],
  ["addPipeline", "the facade has no pipelines; materializers do such work"],
  ["addState", "keep it in a local document, or a client document of the schema"],
]);
