/** Two peers with one interface: RxDB in memory with its own hooks, and the facade over a sidecar with ours. */

import { type ReactNode, StrictMode } from "react";
import { addRxPlugin, createRxDatabase as createReal, type RxCollection as Real } from "rxdb";
import { RxDBQueryBuilderPlugin } from "rxdb/plugins/query-builder";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { uuid7 } from "../../../src/client/index.ts";
import {
  createRxDatabase,
  getRxStorageSidecar,
  type RxCollection,
} from "../../../src/rxdb/index.ts";
import { startSidecar } from "../../support/sidecar.ts";

addRxPlugin(RxDBQueryBuilderPlugin);

export interface Hero {
  readonly name: string;
  readonly color: string;
  readonly hp: number;
}

export interface HeroDocument extends Hero {
  patch(patch: Partial<Hero>): Promise<unknown>;
  remove(): Promise<unknown>;
  toJSON(): object;
}

/** A query as it is built. */
interface Builder {
  where(field: string): Builder;
  gte(value: number): Builder;
  sort(by: string): Builder;
}

/** What these tests use of a collection; both peers' have it. */
export interface Heroes {
  insert(hero: Hero): Promise<HeroDocument>;
  bulkInsert(heroes: Hero[]): Promise<unknown>;
  find(query?: object): Builder;
  findOne(name: string): { exec(throwIfMissing: true): Promise<HeroDocument> };
  findByIds(names: string[]): object;
  close(): Promise<unknown>;
}

export interface Database {
  readonly heroes: Heroes;
  addCollections(creators: object): Promise<unknown>;
}

const schema = {
  version: 0,
  primaryKey: "name",
  type: "object",
  properties: {
    name: { type: "string", maxLength: 40 },
    color: { type: "string", maxLength: 20 },
    hp: { type: "integer", minimum: 0, maximum: 100, multipleOf: 1 },
  },
  required: ["name", "color", "hp"],
} as const;

/** What `addCollections` takes for one more collection of heroes. */
export const more = { schema };

/** RxDB's own database, in memory. */
export async function openReal() {
  const database = await createReal<{ heroes: Real<Hero> }>({
    name: `heroes-${uuid7()}`,
    storage: getRxStorageMemory(),
  });
  onTestFinished(async () => {
    await database.close();
  });
  await database.addCollections({ heroes: { schema } });
  return database;
}

/** The facade's, over a sidecar of its own. */
export async function openFacade() {
  const { endpoint } = await startSidecar();
  const database = await createRxDatabase<{ heroes: RxCollection<Hero> }>({
    name: "heroes",
    storage: getRxStorageSidecar(endpoint, { webSocket: WebSocket }),
  });
  onTestFinished(async () => {
    await database.close();
  });
  await database.addCollections({ heroes: { schema } });
  return database;
}

export const hero = (name: string, hp = 10, color = "red"): Hero => ({ name, color, hp });

/** Everything is rendered twice. */
export function Strict({ children }: { readonly children: ReactNode }) {
  return <StrictMode>{children}</StrictMode>;
}
