/** What a behaviour saw, as JSON. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** Any value as JSON: documents without their meta fields, a Map as its entries, errors as their codes. */
export function plain(value: unknown): Plain {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  if (value instanceof Error) return codeOf(value);
  if (value instanceof Map) return Array.from(value, plain);
  if (Array.isArray(value)) return value.map(plain);
  if ("toJSON" in value && typeof value.toJSON === "function") return plain(value.toJSON());
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([key, field]) => [key, plain(field)]));
}

/** What some work is refused with: RxDB's code, or the error's name where it has none. */
export async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
    return "none";
  } catch (error) {
    return error instanceof Error ? codeOf(error) : `a thrown ${typeof error}`;
  }
}

/** The error that some work fails with. */
export async function failure(work: () => unknown): Promise<Error> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
