// Generated from rpc_schema/ by scripts/generate.mjs (npm run generate). Do not edit.

import { table } from "../query/table.ts";
/**
 * One turn of a conversation; `timestamp` in milliseconds.
 */
export interface Message {
  id: string;
  role: "user" | "assistant" | "system";
  content: string;
  timestamp: number;
  metadata?: {
    [k: string]: unknown;
  } | null;
}
/**
 * A document of conversations; an imported one lacks what its source lacked
 */
export interface ConversationsDocument {
  id: string;
  personaId: string;
  sessionId: string;
  messages: Message[];
  summary?: string | null;
  sentiment?: string | null;
  topics: string[];
  importance: number;
  isArchived: boolean;
  createdAt: number;
  updatedAt: number;
  archivedAt?: number | null;
}
/**
 * A document of memoryEntities; an imported one lacks what its source lacked
 */
export interface MemoryEntitiesDocument {
  id: string;
  personaId: string;
  type: string;
  name: string;
  content: {
    [k: string]: unknown;
  };
  summary: string;
  tags: string[];
  importance: number;
  embedding?: number[] | null;
  embeddingModel?: string | null;
  memoryTier: string;
  connectionCount: number;
  lastAccessed: number;
  createdAt: number;
  updatedAt: number;
  deletedAt?: number | null;
}
/**
 * A document of memoryLinks; an imported one lacks what its source lacked
 */
export interface MemoryLinksDocument {
  id: string;
  fromId: string;
  toId: string;
  kind: string;
  createdAt: number;
}
/**
 * A document of personas; an imported one lacks what its source lacked
 */
export interface PersonasDocument {
  id: string;
  name: string;
  description: string;
  avatar?: string | null;
  /**
   * How a persona is.
   */
  personality: {
    traits: string[];
    temperament: string;
    communicationStyle: string;
  };
  /**
   * How a persona treats what it learns; `memoryRetention` is a percentage.
   */
  settings: {
    memoryRetention: number;
    privacyLevel: "low" | "medium" | "high";
    autoLearn: boolean;
  };
  isActive: boolean;
  createdAt: number;
  updatedAt: number;
  lastUsed?: number | null;
  usageCount: number;
}
/**
 * The selected persona, and what is searched for.
 */
export interface UiState {
  selectedPersonaId: string | null;
  searchText: string;
}
/**
 * A document of uiState; an imported one lacks what its source lacked
 */
export interface UiStateDocument {
  id: string;
  value: UiState;
}
/**
 * An attachment; `data` is base64.
 */
export interface AttachmentImportedArgs {
  collection: string;
  documentId: string;
  id: string;
  type: string;
  digest: string;
  data: string;
}
/**
 * A collection that has no declared table.
 */
export interface CollectionDefinedArgs {
  name: string;
  primaryKey: string;
  jsonSchema?: {
    [k: string]: unknown;
  };
}
/**
 * The end of a collection's documents, and of its definition where it had one.
 */
export interface CollectionRemovedArgs {
  name: string;
}
/**
 * The end of a conversation, at a time in milliseconds.
 */
export interface ConversationArchivedArgs {
  id: string;
  archivedAt: number;
}
/**
 * A conversation as its source had it; absent fields stay absent.
 */
export interface ConversationImportedArgs {
  id: string;
  personaId: string;
  sourceId?: string | null;
  original?: {
    [k: string]: unknown;
  } | null;
  [k: string]: unknown;
}
/**
 * A new conversation; the times default to the event's own.
 */
export interface ConversationStartedArgs {
  id: string;
  personaId: string;
  sessionId: string;
  createdAt?: number | null;
  updatedAt?: number | null;
  [k: string]: unknown;
}
/**
 * What a conversation was about.
 */
export interface ConversationSummarizedArgs {
  id: string;
  summary: string;
  sentiment?: string | null;
  topics?: string[] | null;
}
/**
 * The end of a document.
 */
export interface DocumentDeletedArgs {
  collection: string;
  id: string;
}
/**
 * A whole document; an import adds where it came from and the forms it had there.
 */
