import type { ErrorCode } from "../generated/errors.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

/**
 * What can go wrong on this side of the socket, beside the codes a server answers with.
 *
 * - `E_CONNECTION_LOST`: the connection ended before the answer came. A query can be asked again;
 *   a commit is never rejected with this while the client still tries to connect.
 * - `E_CONNECTION_FAILED`: no connection could be made, and the client gave up.
 * - `E_CLOSED`: the client was closed.
 * - `E_PROTOCOL`: the peer sent something that is no message of this protocol.
 * - `E_INTERNAL`: a fault of the sidecar or of this client, which the other codes don't foresee.
 */
export type ClientErrorCode =
  | "E_CONNECTION_LOST"
  | "E_CONNECTION_FAILED"
  | "E_CLOSED"
  | "E_PROTOCOL"
  | "E_INTERNAL";

/** A code of {@link SidecarError}; a newer server may send one this version has no name for. */
export type SidecarErrorCode = ErrorCode | ClientErrorCode | (string & {});

/** What a {@link SidecarError} carries beside its message. */
export interface SidecarErrorDetails {
  /** What to do next, as a sentence for the user. */
  readonly hint?: string | undefined;
  /** The JSON-RPC code, where the server answered with one. */
  readonly number?: number | undefined;
  /** Further members of the error's `data`, such as `index` and `path` of a commit's bad event. */
  readonly data?: JsonObject | undefined;
  /** What caused it. */
  readonly cause?: unknown;
}

/**
 * Every failure of a call, whether the server answered it or the connection did.
 *
 * Read `code`, never the message.
 *
 * @example
 * try {
 *   await client.commit(events.personaCreated({ id, name: "" }));
 * } catch (error) {
 *   if (SidecarError.is(error, "E_VALIDATION")) show(error.data.path, error.hint);
 *   else throw error;
 * }
 */
export class SidecarError extends Error {
  override readonly name = "SidecarError";
  /** Which failure it is: `E_VALIDATION`, `E_CONFLICT`, `E_CONNECTION_LOST`, … */
  readonly code: SidecarErrorCode;
  /** What to do next, where there is advice. */
  readonly hint: string | undefined;
  /** The JSON-RPC code; `undefined` when the failure is on this side. */
  readonly number: number | undefined;
  /** Where the failure is: `path`, `index`, `current`, … as the code's documentation says. */
  readonly data: JsonObject;

  constructor(code: SidecarErrorCode, message: string, details: SidecarErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.number = details.number;
    this.data = details.data ?? {};
  }

  /**
   * Whether a caught value is a `SidecarError`, of the given code where one is given.
   *
   * Works across bundles: it looks at the shape, not at the class.
   */
  static is<Code extends SidecarErrorCode>(
    value: unknown,
    code?: Code,
  ): value is SidecarError & { readonly code: Code } {
    return (
      value instanceof Error &&
      value.name === "SidecarError" &&
      "code" in value &&
      (code === undefined || value.code === code)
    );
  }

  /** Rebuild the error of a JSON-RPC error object `{code, message, data: {code, hint, …}}`. */
  static fromWire(value: unknown): SidecarError {
    if (!isObject(value)) {
      return new SidecarError("E_PROTOCOL", "The server answered with an error of no known form");
    }
    const { code: wireCode, hint, ...data } = isJsonObject(value.data) ? value.data : {};
    const code = typeof wireCode === "string" ? wireCode : "E_INTERNAL";
    const message = typeof value.message === "string" ? value.message : code;
    return new SidecarError(code, message, {
      hint: typeof hint === "string" ? hint : undefined,
      number: typeof value.code === "number" ? value.code : undefined,
      data,
    });
  }
}

// What JSON.parse returned holds JSON alone, so an object of it is a JSON object.
function isJsonObject(value: unknown): value is { readonly [key: string]: Json } {
  return isObject(value);
}
