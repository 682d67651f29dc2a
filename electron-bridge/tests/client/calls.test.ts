import { describe, expect, it } from "vitest";
import { Calls, type Outcome } from "../../src/client/calls.ts";
import { SidecarError } from "../../src/client/index.ts";

const lost = new SidecarError("E_CONNECTION_LOST", "lost");

function setup() {
  const calls = new Calls();
  const sent: unknown[] = [];
  const outcomes: Outcome[] = [];
  return {
    calls,
    sent,
    outcomes,
    open: () => {
      calls.opened((text) => sent.push(JSON.parse(text)));
      calls.flush();
    },
    add: (method: string, onLost: "reject" | "resend" = "reject") =>
      calls.add(method, {}, onLost, (outcome) => outcomes.push(outcome)),
  };
}

const methods = (sent: readonly unknown[]) =>
  sent.map((message) => (message instanceof Object && "method" in message ? message.method : ""));

describe("Calls", () => {
  it("hold calls until there is a connection, and send them in order", () => {
    const { calls, sent, outcomes, open, add } = setup();
    add("first");
    add("second");
    expect(sent).toEqual([]);
    open();
    expect(sent).toEqual([
      { jsonrpc: "2.0", id: 1, method: "first", params: {} },
      { jsonrpc: "2.0", id: 2, method: "second", params: {} },
    ]);
    calls.receive('{"jsonrpc":"2.0","id":2,"result":{"b":1}}');
    calls.receive('{"jsonrpc":"2.0","id":1,"result":null}');
    expect(outcomes).toEqual([
      { ok: true, result: { b: 1 } },
      { ok: true, result: null },
    ]);
  });

  it("reject what was sent on a lost connection, and send again what may be sent twice", () => {
    const { calls, sent, outcomes, open, add } = setup();
    open();
    add("commit", "resend");
    add("query");
    calls.lost(lost);
    expect(outcomes).toEqual([{ ok: false, error: lost }]);
    add("later");
    open();
    expect(methods(sent)).toEqual(["commit", "query", "commit", "later"]);
    calls.receive('{"jsonrpc":"2.0","id":1,"result":"receipt"}');
    expect(outcomes[1]).toEqual({ ok: true, result: "receipt" });
  });

  it("fail everything, now and later, when no connection will come", () => {
    const { calls, outcomes, open, add } = setup();
    open();
    add("commit", "resend");
    calls.ended(lost);
    add("later");
    expect(outcomes).toEqual([
      { ok: false, error: lost },
      { ok: false, error: lost },
    ]);
  });

  it("forget a call its caller gave up, and let its late answer pass", () => {
    const { calls, sent, outcomes, open, add } = setup();
    const forget = add("query");
    forget();
    open();
    expect(sent).toEqual([]);
    expect(calls.receive('{"jsonrpc":"2.0","id":1,"result":1}')).toBeUndefined();
    expect(outcomes).toEqual([]);
  });

  it("return what answers no call as a notification", () => {
    const { calls } = setup();
    expect(calls.receive('{"jsonrpc":"2.0","method":"subscription","params":{"head":1}}')).toEqual({
      method: "subscription",
      params: { head: 1 },
    });
  });

  it.each([
    "",
    "[]",
    "{}",
    "nonsense",
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":null,"error":{}}',
  ])("refuse a frame that is no message: %s", (text) => {
    const { calls } = setup();
    expect(() => calls.receive(text)).toThrow(SidecarError);
  });

  it("fail at once with what could not be sent", () => {
    const { calls, sent, outcomes, open } = setup();
    open();
    calls.add("query", { name: "\u{1f331}"[0] }, "reject", (outcome) => outcomes.push(outcome));
    expect(outcomes).toMatchObject([{ ok: false, error: { code: "E_VALIDATION" } }]);
    expect(sent).toEqual([]);
  });
});
