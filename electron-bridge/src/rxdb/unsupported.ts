/** What RxDB has and the facade has not: calling it says so. `docs/rxdb.md` has the same list. */

import { newRxError, unsupported } from "./error.ts";

const ATTACHMENTS = "the store keeps attachments that a migration brought, and takes no new ones";
const CRDT = "the event log already tells who did what, in order; use incrementalModify";
const DUMP = "the store has its own backups, whole and verified";
const LEADER = "every window talks to the same sidecar, which does once what is to be done once";
const MIGRATION = "addCollections migrates the documents, in one commit, before it resolves";
const PLUGIN = "this plugin of RxDB has no counterpart here";

/** Members by the class they are missing from, each with the reason. */
export const missing: { readonly [kind: string]: { readonly [name: string]: string } } = {
  document: {
    putAttachment: ATTACHMENTS,
    putAttachmentBase64: ATTACHMENTS,
    putAttachments: ATTACHMENTS,
    getAttachment: ATTACHMENTS,
    allAttachments: ATTACHMENTS,
    updateCRDT: CRDT,
  },
  collection: {
    insertCRDT: CRDT,
    exportJSON: DUMP,
    importJSON: DUMP,
    migrationNeeded: MIGRATION,
    getMigrationState: MIGRATION,
    startMigration: MIGRATION,
    migratePromise: MIGRATION,
    cleanup: "a deleted document leaves nothing to clean up",
    addPipeline: PLUGIN,
    registerWebMCP: PLUGIN,
  },
  database: {
    exportJSON: DUMP,
    importJSON: DUMP,
    backup: DUMP,
    leaderElector: LEADER,
    isLeader: LEADER,
    waitForLeadership: LEADER,
    migrationStates: MIGRATION,
    addState: "keep it in a local document",
    registerWebMCP: PLUGIN,
  },
};

/** Give a class the members it is missing; each throws the error `UNSUPPORTED` when it is called. */
export function defineMissing(kind: keyof typeof missing, prototype: object): void {
  for (const [name, reason] of Object.entries(missing[kind] ?? {})) {
    Object.defineProperty(prototype, name, {
      value: () => {
        throw unsupported(`${kind}.${name}`, reason);
      },
      configurable: true,
    });
  }
}

/** What a member that ends in `$$` does: nobody can give a database a reactivity factory. */
export function withoutReactivity(): never {
  throw newRxError("DB14");
}
