import { execFile } from "node:child_process";
import { join } from "node:path";

/**
 * Signal a process and all it started. Windows knows no signal but the end.
 *
 * On POSIX the process leads a group; on Windows `taskkill` walks the tree. What is gone already is no
 * error.
 */
export function signalTree(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  if (process.platform === "win32") {
    const taskkill = join(process.env.SYSTEMROOT ?? "C:\\Windows", "System32", "taskkill.exe");
    execFile(taskkill, ["/pid", String(pid), "/T", "/F"], { windowsHide: true }, () => {});
  } else {
    signalGroup(pid, signal);
  }
}

/** Kill what a process that has just ended leaves behind. Windows doesn't know it any more. */
export function killGroup(pid: number): void {
  if (process.platform !== "win32") signalGroup(pid, "SIGKILL");
}

function signalGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