export interface DocumentInsertedArgs {
  collection: string;
  document: {
    [k: string]: unknown;
  };
  sourceId?: string | null;
  original?: {
    [k: string]: unknown;
  } | null;
}
/**
 * A document as its source has it now, while the store follows it.
 *
 * Without `document` the source deleted it, and `tombstone` is what it left. `attachments` are the
 * ids of those it still has.
 */
export interface DocumentMirroredArgs {
  collection: string;
  id: string;
  document: {
    [k: string]: unknown;
  } | null;
  sourceId?: string | null;
  original?: {
    [k: string]: unknown;
  } | null;
  tombstone?: {
    [k: string]: unknown;
  } | null;
  attachments?: string[];
}
/**
 * New values of some fields, and fields to take away.
 */
export interface DocumentPatchedArgs {
  collection: string;
  id: string;
  patch?: {
    [k: string]: unknown;
  };
  unset?: string[];
}
/**
 * What is wrong with a document, and where.
 */
export interface Problem {
  path: string;
  message: string;
}
/**
 * A document that could not be imported, as JSON text.
 */
export interface DocumentQuarantinedArgs {
  collection: string;
  sourceId: string | null;
  document: string;
  problems: Problem[];
}
/**
 * The end of a local document, of a collection or (null) of the database.
 */
export interface LocalDocumentDeletedArgs {
  collection: string | null;
  id: string;
}
/**
 * A local document as it is now, whether it was there or not.
 */
export interface LocalDocumentImportedArgs {
  collection: string | null;
  id: string;
  data: {
    [k: string]: unknown;
  };
}
/**
 * A new local document, of a collection or (null) of the database.
 */
export interface LocalDocumentInsertedArgs {
  collection: string | null;
  id: string;
  data: {
    [k: string]: unknown;
  };
}
/**
 * A use of the memory, at a time in milliseconds.
 */
export interface MemoryEntityAccessedArgs {
  id: string;
  accessedAt: number;
}
/**
 * A new memory; the times default to the event's own.
 */
export interface MemoryEntityCreatedArgs {
  id: string;
  personaId: string;
  type: string;
  name: string;
  content: {
    [k: string]: unknown;
  };
  summary: string;
  tags: string[];
  importance?: number;
  embedding?: number[] | null;
  embeddingModel?: string | null;
  memoryTier?: string;
  connectionCount?: number;
  lastAccessed?: number | null;
  createdAt?: number | null;
  updatedAt?: number | null;
  deletedAt?: number | null;
  [k: string]: unknown;
}
/**
 * A soft deletion, at a time in milliseconds.
 */
export interface MemoryEntityDeletedArgs {
  id: string;
  deletedAt: number;
}
/**
 * A memory as its source had it; absent fields stay absent.
 */
export interface MemoryEntityImportedArgs {
  id: string;
  personaId: string;
  name: string;
  sourceId?: string | null;
  original?: {
    [k: string]: unknown;
  } | null;
  [k: string]: unknown;
}
/**
 * The end of a soft deletion.
 */
export interface MemoryEntityRestoredArgs {
  id: string;
}
/**
 * New values; what is left out stays as it is.
 */
export interface MemoryEntityUpdates {
  personaId?: string;
  type?: string;
  name?: string;
  content?: {
    [k: string]: unknown;
  };
  summary?: string;
  tags?: string[];
  importance?: number;
  embedding?: number[] | null;
  embeddingModel?: string | null;
  memoryTier?: string;
  lastAccessed?: number;
}
/**
 * New values of some fields.
 */
export interface MemoryEntityUpdatedArgs {
  id: string;
  updates: MemoryEntityUpdates;
}
/**
 * Two memories and how they are connected.
 */
export interface MemoryPairArgs {
  fromId: string;
  toId: string;
  kind: string;
}
/**
 * A move between tiers.
 */
export interface MemoryTierChangedArgs {
  id: string;
  tier: "hot" | "warm" | "cold";
}
/**
 * One more message.
 */
export interface MessageAddedArgs {
  conversationId: string;
  message: Message;
}
/**
 * A step of the move; what it does not name stays as it is.
 */
