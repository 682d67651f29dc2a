import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connectTo, startSidecar, temporary } from "../support/sidecar.ts";
import { failure } from "../support/wait.ts";
import { crash, gone, meddling, python, reaches, sidecarProcess } from "./support.ts";

describe("a sidecar process", () => {
  it("starts with its data, its log and a token of its own, and stops in order", async () => {
    const { sidecar, electron, states } = sidecarProcess();
    const ready = await sidecar.start().ready();
    expect(ready).toMatchObject({ type: "ready", head: 0 });
    expect(ready.token).toMatch(/^[\w-]{43}$/);
    expect(existsSync(join(electron.root, "userData/sidecar"))).toBe(true);
    const client = connectTo(sidecar.endpoint);
    expect((await client.server.info()).pid).toBe(ready.pid);
    await sidecar.stop();
    expect(states).toEqual(["starting", "running", "stopping", "stopped"]);
    expect(readFileSync(join(electron.root, "logs/sidecar.log"), "utf8")).toContain(
      '"why":"a client asked"',
    );
    await gone(electron.root);
  });

  it("stops without a WebSocket class, too, and starts again", async () => {
    const { sidecar, electron } = sidecarProcess({ webSocket: undefined });
    const first = await sidecar.start().ready();
    await Promise.all([sidecar.stop(), sidecar.stop()]);
    expect((await failure(sidecar.ready())).code).toBe("E_STOPPED");
    const second = await sidecar.start().start().ready();
    expect(second.token).not.toBe(first.token);
    expect(electron.quits).toBe(0);
  });

  it("is none where there is nothing to run, and says where it looked", async () => {
    const command = join(temporary(), "not here");
    const { sidecar } = sidecarProcess({ command });
    const error = await failure(sidecar.start().ready());
    expect(error.code).toBe("E_SPAWN");
    expect(error.message).toContain(command);
    expect(sidecar.status.getSnapshot()).toMatchObject({ state: "failed", crashes: 0 });
  });

  it("is none where what is there can't be run", async () => {
    const file = join(temporary(), "sidecar");
    writeFileSync(file, "no program");
    const { sidecar, states } = sidecarProcess({ command: file });
    expect((await failure(sidecar.start().ready())).code).toBe("E_SPAWN");
    expect(states).toEqual(["starting", "failed"]);
    const unknown = sidecarProcess({ command: ["no-such-program-anywhere"] });
    expect((await failure(unknown.sidecar.start().ready())).code).toBe("E_SPAWN");
  });

  it("has no place to be where its folder can't be made", async () => {
    const file = join(temporary(), "file");
    writeFileSync(file, "");
    const { sidecar } = sidecarProcess({ dataDir: join(file, "data") });
    expect((await failure(sidecar.start().ready())).code).toBe("E_STORAGE");
  });

  it("that says nothing fails in time, with its last lines and its log", async () => {
    const root = temporary();
    const { command } = meddling(root, 'print("a last word", file=sys.stderr); time.sleep(600)');
    const { sidecar, electron } = sidecarProcess({ root, command, startTimeout: 2000 });
    const error = await failure(sidecar.start().ready());
    expect(error.code).toBe("E_START_TIMEOUT");
    expect(error.data).toMatchObject({
      log: ["a last word"],
      logFile: join(electron.root, "logs/sidecar.log"),
      signal: "SIGKILL",
    });
    await gone(root);
  });

  it("that tells of its progress has the time it takes", async () => {
    const root = temporary();
    const { command } = meddling(
      root,
      `for done in range(25):
    print('{"phase": "replay", "done": %d}' % done, file=sys.stderr, flush=True)
    time.sleep(0.1)
sys.exit(4)`,
    );
    const { sidecar } = sidecarProcess({ root, command, startTimeout: 1500 });
    const error = await failure(sidecar.start().ready());
    expect(error).toMatchObject({ code: "E_CRASHED", data: { exitCode: 4 } });
  });

  it("of another protocol is refused", async () => {
    const root = temporary();
    const line =
      '{"type":"ready","protocol":2,"pid":1,"url":"","token":"","version":"9","schema":"","head":0}';
    const { command } = meddling(root, `print('${line}', flush=True); time.sleep(600)`);
    const { sidecar } = sidecarProcess({ root, command });
    const error = await failure(sidecar.start().ready());
    expect(error.code).toBe("E_PROTOCOL");
    await gone(root);
  });

  it("is never held up by its pipes", async () => {
    const root = temporary();
    const { command } = meddling(
      root,
      `for _ in range(20_000):
    print("x" * 100)
    print("y" * 100, file=sys.stderr)
sys.stdout.write("z" * 5_000_000)
sys.stdout.write("\\n")
sys.stdout.flush()`,
    );
    const { sidecar } = sidecarProcess({ root, command });
    await sidecar.start().ready();
  });
});

