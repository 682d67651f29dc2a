import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Endpoint } from "../../../src/client/index.ts";
import { startSidecar } from "../../support/sidecar.ts";
import { type Browser, startBrowser } from "./browser.ts";
import { profiles } from "./profiles.ts";

let browser: Browser;
let page: Page;
let endpoint: Endpoint;

beforeAll(async () => {
  browser = await startBrowser({ endpoint: () => endpoint, noted: () => {} });
  page = await browser.page();
});

afterAll(() => browser.close());

async function outcomeOf(which: string | number) {
  const sidecar = await startSidecar();
  ({ endpoint } = sidecar);
  const outcome = await page.evaluate((one) => window.tryProfile(one), which);
  await sidecar.kill();
  return outcome;
}

describe("RxDB on Dexie in Chromium, moved while it is written to and brought back", () => {
  for (const [name, profile] of Object.entries(profiles)) {
    it(`loses and changes nothing of ${name}`, async () => {
      const outcome = await outcomeOf(name);
      expect(outcome.differences).toEqual([]);
      expect(outcome.verified).toEqual([true, true]);
      expect(outcome.quarantined).toEqual(profile.quarantined ?? []);
    });
  }

  const many = Number(process.env.DOCUMENTS ?? 0);
  it.runIf(many > 0)(
    `loses and changes nothing of ${many} documents`,
    { timeout: 600_000 },
    async () => {
      const { seconds, ...outcome } = await outcomeOf(many);
      process.stdout.write(`${JSON.stringify(seconds)}\n`);
      expect(outcome).toEqual({
        differences: [],
        verified: [true, true],
        quarantined: [],
        documents: many + 1,
      });
    },
  );
});
