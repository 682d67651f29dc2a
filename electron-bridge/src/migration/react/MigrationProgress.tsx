import type { ReactNode } from "react";
import type { MigrationProgress as Progress } from "../../client/index.ts";

/** What {@link MigrationProgress} takes. */
export interface MigrationProgressProps {
  /** Of `useMigration()`, or of `onProgress`; nothing is shown for null. */
  readonly progress: Progress | null;
}

const phases: { readonly [phase: string]: string } = {
  read: "Reading RxDB",
  "backing-up": "Writing the backup",
  "checking-backup": "Checking the backup",
  reading: "Checking the documents",
  importing: "Importing",
  verifying: "Comparing",
  "writing-back": "Writing back into RxDB",
};

/**
 * Show how far a migration is: a progress bar for assistive technology, and text for everyone.
 */
export function MigrationProgress({ progress }: MigrationProgressProps): ReactNode {
  if (progress === null) return null;
  const { phase, done, total } = progress;
  const counted = total === null ? `${whole(done)}` : `${whole(done)} of ${whole(total)}`;
  const text = `${phases[phase] ?? phase}: ${counted}`;
  const known = total === null ? {} : { "aria-valuemax": total, "aria-valuenow": done };
  return (
    <div
      role="progressbar"
      aria-label="Migration"
      aria-valuemin={0}
      aria-valuetext={text}
      {...known}
    >
      {text}
    </div>
  );
}

function whole(count: number): string {
  return count.toLocaleString("en");
}
