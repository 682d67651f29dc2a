import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { SocketConstructor } from "../../src/client/index.ts";

/** Sockets that tell what they sent, and that can be cut. */
export function watchedSockets(): {
  readonly webSocket: SocketConstructor;
  /** The method of each call sent, in order. */
  readonly sent: string[];
  /** End the connections as a network does that is gone. */
  readonly cut: () => void;
} {
  const sent: string[] = [];
  const open = new Set<WebSocket>();
  class Watched extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      open.add(this);
      this.once("close", () => open.delete(this));
    }
    override send(text: string): void {
      sent.push(JSON.parse(text).method);
      super.send(text);
    }
  }
  const cut = (): void => {
    for (const socket of open) socket.terminate();
  };
  onTestFinished(cut);
  return { webSocket: Watched, sent, cut };
}
