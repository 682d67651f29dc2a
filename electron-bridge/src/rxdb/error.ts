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
 * @param call What was called, or asked for.
 */
export function unsupported(call: string): RxError {
  return new RxError("UNSUPPORTED", `${call} is not there; docs/rxdb.md says why`, { call });
}

function messageOf(code: string): string {
  return `${code}: ${urlOf(code)}`;
}

/** Where RxDB tells what a code means, and what to do. */
function urlOf(code: string): string {
  return `https://rxdb.info/errors.html#${code}`;
}