describe("a sidecar that crashes", () => {
  it("is started again, with another token, ten times in a row", async () => {
    const { sidecar, states } = sidecarProcess({ restart: { within: 1 } });
    const tokens = new Set<string>();
    sidecar.start();
    for (let round = 0; round < 10; round++) {
      const { pid, token } = await sidecar.ready();
      tokens.add(token);
      crash(pid);
      const { error } = await reaches(sidecar, "waiting");
      expect(error).toMatchObject({ code: "E_CRASHED", signal: "SIGKILL" });
    }
    await sidecar.ready();
    expect(tokens.size).toBe(10);
    expect(sidecar.status.getSnapshot().error).toBeUndefined();
    expect(new Set(states)).toEqual(new Set(["starting", "running", "waiting"]));
  });

  it.each([
    ["before it reads its token", "if start == 1: os.kill(os.getpid(), 9)"],
    ["with an exit code of its own", "if start == 1: sys.exit(1)"],
    [
      "while it opens its store",
      `import sidecar.store.store as store
if start == 1: store.Store.open = lambda *_, **__: os.kill(os.getpid(), 9)`,
    ],
    [
      "before it says that it serves",
      `import sidecar.rpc.serve as serve
if start == 1: serve.write_endpoint = lambda *_: os.kill(os.getpid(), 9)`,
    ],
  ])("%s is started again", async (_stage, before) => {
    const root = temporary();
    const { command, starts } = meddling(root, before);
    const { sidecar, states } = sidecarProcess({ root, command });
    await sidecar.start().ready();
    expect(states).toEqual(["starting", "waiting", "starting", "running"]);
    expect(starts()).toBe(2);
  });

  it("is given up at the fifth time, until the app starts it again", async () => {
    const root = temporary();
    const { command, starts } = meddling(root, "if start <= 5: os.kill(os.getpid(), 9)");
    const { sidecar } = sidecarProcess({ root, command });
    expect((await failure(sidecar.start().ready())).code).toBe("E_CRASHED");
    expect(starts()).toBe(5);
    expect(sidecar.status.getSnapshot()).toMatchObject({ state: "failed", crashes: 5 });
    await sidecar.start().ready();
    expect(sidecar.status.getSnapshot()).toEqual({
      state: "running",
      crashes: 0,
      error: undefined,
    });
  });

  it("is not started again once it is stopped", async () => {
    const root = temporary();
    const { command, starts } = meddling(root, "if start == 1: os.kill(os.getpid(), 9)");
    const { sidecar } = sidecarProcess({ root, command, restart: { minDelay: 60_000 } });
    sidecar.start();
    await reaches(sidecar, "waiting");
    await sidecar.stop();
    expect(sidecar.status.getSnapshot().state).toBe("stopped");
    // Without waiting for the minute.
    await sidecar.start().ready();
    expect(starts()).toBe(2);
  });

  it("takes what it started with it", async () => {
    const root = temporary();
    const child = `import subprocess; subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", ${JSON.stringify(root)}])`;
    const { command } = meddling(root, child);
    const { sidecar } = sidecarProcess({ root, command, restart: { minDelay: 60_000 } });
    crash((await sidecar.start().ready()).pid);
    await reaches(sidecar, "waiting");
    await gone(root);
  });
});

