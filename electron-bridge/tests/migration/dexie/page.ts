/** What the test calls in a page. */

import type { Endpoint } from "../../../src/client/index.ts";
import { App, type Opening } from "./app.ts";
import { manyDocuments, profiles } from "./profiles.ts";
import { type Outcome, tryProfile } from "./trial.ts";
import type { Write } from "./writes.ts";

declare global {
  interface Window {
    /** Of the test, see `Host`. */
    endpoint(): Promise<Endpoint>;
    noted(write: Write): Promise<void>;
    /** Move a profile all the way and back; a number makes one of so many documents. */
    tryProfile(profile: string | number): Promise<Outcome>;
    openApp(opening: Opening): Promise<void>;
    app: App;
  }
}

window.tryProfile = (which) => {
  const profile = typeof which === "number" ? manyDocuments(which) : profiles[which];
  if (profile === undefined) throw new Error(`There is no profile ${which}.`);
  return tryProfile(`old ${which}`, profile);
};

window.openApp = async (opening) => {
  window.app = await App.open(opening);
};
