import { type SidecarClient, SidecarError } from "../../client/index.ts";
import { isObject } from "../../client/json.ts";
import { integrityOf, isMigrationData, type MigrationData } from "./data.ts";
import { RxDBExporter } from "./exporter.ts";
import type { Systems } from "./systems.ts";

/** What a preload script may expose as `window.electronAPI`. */
interface ElectronFiles {
  /** Save a file; returns its path, or nothing. */
  readonly saveFile?: (name: string, text: string) => unknown;
  /** Return a file's text. */
  readonly readFile?: (path: string) => unknown;
}

/** How long a browser may take to begin a download, in milliseconds. */
const DOWNLOAD = 60_000;

/**
 * Saves what RxDB holds as a file of the user's, beside the verified backup that every migration writes
 * on the sidecar's disk by itself.
 */
export class MigrationBackupService {
  readonly #systems: Pick<Systems, "getRxDB" | "getLiveStore">;

  constructor(systems: Pick<Systems, "getRxDB" | "getLiveStore">) {
    this.#systems = systems;
  }

  /**
   * Save an export as `rxdb-backup-YYYY-MM-DD.json`: with `window.electronAPI.saveFile(name, text)` where
   * the preload script exposes it, as a browser's download else.
   *
   * @param exported What to save, where it has been exported before.
   * @returns The path `saveFile` returned, or else the file's name.
   */
  async createBackup(exported?: MigrationData): Promise<string> {
    const data = exported ?? (await new RxDBExporter(this.#systems.getRxDB()).exportAllData());
    const text = JSON.stringify(data, null, 2);
    const name = `rxdb-backup-${new Date(data.exportedAt).toISOString().slice(0, 10)}.json`;
    const { saveFile } = electronFiles();
    if (saveFile === undefined) {
      download(name, text);
      return name;
    }
    const path = await saveFile(name, text);
    return typeof path === "string" && path !== "" ? path : name;
  }

  /**
   * Read a backup and tell whether it is whole: an export whose checksum is that of its documents, or a
   * backup of the sidecar's.
   *
   * @param backup A file the user chose; a path for `window.electronAPI.readFile(path)`, where the preload
   *   script exposes it; or else the name of a backup of the sidecar's.
   */
  async verifyBackup(backup: string | Blob): Promise<boolean> {
    const { readFile } = electronFiles();
    if (typeof backup === "string" && readFile === undefined) {
      return isVerified(this.#systems.getLiveStore(), backup);
    }
    const data = await read(() =>
      typeof backup === "string" ? readFile?.(backup) : backup.text(),
    );
    return isMigrationData(data) && (await integrityOf(data)) === data.metadata.integrityCheck;
  }
}

/** Return what a file holds; undefined where it can't be read, or is no JSON. */
async function read(text: () => unknown): Promise<unknown> {
  try {
    return JSON.parse(String(await text()));
  } catch {
    return undefined;
  }
}

async function isVerified(client: SidecarClient, path: string): Promise<boolean> {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  try {
    return (await client.request("backup.verify", { name })).valid;
  } catch (error) {
    if (SidecarError.is(error, "E_NOT_FOUND") || SidecarError.is(error, "E_VALIDATION"))
      return false;
    throw error;
  }
}

function electronFiles(): ElectronFiles {
  const api: unknown = Reflect.get(globalThis, "electronAPI");
  return isElectronFiles(api) ? api : {};
}

function isElectronFiles(api: unknown): api is ElectronFiles {
  return (
    isObject(api) &&
    [api.saveFile, api.readFile].every((one) => one === undefined || typeof one === "function")
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD);
}
