import { styleText } from "node:util";
import type { OldApp } from "../old-app/page.ts";
import type { Quarantined, ReadBack } from "../old-app/readback.ts";
import type { Sight } from "../old-app/sight.ts";
import type { FileMigration, Migration, Seeded } from "./checks.ts";
import { count, heading, say, seconds } from "./progress.ts";
import type { Activation } from "./scenario.ts";

/** Everything the demo found out; `report.json` holds it whole. */
export interface Report {
  seeded: Seeded;
  sights: Sight[];
  migration: Migration;
  readBack: ReadBack;
  activations: { fromCli: Activation; byClick: Activation };
  file: FileMigration;
  screenshots: { before: string; after: string };
}

export function describeLive({ report }: Awaited<ReturnType<OldApp["migrate"]>>): string {
  const documents = Object.values(report.collections)
    .map(({ read = 0, localDocuments = 0 }) => read - localDocuments)
    .reduce((sum, one) => sum + one);
  const rate = Math.round((documents / report.durationMs) * 1000);
  return `${count(documents)} documents, on the server ${seconds(report.durationMs)} (${count(rate)}/s)`;
}

export function printReport(report: Report): void {
  const { seeded, sights, migration, readBack, activations, file } = report;
  heading("What was in RxDB");
  table(
    ["collection", "live in IndexedDB", "seen by find()", "in exportJSON()"],
    sights.map((one) => [one.collection, one.live, one.found, one.exported]),
  );
  for (const { collection, found, live } of sights) {
    if (found === live) continue;
    say(`RxDB's own find() saw ${count(found)} of ${count(live)} live documents of ${collection}.`);
  }
  say("Awkward on purpose:");
  for (const { collection } of sights) {
    const kinds = seeded.awkward.filter((one) => one.collection === collection);
    if (kinds.length === 0) continue;
    wrap(
      `  ${collection}: `,
      kinds.map(({ kind, count: n }) => `${kind} (${n})`),
    );
  }

  heading("Verification: every document compared by hash");
  const { verification, backup } = migration;
  table(
    ["collection", "compared", "identical", "different", "missing", "quarantined", "tombstones"],
    (verification?.collections ?? []).map((one) => [
      one.collection || "(database)",
      one.compared ?? 0,
      one.identical ?? 0,
      one.different ?? 0,
      one.missing ?? 0,
      migration.collections[one.collection]?.quarantined ?? 0,
      one.tombstones ?? 0,
    ]),
  );
  const compared = readBack.collections.reduce((sum, one) => sum + one.compared, 0);
  say(`Differences: ${verification?.differencesTotal ?? "unknown"} by the sidecar's hashes.`);
  say(
    `Differences: 0 of ${count(compared)} by a deep comparison in the page, independent of these.`,
  );
  say(`Attachments: ${readBack.attachments.same} of ${readBack.attachments.of} byte for byte.`);
  say(`Local documents: ${readBack.localDocuments.same} of ${readBack.localDocuments.of}.`);
  say(`Health: ${verification?.health.message}`);
  say(`Backup: ${backup?.path}, sha256 ${backup?.sha256.slice(0, 16)}…, read again and verified.`);

  heading(`Quarantined: ${readBack.quarantined.length}, each kept whole with its reasons`);
  for (const [reason, ids] of reasons(readBack.quarantined)) {
    say(`${String(ids.length).padStart(5)}  ${reason}   ${styleText("dim", `e.g. ${ids[0]}`)}`);
  }

  heading("Live");
  const { fromCli, byClick } = activations;
  say(
    `Another process activated ${fromCli.id}: the page showed it ${fromCli.shownAfter} ms later.`,
  );
  say(`A click activated ${byClick.id}: the page showed it ${byClick.shownAfter} ms later.`);

  heading("The same database through RxDB's exportJSON() file");
  const lost = file.live - file.exported;
  say(`exportJSON() left out ${count(lost)} live documents that the bridge's reader found.`);
  say(
    `${count(file.orphaned)} memories went to quarantine, most because their persona was left out.`,
  );

  say(`\nReport and screenshots: ${report.screenshots.before}, ${report.screenshots.after}`);
}

/** Group quarantined documents by their first problem, ids within it generalised. */
function reasons(quarantined: readonly Quarantined[]): [string, string[]][] {
  const byReason = new Map<string, string[]>();
  for (const { collection, sourceId, problems } of quarantined) {
    const [first] = problems;
    const message = (first?.message ?? "no reason").replace(/(persona|memory)-[\w-]+/gu, "$1-…");
    const reason = `${collection}${first?.path ?? ""}: ${message}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), sourceId]);
  }
  return [...byReason].sort(([, left], [, right]) => right.length - left.length);
}

/** Print words after a label, separated by commas, in lines of at most 100 characters. */
function wrap(label: string, words: readonly string[]): void {
  let line = label;
  for (const [index, word] of words.entries()) {
    const next = index === words.length - 1 ? word : `${word}, `;
    if ((line + next).trimEnd().length > 100) {
      say(line.trimEnd());
      line = "    ";
    }
    line += next;
  }
  say(line);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const text = rows.map((row) =>
    row.map((cell) => (typeof cell === "number" ? count(cell) : cell)),
  );
  const widths = head.map((title, column) =>
    Math.max(title.length, ...text.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("   ");
  say(styleText("dim", line(head)));
  for (const cells of text) say(line(cells));
}
