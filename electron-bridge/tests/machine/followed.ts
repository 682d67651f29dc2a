/**
 * One reader of a live query, who watches what React would.
 *
 * 1. At a mark, what is shown is the query run afresh (L1, L5).
 * 2. From each change to the next, a row that is equal is the same object, and one that differs is
 *    another; so is all of a result.
 * 3. Nothing that was handed out is changed.
 */

import { isDeepStrictEqual } from "node:util";
import type {
  ClientDocument,
  LiveQuery,
  LiveSnapshot,
  Query,
  SidecarClient,
} from "../../src/client/index.ts";
import { isObject } from "../../src/client/json.ts";
import type { Fresh } from "./request.ts";

/** The primary key of all tables here. */
const KEY = "id";
/** What the bridge asks again by itself, in a while. */
const mended: readonly string[] = ["E_QUERY", "E_UNKNOWN_COLLECTION", "E_TIMEOUT", "E_BUSY"];

type Shown = LiveSnapshot<unknown>;

export class Followed {
  readonly #query: Query;
  readonly #live: LiveQuery<unknown>;
  readonly #document: ClientDocument<object> | undefined;
  readonly #leave: () => void;
  readonly #problems: string[] = [];
  #told = 0;
  #seen: Shown;
  /** What was seen, as text, to see that it stays. */
  #text: string;
  #marked: Shown;

  constructor(client: SidecarClient, query: Query) {
    this.#query = query;
    this.#live = client.live(query);
    this.#seen = this.#marked = this.#live.getSnapshot();
    this.#text = JSON.stringify(this.#seen.data) ?? "";
    this.#leave = this.#live.subscribe(() => this.#look());
    this.#document = documentOf(client, query);
  }

  end(): void {
    this.#leave();
  }

  /** Wait for the first result. */
  begun(): Promise<void> {
    return this.#live.settled();
  }

  mark(): void {
    this.#marked = this.#live.getSnapshot();
  }

  /** @throws Error What was not as it must be. */
  async compare(fresh: Fresh): Promise<number> {
    if (!agrees(this.#marked, fresh)) {
      const { error } = this.#marked;
      if (error === undefined || !mended.includes(error.code)) this.#fail("shows", fresh);
      await this.#until(fresh);
    }
    if (this.#document !== undefined && "value" in fresh) {
      const { value } = isObject(fresh.value) ? fresh.value : { value: undefined };
      const expected = value ?? { selectedPersonaId: null, searchText: "" };
      const document = this.#document.getSnapshot();
      if (!isDeepStrictEqual(document, expected)) this.#problem(`is ${JSON.stringify(document)}`);
    }
    const [problem] = this.#problems;
    if (problem !== undefined) throw new Error(problem);
    const told = this.#told;
    this.#told = 0;
    return told;
  }

  #look(): void {
    const [before, after] = [this.#seen, this.#live.getSnapshot()];
    this.#told += 1;
    if (JSON.stringify(before.data) !== this.#text && this.#text !== "") {
      this.#problem(`was changed in place, from ${this.#text}`);
    }
    const problem = misidentified(before.data, after.data, isKeyed(this.#query));
    if (problem !== undefined) this.#problem(problem);
    this.#seen = after;
    this.#text = JSON.stringify(after.data) ?? "";
  }

  #until(fresh: Fresh): Promise<void> {
    return new Promise((resolve) => {
      let leave = (): void => {};
      const look = (): void => {
        if (!agrees(this.#live.getSnapshot(), fresh)) return;
        leave();
        resolve();
      };
      leave = this.#live.subscribe(look);
      look();
    });
  }

  #fail(what: string, fresh: Fresh): never {
    const { status, data, error } = this.#marked;
    const shown = JSON.stringify({ status, data, code: error?.code, why: error?.message });
    const now = agrees(this.#live.getSnapshot(), fresh) ? "right by now" : "still";
    throw new Error(`${this.#about(what)} ${shown} (${now}), not ${JSON.stringify(fresh)}`);
  }

  #problem(what: string): void {
    this.#problems.push(this.#about(what));
  }

  #about(what: string): string {
    return `${JSON.stringify(this.#query)} ${what}`;
  }
}

function agrees({ status, data, error }: Shown, fresh: Fresh): boolean {
  if ("code" in fresh) return error?.code === fresh.code;
  return status === "ready" && isDeepStrictEqual(data, fresh.value);
}

/** Whether a query's rows are known by their key; others are by their place. */
function isKeyed(query: Query): boolean {
  if (!("from" in query)) return false;
  const { fields, distinct, groupBy, aggregate } = query;
  if (distinct || groupBy || aggregate) return false;
  return fields == null || fields.includes(KEY);
}

/** Say where the same is another object, or another the same. */
function misidentified(before: unknown, after: unknown, keyed: boolean): string | undefined {
  if (isDeepStrictEqual(before, after) !== Object.is(before, after)) {
    return `holds another object that is equal: ${JSON.stringify(after)}`;
  }
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const name = (row: unknown, at: number) => (keyed && isObject(row) ? row[KEY] : at);
  const old = new Map(before.map((row: unknown, at) => [name(row, at), row]));
  const wrong = after.find((row: unknown, at) => {
    const was = old.get(name(row, at));
    return isDeepStrictEqual(was, row) !== Object.is(was, row);
  });
  return wrong === undefined
    ? undefined
    : `holds another object for the same row: ${JSON.stringify(wrong)}`;
}

/** The client document that a query asks for, if it asks for one. */
function documentOf(client: SidecarClient, query: Query): ClientDocument<object> | undefined {
  if (!("from" in query) || query.from !== "uiState" || query.first !== true) return undefined;
  const id = query.selector?.[KEY];
  return typeof id === "string" ? client.clientDocument("uiState", id) : undefined;
}
