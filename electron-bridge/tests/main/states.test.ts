import { describe, expect, it } from "vitest";
import {
  afterEnd,
  defaultRestart,
  nextState,
  type SidecarState,
  transitions,
} from "../../src/main/states.ts";

const states: SidecarState[] = ["stopped", "starting", "running", "waiting", "stopping", "failed"];
const MINUTE = 60_000;

describe("the sidecar's states", () => {
  it("leave stopped and failed by the owner's wish alone", () => {
    expect(Object.keys(transitions.stopped)).toEqual(["start"]);
    expect(Object.keys(transitions.failed)).toEqual(["start", "stop"]);
  });

  it("are all stopped by the owner, for good", () => {
    for (const state of states) {
      const next = nextState(state, "stop");
      expect(["stopping", "stopped"]).toContain(next);
      for (const event of ["crashed", "retry", "ready", "gaveUp"] as const) {
        expect(nextState(next, event)).toBe(next);
      }
    }
  });

  it("never start a second process beside one", () => {
    for (const state of ["starting", "running", "stopping"] as const) {
      expect(nextState(state, "start")).toBe(state);
      expect(nextState(state, "retry")).toBe(state);
    }
  });
});

describe("the end of a process nobody stopped", () => {
  const crashed = { exitCode: null, served: true, final: false };

  /** What follows from crashes at these times. */
  function endings(times: readonly number[]): ReturnType<typeof afterEnd>[] {
    let crashes: readonly number[] = [];
    return times.map((now) => {
      const next = afterEnd(crashed, crashes, now, defaultRestart);
      crashes = next.crashes;
      return next;
    });
  }

  it("is tried again, each time later, until the fifth crash within three minutes", () => {
    const all = endings([0, 1000, 2000, 4000, 3 * MINUTE - 1]);
    expect(all.map(({ event }) => event)).toEqual([
      ...["crashed", "crashed", "crashed", "crashed"],
      "gaveUp",
    ]);
    expect(all.slice(0, 4).map(({ delay }) => delay)).toEqual([100, 400, 1600, 6400]);
  });

  it("is tried for ever, and soon, where crashes are rare", () => {
    const all = endings(Array.from({ length: 20 }, (_, at) => at * MINUTE));
    expect(all.every(({ event }) => event === "crashed")).toBe(true);
    expect(all.at(-1)).toMatchObject({ delay: 1600, crashes: { length: 3 } });
    expect(endings([0, 1, 2, 3, 3 * MINUTE]).at(-1)).toMatchObject({
      event: "crashed",
      delay: 6400,
    });
  });

  it("is final with exit codes 2 to 6, and where another start would end the same way", () => {
    for (const exitCode of [2, 3, 4, 5, 6]) {
      const { event } = afterEnd({ ...crashed, exitCode }, [], 0, defaultRestart);
      expect(event).toBe("gaveUp");
    }
    expect(afterEnd({ ...crashed, final: true }, [], 0, defaultRestart).event).toBe("gaveUp");
    for (const exitCode of [1, 7, 137, null]) {
      const { event } = afterEnd({ ...crashed, exitCode }, [], 0, defaultRestart);
      expect(event).toBe("crashed");
    }
  });

  it("with exit code 0 is what somebody asked for, but not before it served", () => {
    const ended = { ...crashed, exitCode: 0 };
    expect(afterEnd(ended, [], 0, defaultRestart).event).toBe("ended");
    expect(afterEnd({ ...ended, served: false }, [], 0, defaultRestart).event).toBe("crashed");
  });
});
