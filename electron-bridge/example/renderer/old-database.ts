import type { SidecarClient } from "@pjais/electron-bridge";
import type { RxDatabaseMigration } from "@pjais/electron-bridge/migration";
import { useSidecar } from "@pjais/electron-bridge/react";
import { useEffect, useState } from "react";

/** What this origin has of the app that kept its data in RxDB. */
export type OldDatabase =
  | { readonly state: "unknown" | "none"; readonly driver?: undefined }
  | { readonly state: "there"; readonly driver: RxDatabaseMigration }
  | { readonly state: "unreadable"; readonly error: unknown; readonly driver?: undefined };

let found: Promise<OldDatabase> | undefined;

/** Look for the old app's database, and open it where it is there. */
export function useOldDatabase(): OldDatabase {
  const client = useSidecar();
  const [old, setOld] = useState<OldDatabase>({ state: "unknown" });
  useEffect(() => {
    let current = true;
    found ??= find(client).catch((error: unknown) => ({ state: "unreadable", error }));
    void found.then((result) => current && setOld(result));
    return () => {
      current = false;
    };
  }, [client]);
  return old;
}

async function find(client: SidecarClient): Promise<OldDatabase> {
  const databases = await indexedDB.databases();
  // RxDB's Dexie storage has one database for each collection.
  if (!databases.some(({ name }) => name?.startsWith("rxdb-dexie-pjais--")))
    return { state: "none" };
  // RxDB is loaded by those alone who still have data in it.
  const [{ openOldDatabase }, { RxDatabaseMigration }] = await Promise.all([
    import("../old-app/database.ts"),
    import("@pjais/electron-bridge/migration"),
  ]);
  const driver = await RxDatabaseMigration.open(client, await openOldDatabase());
  if (driver.status.getSnapshot().state === "cleaned") {
    // Another window had kept it open when it was to be deleted.
    await driver.cleanup({ confirm: true });
    return { state: "none" };
  }
  driver.resume();
  return { state: "there", driver };
}
