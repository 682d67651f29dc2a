import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as client from "../../src/client/index.ts";
import * as main from "../../src/main/index.ts";
import * as migration from "../../src/migration/index.ts";
import * as migrationReact from "../../src/migration/react/index.ts";
import * as preload from "../../src/preload/index.ts";
import * as react from "../../src/react/index.ts";

/** The public API: what is here is documented and kept; what is not here is nobody's to use. */
const api = {
  client: [
    "SidecarError",
    "applyPatch",
    "clientDocuments",
    "computed",
    "connect",
    "errorNumbers",
    "events",
    "sql",
    "table",
    "tables",
    "uuid7",
  ],
  react: [
    "SidecarProvider",
    "useClientDocument",
    "useCommit",
    "useConnection",
    "useMigration",
    "useMigrationAwareQuery",
    "useQuery",
    "useRow",
    "useSidecar",
  ],
  migration: [
    "DatabaseMigrationService",
    "DatabaseService",
    "FinalMigrationSwitch",
    "LiveStoreImporter",
    "MigrationBackupService",
    "MigrationCoordinator",
    "PostMigrationVerification",
    "RxDBCleanup",
    "RxDBExporter",
    "RxDatabaseMigration",
    "SwitchingService",
    "migrateRxDatabase",
    "mirrorMigrationFlags",
    "readRxDatabase",
    "restoreBackup",
    "watchMigration",
  ],
  migrationReact: [
    "MigrationProgress",
    "MigrationReport",
    "VerificationReport",
    "useMigration",
    "useMigrationAwareQuery",
  ],
  main: ["SidecarProcess"],
  preload: ["exposeSidecar"],
};

describe("the public API", () => {
  it("is what the subpaths export", () => {
    expect(Object.keys(client).sort()).toEqual([...api.client].sort());
    expect(Object.keys(react).sort()).toEqual(api.react);
    expect(Object.keys(migration).sort()).toEqual(api.migration);
    expect(Object.keys(migrationReact).sort()).toEqual(api.migrationReact);
    expect(Object.keys(main)).toEqual(api.main);
    expect(Object.keys(preload)).toEqual(api.preload);
  });

  it("has one entry of package.json per subpath", () => {
    const text = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
    const { exports, dependencies }: { exports: object; dependencies?: object } = JSON.parse(text);
    expect(Object.keys(exports)).toEqual([
      ".",
      "./react",
      "./migration",
      "./migration/react",
      "./rxdb",
      "./rxdb/react",
      "./rxdb/rxdb-hooks",
      "./main",
      "./preload",
      "./package.json",
    ]);
    expect(dependencies).toBeUndefined();
  });

  it("has an event and a table for each of the schema", () => {
    expect(Object.keys(client.tables)).toContain("personas");
    expect(client.events.personaActivated({ id: "p" })).toEqual({
      name: "v1.PersonaActivated",
      args: { id: "p" },
    });
  });

  it("has a default and an event for each client document", () => {
    const { uiState } = client.clientDocuments;
    expect(uiState.default).toEqual({ selectedPersonaId: null, searchText: "" });
    expect(uiState.event).toBe(client.events.uiStateSet({ id: "s", value: {} }).name);
    expectTypeOf(uiState.default).toEqualTypeOf<client.Documents["uiState"]["value"]>();
    expectTypeOf(client.events.uiStateSet)
      .parameter(0)
      .toEqualTypeOf<{ id: string; value: Partial<client.UiState>; partial?: boolean }>();
  });
});
