/**
 * What the server could only answer without an id, so that no call would learn of it: messages that are
 * too large, not well-formed text, or nested too deep for its parser.
 */

import { SidecarError } from "./errors.ts";

/** The server's limit on one message. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Nesting levels its parser takes; a document may have fewer, which is answered in the usual way. */
const MAX_DEPTH = 1000;
/** `JSON.stringify` writes a lone surrogate as an escape, after backslashes that pair up. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Return why a message made by `JSON.stringify` can't be sent, or undefined when it can. */
export function refusal(method: string, text: string): SidecarError | undefined {
  const bytes = sizeAbove(MAX_BYTES, text);
  if (bytes !== undefined) {
    return new SidecarError("E_TOO_LARGE", `The message of ${method} has ${bytes} bytes`, {
      hint: `Send less at once: a message may have ${MAX_BYTES} bytes.`,
      data: { bytes, limit: MAX_BYTES },
    });
  }
  if (LONE_SURROGATE.test(text)) {
    return new SidecarError("E_VALIDATION", `The params of ${method} hold a lone surrogate`, {
      hint: "Send well-formed text: String.prototype.toWellFormed() mends it.",
    });
  }
  if (text.length > 2 * MAX_DEPTH && depthOf(text) > MAX_DEPTH) {
    return new SidecarError("E_VALIDATION", `The params of ${method} are nested too deep`, {
      hint: `A message may have ${MAX_DEPTH} levels.`,
    });
  }
  return undefined;
}

function sizeAbove(limit: number, text: string): number | undefined {
  // A UTF-16 code unit takes at most three bytes of UTF-8, so most messages need no counting.
  if (text.length * 3 <= limit) return undefined;
  const bytes = new TextEncoder().encode(text).length;
  return bytes > limit ? bytes : undefined;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (OPENING.has(code)) deepest = Math.max(deepest, ++depth);
    else if (CLOSING.has(code)) depth -= 1;
  }
  return deepest;
}
