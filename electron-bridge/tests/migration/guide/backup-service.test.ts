// @vitest-environment happy-dom

import { afterEach, describe, expect, it, vi } from "vitest";
import { MigrationBackupService } from "../../../src/migration/guide/backup-service.ts";
import { RxDBExporter } from "../../../src/migration/guide/exporter.ts";
import { oldDatabase, oldPersona } from "../../support/rxdb.ts";
import { startClient } from "../../support/sidecar.ts";
import { toDual } from "./moving.ts";

afterEach(() => {
  Reflect.deleteProperty(globalThis, "electronAPI");
  vi.restoreAllMocks();
});

async function startService() {
  const database = await oldDatabase();
  await database.personas.insert(oldPersona("Ada"));
  const getLiveStore = () => {
    throw new Error("Files need no sidecar");
  };
  return {
    database,
    service: new MigrationBackupService({ getRxDB: () => database, getLiveStore }),
  };
}

/** Files as a preload script of Electron exposes them. */
function exposeFiles(answer?: (name: string) => string): Map<string, string> {
  const files = new Map<string, string>();
  Reflect.set(globalThis, "electronAPI", {
    saveFile: async (name: string, text: string) => {
      const path = answer?.(name);
      files.set(path ?? name, text);
      return path;
    },
    readFile: async (path: string) => {
      const text = files.get(path);
      if (text === undefined) throw new Error("ENOENT");
      return text;
    },
  });
  return files;
}

describe("MigrationBackupService", () => {
  it("saves what RxDB holds through Electron, and verifies it by reading it again", async () => {
    const { database, service } = await startService();
    const files = exposeFiles((name) => `/home/ada/${name}`);
    const path = await service.createBackup();
    expect(path).toMatch(/^\/home\/ada\/rxdb-backup-\d{4}-\d\d-\d\d\.json$/);
    const saved = JSON.parse(files.get(path) ?? "");
    expect(saved.personas).toMatchObject([{ id: "persona-Ada" }]);
    expect((await new RxDBExporter(database).validateExport(saved)).isValid).toBe(true);
    expect(await service.verifyBackup(path)).toBe(true);
  });

  it("returns the file's name where saveFile returns no path", async () => {
    const { service } = await startService();
    const files = exposeFiles();
    expect(await service.createBackup()).toBe([...files.keys()][0]);
  });

  it.each<[string, (text: string) => string]>([
    ["was edited", (text) => text.replace("calm", "wild")],
    ["ends early", (text) => text.slice(0, -20)],
    ["is of another version", (text) => text.replace('"version": "1.0"', '"version": "2.0"')],
    ["is something else", () => '{"personas": 7}'],
    ["lost a document", (text) => JSON.stringify({ ...JSON.parse(text), personas: [] })],
  ])("does not verify a backup that %s", async (_, change) => {
    const { service } = await startService();
    const files = exposeFiles();
    const path = await service.createBackup();
    files.set(path, change(files.get(path) ?? ""));
    expect(await service.verifyBackup(path)).toBe(false);
  });

  it("does not verify a file that is not there", async () => {
    const { service } = await startService();
    exposeFiles();
    expect(await service.verifyBackup("gone.json")).toBe(false);
  });

  it("is a download in a browser, and verifies the file the user chooses", async () => {
    const { service } = await startService();
    const blobs: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      if (blob instanceof Blob) blobs.push(blob);
      return "blob:backup";
    });
    const clicked = vi.fn<(link: HTMLAnchorElement) => void>();
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      clicked(this);
    });
    const name = await service.createBackup();
    expect(name).toMatch(/^rxdb-backup-/);
    expect(clicked.mock.calls[0]?.[0]).toMatchObject({ download: name, href: "blob:backup" });
    const [blob = new Blob()] = blobs;
    expect(await service.verifyBackup(blob)).toBe(true);
    expect(await service.verifyBackup(new Blob([(await blob.text()).replace("Ada", "Eve")]))).toBe(
      false,
    );
  });

  it("verifies a backup of the sidecar's by its name or its path", async () => {
    const { client } = await startClient();
    const { database } = await startService();
    const service = new MigrationBackupService({
      getRxDB: () => database,
      getLiveStore: () => client,
    });
    await toDual(client, database);
    const { backup } = await client.request("migrate.status", {});
    expect(backup?.path).toContain(`rxdb-backup-`);
    expect(await service.verifyBackup(backup?.path ?? "")).toBe(true);
    expect(await service.verifyBackup("rxdb-backup-1999-01-01.json")).toBe(false);
    expect(await service.verifyBackup("../store.db")).toBe(false);
  });
});