export interface MigrationAdvancedArgs {
  migration: string;
  before:
    | "idle"
    | "backing-up"
    | "reading"
    | "importing"
    | "verifying"
    | "dual"
    | "switched"
    | "rolling-back"
    | "rolled-back"
    | "cleaned";
  state:
    | "idle"
    | "backing-up"
    | "reading"
    | "importing"
    | "verifying"
    | "dual"
    | "switched"
    | "rolling-back"
    | "rolled-back"
    | "cleaned";
  ids?: ("preserve" | "remap") | null;
  schemas?: {
    [k: string]: unknown;
  } | null;
  backup?: {
    [k: string]: unknown;
  } | null;
  report?: {
    [k: string]: unknown;
  } | null;
  through?: number | null;
}
/**
 * The end of an import: documents by collection, and the backup's path.
 */
export interface MigrationCompletedArgs {
  counts: {
    [k: string]: unknown;
  };
  backup: string | null;
}
/**
 * A return to the source.
 */
export interface MigrationRolledBackArgs {
  reason: string;
}
/**
 * The begin of an import.
 */
export interface MigrationStartedArgs {
  fromSystem: string;
  toSystem: string;
  startedAt: number;
}
/**
 * An event that needs nothing but the persona.
 */
export interface PersonaNamedArgs {
  id: string;
}
/**
 * How a persona is.
 */
export interface Personality {
  traits: string[];
  temperament: string;
  communicationStyle: string;
}
/**
 * How a persona treats what it learns; `memoryRetention` is a percentage.
 */
export interface Settings {
  memoryRetention: number;
  privacyLevel: "low" | "medium" | "high";
  autoLearn: boolean;
}
/**
 * A new persona; the times default to the event's own.
 */
export interface PersonaCreatedArgs {
  id: string;
  name: string;
  description: string;
  personality: Personality;
  settings: Settings;
  avatar?: string | null;
  isActive?: boolean;
  createdAt?: number | null;
  updatedAt?: number | null;
  lastUsed?: number | null;
  usageCount?: number;
  [k: string]: unknown;
}
/**
 * A persona as its source had it; absent fields stay absent.
 */
export interface PersonaImportedArgs {
  id: string;
  name: string;
  sourceId?: string | null;
  original?: {
    [k: string]: unknown;
  } | null;
  [k: string]: unknown;
}
/**
 * New values; what is left out stays as it is.
 */
export interface PersonaUpdates {
  name?: string;
  description?: string;
  avatar?: string | null;
  personality?: Personality;
  settings?: Settings;
  isActive?: boolean;
  lastUsed?: number | null;
  usageCount?: number;
}
/**
 * New values of some fields.
 */
export interface PersonaUpdatedArgs {
  id: string;
  updates: PersonaUpdates;
}
/**
 * The end of a quarantined document: it was repaired, or its source has it otherwise now.
 */
export interface QuarantineResolvedArgs {
  seq: number;
}
/**
 * A document that RxDB had deleted, with the fields it still had.
 */
export interface TombstoneImportedArgs {
  collection: string;
  id: string;
  document: {
    [k: string]: unknown;
  };
}
/**
 * A new value, or with `partial` new values of some of its members.
 */
export interface UiStateSetArgs {
  id: string;
  value: Partial<UiState>;
  partial?: boolean;
}
/**
 * The document of each declared table.
 */
export interface Documents {
  conversations: ConversationsDocument;
  memoryEntities: MemoryEntitiesDocument;
  memoryLinks: MemoryLinksDocument;
  personas: PersonasDocument;
  uiState: UiStateDocument;
}

