import { WebSocket } from "ws";
import {
  connect,
  type Endpoint,
  type NewEvent,
  type Query,
  type SidecarClient,
  SidecarError,
} from "../../src/client/index.ts";
import { Followed } from "./followed.ts";
import type { Fresh } from "./request.ts";

/** How many of the last messages are told with what is wrong, and how much of each. */
const [MESSAGES, CHARACTERS] = [60, 400];

/** It never gives up, and comes back soon: what is tried here is what happens then. */
const retry = { attempts: Number.POSITIVE_INFINITY, minDelay: 1, maxDelay: 50 };

/** A window of an app: a client of the bridge, and the live queries it reads. */
export class Window {
  readonly #client: SidecarClient;
  readonly #followed = new Map<number, Followed>();
  readonly #sockets = new Set<WebSocket>();
  readonly #messages: string[] = [];
  #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    const sockets = this.#sockets;
    const note = (message: string): void => this.#note(message);
    class Known extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.add(this);
        this.once("open", () => note("opened"));
        this.on("message", (data) => note(`< ${data}`));
        this.once("close", () => {
          note("closed");
          sockets.delete(this);
        });
      }
      override send(text: string): void {
        note(`> ${text}`);
        super.send(text);
      }
    }
    this.#client = connect(() => this.#endpoint, { retry, webSocket: Known });
  }

  /** Lose the connection, or see it closed; the bridge comes back by itself, to this endpoint. */
  reconnect(endpoint: Endpoint, cut: boolean): void {
    this.#endpoint = endpoint;
    for (const socket of this.#sockets) {
      if (cut) socket.terminate();
      else socket.close();
    }
  }

  /** Close the window. */
  close(): void {
    this.#client.close();
  }

  /** Read a live query. */
  begin(live: number, query: Query): void {
    this.#followed.set(live, new Followed(this.#client, query));
  }

  /** Read it no more. */
  end(live: number): void {
    this.#one(live).end();
    this.#followed.delete(live);
  }

  /** Commit; return the code of the error that it was refused with. */
  commit(events: readonly NewEvent[]): Promise<string | null> {
    return refusal(this.#client.commit(events));
  }

  /** Set a client document; return as `commit` does. */
  set(document: string, value: object, partial: boolean): Promise<string | null> {
    const one = this.#client.clientDocument("uiState", document);
    return refusal(partial ? one.set(value) : one.reset(value));
  }

  /** Commit, and keep what every live query shows in the very moment the answer is there (L5). */
  async mark(event: NewEvent): Promise<number> {
    const all = [...this.#followed.values()];
    await Promise.all(all.map((one) => one.begun()));
    const { head } = await this.#client.commit(event);
    this.#note("marked");
    for (const one of all) one.mark();
    return head;
  }

  /** Hold a live query to its query run afresh; return how often its readers were told. */
  async compare(live: number, fresh: Fresh): Promise<number> {
    try {
      return await this.#one(live).compare(fresh);
    } catch (cause) {
      throw new Error([cause, ...this.#messages].join("\n"), { cause });
    }
  }

  #note(message: string): void {
    this.#messages.push(message.slice(0, CHARACTERS));
    if (this.#messages.length > MESSAGES) this.#messages.shift();
  }

  #one(live: number): Followed {
    const one = this.#followed.get(live);
    if (one === undefined) throw new Error(`There is no live query ${live}`);
    return one;
  }
}

async function refusal(commit: Promise<unknown>): Promise<string | null> {
  try {
    await commit;
    return null;
  } catch (error) {
    if (SidecarError.is(error)) return error.code;
    throw error;
  }
}
