import { readFile } from "node:fs/promises";
import { connect } from "@pjais/electron-bridge";
import { WebSocket } from "ws";
import type { Served } from "../processes.ts";

/** Return the most memory a server had at once since its start, in MiB. */
export async function peakOf({ pid, endpoint }: Served): Promise<number> {
  const told = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(told)?.[1];
  if (kibibytes !== undefined) return Number(kibibytes) / 1024;
  const client = connect(endpoint, { webSocket: WebSocket });
  try {
    // Where there is no /proc, this is the peak.
    const { rss } = await client.server.stats();
    if (rss === null) throw new Error("The system does not tell how much memory is used.");
    return rss / 2 ** 20;
  } finally {
    client.close();
  }
}
