import type { ReactNode } from "react";
import type { Memory } from "../app/documents.ts";
import type { Watch } from "./scenes.ts";

/** What is rendered of a memory. */
export type Row = Pick<Memory, "id" | "name" | "importance">;

/** The result of a watch. */
export type Value = readonly Row[] | number;

/** One of the stores that are compared, as an app with React uses it. */
export interface Peer {
  insertMany(memories: readonly Memory[]): Promise<unknown>;
  /** What its hooks need above them. */
  provide(children: ReactNode): ReactNode;
  /** Return a live result, in a component; undefined before the first. */
  useWatch(watch: Watch): Value | undefined;
  /** Keep a live result without React; returns what ends it. */
  watch(watch: Watch, take: (value: Value) => void): () => void;
  /** Give a memory another name; resolves when the store says that it is done. */
  rename(id: string, name: string): Promise<unknown>;
}
