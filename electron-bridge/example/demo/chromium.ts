import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

const CANDIDATES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Keep the browser off the network: it only ever needs the loopback interface. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];

export interface Browser {
  context: BrowserContext;
  version: string;
  /** Its profile's directory, which every process of it names. */
  profile: string;
  /** Resolves when its window was closed, by whomever. */
  closed: Promise<unknown>;
  close(): Promise<void>;
}

export function findChromium(given: string | undefined): string {
  const found = [given, ...CANDIDATES].find((path) => path && existsSync(path));
  if (found) return found;
  throw new Error(
    "No Chromium found. Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH.",
  );
}

/** Start Chromium with a new, empty profile that goes away with it. */
export async function startChromium(executablePath: string, headless: boolean): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "sidecar-demo-"));
  // Chromium's sandbox refuses to run as root, which is what CI machines often are.
  const isRoot = process.getuid?.() === 0;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless,
    args: isRoot ? [...QUIET, "--no-sandbox"] : QUIET,
    viewport: { width: 1360, height: 860 },
    // The driver ends the browser itself, in the order that lets pages say good-bye.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return {
    context,
    profile,
    version: context.browser()?.version() ?? "Chromium",
    closed: context.waitForEvent("close", { timeout: 0 }),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
