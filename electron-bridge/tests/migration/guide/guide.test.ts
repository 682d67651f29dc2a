// @vitest-environment happy-dom

import type { RxDatabase } from "rxdb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type MigrationProgress, type SidecarClient, tables } from "../../../src/client/index.ts";
import {
  DatabaseMigrationService,
  DatabaseService,
  FinalMigrationSwitch,
  MigrationCoordinator,
  PostMigrationVerification,
  RxDBCleanup,
} from "../../../src/migration/guide/index.ts";
import { type OldCollections, oldDatabase, oldMemory, oldPersona } from "../../support/rxdb.ts";
import { connectTo, startClient } from "../../support/sidecar.ts";
import { failure } from "../../support/wait.ts";
import { slow } from "./moving.ts";

beforeEach(() => {
  localStorage.clear();
  // The copy for the user is a download, which a page without a browser can't make.
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
});

/** The one line of set-up, and an app that has data. */
async function startApp(database?: RxDatabase<OldCollections>, given?: SidecarClient) {
  const client = given ?? (await startClient()).client;
  const rxdb = database ?? (await oldDatabase());
  const service = new DatabaseMigrationService({ openRxDB: async () => rxdb, liveStore: client });
  await service.initializeBothSystems();
  return { client, rxdb, service };
}

async function fill(rxdb: RxDatabase<OldCollections>): Promise<void> {
  await rxdb.personas.bulkInsert([oldPersona("Ada"), oldPersona("Bob")]);
  await rxdb.memoryEntities.insert(oldMemory("zero", "persona-Ada", { importance: 0 }));
}

describe("the guide's classes", () => {
  it("move an app, switch it, verify it, and clean up", async () => {
    const { client, rxdb, service } = await startApp();
    await fill(rxdb);
    const databaseService = new DatabaseService(service);
    const progress: MigrationProgress[] = [];

    const moved = await new MigrationCoordinator(service).runFullMigration({
      onProgress: (one) => progress.push(one),
    });
    expect(moved).toMatchObject({
      success: true,
      backupPath: expect.stringMatching(/^rxdb-backup-/),
      exportData: { version: "1.0", metadata: { totalPersonas: 2 } },
      importResult: { personas: { imported: 2, errors: [] }, memoryEntities: { imported: 1 } },
      message: "Migration completed successfully",
    });
    expect(progress.length).toBeGreaterThan(2);
    expect(localStorage.getItem("migration-complete")).toBeNull();

    // Still on RxDB; what is written there follows.
    await rxdb.personas.insert(oldPersona("Cid"));
    const status = await new FinalMigrationSwitch(service).performFinalSwitch();
    expect(status.state).toBe("switched");
    expect(localStorage.getItem("migration-complete")).toBe("true");
    expect(localStorage.getItem("final-backup")).toMatch(/^rxdb-backup-/);
    await expect.poll(() => localStorage.getItem("migration-date"), slow).toMatch(/^\d{4}-/);
    expect(await client.query(tables.personas.count())).toBe(3);
    expect(await databaseService.getPersonas()).toHaveLength(3);

    expect(await new PostMigrationVerification(service).runFullVerification()).toMatchObject({
      passed: true,
      results: {
        liveStoreHealth: { passed: true },
        dataIntegrity: { passed: true, message: expect.stringContaining("4 documents") },
        performance: { message: expect.stringMatching(/^Query performance: [\d.]+ms of 100ms$/) },
        features: { passed: true },
      },
      message: "All verifications passed",
    });

    const confirm = vi.fn(() => false);
    vi.stubGlobal("confirm", confirm);
    expect(await new RxDBCleanup(service).cleanupRxDB()).toBe(false);
    expect(confirm).toHaveBeenCalledWith(expect.stringContaining("cannot be undone"));
    expect(rxdb.closed).toBe(false);
    expect(await new RxDBCleanup(service, () => true).cleanupRxDB()).toBe(true);
    expect(rxdb.closed).toBe(true);
    expect(await databaseService.getPersonas()).toHaveLength(3);
    await service.close();
    vi.unstubAllGlobals();
  });

  it("return to RxDB with what was written in the store", async () => {
    const { rxdb, service } = await startApp();
    await fill(rxdb);
    const databaseService = new DatabaseService(service);
    await new MigrationCoordinator(service).runFullMigration();
    await new FinalMigrationSwitch(service).performFinalSwitch();
    await databaseService.createPersona({
      id: "late",
      name: "Late",
      description: "",
      personality: { traits: [], temperament: "calm", communicationStyle: "brief" },
      settings: { memoryRetention: 0, privacyLevel: "low", autoLearn: false },
    });
    await (await service.getMigration()).rollback();
    expect(await rxdb.personas.findOne("late").exec()).not.toBeNull();
    await expect.poll(() => localStorage.getItem("migration-complete"), slow).toBeNull();
    expect(await databaseService.getPersonas()).toHaveLength(3);
    await service.close();
  });

  it("switch nothing that was not migrated", async () => {
    const { service } = await startApp();
    const click = vi.mocked(HTMLAnchorElement.prototype.click);
    click.mockClear();
    const error = await failure(new FinalMigrationSwitch(service).performFinalSwitch());
    expect(error.code).toBe("E_MIGRATION");
    expect(click).not.toHaveBeenCalled();
    expect(localStorage.getItem("migration-complete")).toBeNull();
    await service.close();
  });

  it("tell why a migration failed, and leave RxDB as it was", async () => {
    const { client, rxdb, service } = await startApp();
    await rxdb.personas.insert(oldPersona("Odd", { score: Number.NaN }));
    expect(await new MigrationCoordinator(service).runFullMigration()).toMatchObject({
      success: false,
      error: expect.stringContaining("NaN"),
      cause: { code: "E_MIGRATION" },
      message: "Migration failed - the data is safe in RxDB",
    });
    expect(await client.query(tables.personas.count())).toBe(0);
    await service.close();
  });

  it("keep invalid documents in quarantine, or stop at them", async () => {
    const { rxdb, service } = await startApp();
    await rxdb.memoryEntities.insert(oldMemory("orphan", "persona-gone"));
    const strict = await new MigrationCoordinator(service).runFullMigration({ strict: true });
    expect(strict.success).toBe(false);
    const lenient = await new MigrationCoordinator(service).runFullMigration();
    expect(lenient).toMatchObject({
      success: true,
      importResult: { memoryEntities: { imported: 0, errors: [expect.any(String)] } },
    });
    await service.close();
  });
});

