import { SidecarError } from "../client/errors.ts";
import type { JsonObject } from "../client/json.ts";

/** Return the `E_MIGRATION` of a source that can't be migrated as it is. */
export function migrationError(
  message: string,
  hint: string,
  data: JsonObject = {},
  cause?: unknown,
): SidecarError {
  return new SidecarError("E_MIGRATION", message, { hint, data, cause });
}
