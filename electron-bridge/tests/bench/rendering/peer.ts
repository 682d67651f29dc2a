import type { ReactNode } from "react";
import type { Watch } from "./plan.ts";

/** What is rendered of a memory. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly importance: number;
}

/** The result of a watch. */
export type Value = readonly Row[] | number;

/** One of the stores that are compared, as an app with React uses it. */
export interface Peer {
  /** What its hooks need above them. */
  provide(children: ReactNode): ReactNode;
  /** Return a live result, in a component; undefined before the first. */
  useWatch(watch: Watch): Value | undefined;
  /** Keep a live result without React; returns what ends it. */
  watch(watch: Watch, take: (value: Value) => void): () => void;
  /** Give a memory another name; resolves when the store says that it is done. */
  rename(id: string, name: string): Promise<unknown>;
}
