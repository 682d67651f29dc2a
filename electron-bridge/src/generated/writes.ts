// Generated from rpc_schema/ by scripts/generate.mjs (npm run generate). Do not edit.

/** An event, and the fields it must be given, none of them null. */
export interface TypedWrite {
  readonly event: string;
  readonly needs: readonly string[];
}

/**
 * The tables' own events that do what the document events do, given what they need: `insert` takes
 * the document, `patch` `{<primary key>, updates}`, `remove` `{<primary key>}`.
 */
export const writes: {
  readonly [table: string]: { readonly [what in "insert" | "patch" | "remove"]?: TypedWrite };
} = {
  "conversations": {
    "insert": {
      "event": "v1.ConversationStarted",
      "needs": [
        "id",
        "personaId",
        "sessionId",
        "messages",
        "topics",
        "importance",
        "isArchived",
        "createdAt",
        "updatedAt"
      ]
    }
  },
  "memoryEntities": {
    "insert": {
      "event": "v1.MemoryEntityCreated",
      "needs": [
        "id",
        "personaId",
        "type",
        "name",
        "content",
        "summary",
        "tags",
        "importance",
        "memoryTier",
        "connectionCount",
        "lastAccessed",
        "createdAt",
        "updatedAt"
      ]
    },
    "patch": {
      "event": "v1.MemoryEntityUpdated",
      "needs": [
        "updatedAt"
      ]
    }
  },
  "personas": {
    "insert": {
      "event": "v1.PersonaCreated",
      "needs": [
        "id",
        "name",
        "description",
        "personality",
        "settings",
        "isActive",
        "createdAt",
        "updatedAt",
        "usageCount"
      ]
    },
    "patch": {
      "event": "v1.PersonaUpdated",
      "needs": [
        "updatedAt"
      ]
    },
    "remove": {
      "event": "v1.PersonaDeleted",
      "needs": []
    }
  }
};
