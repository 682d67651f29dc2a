/** The functions an app gives to a collection and its documents: which names they may have. */

import type { Collection } from "./collection.ts";
import { RxDocumentBase } from "./document.ts";
import { newRxError, newRxTypeError } from "./error.ts";
import { LocalParent } from "./local-parent.ts";

/**
 * Give a collection its statics; refuse those, and methods, that would hide members of a collection, of
 * its documents, or fields.
 *
 * @throws RxTypeError `COL15` for a name that begins with an underscore, `COL16` for what is no function.
 * @throws RxError `COL17` for a name that is taken, `COL18` for one that is a field's.
 */
export function adoptFunctions(collection: Collection): void {
  const { methods, schema, statics } = collection;
  for (const funName of Object.keys(methods)) {
    if (
      schema.fields.some((field) => ["", "$", "$$", "_"].some((end) => funName === field + end))
    ) {
      throw newRxError("COL18", { funName });
    }
  }
  const taken = [
    collection,
    Object.getPrototypeOf(collection),
    LocalParent.prototype,
    RxDocumentBase.prototype,
  ];
  for (const [name, value] of [...Object.entries(statics), ...Object.entries(methods)]) {
    if (name.startsWith("_")) throw newRxTypeError("COL15", { name });
    if (typeof value !== "function") throw newRxTypeError("COL16", { name, type: typeof value });
    if (taken.some((one) => Object.hasOwn(one, name))) throw newRxError("COL17", { name });
  }
  for (const [name, method] of Object.entries(statics)) {
    Object.defineProperty(collection, name, { get: () => method.bind(collection) });
  }
}
