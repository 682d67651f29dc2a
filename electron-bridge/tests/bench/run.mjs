// @ts-check
/** Run the driver, which Node 20 cannot run as it stands: a plan on stdin, results on stdout. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

// Vite's runner would make it "development", and the page would get development builds.
process.env.NODE_ENV = "production";

const drive = fileURLToPath(new URL("./drive.ts", import.meta.url));
const { module } = await runnerImport(drive, { configFile: false, logLevel: "warn" });
await module.run(process.stdin, process.env);
