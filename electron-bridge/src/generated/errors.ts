// Generated from rpc_schema/ by scripts/generate.mjs (npm run generate). Do not edit.

/** The JSON-RPC code of each error a server answers with. */
export const errorNumbers = {
  /** Arguments of a wrong shape or value; `path` is a JSON pointer into them. */
  E_VALIDATION: -32000,
  /** The document is not what the caller expected; `current` is its row, or null. */
  E_CONFLICT: -32001,
  /** No event of that name in this schema. */
  E_UNKNOWN_EVENT: -32002,
  /** No collection of that name, declared or defined. */
  E_UNKNOWN_COLLECTION: -32003,
  /** A query that means nothing here; `path` is a JSON pointer into it. */
  E_QUERY: -32004,
  /** SQL that is no read. */
  E_READ_ONLY: -32005,
  /** A query past its deadline. */
  E_TIMEOUT: -32006,
  /** A message or result past its cap, in bytes. */
  E_TOO_LARGE: -32007,
  /** Too much is waiting already. */
  E_BUSY: -32008,
  /** Another process holds the store. */
  E_LOCKED: -32009,
  /** The disk refused; nothing of the transaction was stored. */
  E_STORAGE: -32010,
  /** The file is damaged or is no store. */
  E_CORRUPT: -32011,
  /** A source that can't be migrated as it is. */
  E_MIGRATION: -32012,
  /** No such document, subscription or migration. */
  E_NOT_FOUND: -32013,
  /** The server ends; what it acknowledged is stored. */
  E_SHUTTING_DOWN: -32014,
} as const;

/** The code of an error a server answers with. */
export type ErrorCode = keyof typeof errorNumbers;
