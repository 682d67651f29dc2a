/** The old app's page: the driver calls these through `page.evaluate`. */

import {
  connect,
  type Endpoint,
  type MigrationProgress,
  type Result,
} from "@pjais/electron-bridge";
import { migrateRxDatabase } from "@pjais/electron-bridge/migration";
import { type OldDatabase, openOldDatabase } from "./database.ts";
import { type ReadBack, readBack } from "./readback.ts";
import { makeSample, type Sample } from "./sample.ts";
import { type Seeded, seed } from "./seed.ts";
import { look, type Sight } from "./sight.ts";

export interface OldApp {
  /** Make up the sample and write it; answers with what RxDB should now hold. */
  seed(
    seedNumber: number,
    memories?: number,
  ): Promise<Seeded & Pick<Sample, "awkward" | "quarantine">>;
  look(): Promise<Sight[]>;
  /** Migrate the open database into a sidecar, and leave RxDB as it is. */
  migrate(endpoint: Endpoint): Promise<{ report: Result<"migrate">; phases: MigrationProgress[] }>;
  /** Read everything back from the sidecar and compare it with RxDB. */
  readBack(endpoint: Endpoint): Promise<ReadBack>;
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
  async seed(seedNumber, memories) {
    const { awkward, quarantine, ...sample } = makeSample(seedNumber, memories);
    const seeded = await seed(await database(), { ...sample, awkward, quarantine });
    return { ...seeded, awkward, quarantine };
  },
  async look() {
    return look(await database());
  },
  async migrate(endpoint) {
    const client = connect(endpoint);
    const phases = new Map<string, MigrationProgress>();
    try {
      const report = await migrateRxDatabase(client, await database(), {
        onProgress: (progress) => phases.set(progress.phase, progress),
      });
      return { report, phases: [...phases.values()] };
    } finally {
      client.close();
    }
  },
  async readBack(endpoint) {
    const client = connect(endpoint);
    try {
      return await readBack(client, await database());
    } finally {
      client.close();
    }
  },
  async exportJson() {
    return JSON.stringify(await (await database()).exportJSON());
  },
};

const button = document.querySelector("button");
button?.addEventListener("click", async () => {
  button.disabled = true;
  await window.oldApp.seed(Date.now());
  button.textContent = "Filled. A new window of PJAIS offers to move it.";
});
