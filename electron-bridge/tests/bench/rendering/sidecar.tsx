import { connect, type Endpoint, events, tables } from "@pjais/electron-bridge";
import { SidecarProvider, useQuery } from "@pjais/electron-bridge/react";
import type { Peer } from "./peer.ts";
import type { Watch } from "./scenes.ts";

/** Our client and hooks, over the socket. */
export function openSidecar(endpoint: Endpoint): Peer {
  const client = connect(endpoint);
  return {
    insertMany: (memories) => client.commit(memories.map((one) => events.memoryEntityCreated(one))),
    provide: (children) => <SidecarProvider client={client}>{children}</SidecarProvider>,
    useWatch: (watch) => useQuery(queryOf(watch)).data,
    watch(watch, take) {
      const live = client.live(queryOf(watch));
      const tell = () => {
        const { data } = live.getSnapshot();
        if (data !== undefined) take(data);
      };
      const end = live.subscribe(tell);
      tell();
      return end;
    },
    rename: (id, name) => client.commit(events.memoryEntityUpdated({ id, updates: { name } })),
  };
}

function queryOf({ persona, least, limit, count }: Watch) {
  const of = persona === undefined ? {} : { personaId: persona };
  const from = least === undefined ? {} : { importance: { $gte: least } };
  const found = tables.memoryEntities.where({ ...of, ...from });
  if (count) return found.count();
  const sorted =
    persona === undefined ? found.orderBy("id", "asc") : found.orderBy("importance", "desc");
  return limit === undefined ? sorted : sorted.limit(limit);
}
