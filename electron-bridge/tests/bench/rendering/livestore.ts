import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("livestore", import.meta.url));

/**
 * Install LiveStore beside its page unless it is there: it is large, and nothing but this benchmark needs it.
 *
 * @returns Whether it is there now; npm's progress and errors are on stderr.
 */
export function installLiveStore(): boolean {
  // npm writes it when all the rest is there.
  if (existsSync(`${FOLDER}/node_modules/.package-lock.json`)) return true;
  process.stderr.write("  LiveStore is installed for this benchmark; that takes about a minute.\n");
  const { status } = spawnSync("npm install --loglevel=error", {
    cwd: FOLDER,
    shell: true,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.stderr.write("  LiveStore could not be installed: without it.\n");
  return status === 0;
}
