/** What is run: the bundled sidecar, or another one in development. */

import { statSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * A sidecar: the folder of a bundle, its executable, or a command and its arguments, as
 * `[".venv/bin/python", "-m", "sidecar"]`. Relative paths begin at the app's.
 */
export type Command = string | readonly [string, ...string[]];

/** Where a sidecar may be. */
export interface Places {
  /** Run in any case. */
  readonly command?: Command | undefined;
  /** Run while the app is not packaged. */
  readonly development?: Command | undefined;
  readonly isPackaged: boolean;
  /** Where relative paths begin. */
  readonly appPath: string;
  /** Electron's `process.resourcesPath`: `extraResources` are below it. */
  readonly resourcesPath: string | undefined;
  /** `SIDECAR_BUNDLE` names a bundle while the app is not packaged. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What `spawn` takes. */
export interface Executable {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * Return what to run.
 *
 * In this order: `command`; in development `SIDECAR_BUNDLE`, then `development`; the folder `sidecar`
 * of the app's resources.
 *
 * @throws Error There is nothing at that place.
 */
export function findCommand(places: Places): Executable {
  const { command, development, isPackaged, appPath, resourcesPath, environment } = places;
  const found =
    command ??
    (isPackaged ? undefined : environment.SIDECAR_BUNDLE || development) ??
    (resourcesPath === undefined ? undefined : join(resourcesPath, "sidecar"));
  if (found === undefined) throw new Error("There is no sidecar: no place was given");
  if (typeof found === "string") return { file: executable(resolve(appPath, found)), args: [] };
  const [file, ...args] = found;
  // A bare name is looked up in PATH.
  return { file: /[\\/]/.test(file) ? resolve(appPath, file) : file, args };
}

function executable(path: string): string {
  const name = process.platform === "win32" ? "sidecar.exe" : "sidecar";
  const folder = statSync(path, { throwIfNoEntry: false });
  const file = folder?.isDirectory() ? join(path, name) : path;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new Error(`There is no sidecar at ${file}`);
  }
  return file;
}

const KEPT_VARIABLES =
  /^(HOME|PATH|TZ|LANG|LANGUAGE|LC_\w+|TMPDIR|TEMP|TMP|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;

/**
 * Return what a sidecar needs of the app's environment.
 *
 * Not `LD_LIBRARY_PATH`, which an AppImage sets for Electron's libraries, nor Node's or Python's own.
 */
export function plainEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => KEPT_VARIABLES.test(name)),
  );
}
