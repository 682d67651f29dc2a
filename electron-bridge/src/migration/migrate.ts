import type {
  MigrateOptions,
  MigrationProgress,
  Params,
  Result,
  SidecarClient,
} from "../client/index.ts";
import { batches } from "./batch.ts";
import { migrationError } from "./errors.ts";
import { type AnyRxDatabase, readRxDatabase } from "./read.ts";

/** What {@link migrateRxDatabase} may be given, beside `signal` and `onProgress`. */
export interface MigrateRxDatabaseOptions
  extends MigrateOptions,
    Pick<Params<"migrate">, "ids" | "dryRun" | "strict"> {}

/**
 * Migrate a live RxDatabase into the store: read everything, send it, let the server back it up, check
 * it, import it and verify it.
 *
 * RxDB stays as it is. `onProgress` gets phase `read` with the records sent so far, then the server's
 * phases. The promise resolves to the server's report.
 *
 * An abort stops the reading at once; once everything was sent, the server goes on.
 *
 * @throws SidecarError As `readRxDatabase` and `client.migrate`.
 *
 * @example
 * const report = await migrateRxDatabase(client, rxdb, {
 *   onProgress: ({ phase, done, total }) => show(phase, done, total),
 * });
 */
export async function migrateRxDatabase(
  client: SidecarClient,
  database: AnyRxDatabase,
  { signal, onProgress, ...choices }: MigrateRxDatabaseOptions = {},
): Promise<Result<"migrate">> {
  const { migration } = await client.request("migrate.begin", {}, { signal });
  let done = 0;
  const report = (progress: MigrationProgress): void => onProgress?.(progress);
  report({ phase: "read", done, total: null });
  for await (const records of batches(readRxDatabase(database))) {
    const { total } = await client.request("migrate.push", { migration, records }, { signal });
    done += records.length;
    if (total !== done) {
      throw migrationError(
        `The server has ${total} records of ${done} that were sent`,
        "Nothing was imported. Migrate again.",
        { sent: done, total },
      );
    }
    report({ phase: "read", done, total: null });
  }
  report({ phase: "read", done, total: done });
  return client.migrate({ source: { migration }, ...choices }, { signal, onProgress });
}
