/** What RxDB has and the facade has not: calling it says so. `docs/rxdb.md` says why. */

import { newRxError, unsupported } from "./error.ts";

/** Names of members by the class they are missing from. */
export const missing = {
  document:
    "putAttachment putAttachmentBase64 putAttachments getAttachment allAttachments updateCRDT",
  collection:
    "insertCRDT exportJSON importJSON migrationNeeded getMigrationState startMigration migratePromise cleanup addPipeline registerWebMCP",
  database:
    "exportJSON importJSON backup leaderElector isLeader waitForLeadership migrationStates addState registerWebMCP",
} as const;

/** Give a class the members it is missing; each throws the error `UNSUPPORTED` when it is called. */
export function defineMissing(kind: keyof typeof missing, prototype: object): void {
  for (const name of missing[kind].split(" ")) {
    Object.defineProperty(prototype, name, {
      value: () => {
        throw unsupported(`${kind}.${name}`);
      },
      configurable: true,
    });
  }
}

/** What a member that ends in `$$` does: nobody can give a database a reactivity factory. */
export function withoutReactivity(): never {
  throw newRxError("DB14");
}
