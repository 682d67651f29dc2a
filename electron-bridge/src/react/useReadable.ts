import { useSyncExternalStore } from "react";
import type { Readable } from "../client/index.ts";

/** Return a readable's value, and render again when it changes. */
export function useReadable<T>({ subscribe, getSnapshot }: Readable<T>): T {
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot);
}
