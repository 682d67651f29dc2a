import type { Endpoint } from "@pjais/electron-bridge";

/** A query, in the words that RxDB and the sidecar share. */
export interface Question {
  readonly from: "memoryEntities";
  readonly selector?: Record<string, unknown>;
  readonly sort?: Record<string, "asc" | "desc">[];
  readonly skip?: number;
  readonly limit?: number;
  readonly first?: true;
  readonly count?: true;
}

/** One thing that is measured, asked of every peer in the same words. */
export interface Workload {
  readonly name: string;
  /** Asked one after the other, and again from the first. The first is also what is compared. */
  readonly questions: readonly Question[];
}

/** One size of the store. */
export interface Stage {
  readonly documents: number;
  /** A sidecar that holds them. */
  readonly sidecar: Endpoint;
  readonly workloads: readonly Workload[];
}

/** What `tests/bench/browser.py` asks for. */
export interface Plan {
  /** URL of a bare WebSocket server that sends every message back. */
  readonly echo: string;
  readonly stages: readonly Stage[];
}

/** Milliseconds of each repetition, of one workload; its line on stdout. */
export interface Measured {
  readonly documents: number;
  readonly workload: string;
  /** How many rows, or what number, the compared answer was. */
  readonly answer: number;
  /** Its size as JSON text. */
  readonly bytes: number;
  readonly sidecar: readonly number[];
  readonly dexie: readonly number[];
  /** Of a bare message of as many bytes, there and back; empty where it would be too large. */
  readonly echo: readonly number[];
}
