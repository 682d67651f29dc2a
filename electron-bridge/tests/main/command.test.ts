import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findCommand, plainEnvironment } from "../../src/main/command.ts";
import { temporary } from "../support/sidecar.ts";

const name = process.platform === "win32" ? "sidecar.exe" : "sidecar";

/** A folder with bundles in some places below it, and what looks for them. */
function places(...bundles: string[]) {
  const root = temporary();
  const at = (path: string): string => join(root, path);
  for (const bundle of bundles) {
    mkdirSync(at(bundle), { recursive: true });
    writeFileSync(at(join(bundle, name)), "");
  }
  const found = (given: Partial<Parameters<typeof findCommand>[0]>) =>
    findCommand({
      isPackaged: false,
      appPath: at("app"),
      resourcesPath: at("resources"),
      environment: {},
      ...given,
    });
  return { at, found };
}

describe("the sidecar that is run", () => {
  it("is the one in the app's resources", () => {
    const { at, found } = places("resources/sidecar");
    const expected = { file: at(`resources/sidecar/${name}`), args: [] };
    expect(found({ isPackaged: true })).toEqual(expected);
    expect(found({})).toEqual(expected);
  });

  it("is another in development alone", () => {
    const { at, found } = places("resources/sidecar", "app/build/ä b/sidecar", "elsewhere");
    const development = "build/ä b/sidecar";
    const environment = { SIDECAR_BUNDLE: at("elsewhere") };
    expect(found({ development }).file).toBe(at(`app/build/ä b/sidecar/${name}`));
    expect(found({ development, environment }).file).toBe(at(`elsewhere/${name}`));
    expect(found({ development, environment: { SIDECAR_BUNDLE: "" } }).file).toContain("ä b");
    expect(found({ development, environment, isPackaged: true }).file).toBe(
      at(`resources/sidecar/${name}`),
    );
  });

  it("is the one the app names, a folder, a file or a command", () => {
    const { at, found } = places("mine", "resources/sidecar");
    const file = at(`mine/${name}`);
    const environment = { SIDECAR_BUNDLE: at("elsewhere") };
    expect(found({ command: at("mine"), environment }).file).toBe(file);
    expect(found({ command: file }).file).toBe(file);
    expect(found({ command: ["python3", "-m", "sidecar"] })).toEqual({
      file: "python3",
      args: ["-m", "sidecar"],
    });
    expect(found({ command: ["bin/python", "-m", "sidecar"] }).file).toBe(at("app/bin/python"));
  });

  it("is told of by its path where it isn't there", () => {
    const { at, found } = places("mine");
    expect(() => found({ isPackaged: true })).toThrow(at("resources/sidecar"));
    expect(() => found({ development: "nowhere" })).toThrow(at("app/nowhere"));
    mkdirSync(at("empty"));
    expect(() => found({ command: at("empty") })).toThrow(at(`empty/${name}`));
    expect(() => found({ resourcesPath: undefined })).toThrow("no place was given");
  });

  it("gets what any program needs of the environment, and nothing of Electron's", () => {
    const kept = { HOME: "/home/a", Path: "/bin", LC_ALL: "C", SystemRoot: "C:\\Windows" };
    const dropped = {
      ELECTRON_RUN_AS_NODE: "1",
      NODE_OPTIONS: "--inspect",
      LD_LIBRARY_PATH: "/tmp/.mount_app/usr/lib",
      PYTHONHOME: "/nowhere",
      API_SECRET: "x",
    };
    expect(plainEnvironment({ ...kept, ...dropped })).toEqual(kept);
  });
});