/** A query of each declared table, to narrow by `where`, `orderBy`, `limit`, `first`, … */
export const tables = {
  /** Queries of conversations. */
  conversations: /* @__PURE__ */ table<ConversationsDocument, "id", false>(
    "conversations",
    "id",
  ),
  /** Queries of memoryEntities. */
  memoryEntities: /* @__PURE__ */ table<MemoryEntitiesDocument, "id", true>(
    "memoryEntities",
    "id",
  ),
  /** Queries of memoryLinks. */
  memoryLinks: /* @__PURE__ */ table<MemoryLinksDocument, "id", false>(
    "memoryLinks",
    "id",
  ),
  /** Queries of personas. */
  personas: /* @__PURE__ */ table<PersonasDocument, "id", false>(
    "personas",
    "id",
  ),
  /** Queries of uiState. */
  uiState: /* @__PURE__ */ table<UiStateDocument, "id", false>(
    "uiState",
    "id",
  ),
} as const;

/** What makes each event, ready for `commit`. */
export const events = {
  /**
   * An attachment; `data` is base64.
   */
  attachmentImported: (args: AttachmentImportedArgs) => ({ name: "v1.AttachmentImported", args }) as const,
  /**
   * A collection that has no declared table.
   */
  collectionDefined: (args: CollectionDefinedArgs) => ({ name: "v1.CollectionDefined", args }) as const,
  /**
   * The end of a collection's documents, and of its definition where it had one.
   */
  collectionRemoved: (args: CollectionRemovedArgs) => ({ name: "v1.CollectionRemoved", args }) as const,
  /**
   * The end of a conversation, at a time in milliseconds.
   */
  conversationArchived: (args: ConversationArchivedArgs) => ({ name: "v1.ConversationArchived", args }) as const,
  /**
   * A conversation as its source had it; absent fields stay absent.
   */
  conversationImported: (args: ConversationImportedArgs) => ({ name: "v1.ConversationImported", args }) as const,
  /**
   * A new conversation; the times default to the event's own.
   */
  conversationStarted: (args: ConversationStartedArgs) => ({ name: "v1.ConversationStarted", args }) as const,
  /**
   * What a conversation was about.
   */
  conversationSummarized: (args: ConversationSummarizedArgs) => ({ name: "v1.ConversationSummarized", args }) as const,
  /**
   * The end of a document.
   */
  documentDeleted: (args: DocumentDeletedArgs) => ({ name: "v1.DocumentDeleted", args }) as const,
  /**
   * A whole document; an import adds where it came from and the forms it had there.
   */
  documentInserted: (args: DocumentInsertedArgs) => ({ name: "v1.DocumentInserted", args }) as const,
  /**
   * A document as its source has it now, while the store follows it.

Without `document` the source deleted it, and `tombstone` is what it left. `attachments` are the
ids of those it still has.
   */
  documentMirrored: (args: DocumentMirroredArgs) => ({ name: "v1.DocumentMirrored", args }) as const,
  /**
   * New values of some fields, and fields to take away.
   */
  documentPatched: (args: DocumentPatchedArgs) => ({ name: "v1.DocumentPatched", args }) as const,
  /**
   * A document that could not be imported, as JSON text.
   */
  documentQuarantined: (args: DocumentQuarantinedArgs) => ({ name: "v1.DocumentQuarantined", args }) as const,
  /**
   * The end of a local document, of a collection or (null) of the database.
   */
  localDocumentDeleted: (args: LocalDocumentDeletedArgs) => ({ name: "v1.LocalDocumentDeleted", args }) as const,
  /**
   * A local document as it is now, whether it was there or not.
   */
  localDocumentImported: (args: LocalDocumentImportedArgs) => ({ name: "v1.LocalDocumentImported", args }) as const,
  /**
   * A new local document, of a collection or (null) of the database.
   */
  localDocumentInserted: (args: LocalDocumentInsertedArgs) => ({ name: "v1.LocalDocumentInserted", args }) as const,
  /**
   * A use of the memory, at a time in milliseconds.
   */
  memoryEntityAccessed: (args: MemoryEntityAccessedArgs) => ({ name: "v1.MemoryEntityAccessed", args }) as const,
  /**
   * A new memory; the times default to the event's own.
   */
  memoryEntityCreated: (args: MemoryEntityCreatedArgs) => ({ name: "v1.MemoryEntityCreated", args }) as const,
  /**
   * A soft deletion, at a time in milliseconds.
   */
  memoryEntityDeleted: (args: MemoryEntityDeletedArgs) => ({ name: "v1.MemoryEntityDeleted", args }) as const,
  /**
   * A memory as its source had it; absent fields stay absent.
   */
  memoryEntityImported: (args: MemoryEntityImportedArgs) => ({ name: "v1.MemoryEntityImported", args }) as const,
  /**
   * The end of a soft deletion.
   */
  memoryEntityRestored: (args: MemoryEntityRestoredArgs) => ({ name: "v1.MemoryEntityRestored", args }) as const,
  /**
   * New values of some fields.
   */
  memoryEntityUpdated: (args: MemoryEntityUpdatedArgs) => ({ name: "v1.MemoryEntityUpdated", args }) as const,
  /**
   * Two memories and how they are connected.
   */
  memoryLinked: (args: MemoryPairArgs) => ({ name: "v1.MemoryLinked", args }) as const,
  /**
   * A move between tiers.
   */
  memoryTierChanged: (args: MemoryTierChangedArgs) => ({ name: "v1.MemoryTierChanged", args }) as const,
  /**
   * Two memories and how they are connected.
   */
  memoryUnlinked: (args: MemoryPairArgs) => ({ name: "v1.MemoryUnlinked", args }) as const,
  /**
   * One more message.
   */
  messageAdded: (args: MessageAddedArgs) => ({ name: "v1.MessageAdded", args }) as const,
  /**
   * A step of the move; what it does not name stays as it is.
   */
  migrationAdvanced: (args: MigrationAdvancedArgs) => ({ name: "v1.MigrationAdvanced", args }) as const,
  /**
   * The end of an import: documents by collection, and the backup's path.
   */
  migrationCompleted: (args: MigrationCompletedArgs) => ({ name: "v1.MigrationCompleted", args }) as const,
  /**
   * A return to the source.
   */
  migrationRolledBack: (args: MigrationRolledBackArgs) => ({ name: "v1.MigrationRolledBack", args }) as const,
  /**
   * The begin of an import.
   */
  migrationStarted: (args: MigrationStartedArgs) => ({ name: "v1.MigrationStarted", args }) as const,
  /**
   * An event that needs nothing but the persona.
   */
  personaActivated: (args: PersonaNamedArgs) => ({ name: "v1.PersonaActivated", args }) as const,
  /**
   * A new persona; the times default to the event's own.
   */
  personaCreated: (args: PersonaCreatedArgs) => ({ name: "v1.PersonaCreated", args }) as const,
  /**
   * An event that needs nothing but the persona.
   */
  personaDeactivated: (args: PersonaNamedArgs) => ({ name: "v1.PersonaDeactivated", args }) as const,
  /**
   * An event that needs nothing but the persona.
   */
  personaDeleted: (args: PersonaNamedArgs) => ({ name: "v1.PersonaDeleted", args }) as const,
  /**
   * A persona as its source had it; absent fields stay absent.
   */
  personaImported: (args: PersonaImportedArgs) => ({ name: "v1.PersonaImported", args }) as const,
  /**
   * New values of some fields.
   */
  personaUpdated: (args: PersonaUpdatedArgs) => ({ name: "v1.PersonaUpdated", args }) as const,
  /**
   * The end of a quarantined document: it was repaired, or its source has it otherwise now.
   */
  quarantineResolved: (args: QuarantineResolvedArgs) => ({ name: "v1.QuarantineResolved", args }) as const,
  /**
   * A document that RxDB had deleted, with the fields it still had.
   */
  tombstoneImported: (args: TombstoneImportedArgs) => ({ name: "v1.TombstoneImported", args }) as const,
  /**
   * A new value, or with `partial` new values of some of its members.
   */
  uiStateSet: (args: UiStateSetArgs) => ({ name: "v1.uiState.Set", args }) as const,
} as const;

/** The value of each client document where none is stored, and the event that sets it. */
export const clientDocuments: {
  readonly uiState: { readonly default: UiState; readonly event: "v1.uiState.Set" };
} = {
  "uiState": {
    "default": {
      "selectedPersonaId": null,
      "searchText": ""
    },
    "event": "v1.uiState.Set"
  }
};
