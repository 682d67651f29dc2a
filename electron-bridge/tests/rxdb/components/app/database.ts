import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase } from "rxdb";
import { RxDBQueryBuilderPlugin } from "rxdb/plugins/query-builder";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import { RxDBUpdatePlugin } from "rxdb/plugins/update";
import { wrappedValidateAjvStorage } from "rxdb/plugins/validate-ajv";
import {
  type Hero,
  heroSchema,
  type Memory,
  memorySchema,
  type Persona,
  personaSchema,
  type Team,
  teamSchema,
} from "./schemas.ts";

addRxPlugin(RxDBQueryBuilderPlugin);
addRxPlugin(RxDBUpdatePlugin);

export type Collections = {
  personas: RxCollection<Persona>;
  memoryEntities: RxCollection<Memory>;
  heroes: RxCollection<Hero, { power(): string }>;
  teams: RxCollection<Team>;
};

export type AppDatabase = RxDatabase<Collections>;

async function create(): Promise<AppDatabase> {
  const db = await createRxDatabase<Collections>({
    name: "hub",
    storage: wrappedValidateAjvStorage({ storage: getRxStorageDexie() }),
    eventReduce: true,
    allowSlowCount: true,
  });
  await db.addCollections({
    personas: { schema: personaSchema },
    memoryEntities: { schema: memorySchema },
    heroes: {
      schema: heroSchema,
      methods: {
        power(this: Hero) {
          return this.hp > 50 ? "strong" : "weak";
        },
      },
    },
    teams: { schema: teamSchema },
  });
  return db;
}

let opening: Promise<AppDatabase> | undefined;

/** The database, which all components share. */
export function database(): Promise<AppDatabase> {
  opening ??= create();
  return opening;
}
