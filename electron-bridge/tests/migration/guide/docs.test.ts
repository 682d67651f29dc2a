/** docs/migrating.md names all there is; what it shows compiles, and its commands run. */

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { RxDBExporter } from "../../../src/migration/guide/index.ts";
import * as migration from "../../../src/migration/index.ts";
import * as react from "../../../src/migration/react/index.ts";
import { faults } from "../../support/compile.ts";
import { oldDatabase, oldMemory, oldPersona } from "../../support/rxdb.ts";
import { connectTo, python, startSidecar, temporary } from "../../support/sidecar.ts";

const root = join(import.meta.dirname, "../../../..");
const guide = readFileSync(join(root, "docs/migrating.md"), "utf8");

function blocks(...languages: readonly string[]): string[] {
  return [...guide.matchAll(/^```(\w+)\n(.*?)^```/gms)].flatMap(([, language = "", code = ""]) =>
    languages.includes(language) ? [code] : [],
  );
}

/** The commands of a block. */
function commandsOf(block = ""): string[] {
  return block.split("\n").flatMap((line) => (line.startsWith("$ ") ? line.slice(2) : []));
}

/** Run a command in a directory; a failure rejects with what it printed. */
async function runIn(directory: string, dataDir: string, command: string): Promise<string> {
  const [program, ...words] = command.split(" ");
  expect(program).toBe("sidecar");
  const { stdout } = await promisify(execFile)(python(), ["-m", "sidecar", ...words], {
    cwd: directory,
    env: { ...process.env, PYTHONPATH: root, SIDECAR_DATA_DIR: dataDir },
  });
  return stdout;
}

it("the guide to migrating names every export", () => {
  const names = [...Object.keys(migration), ...Object.keys(react)];
  expect(names.filter((name) => !guide.includes(`\`${name}`))).toEqual([]);
});

it("the guide to migrating names every state and command", async () => {
  const { stdout } = await promisify(execFile)(python(), ["-m", "sidecar", "migrate", "--help"], {
    env: { ...process.env, PYTHONPATH: root },
  });
  const commands = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, name = ""]) => name);
  expect(commands).toContain("cutover");
  const told = guide.slice(guide.indexOf("## On the command line"));
  expect(commands.filter((name) => !new RegExp(`\\b${name}\\b`).test(told))).toEqual([]);
});

it("the guide to migrating shows code that compiles", () => {
  const shown = blocks("ts", "tsx");
  expect(shown.length).toBeGreaterThan(8);
  const files = [globals, ...shown.map((code) => `${code}\nexport {};\n`)].map(
    (code, place): [string, string] => [join(import.meta.dirname, `guide-${place}.tsx`), code],
  );
  expect(faults(new Map(files))).toEqual([]);
}, 90_000);

/** What an app has that the guide does not show again in each block. */
const globals = `import type { RxCollection, RxDatabase, RxJsonSchema } from "rxdb";
import type { SidecarClient } from "@pjais/electron-bridge";
import type { DatabaseMigrationService, RxDatabaseMigration } from "@pjais/electron-bridge/migration";
declare global {
  interface Window {
    readonly sidecar: { readonly endpoint: () => Promise<{ url: string; token: string }> };
  }
  var personaSchema: RxJsonSchema<{ id: string; name: string }>;
  var memorySchema: RxJsonSchema<{ id: string }>;
  var rxdb: RxDatabase<{
    personas: RxCollection<{ id: string; name: string }>;
    notes: RxCollection<{ id: string; text: string }>;
  }>;
  var signal: AbortSignal;
  var client: SidecarClient;
  var dbMigrationService: DatabaseMigrationService<typeof rxdb>;
  var migration: RxDatabaseMigration;
}
`;

it("the guide's commands run on a file", async () => {
  const database = await oldDatabase();
  await database.personas.insert(oldPersona("Ada"));
  const directory = temporary();
  const data = await new RxDBExporter(database).exportAllData();
  writeFileSync(join(directory, "rxdb-export.json"), JSON.stringify(data));
  const [, onFile] = blocks("console");
  const printed: string[] = [];
  for (const command of commandsOf(onFile)) {
    printed.push(await runIn(directory, join(directory, "data"), command));
  }
  expect(printed.map((text) => text.split("\n")[0])).toEqual([
    expect.stringContaining("Dry run"),
    expect.stringContaining("Migrated 1 of 1"),
    expect.stringContaining("passed"),
  ]);
}, 90_000);

it("the guide's commands run on a running app's move", async () => {
  const { endpoint, dataDir } = await startSidecar();
  const client = connectTo(endpoint);
  const database = await oldDatabase();
  await database.personas.insert(oldPersona("Ada"));
  const orphan = oldMemory("orphan", "persona-gone");
  await database.memoryEntities.insert(orphan);
  const driver = await migration.RxDatabaseMigration.open(client, database);
  onTestFinished(() => driver.close());
  await driver.run();
  const directory = temporary();
  writeFileSync(
    join(directory, "corrected.json"),
    JSON.stringify({ ...orphan, personaId: "persona-Ada" }),
  );
  const [kept] = await client.query({ sql: "SELECT seq FROM _quarantine" });
  const [onMove] = blocks("console");
  const printed: string[] = [];
  for (const command of commandsOf(onMove)) {
    printed.push(await runIn(directory, dataDir, command.replace(" 7", ` ${kept?.seq}`)));
  }
  expect(printed).toEqual([
    expect.stringMatching(/^dual: /),
    expect.stringContaining("Migrated 1 of 2"),
    expect.stringContaining("persona-gone"),
    expect.stringContaining('"memory-orphan"'),
    expect.stringContaining("memory-orphan"),
    expect.stringMatching(/^switched: /),
    expect.stringMatching(/^rolled-back: /),
  ]);
}, 90_000);
