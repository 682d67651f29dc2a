/** All that writes documents: loaded by the first write, or a moment after the first collection is there. */

export { IncrementalQueue } from "./incremental.ts";
export { insertAll, only, upsertAll, upsertIncrementally } from "./inserting.ts";
export { removeAll, save } from "./saving.ts";
export { failureOf } from "./writes.ts";
