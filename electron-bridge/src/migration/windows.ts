/**
 * The windows of an app, of which one feeds the move: another one may ask it to drain.
 *
 * Nobody answers while nobody feeds; who asks then tries to feed itself.
 */

import { uuid7 } from "../client/index.ts";
import { isObject } from "../client/json.ts";

/** What a window asks of the one that feeds. */
export interface Wish {
  readonly id: string;
  /** Whether everything is to be read once more. */
  readonly whole: boolean;
}

/** The other windows of one database. */
export class Windows {
  readonly #channel: BroadcastChannel;

  /**
   * @param onWish Called with what another window asks.
   * @param onGranted Called with the id of a wish that another window granted.
   */
  constructor(database: string, onWish: (wish: Wish) => void, onGranted: (id: string) => void) {
    this.#channel = new BroadcastChannel(`sidecar-migration/${database}`);
    this.#channel.addEventListener("message", ({ data }) => {
      if (!isObject(data) || typeof data.id !== "string") return;
      if (data.granted === true) onGranted(data.id);
      else onWish({ id: data.id, whole: data.whole === true });
    });
  }

  /** Ask the window that feeds. */
  ask({ id, whole }: Wish): void {
    this.#channel.postMessage({ id, whole });
  }

  /** Tell the window that asked. */
  grant(id: string): void {
    this.#channel.postMessage({ id, granted: true });
  }

  close(): void {
    this.#channel.close();
  }
}

/** Return the id of a new wish. */
export const wishId = uuid7;
