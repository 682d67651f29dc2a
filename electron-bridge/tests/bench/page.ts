/** The page that is measured: the driver calls these through `page.evaluate`. */

import {
  type Answer,
  dexiePeer,
  fillDexie,
  memoriesOf,
  openDexie,
  type Peer,
  sidecarPeer,
} from "./peers.ts";
import type { Question, Stage } from "./plan.ts";

export type PeerName = "sidecar" | "dexie";

/** What one answer was; equal for equal answers. */
export interface Comparison {
  readonly answer: number;
  readonly bytes: number;
  /** Milliseconds the slower peer took. */
  readonly slower: number;
}

export interface Bench {
  /** Copy the sidecar's documents into RxDB. */
  fill(stage: Stage): Promise<void>;
  /** Open all peers; RxDB has read no document yet. */
  open(stage: Stage, echo: string): Promise<void>;
  /** Ask both, and fail where their answers differ. */
  compare(question: Question): Promise<Comparison>;
  /** Ask one question after the other; answers with [milliseconds, size] of each. */
  measure(peer: PeerName, questions: readonly Question[]): Promise<[number, number][]>;
  /** Send a message of some bytes there and back, a number of times. */
  measureEcho(bytes: number, times: number): Promise<number[]>;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

let peers: Record<PeerName, Peer>;
let socket: WebSocket;

window.bench = {
  async fill({ documents, sidecar }) {
    await fillDexie(await openDexie(documents), memoriesOf(sidecar));
  },
  async open({ documents, sidecar }, echo) {
    peers = { sidecar: sidecarPeer(sidecar), dexie: dexiePeer(await openDexie(documents)) };
    socket = new WebSocket(echo);
    await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  },
  async compare(question) {
    const ours = await asked(peers.sidecar, question);
    const theirs = await asked(peers.dexie, question);
    const wanted = JSON.stringify(identity(ours.answer));
    if (JSON.stringify(identity(theirs.answer)) !== wanted) {
      throw new Error(`The answers to ${JSON.stringify(question)} differ.`);
    }
    return {
      answer: size(ours.answer),
      bytes: JSON.stringify(ours.answer).length,
      slower: Math.max(ours.took, theirs.took),
    };
  },
  async measure(name, questions) {
    const measured: [number, number][] = [];
    for (const question of questions) {
      const { answer, took } = await asked(peers[name], question);
      measured.push([took, size(answer)]);
    }
    return measured;
  },
  async measureEcho(bytes, times) {
    const text = "x".repeat(bytes);
    const took: number[] = [];
    for (let left = times; left > 0; left -= 1) {
      const start = performance.now();
      const back = new Promise((resolve) =>
        socket.addEventListener("message", resolve, { once: true }),
      );
      socket.send(text);
      await back;
      took.push(performance.now() - start);
    }
    return took;
  },
};

async function asked(peer: Peer, question: Question): Promise<{ answer: Answer; took: number }> {
  const start = performance.now();
  const answer = await peer.ask(question);
  const took = performance.now() - start;
  peer.forget();
  return { answer, took };
}

function size(answer: Answer): number {
  return typeof answer === "number" ? answer : answer.length;
}

function identity(answer: Answer): number | string[] {
  return typeof answer === "number" ? answer : answer.map(({ id }) => id);
}
