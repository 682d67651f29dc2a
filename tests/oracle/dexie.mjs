// Answers a case a line, as answers.mjs says, by RxDB over Dexie on Chromium's IndexedDB.
// usage: node dexie.mjs MODULES   (MODULES: electron-bridge, with its packages installed)
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

const [bridge] = process.argv.slice(2);
const require = createRequire(join(bridge, "package.json"));
const { build, runnerImport } = await import(pathToFileURL(require.resolve("vite")).href);

async function bundled(entry) {
  const modules = {
    name: "modules",
    enforce: "pre",
    resolveId(source, importer) {
      if (importer !== entry || source.startsWith(".")) return null;
      return this.resolve(source, join(bridge, "package.json"), { skipSelf: true });
    },
  };
  const { output } = await build({
    root: bridge,
    configFile: false,
    logLevel: "warn",
    plugins: [modules],
    build: {
      write: false,
      target: "es2023",
      chunkSizeWarningLimit: 1000,
      rolldownOptions: { input: entry, output: { format: "iife" } },
    },
  });
  return output[0].code;
}

// The end of the input ends it, so that the browser goes first and its profile with it.
process.on("SIGINT", () => {});

const script = await bundled(fileURLToPath(new URL("page.mjs", import.meta.url)));
const demo = join(bridge, "example", "demo", "chromium.ts");
const { module } = await runnerImport(demo, { configFile: false, logLevel: "warn" });
const browser = await module.startChromium(module.findChromium(process.env.CHROMIUM_PATH), true);
try {
  const page = await browser.context.newPage();
  // A page of an origin: only such have IndexedDB.
  await page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "" }));
  await page.goto("http://localhost/");
  await page.addScriptTag({ content: script });
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${await page.evaluate((text) => window.answers(text), line)}\n`);
  }
} finally {
  await browser.close();
}
process.exit(0);
