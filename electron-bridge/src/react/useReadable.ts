import { useSyncExternalStore } from "react";
import type { Readable } from "../client/index.ts";

/**
 * Return a readable's value, and render again when it changes.
 *
 * @param getServerSnapshot Returns what a server renders: what any client starts with, so that the page
 *   it left fits the first render of the window.
 */
export function useReadable<T>(
  { subscribe, getSnapshot }: Readable<T>,
  getServerSnapshot: () => T,
): T {
  return useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot);
}
