import type { MigrateOptions, Params, Result, SidecarClient } from "../../client/index.ts";
import type { Readable } from "../../client/readable.ts";
import type { AnyRxDatabase } from "../sources.ts";
import type { MigrationPosition } from "../status.ts";

/** What a move may be given, beside `signal` and `onProgress`. */
export type MoveOptions = MigrateOptions & Pick<Params<"migrate">, "ids" | "strict">;

/** What drives a migration: `RxDatabaseMigration` does. */
export interface MigrationDriver {
  readonly status: Readable<MigrationPosition>;
  resume(): void;
  run(options?: MoveOptions): Promise<Result<"migrate">>;
  verify(options?: Pick<MigrateOptions, "onProgress">): Promise<Result<"migrate.verify">>;
  cutover(): Promise<Result<"migrate.cutover">>;
  rollback(options?: Pick<MigrateOptions, "onProgress">): Promise<Result<"migrate.rollback">>;
  cleanup(options: { readonly confirm: true }): Promise<Result<"migrate.cleanup">>;
  close(): Promise<void>;
}

/**
 * The two databases of an app that moves, and what moves them: what the guide's classes are given.
 *
 * `DatabaseMigrationService` is one. An app that opens its databases elsewhere passes an object with
 * these three functions.
 */
export interface Systems<Rx extends AnyRxDatabase = AnyRxDatabase> {
  getRxDB(): Rx;
  getLiveStore(): SidecarClient;
  getMigration(): Promise<MigrationDriver>;
}
