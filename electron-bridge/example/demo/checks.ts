/** What must be true after each part of the demo; each function throws where it is not. */

import type { Result } from "../../src/client/index.ts";
import type { OldApp } from "../old-app/page.ts";
import type { ReadBack } from "../old-app/readback.ts";
import type { Sight } from "../old-app/sight.ts";
import { check } from "./progress.ts";

export type Migration = Result<"migrate">;
export type Seeded = Awaited<ReturnType<OldApp["seed"]>>;

/** The sample shows RxDB's blind spot, or the demo would prove nothing by passing it. */
export function checkSights(sights: Sight[]): Sight[] {
  const blind = sights.filter(({ live, found }) => found < live);
  check(blind.length > 0, "RxDB's find() saw everything: the sample lacks its awkward documents.");
  for (const { collection, live } of sights) check(live > 0, `${collection} is empty.`);
  return sights;
}

/** The sidecar's own verification, and the page's, agree with what was seeded. */
export function checkMigration(
  migration: Migration,
  readBack: ReadBack,
  seeded: Seeded,
  sights: readonly Sight[],
): void {
  const { verification, backup } = migration;
  check(verification?.passed === true, `The verification failed: ${JSON.stringify(verification)}`);
  check(verification.differencesTotal === 0, `${verification.differencesTotal} differences.`);
  check(Boolean(backup?.sha256), "No verified backup was made.");

  const differences = readBack.collections.flatMap((one) => one.differences);
  check(
    differences.length === 0,
    `${differences.length} differences: ${differences.slice(0, 5).join("; ")}`,
  );
  for (const { collection, live } of sights) checkCounts(collection, live, migration, readBack);

  for (const [collection, ids] of Object.entries(seeded.quarantine)) {
    const found = readBack.quarantined.filter((one) => one.collection === collection);
    const [wanted, got] = [ids, found.map((one) => one.sourceId)].map((list) => list.toSorted());
    const unlike = `${collection} quarantined: ${got?.join(", ")}; expected: ${wanted?.join(", ")}`;
    check(String(wanted) === String(got), unlike);
    check(
      found.every((one) => one.problems.length > 0),
      `A quarantined document of ${collection} has no reason.`,
    );
  }
  const { attachments, localDocuments, tombstones } = readBack;
  check(tombstones === seeded.tombstones, `${tombstones} of ${seeded.tombstones} tombstones.`);
  check(
    attachments.of === seeded.attachments.length && attachments.same === attachments.of,
    `${attachments.same} of ${seeded.attachments.length} attachments are the same.`,
  );
  check(
    localDocuments.of === seeded.localDocuments.length && localDocuments.same === localDocuments.of,
    `${localDocuments.same} of ${seeded.localDocuments.length} local documents are the same.`,
  );
}

/** IndexedDB's own row count = imported + quarantined, in the report and in the store. */
function checkCounts(
  collection: string,
  live: number,
  migration: Migration,
  readBack: ReadBack,
): void {
  const counts = migration.collections[collection];
  check(counts !== undefined, `The report does not name ${collection}.`);
  const { imported = 0, quarantined = 0 } = counts;
  check(
    imported + quarantined === live,
    `${collection}: ${live} live rows in IndexedDB, ${imported} imported + ${quarantined} quarantined.`,
  );
  const stored = readBack.collections.find((one) => one.collection === collection)?.stored;
  check(stored === imported, `${collection}: ${imported} imported, ${stored} in the store.`);
}

/** A file's migration, beside what the database really held. */
export interface FileMigration {
  migration: Migration;
  /** Live documents in the export, and in IndexedDB. */
  exported: number;
  live: number;
  /** Memories whose persona the export left out. */
  orphaned: number;
}

export function checkFile(migration: Migration, sights: readonly Sight[]): FileMigration {
  const total = { exported: 0, live: 0, orphaned: 0 };
  for (const { collection, exported, live } of sights) {
    const { read = 0, imported = 0, quarantined = 0 } = migration.collections[collection] ?? {};
    check(read === exported, `${collection}: ${exported} documents exported, ${read} read.`);
    check(
      imported + quarantined === exported,
      `${collection}: ${exported} in the file, ${imported} imported + ${quarantined} quarantined.`,
    );
    total.exported += exported;
    total.live += live;
    if (collection === "memoryEntities") total.orphaned = quarantined;
  }
  check(migration.verification?.passed === true, "The file's verification failed.");
  return { migration, ...total };
}
