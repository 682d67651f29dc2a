import { describe, expect, it } from "vitest";
import { exposeSidecar, type SidecarBridge } from "../../src/preload/index.ts";

/** What a page finds when the main process answers like this, by channel. */
function exposed(invoke: (channel: string, ...args: unknown[]) => Promise<unknown>) {
  const world = new Map<string, SidecarBridge>();
  exposeSidecar({
    contextBridge: { exposeInMainWorld: (name, api) => world.set(name, api) },
    ipcRenderer: { invoke },
  });
  const sidecar = world.get("sidecar");
  if (sidecar === undefined) throw new Error("Nothing was exposed");
  return { world, sidecar };
}

const status = { state: "running", crashes: 0, error: undefined };

describe("the preload script", () => {
  it("gives the page three functions, and nothing of Electron's", () => {
    const { world, sidecar } = exposed(async () => undefined);
    expect([...world.keys()]).toEqual(["sidecar"]);
    expect(Object.keys(sidecar).sort()).toEqual(["endpoint", "onStatus", "start"]);
    for (const value of Object.values(sidecar)) expect(value).toBeTypeOf("function");
  });

  it("passes the endpoint on, and refuses what is none", async () => {
    const endpoint = { url: "ws://127.0.0.1:1/rpc", token: "secret" };
    expect(await exposed(async () => endpoint).sidecar.endpoint()).toEqual(endpoint);
    for (const answer of [undefined, null, {}, { url: 1, token: "secret" }]) {
      await expect(exposed(async () => answer).sidecar.endpoint()).rejects.toThrow(TypeError);
    }
    const refused = exposed(() => Promise.reject(new Error("This page may not")));
    await expect(refused.sidecar.endpoint()).rejects.toThrow("may not");
  });

  it("asks for the status after the one it has seen, until nobody listens", async () => {
    const asked: unknown[][] = [];
    const answers: ((answer: unknown) => void)[] = [];
    const { sidecar } = exposed((...args) => {
      asked.push(args);
      return new Promise((resolve) => answers.push(resolve));
    });
    const seen: unknown[] = [];
    let told = (): void => {};
    const leave = sidecar.onStatus((now) => {
      seen.push(now);
      told();
    });
    const heard = new Promise<void>((resolve) => {
      told = resolve;
    });
    answers[0]?.({ revision: 7, status });
    await heard;
    expect(seen).toEqual([status]);
    await Promise.resolve();
    expect(asked).toEqual([
      ["sidecar:status", undefined],
      ["sidecar:status", 7],
    ]);
    leave();
    answers[1]?.({ revision: 8, status });
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });
});
