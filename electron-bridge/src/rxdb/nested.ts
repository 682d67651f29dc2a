/** What a document returns for a field that is an object: a view that has `field$` and `field_`, too. */

import { isObject } from "../client/json.ts";
import { frozen } from "./paths.ts";

/** What a view asks its document for. */
interface Owner {
  get(path: string): unknown;
  get$(path: string): unknown;
  populate(path: string): unknown;
}

/** Return a value as a document shows it: an object as a view of it, any other frozen. */
export function nested(owner: Owner, path: string, value: unknown): unknown {
  if (!isObject(value)) return frozen(value);
  // A copy, because a view of a frozen object could show nothing but what is in it.
  return new Proxy<{ [name: string]: unknown }>(
    { ...value },
    {
      get: (target, name) => {
        if (typeof name !== "string" || name in target || name in Object.prototype) {
          const found: unknown = Reflect.get(target, name);
          return isObject(found) && typeof name === "string"
            ? owner.get(`${path}.${name}`)
            : frozen(found);
        }
        const field = `${path}.${name.slice(0, -1)}`;
        if (name.endsWith("$")) return owner.get$(field);
        if (name.endsWith("_")) return owner.populate(field);
        return undefined;
      },
      set: () => false,
      deleteProperty: () => false,
    },
  );
}
