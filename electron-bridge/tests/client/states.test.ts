import { describe, expect, it } from "vitest";
import { nextState, transitions } from "../../src/client/states.ts";

describe("the connection's states", () => {
  it("never leave closed", () => {
    expect(transitions.closed).toEqual({});
  });

  it("can all be closed", () => {
    for (const state of ["connecting", "open", "failed"] as const) {
      expect(nextState(state, "close")).toBe("closed");
    }
  });

  it("leave failed by the owner's wish alone", () => {
    expect(Object.keys(transitions.failed).sort()).toEqual(["close", "reconnect"]);
  });

  it("stay where an event means nothing", () => {
    expect(nextState("open", "reconnect")).toBe("open");
    expect(nextState("closed", "opened")).toBe("closed");
  });
});
