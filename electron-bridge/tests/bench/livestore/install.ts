import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const FOLDER = import.meta.dirname;

/**
 * Install LiveStore beside its page unless it is there: it is large, and nothing but this benchmark needs it.
 *
 * @returns Whether it is there now; npm's progress and errors are on stderr.
 */
export function installLiveStore(): boolean {
  // npm writes it when all the rest is there; the hooks are what an older folder lacks.
  const there = ["node_modules/.package-lock.json", "node_modules/@livestore/react"];
  if (there.every((path) => existsSync(`${FOLDER}/${path}`))) return true;
  process.stderr.write("  LiveStore is installed for this benchmark; that takes about a minute.\n");
  const { status } = spawnSync("npm install --loglevel=error", {
    cwd: FOLDER,
    shell: true,
    stdio: ["ignore", 2, 2],
  });
  return status === 0;
}
