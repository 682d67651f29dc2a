import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * List the processes whose command line names `path`, as "pid command".
 *
 * Returns null where command lines cannot be read (Windows): nothing is known then.
 */
export function processesNaming(path: string): string[] | null {
  if (process.platform === "linux") return readProc(path);
  if (process.platform === "win32") return null;
  const listing = execFileSync("ps", ["-axo", "pid=,args="], { encoding: "utf8" });
  return listing.split("\n").filter((line) => line.includes(path));
}

function readProc(path: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return command.includes(path) ? [`${pid} ${command}`] : [];
    } catch {
      // It ended while we were reading.
      return [];
    }
  });
}
