/** What the windows are asked to do. */

import type { Endpoint, NewEvent, Query } from "../../src/client/index.ts";
import { isObject } from "../../src/client/json.ts";

/** A query's result, run afresh, or the code of its error. */
export type Fresh = { readonly value: unknown } | { readonly code: string };

/** What one request asks for, of one window. */
export type Request = { readonly id: number; readonly window: number } & (
  | { readonly do: "open"; readonly endpoint: Endpoint }
  | { readonly do: "reconnect"; readonly endpoint: Endpoint; readonly cut: boolean }
  | { readonly do: "close" }
  | { readonly do: "begin"; readonly live: number; readonly query: Query }
  | { readonly do: "end"; readonly live: number }
  | { readonly do: "commit"; readonly events: readonly NewEvent[] }
  | {
      readonly do: "set";
      readonly document: string;
      readonly value: object;
      readonly partial: boolean;
    }
  | { readonly do: "mark"; readonly event: NewEvent }
  | { readonly do: "compare"; readonly live: number; readonly fresh: Fresh }
);

/** Read a line; the rest of its form is the other end's promise. */
export function requested(line: string): Request {
  const request: unknown = JSON.parse(line);
  if (!isRequest(request)) throw new Error(`It is no request: ${line}`);
  return request;
}

function isRequest(value: unknown): value is Request {
  return isObject(value) && typeof value.id === "number" && typeof value.do === "string";
}
