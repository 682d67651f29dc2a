import {
  MigrationProgress,
  MigrationReport,
  type UseMigration,
  useMigration,
  VerificationReport,
} from "@pjais/electron-bridge/migration/react";
import { useState } from "react";
import { formatCount, messageOf } from "./model.ts";
import type { OldDatabase } from "./old-database.ts";

type State = NonNullable<UseMigration["state"]>;

const UNDER_WAY = {
  title: "Moving your data",
  text: "You may close the app: it goes on where it was when you open it again.",
};

/** What the screen says in each state of the move. */
const TEXTS: { readonly [state in State]: { readonly title: string; readonly text: string } } = {
  idle: {
    title: "Your data is still in the old database",
    text: "It will be backed up, copied and compared document by document. The old database stays as it is.",
  },
  "backing-up": UNDER_WAY,
  reading: UNDER_WAY,
  importing: UNDER_WAY,
  verifying: UNDER_WAY,
  dual: {
    title: "Everything is here",
    text: "The old app can still be used: what it writes follows by itself until you switch.",
  },
  switched: {
    title: "You use the new database",
    text: "The old one is still there: you can go back to it, with all that you did here.",
  },
  "rolling-back": {
    title: "Going back",
    text: "What you did here is written into the old database.",
  },
  "rolled-back": {
    title: "You are back in the old database",
    text: "All that you did here is in it. You can move again at any time.",
  },
  cleaned: { title: "The old database is gone", text: "Its backup is kept." },
};

/** The move of the old app's data, from its first to its last step. */
export function MigrationScreen({ old }: { old: OldDatabase }) {
  const migration = useMigration(old.driver);
  const { state, running, progress, status, verification, error, stop } = migration;
  if (state === undefined) return <main aria-busy="true" />;
  const { title, text } = TEXTS[state];
  const problem = old.state === "unreadable" ? old.error : error;
  return (
    <main className="migration">
      <section className="panel" aria-label="Migration" data-state={state}>
        <h1>{title}</h1>
        <p>{text}</p>
        {running ? (
          <>
            <Bar progress={progress} />
            <MigrationProgress progress={progress} />
            {running === "run" && (
              <button type="button" className="plain" onClick={stop}>
                Stop
              </button>
            )}
          </>
        ) : (
          old.driver && <Steps migration={migration} state={state} />
        )}
        {old.state === "unreadable" && (
          <button type="button" className="primary" onClick={() => location.reload()}>
            Try again
          </button>
        )}
        {problem != null && <p role="alert">{messageOf(problem)}</p>}
        {verification && <VerificationReport verification={verification} />}
        {status?.report && <Outcome report={status.report} />}
      </section>
    </main>
  );
}

function Bar({ progress }: Pick<UseMigration, "progress">) {
  if (!progress?.total) return <progress aria-hidden="true" />;
  return <progress aria-hidden="true" max={progress.total} value={progress.done} />;
}

/** What can be done in a state that waits for the user. */
function Steps({ migration, state }: { migration: UseMigration; state: State }) {
  const { run, cutover, verify, rollback } = migration;
  const back = (
    <button type="button" className="plain" onClick={rollback}>
      Go back to the old database
    </button>
  );
  if (state === "idle" || state === "rolled-back") {
    return (
      <button type="button" className="primary" onClick={() => run()}>
        Move my data
      </button>
    );
  }
  if (state === "dual") {
    return (
      <div className="buttons">
        <button type="button" className="primary" onClick={cutover}>
          Switch to the new database
        </button>
        <button type="button" className="plain" onClick={verify}>
          Compare once more
        </button>
        {back}
      </div>
    );
  }
  if (state === "switched") {
    return (
      <div className="buttons">
        {back}
        <CleanUp cleanup={migration.cleanup} />
      </div>
    );
  }
  if (state === "rolling-back") return back;
  if (state === "cleaned") return null;
  // Another window does it, or did until it was closed: this one would take over.
  return (
    <button type="button" className="primary" onClick={() => run()}>
      Go on
    </button>
  );
}

/** Delete the old database, which has no way back: asked twice. */
function CleanUp({ cleanup }: Pick<UseMigration, "cleanup">) {
  const [sure, setSure] = useState(false);
  return (
    <button
      type="button"
      className="danger"
      onClick={() => (sure ? void cleanup() : setSure(true))}
      onBlur={() => setSure(false)}
    >
      {sure ? "Yes, delete the old database" : "Delete the old database"}
    </button>
  );
}

function Outcome({
  report,
}: {
  report: NonNullable<NonNullable<UseMigration["status"]>["report"]>;
}) {
  const counts = Object.values(report.collections);
  const sum = (name: "imported" | "quarantined") =>
    formatCount(counts.reduce((total, one) => total + one[name], 0));
  return (
    <>
      <dl className="facts">
        <div>
          <dt>Documents moved</dt>
          <dd data-testid="imported">{sum("imported")}</dd>
        </div>
        <div>
          <dt>In quarantine</dt>
          <dd data-testid="quarantined">{sum("quarantined")}</dd>
        </div>
        <div>
          <dt>Compared with the old ones</dt>
          <dd data-testid="verified">
            {report.verification?.passed ? "all the same" : "differences"}
          </dd>
        </div>
      </dl>
      <details>
        <summary>The whole report</summary>
        <MigrationReport report={report} />
      </details>
    </>
  );
}
