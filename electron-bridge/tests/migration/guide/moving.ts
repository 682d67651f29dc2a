/** The steps of a move over the wire, for tests of what follows its state. */

import type { Result, SidecarClient } from "../../../src/client/index.ts";
import { type AnyRxDatabase, migrateRxDatabase } from "../../../src/migration/index.ts";

/** Move everything, so that both databases have the same. */
export async function toDual(client: SidecarClient, database: AnyRxDatabase): Promise<string> {
  await migrateRxDatabase(client, database);
  const { migration, state } = await client.request("migrate.status", {});
  if (migration === null || state !== "dual") throw new Error(`The move is ${state}`);
  return migration;
}

/** Make the store the truth. */
export function cutOver(
  client: SidecarClient,
  migration: string,
): Promise<Result<"migrate.cutover">> {
  return client.request("migrate.cutover", { migration });
}

/** Make RxDB the truth again, as if what was written since were there. */
export async function rollBack(client: SidecarClient, migration: string): Promise<void> {
  await client.request("migrate.rollback", { migration });
  const { head } = await client.server.info();
  await client.request("migrate.rollback", { migration, through: head });
}

/** Of what is waited for: a machine may be busy, and what never comes fails all the same. */
export const slow = { timeout: 20_000 };
