/**
 * The move from RxDB in React. Nothing here imports `rxdb`.
 *
 * @packageDocumentation
 */

export { MigrationProgress, type MigrationProgressProps } from "./MigrationProgress.tsx";
export {
  MigrationReport,
  type MigrationReportProps,
  VerificationReport,
  type VerificationReportProps,
} from "./MigrationReport.tsx";
export type { MigrationAction, MigrationActivity } from "./session.ts";
export { type UseMigration, useMigration } from "./useMigration.ts";
export { type RowOf, useMigrationAwareQuery } from "./useMigrationAwareQuery.ts";
