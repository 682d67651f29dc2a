import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { type LoggedEvent, tables } from "../../src/client/index.ts";
import type { SidecarStatus } from "../../src/main/index.ts";
import { channels } from "../../src/preload/channels.ts";
import { persona } from "../support/personas.ts";
import { connectTo } from "../support/sidecar.ts";
import { watchedSockets } from "../support/sockets.ts";
import { failure, until, untilData } from "../support/wait.ts";
import { crash, sidecarProcess } from "./support.ts";

/** What a watcher has seen, awaited by state. */
function watch(window: ReturnType<ReturnType<typeof sidecarProcess>["electron"]["open"]>) {
  const seen: SidecarStatus[] = [];
  let look = (): void => {};
  const leave = window.onStatus((status) => {
    seen.push(status);
    look();
  });
  const reached = (state: SidecarStatus["state"]): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (seen.at(-1)?.state === state) resolve();
      };
      look();
    });
  return { seen, leave, reached };
}

describe("windows", () => {
  it("resume with the new token after kill -9: live queries go on, a commit is stored once (S5, L7)", async () => {
    const { sidecar, electron } = sidecarProcess();
    const windows = [electron.open(), electron.open()];
    // Before there is a sidecar at all.
    const [one, two] = windows.map(({ endpoint }) => connectTo(endpoint));
    if (one === undefined || two === undefined) throw new Error("There are two windows");
    const before = await sidecar.start().ready();
    const live = two.live(tables.personas.orderBy("name"));
    await one.commit(persona("before"));
    await untilData(live, (rows) => rows.length === 1);
    for (let round = 1; round <= 3; round++) {
      const { pid } = await sidecar.ready();
      // Sent, and perhaps stored, but not answered.
      const commits = [one.commit(persona(`during ${round}`)), two.commit(persona(`too ${round}`))];
      crash(pid);
      await Promise.all(commits);
      await untilData(live, (rows) => rows.length === 1 + 2 * round);
    }
    const { token, url } = await sidecar.ready();
    expect(token).not.toBe(before.token);
    expect(await windows[0]?.endpoint()).toEqual({ url, token });
    const { events } = await one.events.list();
    const names = events.map(({ args }: LoggedEvent) => args.name);
    expect(names).toHaveLength(7);
    expect(new Set(names).size).toBe(7);
  });

  it("send again a commit whose answer was lost, and the new sidecar stores it once (S5)", async () => {
    const { sidecar, electron } = sidecarProcess();
    const { pid } = await sidecar.start().ready();
    const { webSocket, sent } = watchedSockets();
    const client = connectTo(electron.open().endpoint, { webSocket });
    await client.ready();
    // Stopped, it has the commit in its socket and can't answer before it is killed.
    process.kill(pid, "SIGSTOP");
    const commit = client.commit(persona("Ada"));
    crash(pid);
    expect(await commit).toMatchObject({ head: 1 });
    expect(sent.filter((method) => method === "commit")).toHaveLength(2);
    expect(await client.query(tables.personas.count())).toBe(1);
  });

  it("show that the sidecar was given up, start it again, and resume", async () => {
    const { sidecar, electron } = sidecarProcess({ restart: { crashes: 1 } });
    const window = electron.open();
    const { seen, leave, reached } = watch(window);
    await reached("stopped");
    const client = connectTo(window.endpoint);
    crash((await sidecar.start().ready()).pid);
    await reached("failed");
    expect(seen.at(-1)).toMatchObject({ crashes: 1, error: { code: "E_CRASHED" } });
    // It waits without giving up.
    const count = client.query(tables.personas.count());
    await window.start();
    await reached("running");
    expect(await count).toBe(0);
    await until(client.connection, ({ state }) => state === "open");
    leave();
    const told = seen.length;
    await sidecar.stop();
    expect(seen).toHaveLength(told);
  });
});

describe("a page", () => {
  it("that is not the app's gets neither endpoint nor status, and starts nothing", async () => {
    const { sidecar, electron } = sidecarProcess();
    await sidecar.start().ready();
    const foreign = electron.frame({ url: "https://evil.example/app/index.html" });
    for (const channel of Object.values(channels)) {
      await expect(foreign.invoke(channel)).rejects.toThrow(/evil\.example.*may not use/);
      await expect(electron.frame(null).invoke(channel)).rejects.toThrow("may not use");
    }
    const client = connectTo(electron.open("https://evil.example/").endpoint, {
      retry: { attempts: 0 },
    });
    expect((await failure(client.ready())).code).toBe("E_CONNECTION_FAILED");
  });

  it("that was the app's when it asked, and isn't any more, gets nothing", async () => {
    const { sidecar, electron } = sidecarProcess();
    const frame = { url: pathToFileURL(join(electron.root, "app/index.html")).href };
    const asked = electron.frame(frame).invoke(channels.endpoint);
    frame.url = "https://evil.example/";
    sidecar.start();
    await expect(asked).rejects.toThrow("may not use");
  });

  it("of an origin that the app names is let in by the server, too", async () => {
    const pages = ["https://app.example/in/"];
    const { sidecar, electron } = sidecarProcess({ pages });
    sidecar.start();
    const { url, token } = await electron.open("https://app.example/in/index.html").endpoint();
    const { WebSocket } = await import("ws");
    const opens = (origin: string): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = new WebSocket(url, ["sidecar.v1", `token.${token}`], { origin });
        socket.once("open", () => resolve(true));
        socket.once("error", () => resolve(false));
        socket.once("open", () => socket.close());
      });
    expect(await opens("https://app.example")).toBe(true);
    expect(await opens("https://other.example")).toBe(false);
  });
});
