// The page: RxDB on Dexie. `dexie.mjs` calls its `answers`.
import * as rxdb from "rxdb";
import * as dexie from "rxdb/plugins/storage-dexie";
import { answersOf } from "./answers.mjs";
import { explainerOf } from "./explain.mjs";

const storage = dexie.getRxStorageDexie({ chromeTransactionDurability: "relaxed" });
const answers = answersOf(rxdb, storage, explainerOf(rxdb, dexie));

window.answers = async (text) => {
  const answered = await answers(text);
  // A removed collection leaves its database behind, empty.
  for (const { name } of await indexedDB.databases()) {
    if (name.includes("--case")) indexedDB.deleteDatabase(name);
  }
  return answered;
};
