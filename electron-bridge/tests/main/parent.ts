/**
 * An app whose end is tried: it starts the sidecar of its first argument's folder, says so on stdout, and
 * does nothing else.
 */

import type { SidecarOptions } from "../../src/main/index.ts";
import { SidecarProcess } from "../../src/main/process.ts";
import { StandIn } from "./electron.ts";

const [root = "", options = "{}"] = process.argv.slice(2);
const given: Partial<SidecarOptions> = JSON.parse(options);
const { app, ipcMain } = new StandIn(root);
const sidecar = new SidecarProcess({ app, ipcMain, ...given }).start();
sidecar.status.subscribe(() => {
  const { state } = sidecar.status.getSnapshot();
  if (state !== "running") process.stdout.write(`${state}\n`);
});
process.stdout.write("starting\n");
const { pid, url, token } = await sidecar.ready();
process.stdout.write(`${JSON.stringify({ pid, url, token })}\n`);
