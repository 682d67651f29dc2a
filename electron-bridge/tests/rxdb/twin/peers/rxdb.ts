import {
  addRxPlugin,
  createRxDatabase,
  isRxCollection,
  isRxDatabase,
  isRxDocument,
  isRxQuery,
  type RxCollection,
  type RxStorage,
} from "rxdb";
import { disableWarnings, RxDBDevModePlugin } from "rxdb/plugins/dev-mode";
import { RxDBLocalDocumentsPlugin } from "rxdb/plugins/local-documents";
import { RxDBMigrationSchemaPlugin } from "rxdb/plugins/migration-schema";
import { RxDBQueryBuilderPlugin } from "rxdb/plugins/query-builder";
import { RxDBUpdatePlugin } from "rxdb/plugins/update";
import { wrappedValidateAjvStorage } from "rxdb/plugins/validate-ajv";
import type { Creators, Peer } from "../behaviour.ts";

disableWarnings();
addRxPlugin(RxDBDevModePlugin);
addRxPlugin(RxDBLocalDocumentsPlugin);
addRxPlugin(RxDBMigrationSchemaPlugin);
addRxPlugin(RxDBQueryBuilderPlugin);
addRxPlugin(RxDBUpdatePlugin);

/** RxDB on a storage, as an app has it in development: strict, with a validator. */
export function rxdbPeer<Internals, StorageOptions>(
  bare: RxStorage<Internals, StorageOptions>,
): Peer {
  const storage = wrappedValidateAjvStorage({ storage: bare });
  const open = new Set<{ close(): Promise<boolean> }>();
  return {
    isRxCollection,
    isRxDatabase,
    isRxDocument,
    isRxQuery,
    async open<Name extends string>(name: string, creators: Creators<Name>, options: object) {
      const database = await createRxDatabase<Record<Name, RxCollection>>({
        ignoreDuplicate: true,
        ...options,
        name,
        storage,
      });
      open.add(database);
      await database.addCollections(creators);
      return database;
    },
    async close() {
      const all = [...open];
      open.clear();
      for (const database of all) await database.close();
    },
  };
}
