/** The old app's page: the driver calls these through `page.evaluate`. */

import { type OldDatabase, openOldDatabase } from "./database.ts";
import { makeSample, type Sample } from "./sample.ts";
import { type Seeded, seed } from "./seed.ts";
import { look, type Sight } from "./sight.ts";

export interface OldApp {
  /** Make up the sample and write it; answers with what RxDB should now hold. */
  seed(seedNumber: number): Promise<Seeded & Pick<Sample, "awkward" | "quarantine">>;
  look(): Promise<Sight[]>;
  /** RxDB's `db.exportJSON()`, as text. */
  exportJson(): Promise<string>;
}

declare global {
  interface Window {
    oldApp: OldApp;
  }
}

let opened: Promise<OldDatabase> | undefined;

function database(): Promise<OldDatabase> {
  opened ??= openOldDatabase();
  return opened;
}

window.oldApp = {
  async seed(seedNumber) {
    const { awkward, quarantine, ...sample } = makeSample(seedNumber);
    const seeded = await seed(await database(), { ...sample, awkward, quarantine });
    return { ...seeded, awkward, quarantine };
  },
  async look() {
    return look(await database());
  },
  async exportJson() {
    return JSON.stringify(await (await database()).exportJSON());
  },
};
