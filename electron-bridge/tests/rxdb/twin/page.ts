/** The page that RxDB runs in on Dexie: the test calls its `saw`. */

import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import { behaviours, observe } from "./behaviour.ts";
import "./cases/index.ts";
import { rxdbPeer } from "./peers/rxdb.ts";
import type { Plain } from "./plain.ts";

declare global {
  interface Window {
    saw(at: number): Promise<Plain>;
  }
}

const peer = rxdbPeer(getRxStorageDexie({ chromeTransactionDurability: "relaxed" }));

window.saw = async (at) => {
  const told = behaviours[at];
  if (told === undefined) throw new Error(`There is no behaviour ${at}.`);
  return await observe(told, peer);
};
