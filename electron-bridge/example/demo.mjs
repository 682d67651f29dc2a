// @ts-check
/** `npm run demo [-- --open]`: run demo/main.ts, which Node 20 cannot run as it stands. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

// Vite's runner would make it "development", and the pages would get React's slow development build.
process.env.NODE_ENV = "production";

const main = fileURLToPath(new URL("./demo/main.ts", import.meta.url));
const { module } = await runnerImport(main, { configFile: false, logLevel: "warn" });
process.exitCode = await module.run(process.argv.slice(2), process.env);
