/** A migration's report in sentences. */

import type { Result } from "../../client/index.ts";

type Report = Result<"migrate">;
type Verification = Result<"migrate.verify">;
type Finding = Report["validation"]["errors"][number];
type Difference = Report["conflicts"][number];

/** Tell of a document that is not as it should be. */
export function findingText({ collection, id, path, message }: Finding): string {
  return `${collection ?? "local document"} ${id ?? "without an id"}${path}: ${message}`;
}

const kinds: { readonly [Kind in Difference["kind"]]: string } = {
  missing: "is in RxDB and not in the store",
  different: "differs",
  onlyInStore: "is in the store and not in RxDB",
  conflict: "was in the store with other content, and was left alone",
};

/** Tell of a document that is not the same in RxDB and in the store. */
export function differenceText({ collection, id, kind, fields }: Difference): string {
  const where = fields.length > 0 ? ` in ${fields.join(", ")}` : "";
  return `${collection} ${id} ${kinds[kind]}${where}`;
}

/** Return the first ones of a list, with a last line that tells how many more there are. */
export function listed(first: readonly string[], total: number): string[] {
  return first.length < total ? [...first, `and ${total - first.length} more`] : [...first];
}

/** Tell why a verification did not pass; nothing when it did. */
export function unverified(verification: Verification): string[] {
  if (verification.passed) return [];
  const { differences, differencesTotal, health, features } = verification;
  const failed = [health, ...features].filter(({ passed }) => !passed);
  return [
    ...listed(differences.map(differenceText), differencesTotal),
    ...failed.map(({ name, message }) => `${name}: ${message}`),
  ];
}
