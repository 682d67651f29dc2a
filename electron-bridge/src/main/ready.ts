/** What the sidecar says on its pipes. */

import { isObject } from "../client/json.ts";
import type { ReadyLine, StartErrorLine } from "../generated/rpc.ts";

/** The version of the protocol that this package speaks. */
export const PROTOCOL = 1;

/** The one line on a sidecar's stdout. */
export type Announcement = ReadyLine | StartErrorLine;

/** Return the announcement that a line of stdout is, or undefined. */
export function readAnnouncement(line: string): Announcement | undefined {
  const value = parse(line);
  return isReady(value) || isError(value) ? value : undefined;
}

/** Whether a line of the log tells of work that has to be done before the store can be served. */
export function isProgress(line: string): boolean {
  const value = parse(line);
  return isObject(value) && typeof value.phase === "string";
}

function parse(line: string): unknown {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isReady(value: unknown): value is ReadyLine {
  return (
    isObject(value) &&
    value.type === "ready" &&
    ["url", "token", "version", "schema"].every((name) => typeof value[name] === "string") &&
    ["protocol", "pid", "head"].every((name) => typeof value[name] === "number")
  );
}

function isError(value: unknown): value is StartErrorLine {
  return (
    isObject(value) &&
    value.type === "error" &&
    ["code", "message", "hint"].every((name) => typeof value[name] === "string")
  );
}
