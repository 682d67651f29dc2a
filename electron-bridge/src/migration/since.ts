/**
 * What a storage was given since a checkpoint, as RxDB's `getChangedDocumentsSince` has it.
 *
 * One bulk write gives all its documents the same time, and RxDB's query then walks those before the
 * checkpoint again for each page: the cost is the square of what an import left. Two queries of which
 * the index answers the whole condition walk each document once. What is written between them is in
 * the second, or behind it.
 */

import {
  getChangedDocumentsSince,
  type MangoQuerySelector,
  normalizeMangoQuery,
  prepareQuery,
  type RxDocumentData,
} from "rxdb";
import { isObject } from "../client/json.ts";
import { type DocumentStorage, type Stored, textOf } from "./sources.ts";

/** The checkpoint of a storage that has none of its own. */
export interface Checkpoint {
  readonly id: string;
  readonly lwt: number;
}

/** Some documents, the oldest first, and the checkpoint behind them. */
export interface Page {
  readonly documents: readonly RxDocumentData<Stored>[];
  readonly checkpoint: unknown;
}

/** Return the next documents behind a checkpoint, so many at most; less are the last ones. */
export async function changedSince(
  storage: DocumentStorage,
  primaryKey: string,
  limit: number,
  checkpoint: unknown,
): Promise<Page> {
  if (storage.getChangedDocumentsSince !== undefined || !isCheckpoint(checkpoint)) {
    return getChangedDocumentsSince(storage, limit, checkpoint);
  }
  const { id, lwt } = checkpoint;
  const find = async (selector: MangoQuerySelector<RxDocumentData<Stored>>, most: number) => {
    const query = normalizeMangoQuery(storage.schema, {
      selector,
      sort: [{ "_meta.lwt": "asc" }, { [primaryKey]: "asc" }],
      skip: 0,
      limit: most,
    });
    return (await storage.query(prepareQuery(storage.schema, query))).documents;
  };
  const same = await find({ "_meta.lwt": { $eq: lwt }, [primaryKey]: { $gt: id } }, limit);
  const left = limit - same.length;
  const documents =
    left > 0 ? [...same, ...(await find({ "_meta.lwt": { $gt: lwt } }, left))] : same;
  const last = documents.at(-1);
  return {
    documents,
    checkpoint: last && { id: textOf(last[primaryKey]), lwt: last._meta.lwt },
  };
}

/** Whether a checkpoint is an `id` and `lwt`, as RxDB makes them. */
export function isCheckpoint(value: unknown): value is Checkpoint {
  return isObject(value) && typeof value.id === "string" && typeof value.lwt === "number";
}