describe("DatabaseMigrationService", () => {
  it("says what is to be done first", async () => {
    const { client } = await startClient();
    const service = new DatabaseMigrationService({
      openRxDB: () => oldDatabase(),
      liveStore: client,
    });
    expect(() => service.getRxDB()).toThrow(/not open/);
    expect((await failure(service.getMigration())).hint).toContain("initializeBothSystems");
    const both = [service.initializeBothSystems(), service.initializeBothSystems()];
    await Promise.all(both);
    expect(service.getRxDB().closed).toBe(false);
    expect(await service.getMigration()).toBe(await service.getMigration());
    await service.close();
  });

  it("opens RxDB also when the sidecar can't be reached, and tries again when opening failed", async () => {
    const nowhere = { url: "ws://127.0.0.1:1/rpc", token: "none" };
    const liveStore = connectTo(nowhere, { retry: { attempts: 1, minDelay: 5, maxDelay: 5 } });
    let tries = 0;
    const service = new DatabaseMigrationService({
      openRxDB: async () => {
        tries += 1;
        if (tries === 1) throw new Error("IndexedDB is blocked");
        return oldDatabase();
      },
      liveStore,
    });
    await expect(service.initializeBothSystems()).rejects.toThrow("blocked");
    await service.initializeBothSystems();
    expect(service.getRxDB().closed).toBe(false);
  });

  it("goes on with the feed of a move that was under way at the last start", async () => {
    const { client, rxdb, service } = await startApp();
    await fill(rxdb);
    await new MigrationCoordinator(service).runFullMigration();
    await service.close();
    await rxdb.personas.insert(oldPersona("Cid"));
    const next = await startApp(rxdb, client);
    await expect.poll(() => client.query(tables.personas.count()), slow).toBe(3);
    await next.service.close();
  });

  it("does not open RxDB once it was cleaned up", async () => {
    const { client, rxdb, service } = await startApp();
    await fill(rxdb);
    await new MigrationCoordinator(service).runFullMigration();
    await new FinalMigrationSwitch(service).performFinalSwitch();
    await new RxDBCleanup(service, () => true).cleanupRxDB();
    await service.close();
    const openRxDB = vi.fn(() => oldDatabase());
    const next = new DatabaseMigrationService({ openRxDB, liveStore: client });
    await next.initializeBothSystems();
    expect(openRxDB).not.toHaveBeenCalled();
    expect(await new DatabaseService(next).getPersonas()).toHaveLength(2);
    await next.close();
  });
});
