/** The class of a collection's documents: with a member for each field, and the app's methods. */

import type { Collection } from "./collection.ts";
import { RxDocumentBase } from "./document.ts";
import type { Revision } from "./revision.ts";
import { withoutReactivity } from "./unsupported.ts";

/** Return what makes the documents of a collection. */
export function documentMaker(collection: Collection): (revision: Revision) => RxDocumentBase {
  class RxDocument extends RxDocumentBase {}
  const { prototype } = RxDocument;
  const define = (name: string, get: (this: RxDocumentBase) => unknown): void => {
    // Only fields and methods show where a document is looked at.
    const enumerable = !/^[_$]|[_$]$/.test(name);
    if (!Object.hasOwn(prototype, name))
      Object.defineProperty(prototype, name, { get, enumerable });
  };
  for (const field of collection.schema.fields) {
    define(field, function () {
      return this.get(field);
    });
    define(`${field}$`, function () {
      return this.get$(field);
    });
    define(`${field}$$`, withoutReactivity);
    define(`${field}_`, function () {
      return this.populate(field);
    });
  }
  // A method may be taken out of its document: `onClick={document.remove}`.
  const methods = { ...collection.methods };
  const { constructor: _, ...own } = Object.getOwnPropertyDescriptors(RxDocumentBase.prototype);
  for (const [name, { value }] of Object.entries(own)) {
    if (typeof value === "function") methods[name] ??= value;
  }
  for (const [name, method] of Object.entries(methods)) {
    define(name, function () {
      return method.bind(this);
    });
  }
  return (revision) => {
    const document = new RxDocument(collection, revision);
    collection.hooks.runSync("post", "create", document.toMutableJSON(), document);
    return document;
  };
}
