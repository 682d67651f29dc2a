/** What a page does with its peers' memories: shows them with React, and renames one. */

import type { Endpoint } from "@pjais/electron-bridge";
import { createRoot } from "react-dom/client";
import { memories } from "../app/documents.ts";
import { inTime, pause } from "../waiting.ts";
import { openDexie } from "./dexie.ts";
import type { Peer, Row, Value } from "./peer.ts";
import type { Scene, Watch } from "./scenes.ts";
import { openSidecar } from "./sidecar.tsx";
import { type Shown, View } from "./view.tsx";

export type PeerName = "sidecar" | "livestore" | "dexie";

export interface RenderingPage {
  /** Open a peer, whose store is empty, and fill it. */
  open(peer: PeerName, endpoint: Endpoint, documents: number): Promise<void>;
  /** Return each result's ids and names, or number, as text. */
  read(peer: PeerName, watches: readonly Watch[]): Promise<string>;
  /** Rename a memory of the first list by a click; milliseconds until all the watches show it. */
  render(peer: PeerName, scene: Scene, names: readonly string[]): Promise<number[]>;
  /** Rename a memory of a live result; milliseconds until the new result is there. */
  update(peer: PeerName, watch: Watch, names: readonly string[]): Promise<number[]>;
}

type Openers = Partial<Record<PeerName, (endpoint: Endpoint) => Peer | Promise<Peer>>>;

/** Longer than any change takes that comes at all, in milliseconds. */
const PATIENCE = 20_000;
/** Between two changes, for what a store does after it, in milliseconds. */
const PAUSE = 5;
const BATCH = 1_000;

/** Serve what opens; only these peers are there. */
export function renderingPage(openers: Openers): RenderingPage {
  const peers = new Map<PeerName, Peer>();
  const peerOf = (name: PeerName): Peer => {
    const peer = peers.get(name);
    if (peer === undefined) throw new Error(`${name} is not open.`);
    return peer;
  };
  return {
    async open(name, endpoint, documents) {
      const peer = await openers[name]?.(endpoint);
      if (peer === undefined) throw new Error(`${name} is not here.`);
      for (let from = 0; from < documents; from += BATCH) {
        await peer.insertMany(memories(from, Math.min(from + BATCH, documents)));
      }
      peers.set(name, peer);
    },
    async read(name, watches) {
      const peer = peerOf(name);
      const values = await Promise.all(watches.map((watch) => first(peer, watch)));
      return JSON.stringify(values.map(identity));
    },
    render: (name, scene, names) => render(peerOf(name), scene, names),
    update: (name, watch, names) => update(peerOf(name), watch, names),
  };
}

/** The peers that are in every page. */
export const openers: Openers = { sidecar: openSidecar, dexie: openDexie };

export const rendering: RenderingPage = renderingPage(openers);

async function render(
  peer: Peer,
  { watches, shown }: Scene,
  names: readonly string[],
): Promise<number[]> {
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
  await inTime("the first results", PATIENCE, filled(element, watches.length));
  const took: number[] = [];
  for (const name of names) {
    const complete = screen.await(name);
    const start = performance.now();
    element.querySelector("button")?.click();
    took.push((await inTime(`${name} on the screen`, PATIENCE, complete)) - start);
    await done;
    const seen = (element.textContent ?? "").split(name).length - 1;
    if (seen !== shown) throw new Error(`The change is shown ${seen} times, not ${shown}.`);
    await pause(PAUSE);
  }
  root.unmount();
  element.remove();
  return took;
}

async function update(peer: Peer, watch: Watch, names: readonly string[]): Promise<number[]> {
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
    const done = peer.rename(renamed, name);
    took.push((await inTime(name, PATIENCE, arrived)) - start);
    await done;
    await pause(PAUSE);
  }
  end();
  return took;
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
  while (element.querySelectorAll("ul, p").length < results) await pause(PAUSE);
}

async function first(peer: Peer, watch: Watch): Promise<Value> {
  let end: () => void = () => undefined;
  const came = new Promise<Value>((resolve) => {
    end = peer.watch(watch, resolve);
  });
  const value = await inTime("a first result", PATIENCE, came);
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
