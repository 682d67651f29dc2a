/** What a page, or Node for LiveStore's adapter there, does with its peers' items. */

import type { Endpoint } from "@pjais/electron-bridge";
import type { Took } from "../turns.ts";
import type { Items } from "./peer.ts";
import { sidecarItems } from "./sidecar.ts";
import { fillLog, runItems } from "./workload.ts";

export type PeerName = "sidecar" | "livestore" | "livestore node";

/** Where a peer's items are. */
export interface Place {
  readonly name: string;
  /** How many columns the table has for nothing: another number is another schema. */
  readonly columns: number;
  /** Where the sidecar listens that has them. */
  readonly endpoint?: Endpoint;
}

export interface ItemsPage {
  /** Open a store; milliseconds until it says how many items there are, and that. */
  open(peer: PeerName, place: Place): Promise<{ took: number; items: number }>;
  /** Do LiveStore's workload once. */
  run(peer: PeerName, round: number, commits: number): Promise<Took>;
  /** Commit events of one item each, so many at a time. */
  fill(peer: PeerName, events: number, batch: number): Promise<void>;
  close(peer: PeerName): Promise<void>;
}

type Openers = Partial<Record<PeerName, (place: Place) => Promise<Items>>>;

/** Serve what opens; only these peers are there. */
export function itemsPage(openers: Openers): ItemsPage {
  const opened = new Map<PeerName, Items>();
  const peer = (name: PeerName): Items => {
    const found = opened.get(name);
    if (found === undefined) throw new Error(`${name} is not open.`);
    return found;
  };
  return {
    async open(name, place) {
      const open = openers[name];
      if (open === undefined) throw new Error(`${name} is not here.`);
      const start = performance.now();
      const store = await open(place);
      const items = await store.count();
      const took = performance.now() - start;
      opened.set(name, store);
      return { took, items };
    },
    run: (name, round, commits) => runItems(peer(name), round, commits),
    fill: (name, events, batch) => fillLog(peer(name), events, batch),
    async close(name) {
      await peer(name).close();
      opened.delete(name);
    },
  };
}

/** The sidecar's part, which is in every page. */
export const openSidecar: Openers = {
  async sidecar({ endpoint }) {
    if (endpoint === undefined) throw new Error("A sidecar listens somewhere.");
    return sidecarItems(endpoint);
  },
};

export const items: ItemsPage = itemsPage(openSidecar);
