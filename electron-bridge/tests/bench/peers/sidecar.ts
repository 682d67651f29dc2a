import {
  connect,
  type Endpoint,
  events,
  type Json,
  type NewEvent,
  type SidecarClient,
} from "@pjais/electron-bridge";
import type { Memory } from "../app/documents.ts";
import type { Answer, Doc, Documents, Peer } from "./peer.ts";

/** Our client over the socket, as a window of the app has it. */
export function sidecarPeer(endpoint: Endpoint): Peer {
  const defined = new Set<string>();
  return {
    async open(_name, schemas) {
      const client = connect(endpoint);
      await client.ready();
      // The schema knows memories. Other collections are defined once, as a migration does.
      const unknown = Object.entries(schemas).filter(
        ([name]) => name !== "memoryEntities" && !defined.has(name),
      );
      if (unknown.length > 0) {
        await client.commit(
          unknown.map(([name, schema]) =>
            events.collectionDefined({ name, primaryKey: "id", jsonSchema: { ...schema } }),
          ),
        );
        for (const [name] of unknown) defined.add(name);
      }
      const close = async () => client.close();
      return {
        collections: Object.keys(schemas).map((name) => documents(client, name)),
        // It remembers results of live queries only, for a moment.
        forget: () => undefined,
        close,
        // The store goes with its server.
        remove: close,
      };
    },
  };
}

function documents(client: SidecarClient, name: string): Documents {
  const inserted = (document: Doc): NewEvent =>
    isMemory(document)
      ? events.memoryEntityCreated(document)
      : events.documentInserted({ collection: name, document: { ...document } });
  return {
    insert: (document) => client.commit(inserted(document)),
    insertMany: (some) => client.commit(some.map(inserted)),
    async ask(question) {
      const found: unknown = await client.query({ from: name, ...question });
      return typeof found === "number" ? found : rows(found);
    },
    async byIds(ids) {
      const wanted: readonly Json[] = ids;
      return (await client.query({ from: name, selector: { id: { $in: wanted } } })).length;
    },
    watch: (question, take) =>
      client.subscribe({ from: name, ...question }, ({ data }) => {
        if (data !== undefined) take(rows(data));
      }),
  };
}

function isMemory(document: Doc): document is Memory {
  return "personaId" in document;
}

function rows(found: unknown): Exclude<Answer, number> {
  const all: unknown[] = Array.isArray(found) ? found : found === null ? [] : [found];
  if (all.every(isDoc)) return all;
  throw new Error("The sidecar answered with something else than documents.");
}

function isDoc(row: unknown): row is Doc {
  return typeof row === "object" && row !== null && "id" in row && typeof row.id === "string";
}
