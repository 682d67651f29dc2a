// @ts-check
/** LiveStore's adapter for Node, in a process of its own: calls come as messages, and so do answers. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module } = await runnerImport(fileURLToPath(new URL("./node.ts", import.meta.url)), {
  configFile: false,
  logLevel: "warn",
});
const items = module.nodeItems(process.argv[2]);

process.on("message", async ({ method, given }) => {
  try {
    process.send?.({ result: await items[method](...given) });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.send?.({ result: "ready" });
