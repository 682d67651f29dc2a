/**
 * Errors as RxDB throws them: a code, and parameters that say the rest.
 *
 * Code reads `code` and `parameters`; the message is for people.
 */

import type { Any } from "./types/any.ts";

/** What an error carries beside its code. */
export interface RxErrorParameters {
  readonly [name: string]: Any;
}

/** A failure of a call, by its code of RxDB. */
export class RxError extends Error {
  readonly code: string;
  readonly parameters: RxErrorParameters;
  /** Tells errors of RxDB from others. */
  readonly rxdb = true;

  constructor(code: string, message = code, parameters: RxErrorParameters = {}) {
    super(message);
    this.code = code;
    this.parameters = parameters;
  }

  override get name(): string {
    return `RxError (${this.code})`;
  }

  get typeError(): boolean {
    return false;
  }
}

/** A failure of a call whose arguments were of a wrong kind. */
export class RxTypeError extends TypeError {
  readonly code: string;
  readonly parameters: RxErrorParameters;
  readonly rxdb = true;

  constructor(code: string, message = code, parameters: RxErrorParameters = {}) {
    super(message);
    this.code = code;
    this.parameters = parameters;
  }

  override get name(): string {
    return `RxTypeError (${this.code})`;
  }

  get typeError(): boolean {
    return true;
  }
}

/** Make the error of a code. */
export function newRxError(code: string, parameters?: RxErrorParameters): RxError {
  return new RxError(code, messageOf(code), parameters);
}

/** Make the error of a code, for an argument of a wrong kind. */
export function newRxTypeError(code: string, parameters?: RxErrorParameters): RxTypeError {
  return new RxTypeError(code, messageOf(code), parameters);
}

/**
 * Make the error of what RxDB has and the facade has not.
 *
 * @param call What was called.
 * @param reason Why it is not there, or what to do instead.
 */
export function unsupported(call: string, reason: string): RxError {
  return new RxError("UNSUPPORTED", `${call} is not there: ${reason}`, { call, reason });
}

function messageOf(code: string): string {
  return `${messages[code] ?? "See its parameters"} (${code})`;
}

// One sentence each: a code without one is said by its parameters.
const messages: { readonly [code: string]: string } = {
  COL3: "upsert needs the primary key",
  COL4: "incrementalUpsert needs the primary key",
  COL5: "find takes a query; for one document call findOne(id)",
  COL6: "findOne takes a query or the primary key, which is a text",
  COL20: "The store refused a write",
  COL21: "The collection is closed or removed",
  COL22: "Documents of one bulk write have the same primary key",
  CONFLICT: "The document is not the revision this was called on any more",
  DB3: "There is a collection of this name already",
  DB6: "The collection was defined with another schema",
  DB8: "There is a database of this name on this storage; close it, or set closeDuplicates",
  DOC9: "A final field can't be changed",
  DOC11: "A deleted document can't be written",
  DOC13: "The document is deleted already",
  DOC24: "A document is plain JSON: no Date, no function, no class",
  LD8: "Set localDocuments to true where this is created",
  QU6: "findOne has no limit",
  QU9: "exec(true) is for findOne",
  QU10: "There is no such document",
  QU11: "That is no query",
  QU12: "The schema has no such index",
  QU13: "The schema has no such field",
  QU15: "count has neither skip nor limit",
  QU16: "$regex is a text, not a RegExp",
  QU19: "A query must not hold undefined",
  VD2: "The document does not match the schema",
};