describe("a sidecar that can't serve", () => {
  const fails = async (options: Parameters<typeof sidecarProcess>[0]) => {
    const { sidecar, states } = sidecarProcess(options);
    const error = await failure(sidecar.start().ready());
    expect(states).toEqual(["starting", "failed"]);
    expect(error.hint).not.toBe("");
    return { code: error.code, exitCode: error.data.exitCode };
  };

  it("for a wrong option is not tried again", async () => {
    expect(await fails({ command: [python(), "-m", "sidecar", "--nonsense"] })).toEqual({
      code: "E_CRASHED",
      exitCode: 2,
    });
  });

  it("for the lock of another is not tried again", async () => {
    const { dataDir } = await startSidecar();
    expect(await fails({ dataDir })).toEqual({ code: "E_LOCKED", exitCode: 3 });
  });

  it("for a damaged store is not tried again", async () => {
    const dataDir = temporary();
    writeFileSync(
      join(dataDir, "store.db"),
      "no database at all, but long enough to be one".repeat(99),
    );
    expect(await fails({ dataDir })).toEqual({ code: "E_CORRUPT", exitCode: 4 });
  });

  it("for the app's schema is not tried again", async () => {
    expect(await fails({ schema: "no_such_module:schema" })).toEqual({
      code: "E_SCHEMA",
      exitCode: 5,
    });
  });

  it("for a wrong key is not tried again", async () => {
    const dataDir = temporary();
    const { sidecar } = sidecarProcess({ dataDir, key: async () => "the right key" });
    await sidecar.start().ready();
    await sidecar.stop();
    const wrong = await fails({ dataDir, key: () => "another key" });
    expect(wrong).toEqual({ code: "E_WRONG_KEY", exitCode: 6 });
  });

  it("for a key the app hasn't got does not start", async () => {
    const locked = fails({
      key: () => {
        throw new Error("the keychain is locked");
      },
    });
    expect(await locked).toEqual({ code: "E_KEY", exitCode: null });
    expect(await fails({ key: () => "two\nlines" })).toEqual({ code: "E_KEY", exitCode: null });
  });
});

describe("the end of a sidecar", () => {
  it("that nobody here asked for, in order, is no crash", async () => {
    const { sidecar, states } = sidecarProcess();
    await sidecar.start().ready();
    await connectTo(sidecar.endpoint).server.shutdown();
    await reaches(sidecar, "stopped");
    expect(states).toEqual(["starting", "running", "stopped"]);
  });

  it("comes before it has begun, while the app looks for its key", async () => {
    let give: (key: string) => void = () => {};
    const key = new Promise<string>((resolve) => {
      give = resolve;
    });
    const { sidecar, electron } = sidecarProcess({ key: () => key });
    sidecar.start();
    await sidecar.stop();
    give("too late");
    await key;
    expect(sidecar.status.getSnapshot().state).toBe("stopped");
    await gone(electron.root);
  });

  it("comes in the very moment of its start", async () => {
    const { sidecar, electron, states } = sidecarProcess();
    await sidecar.start().stop();
    expect(states).toEqual(["starting", "stopping", "stopped"]);
    await gone(electron.root);
  });

  it("comes by force where it doesn't listen", async () => {
    const { sidecar, electron } = sidecarProcess();
    const { pid } = await sidecar.start().ready();
    process.kill(pid, "SIGSTOP");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const stopped = sidecar.stop();
    await vi.advanceTimersByTimeAsync(7999);
    process.kill(pid, 0);
    expect(sidecar.status.getSnapshot().state).toBe("stopping");
    await vi.advanceTimersByTimeAsync(2001);
    await stopped;
    vi.useRealTimers();
    await gone(electron.root);
  });

  it("comes before the app's, once its windows are closed", async () => {
    const { sidecar, electron, states } = sidecarProcess();
    await sidecar.start().ready();
    const quit = electron.hasQuit();
    electron.app.quit();
    electron.app.quit();
    await quit;
    expect(states.at(-1)).toBe("stopped");
    expect(electron.quits).toBe(3);
    await gone(electron.root);
    // Another listener kept the app, which goes on and quits later.
    await sidecar.start().ready();
    const later = electron.hasQuit();
    electron.app.quit();
    await later;
    expect(states.at(-1)).toBe("stopped");
  });

  it("holds up no app whose sidecar isn't there", async () => {
    const { electron } = sidecarProcess();
    const quit = electron.hasQuit();
    electron.app.quit();
    await quit;
    expect(electron.quits).toBe(1);
  });
});
