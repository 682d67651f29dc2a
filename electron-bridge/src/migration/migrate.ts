import type { MigrateOptions, Params, Result, SidecarClient } from "../client/index.ts";
import { batches } from "./batch.ts";
import { RxDatabaseMigration } from "./driver.ts";
import { migrationError } from "./errors.ts";
import { Feed } from "./feed.ts";
import { type AnyRxDatabase, rxDatabase } from "./sources.ts";
import { isUnderWay } from "./status.ts";

/** What {@link migrateRxDatabase} may be given, beside `signal` and `onProgress`. */
export interface MigrateRxDatabaseOptions
  extends MigrateOptions,
    Pick<Params<"migrate">, "ids" | "dryRun" | "strict"> {}

/**
 * Migrate a live RxDatabase into the store: read everything, send it, let the server back it up, check
 * it, import it and verify it.
 *
 * RxDB stays as it is. `onProgress` gets phase `read` with the records sent so far, then the server's
 * phases. What is written in RxDB afterwards does not follow: for that, and for the switch, see
 * {@link RxDatabaseMigration}, which goes on from here.
 *
 * An abort stops the reading at once; once everything was sent, the server goes on.
 *
 * @returns The server's report. Of a move that was made already, the report there is.
 * @throws SidecarError As `RxDatabaseMigration.run` and `client.migrate`.
 *
 * @example
 * const report = await migrateRxDatabase(client, rxdb, {
 *   onProgress: ({ phase, done, total }) => show(phase, done, total),
 * });
 */
export async function migrateRxDatabase(
  client: SidecarClient,
  database: AnyRxDatabase,
  { dryRun = false, ...options }: MigrateRxDatabaseOptions = {},
): Promise<Result<"migrate">> {
  if (dryRun) return tryRxDatabase(client, database, options);
  const migration = await RxDatabaseMigration.open(client, database);
  try {
    return await migration.run(options);
  } finally {
    await migration.close();
  }
}

/** Read and check everything, and take back that a move was begun for it. */
async function tryRxDatabase(
  client: SidecarClient,
  database: AnyRxDatabase,
  { signal, onProgress, ...choices }: MigrateRxDatabaseOptions,
): Promise<Result<"migrate">> {
  const { state } = await client.request("migrate.status", {}, { signal });
  if (isUnderWay(state)) {
    throw migrationError(
      `A migration is under way: it is ${state}`,
      "Roll it back, or let it run.",
      {
        state,
      },
    );
  }
  const { migration } = await client.request("migrate.begin", {}, { signal });
  const feed = new Feed(rxDatabase(database));
  try {
    let done = 0;
    for await (const { records } of batches(feed.copy())) {
      await client.request("migrate.push", { migration, records }, { signal });
      done += records.length;
      onProgress?.({ phase: "read", done, total: null });
    }
    const source = { migration };
    return await client.migrate({ source, ...choices, dryRun: true }, { signal, onProgress });
  } finally {
    feed.close();
    await client.request("migrate.rollback", { migration });
  }
}
