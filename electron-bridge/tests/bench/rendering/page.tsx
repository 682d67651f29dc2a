/** The page that is measured: the driver calls these through `page.evaluate`. */

import { createRoot } from "react-dom/client";
import { fillDexie, memoriesOf, openDexie } from "../peers.ts";
import { dexiePeer } from "./dexie.ts";
import type { Peer, Row, Value } from "./peer.ts";
import { PEERS, type PeerName, type Plan, type Scene, type Watch } from "./plan.ts";
import { sidecarPeer } from "./sidecar.tsx";
import { type Shown, View } from "./view.tsx";

export interface Rendering {
  /** Open all peers and copy the sidecar's memories into them; return which they are. */
  open(plan: Plan): Promise<PeerName[]>;
  /** Return each result's ids, or number, as text. */
  read(peer: PeerName, watches: readonly Watch[]): Promise<string>;
  /** Rename a memory of the first list by a click; milliseconds until all the watches show it. */
  render(peer: PeerName, scene: Scene, names: readonly string[]): Promise<number[]>;
  /** Rename a memory of a live result; milliseconds until the new result is there. */
  update(peer: PeerName, watch: Watch, names: readonly string[]): Promise<number[]>;
}

declare global {
  interface Window {
    rendering: Rendering;
  }
}

/** Longer than any change takes that comes at all, in milliseconds. */
const PATIENCE = 20_000;
/** Between two changes, for what a store does after it, in milliseconds. */
const PAUSE = 5;

/** Opens each peer and copies the sidecar's memories into it; LiveStore's own page adds LiveStore. */
export const opening: Partial<Record<PeerName, (plan: Plan) => Peer | Promise<Peer>>> = {
  sidecar: ({ sidecar }) => sidecarPeer(sidecar),
  async dexie({ documents, sidecar }) {
    const collection = await openDexie(documents);
    await fillDexie(collection, memoriesOf(sidecar));
    return dexiePeer(collection);
  },
};

const peers = new Map<PeerName, Peer>();

window.rendering = {
  async open(plan) {
    for (const name of PEERS) {
      const peer = await opening[name]?.(plan);
      if (peer !== undefined) peers.set(name, peer);
    }
    return [...peers.keys()];
  },
  async read(name, watches) {
    const peer = peerOf(name);
    const values = await Promise.all(watches.map((watch) => first(peer, watch)));
    return JSON.stringify(values.map(identity));
  },
  async render(who, { watches, shown }, names) {
    const peer = peerOf(who);
    const [list] = watches;
    if (list === undefined) throw new Error("The scene is empty.");
    const renamed = middle(await first(peer, list)).id;
    const screen = new Screen(shown);
    let done: Promise<unknown> | undefined;
    const onClick = () => {
      done = peer.rename(renamed, screen.awaited);
    };
    const element = document.body.appendChild(document.createElement("main"));
    const root = createRoot(element);
    const view = <View peer={peer} watches={watches} shown={screen.show} onClick={onClick} />;
    root.render(peer.provide(view));
    await filled(element, watches.length);
    const took: number[] = [];
    for (const name of names) {
      const complete = screen.await(name);
      const start = performance.now();
      element.querySelector("button")?.click();
      took.push((await inTime(`${who}, ${name} on the screen`, complete)) - start);
      await done;
      const seen = (element.textContent ?? "").split(screen.awaited).length - 1;
      if (seen !== shown) throw new Error(`${who} shows the change ${seen} times, not ${shown}.`);
      await pause(PAUSE);
    }
    root.unmount();
    element.remove();
    return took;
  },
  async update(who, watch, names) {
    const peer = peerOf(who);
    const renamed = middle(await first(peer, watch)).id;
    let awaited: string | undefined;
    let arrive: (at: number) => void = () => undefined;
    const end = peer.watch(watch, (value) => {
      if (middle(value).name === awaited) arrive(performance.now());
    });
    const took: number[] = [];
    for (const name of names) {
      awaited = name;
      const arrived = new Promise<number>((resolve) => {
        arrive = resolve;
      });
      const start = performance.now();
      const done = peer.rename(renamed, awaited);
      took.push((await inTime(`${who}, ${name}`, arrived)) - start);
      await done;
      await pause(PAUSE);
    }
    end();
    return took;
  },
};

function peerOf(name: PeerName): Peer {
  const peer = peers.get(name);
  if (peer === undefined) throw new Error(`${name} is not open.`);
  return peer;
}

/** Notices when a change is in the DOM wherever it belongs. */
class Screen {
  awaited = "";
  readonly #showing = new Set<number>();
  readonly #affected: number;
  #complete: (at: number) => void = () => undefined;

  /** @param affected How many watches show a change; those are the first ones. */
  constructor(affected: number) {
    this.#affected = affected;
  }

  /** Await a name; resolves when every affected watch shows it. */
  await(name: string): Promise<number> {
    this.awaited = name;
    this.#showing.clear();
    return new Promise((resolve) => {
      this.#complete = resolve;
    });
  }

  readonly show: Shown = (at, value) => {
    if (at >= this.#affected || !rowsOf(value).some(({ name }) => name === this.awaited)) return;
    this.#showing.add(at);
    if (this.#showing.size === this.#affected) this.#complete(performance.now());
  };
}

/** Wait until so many results are in the DOM. */
async function filled(element: Element, results: number): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (element.querySelectorAll("ul, p").length < results) {
    if (performance.now() > end) throw new Error("A first result did not come.");
    await pause(PAUSE);
  }
}

async function first(peer: Peer, watch: Watch): Promise<Value> {
  let end: () => void = () => undefined;
  const value = await inTime(
    "a first result",
    new Promise<Value>((resolve) => {
      end = peer.watch(watch, resolve);
    }),
  );
  end();
  return value;
}

function rowsOf(value: Value | undefined): readonly Row[] {
  return typeof value === "object" ? value : [];
}

/** The row that is renamed. */
function middle(value: Value): Row {
  const rows = rowsOf(value);
  const row = rows[rows.length >> 1];
  if (row === undefined) throw new Error("There is no memory to rename.");
  return row;
}

function identity(value: Value): unknown {
  return typeof value === "number" ? value : value.map(({ id, name }) => [id, name]);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Did not come: ${what}.`)), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
