import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { SidecarError } from "../client/errors.ts";
import { type Executable, findCommand, plainEnvironment } from "./command.ts";
import type { LaunchOptions } from "./launch.ts";
import type { SidecarOptions } from "./options.ts";
import { originsOf } from "./pages.ts";

/** Return the file of the sidecar's log. */
export function logFileOf({ app, logDir }: SidecarOptions): string {
  return resolve(logDir ?? app.getPath("logs"), "sidecar.log");
}

/**
 * Return what one start of the sidecar takes, with a token of its own.
 *
 * @throws SidecarError `E_SPAWN`, `E_STORAGE`, `E_KEY`.
 */
export async function planLaunch(options: SidecarOptions): Promise<Omit<LaunchOptions, "onReady">> {
  const { app, env = {}, schema, pages = [], startTimeout = 30_000 } = options;
  const { file, args } = executableOf(options);
  const dataDir = resolve(options.dataDir ?? join(app.getPath("userData"), "sidecar"));
  const logFile = logFileOf(options);
  makeFolder(dataDir);
  const key = options.key && (await keyOf(options.key));
  return {
    file,
    args: [
      ...args,
      "serve",
      ...["--data-dir", dataDir],
      ...["--log-dir", resolve(logFile, "..")],
      ...["--parent-pid", String(process.pid)],
      ...(schema === undefined ? [] : ["--schema", schemaPath(schema, app.getAppPath())]),
      ...originsOf(pages).flatMap((origin) => ["--allow-origin", origin]),
      "--token-stdin",
      ...(key === undefined ? [] : ["--key-stdin"]),
    ],
    cwd: dataDir,
    env: { ...plainEnvironment(process.env), ...env },
    secrets: [randomBytes(32).toString("base64url"), ...(key === undefined ? [] : [key])],
    startTimeout,
    logFile,
  };
}

function executableOf({ app, command, development }: SidecarOptions): Executable {
  const resourcesPath: unknown = Reflect.get(process, "resourcesPath");
  try {
    return findCommand({
      command,
      development,
      isPackaged: app.isPackaged,
      appPath: app.getAppPath(),
      resourcesPath: typeof resourcesPath === "string" ? resourcesPath : undefined,
      environment: process.env,
    });
  } catch (cause) {
    throw failed("E_SPAWN", cause, {
      hint: "Put the bundle into the app's extraResources, or name another in `development`.",
    });
  }
}

/** It is the sidecar's working directory, so it has to be there. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw failed("E_STORAGE", cause, {
      hint: "Check free space and permissions of the data directory, then try again.",
    });
  }
}

async function keyOf(find: NonNullable<SidecarOptions["key"]>): Promise<string> {
  const hint = "Nothing was opened. Try again once the key is there.";
  let key: string;
  try {
    key = await find();
  } catch (cause) {
    throw failed("E_KEY", cause, { hint });
  }
  if (/^[^\r\n]+$/.test(key)) return key;
  throw new SidecarError("E_KEY", "The key is not one line of text", { hint });
}

/** The sidecar's working directory is its data's. */
function schemaPath(schema: string, appPath: string): string {
  return schema.endsWith(".py") ? resolve(appPath, schema) : schema;
}

function failed(code: string, cause: unknown, { hint }: { readonly hint: string }): SidecarError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SidecarError(code, message, { hint, cause });
}
