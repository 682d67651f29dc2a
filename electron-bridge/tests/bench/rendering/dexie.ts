import { useEffect, useState } from "react";
import type { RxCollection, RxDocument } from "rxdb";
import type { Observable } from "rxjs";
import type { Memory } from "../peers.ts";
import type { Peer, Value } from "./peer.ts";
import type { Watch } from "./plan.ts";

/** RxDB's observables and React's state, as in an app: no dev-mode plugin, no validator, one window. */
export function dexiePeer(collection: RxCollection<Memory>): Peer {
  let known: RxDocument<Memory> | undefined;
  return {
    provide: (children) => children,
    useWatch(watch) {
      const [value, setValue] = useState<Value>();
      useEffect(() => {
        const subscription = resultOf(collection, watch).subscribe(setValue);
        return () => subscription.unsubscribe();
      }, [watch, collection]);
      return value;
    },
    watch(watch, take) {
      const subscription = resultOf(collection, watch).subscribe(take);
      return () => subscription.unsubscribe();
    },
    async rename(id, name) {
      // An app has the document in hand: its list shows it.
      if (known?.id !== id) known = await collection.findOne(id).exec(true);
      await known.incrementalPatch({ name });
    },
  };
}

function resultOf(
  collection: RxCollection<Memory>,
  { persona, least, limit, count }: Watch,
): Observable<Value> {
  const selector = {
    ...(persona === undefined ? {} : { personaId: persona }),
    ...(least === undefined ? {} : { importance: { $gte: least } }),
  };
  if (count) return collection.count({ selector }).$;
  return collection.find({
    selector,
    sort: [persona === undefined ? { id: "asc" } : { importance: "desc" }],
    ...(limit === undefined ? {} : { limit }),
  }).$;
}
