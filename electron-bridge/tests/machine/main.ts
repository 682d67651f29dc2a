/**
 * Windows that run the bridge, for whoever drives them: requests as JSON lines on stdin, answers on
 * stdout, `{id, result}` or `{id, failure}`. It ends with its stdin.
 *
 * `tests/rpc/bridge_window.py` is the other end.
 */

import { createInterface } from "node:readline";
import { type Request, requested } from "./request.ts";
import { Window } from "./window.ts";

/** Time goes by so much faster: nobody has to wait for what is tried again, or ended, in a while. */
const SPEED = 50;

const wait = globalThis.setTimeout;
Object.assign(globalThis, {
  setTimeout: (call: () => void, delay = 0) => wait(call, delay / SPEED),
});

const windows = new Map<number, Window>();

async function work(request: Request): Promise<unknown> {
  if (request.do === "open") {
    windows.set(request.window, new Window(request.endpoint));
    return null;
  }
  const window = windows.get(request.window);
  if (window === undefined) throw new Error(`There is no window ${request.window}`);
  switch (request.do) {
    case "close":
      windows.delete(request.window);
      return window.close();
    case "reconnect":
      return window.reconnect(request.endpoint, request.cut);
    case "begin":
      return window.begin(request.live, request.query);
    case "end":
      return window.end(request.live);
    case "commit":
      return window.commit(request.events);
    case "set":
      return window.set(request.document, request.value, request.partial);
    case "mark":
      return window.mark(request.event);
    case "compare":
      return window.compare(request.live, request.fresh);
  }
}

async function answer(line: string): Promise<void> {
  const request = requested(line);
  const { id } = request;
  let answered: object;
  try {
    answered = { id, result: (await work(request)) ?? null };
  } catch (error) {
    answered = { id, failure: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answered)}\n`);
}

for await (const line of createInterface({ input: process.stdin })) void answer(line);
process.exit();
