/** docs/electron.md tells of every option, state and failure, and what it shows compiles and works. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { findCommand } from "../../src/main/command.ts";
import { transitions } from "../../src/main/states.ts";
import { faults } from "../support/compile.ts";
import { temporary } from "../support/sidecar.ts";
import { repository } from "./support.ts";

const guide = readFileSync(join(repository, "docs/electron.md"), "utf8");
const at = (name: string): string => join(import.meta.dirname, name);
const source = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../src/main", name), "utf8");

function blocks(language: string): string[] {
  const found = guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"));
  return [...found].map(([, code = ""]) => code);
}

it("the guide to Electron names every option, state and failure", () => {
  const options = [...source("options.ts").matchAll(/^ {2}readonly (\w+)\?/gm)].map(
    ([, name]) => name,
  );
  const codes = ["status.ts", "plan.ts", "launch.ts", "process.ts"].flatMap(
    (name) => source(name).match(/\bE_[A-Z_]+\b/g) ?? [],
  );
  expect(options.length).toBeGreaterThan(8);
  expect(codes.length).toBeGreaterThan(8);
  const rows = new Set([...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name));
  const names = [...options, ...codes, ...Object.keys(transitions)];
  expect(names.filter((name) => !rows.has(name))).toEqual([]);
});

it("the guide to Electron shows code that compiles with Electron's own types", () => {
  const shown = [...blocks("ts"), ...blocks("tsx")];
  const [main = ""] = shown;
  expect(shown.length).toBeGreaterThan(6);
  const wrong = `import { app, ipcRenderer } from "electron";
import { SidecarProcess } from "@pjais/electron-bridge/main";
// @ts-expect-error The renderer's object is not the main process's.
new SidecarProcess({ app, ipcMain: ipcRenderer });
// @ts-expect-error There is no app without one.
new SidecarProcess({ app });
`;
  const files = new Map(shown.map((code, place) => [at(`guide-${place}.tsx`), code]));
  files.set(at("main.ts"), main).set(at("wrong.ts"), wrong);
  expect(faults(files)).toEqual([]);
}, 90_000);

it("the guide's configurations put the bundle where it is looked for", async () => {
  const modules = await Promise.all(
    blocks("js").map((code) => import(`data:text/javascript,${encodeURIComponent(code)}`)),
  );
  const [builder, forge] = modules.map((module): unknown => module.default);
  expect(builder).toMatchObject({
    extraResources: [{ from: "build/dist/sidecar", to: "sidecar" }],
  });
  expect(forge).toMatchObject({ packagerConfig: { extraResource: ["build/dist/sidecar"] } });
  // Where both put it: under its name in the app's resources.
  const resourcesPath = temporary();
  const folder = join(resourcesPath, basename("build/dist/sidecar"));
  const file = join(folder, process.platform === "win32" ? "sidecar.exe" : "sidecar");
  mkdirSync(folder);
  writeFileSync(file, "");
  const places = { isPackaged: true, appPath: "/app", environment: {}, resourcesPath };
  expect(findCommand(places)).toEqual({ file, args: [] });
});
