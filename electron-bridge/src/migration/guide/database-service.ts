import { isRxCollection, type RxCollection, type RxDocument } from "rxdb";
import { events, tables, uuid7 } from "../../client/index.ts";
import type {
  MemoryEntitiesDocument,
  PersonaCreatedArgs,
  PersonasDocument,
} from "../../generated/app.ts";
import { migrationError } from "../errors.ts";
import type { AnyRxDatabase } from "../sources.ts";
import { SwitchingService, type Unsubscribable } from "./switching-service.ts";

/** What makes a persona; `id` is made where it is missing. */
export type NewPersona = { readonly id?: string } & {
  readonly [Name in keyof PersonaCreatedArgs as Exclude<Name, "id">]: PersonaCreatedArgs[Name];
};

const allPersonas = tables.personas.orderBy("lastUsed", "desc");

/**
 * The guide's service: personas and memories from wherever the truth is.
 *
 * Documents of both sides are plain objects in the store's form, with times in milliseconds, and come in
 * the same order, so that nothing jumps at the switch. For other collections make a class of your own on
 * {@link SwitchingService}.
 */
export class DatabaseService extends SwitchingService {
  /** Return all personas, the one used last first. */
  getPersonas(): Promise<readonly PersonasDocument[]> {
    return this.read({
      rxdb: async (database) => byLastUse(await personasOf(database).find().exec()),
      store: (client) => client.query(allPersonas),
    });
  }

  /** Return the active persona, or null. */
  getActivePersona(): Promise<PersonasDocument | null> {
    return this.read({
      rxdb: async (database) => {
        const selector = { isActive: true };
        const found = await personasOf(database).findOne({ selector }).exec();
        return found && persona(found);
      },
      store: (client) => client.query(tables.personas.where({ isActive: true }).first()),
    });
  }

  /** Return a persona's memories that are not deleted, the most important first. */
  getPersonaMemories(personaId: string): Promise<readonly MemoryEntitiesDocument[]> {
    return this.read({
      rxdb: async (database) => {
        const found = await memoriesOf(database).find({ selector: { personaId } }).exec();
        const kept = found.map(memory).filter(({ deletedAt = null }) => deletedAt === null);
        return descending(kept, ({ importance }) => importance);
      },
      store: (client) =>
        client.query(
          tables.memoryEntities.where({ personaId, deletedAt: null }).orderBy("importance", "desc"),
        ),
    });
  }

  /** Create a persona, and return it. */
  createPersona(data: NewPersona): Promise<PersonasDocument> {
    const id = data.id ?? uuid7();
    return this.write({
      rxdb: async (database) => {
        await personasOf<PersonaCreatedArgs>(database).insert({ ...data, id });
        return persona(await personasOf(database).findOne(id).exec(true));
      },
      store: async (client) => {
        await client.commit(events.personaCreated(inMs({ ...data, id }, personaTimes)));
        return client.query(tables.personas.where({ id }).first({ required: true }));
      },
    });
  }

  /** Call `callback` with all personas, the one used last first, and again whenever they change. */
  subscribeToPersonas(
    callback: (personas: readonly PersonasDocument[]) => void,
    onError?: (error: unknown) => void,
  ): Unsubscribable {
    return this.follow(
      {
        rxdb: (database) => personasOf(database).find(),
        asStored: byLastUse,
        store: allPersonas,
      },
      callback,
      onError,
    );
  }
}

const personaTimes = ["createdAt", "updatedAt", "lastUsed"] as const;
const memoryTimes = ["createdAt", "updatedAt", "lastAccessed", "deletedAt"] as const;

function persona(document: RxDocument<PersonasDocument>): PersonasDocument {
  return inMs(document.toMutableJSON(), personaTimes);
}

function memory(document: RxDocument<MemoryEntitiesDocument>): MemoryEntitiesDocument {
  return inMs(document.toMutableJSON(), memoryTimes);
}

function byLastUse(found: readonly RxDocument<PersonasDocument>[]): readonly PersonasDocument[] {
  return descending(found.map(persona), ({ lastUsed }) => lastUsed ?? Number.NEGATIVE_INFINITY);
}

/** As the store orders: the greatest first, then by id. */
function descending<T extends { readonly id: string }>(
  documents: readonly T[],
  rank: (document: T) => number,
): readonly T[] {
  return documents.toSorted(
    (a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
}

/** Numbers nearer to zero than this are seconds, as the sidecar reads them. */
const SECONDS_BELOW = 1e11;

/** Return a document with its times in milliseconds; apps have them as text, or in seconds, too. */
function inMs<T extends object>(document: T, times: readonly (keyof T)[]): T {
  const result = { ...document };
  for (const name of times) Object.assign(result, { [name]: milliseconds(result[name]) });
  return result;
}

function milliseconds(time: unknown): unknown {
  if (typeof time === "number") return Math.abs(time) < SECONDS_BELOW ? time * 1000 : time;
  const ms = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? time : ms;
}

function personasOf<T = PersonasDocument>(database: AnyRxDatabase): RxCollection<T> {
  return collectionOf(database, "personas");
}

function memoriesOf(database: AnyRxDatabase): RxCollection<MemoryEntitiesDocument> {
  return collectionOf(database, "memoryEntities");
}

function collectionOf<T>({ collections }: AnyRxDatabase, name: string): RxCollection<T> {
  const found: unknown = Reflect.get(collections, name);
  if (isCollectionOf<T>(found)) return found;
  throw migrationError(`RxDB has no collection ${name}`, "Add it with addCollections() first.");
}

// What type its documents have, an app says; RxDB does not know.
function isCollectionOf<T>(value: unknown): value is RxCollection<T> {
  return isRxCollection(value);
}
