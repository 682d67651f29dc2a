import type { ReactNode } from "react";
import type { Result } from "../../client/index.ts";
import { differenceText, findingText, listed } from "../guide/report.ts";

/** What {@link MigrationReport} takes. */
export interface MigrationReportProps {
  /** Of `useMigration().status`, of `run()`, or of the coordinator. */
  readonly report: Result<"migrate">;
}

/** What {@link VerificationReport} takes. */
export interface VerificationReportProps {
  /** Of `useMigration()`, of `verify()`, or of a report. */
  readonly verification: Result<"migrate.verify">;
}

const columns = {
  read: "Read",
  imported: "Imported",
  unchanged: "Unchanged",
  conflicts: "Conflicts",
  quarantined: "Quarantined",
  tombstones: "Deleted",
  attachments: "Attachments",
  localDocuments: "Local documents",
} as const;

/** Show what a migration did: what was read and imported, what was wrong, and what the comparison found. */
export function MigrationReport({ report }: MigrationReportProps): ReactNode {
  const { collections, validation, conflicts, conflictsTotal, backup, verification } = report;
  const names: readonly (keyof typeof columns)[] = Object.keys(columns).filter(isColumn);
  return (
    <section aria-label="Migration report">
      <table>
        <thead>
          <tr>
            <th scope="col">Collection</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {columns[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Object.entries(collections).map(([collection, counts]) => (
            <tr key={collection}>
              <th scope="row">{collection || "The database"}</th>
              {names.map((name) => (
                <td key={name}>{counts[name]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Listing
        title="In quarantine"
        lines={listed(validation.errors.map(findingText), validation.errorsTotal)}
      />
      <Listing
        title="Warnings"
        lines={listed(validation.warnings.map(findingText), validation.warningsTotal)}
      />
      <Listing title="Conflicts" lines={listed(conflicts.map(differenceText), conflictsTotal)} />
      {backup && <p>Backup: {backup.path}</p>}
      {verification && <VerificationReport verification={verification} />}
    </section>
  );
}

/** Show what comparing RxDB and the store found. */
export function VerificationReport({ verification }: VerificationReportProps): ReactNode {
  const {
    passed,
    collections,
    differences,
    differencesTotal,
    health,
    performance,
    features,
    references,
  } = verification;
  const identical = collections.reduce((sum, one) => sum + one.identical, 0);
  const compared = collections.reduce((sum, one) => sum + one.compared, 0);
  return (
    <section aria-label="Verification">
      <p role="status">
        Verification {passed ? "passed" : "failed"}: {identical} of {compared} documents are
        identical
      </p>
      <Listing
        title="Differences"
        lines={listed(differences.map(differenceText), differencesTotal)}
      />
      <Listing
        title="Checks"
        lines={[health, ...features, ...references].map(
          (check) => `${check.name} ${check.passed ? "passed" : "failed"}: ${check.message}`,
        )}
      />
      {performance && (
        <p>
          The guide's queries took {performance.totalMs.toFixed(1)} ms
          {performance.withinBudget ? "" : `, more than ${performance.budgetMs} ms`}
        </p>
      )}
    </section>
  );
}

function Listing({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  // Documents without an id may have the same thing said of them.
  const items = lines.map((line, at) => ({ key: `${at} ${line}`, line }));
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {items.map(({ key, line }) => (
          <li key={key}>{line}</li>
        ))}
      </ul>
    </>
  );
}

function isColumn(name: string): name is keyof typeof columns {
  return name in columns;
}
