// @vitest-environment happy-dom

import {
  act,
  cleanup,
  configure,
  render,
  renderHook,
  screen,
  waitFor,
} from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { events, type Result, tables } from "../../../src/client/index.ts";
import { RxDatabaseMigration } from "../../../src/migration/index.ts";
import {
  MigrationProgress,
  MigrationReport,
  useMigration,
  VerificationReport,
} from "../../../src/migration/react/index.ts";
import { within } from "../../support/react.tsx";
import { oldDatabase, oldMemory, oldPersona } from "../../support/rxdb.ts";
import { connectTo, startSidecar } from "../../support/sidecar.ts";

configure({ asyncUtilTimeout: 20_000 });
beforeEach(() => localStorage.clear());
afterEach(cleanup);

async function startMove() {
  const { endpoint } = await startSidecar();
  const client = connectTo(endpoint);
  const database = await oldDatabase();
  await database.personas.bulkInsert([oldPersona("Ada"), oldPersona("Bob")]);
  await database.memoryEntities.insert(oldMemory("orphan", "persona-gone"));
  const driver = await RxDatabaseMigration.open(client, database);
  onTestFinished(() => driver.close());
  return { endpoint, client, database, driver };
}

describe("useMigration", () => {
  it("moves, switches and returns, and shows where it is in every window", async () => {
    const { endpoint, client, database, driver } = await startMove();
    const { result } = renderHook(() => useMigration(driver), { wrapper: within(client) });
    const other = renderHook(() => useMigration(), { wrapper: within(connectTo(endpoint)) });
    await waitFor(() => expect(result.current.status?.state).toBe("idle"));
    await waitFor(() => expect(other.result.current.state).toBe("idle"));

    await act(() => result.current.run());
    expect(result.current).toMatchObject({ state: "dual", running: null, error: null });
    expect(result.current.progress?.phase).toBe("verifying");
    await waitFor(() => expect(result.current.status?.report?.verification?.passed).toBe(true));
    expect(result.current.status?.quarantined).toBe(1);

    await act(() => result.current.verify());
    expect(result.current.verification?.passed).toBe(true);
    await act(() => result.current.cutover());
    await waitFor(() => expect(result.current.state).toBe("switched"));
    await waitFor(() => expect(other.result.current.state).toBe("switched"));
    await act(() =>
      client.commit(events.personaUpdated({ id: "persona-Ada", updates: { name: "Zoe" } })),
    );
    await act(() => result.current.rollback());
    await waitFor(() => expect(result.current.state).toBe("rolled-back"));
    expect((await database.personas.findOne("persona-Ada").exec(true)).get("name")).toBe("Zoe");
  });

  it("shows one action to all components of a window, and the later one that mounts", async () => {
    const { client, driver } = await startMove();
    const first = renderHook(() => useMigration(driver), { wrapper: within(client) });
    const second = renderHook(() => useMigration(driver), { wrapper: within(client) });
    let running: Promise<void> = Promise.resolve();
    act(() => {
      running = first.result.current.run();
    });
    expect([first, second].map(({ result }) => result.current.running)).toEqual(["run", "run"]);
    const third = renderHook(() => useMigration(driver), { wrapper: within(client) });
    expect(third.result.current.running).toBe("run");
    first.unmount();
    await act(() => running);
    expect(third.result.current).toMatchObject({ running: null, state: "dual" });
    expect(second.result.current.run).toBe(third.result.current.run);
  });

  it("says why an action failed, until the next one, and rejects nothing", async () => {
    const { client, database, driver } = await startMove();
    const odd = await database.notes.insert({ id: "odd", name: Number.NaN });
    const { result } = renderHook(() => useMigration(driver), { wrapper: within(client) });
    await act(() => result.current.run());
    expect(result.current).toMatchObject({ running: null, error: { code: "E_MIGRATION" } });
    await odd.incrementalPatch({ name: "mended" });
    await act(() => result.current.run());
    expect(result.current).toMatchObject({ state: "dual", error: null });
  });

  it("stops when it is told to, which is no failure, and goes on afterwards", async () => {
    const { client, driver } = await startMove();
    const { result } = renderHook(() => useMigration(driver), { wrapper: within(client) });
    await act(async () => {
      const running = result.current.run();
      result.current.stop();
      await running;
    });
    expect(result.current).toMatchObject({ running: null, error: null });
    await act(() => result.current.run());
    expect(result.current).toMatchObject({ state: "dual", error: null });
    expect(await client.query(tables.personas.count())).toBe(2);
  });

  it("only watches without a driver", async () => {
    const { client } = await startMove();
    const { result } = renderHook(() => useMigration(), { wrapper: within(client) });
    await act(() => result.current.run());
    expect(result.current.error).toMatchObject({ code: "E_MIGRATION" });
    expect(await client.query(tables.personas.count())).toBe(0);
  });
});

describe("MigrationProgress", () => {
  it("is a progress bar with text", () => {
    const { rerender } = render(
      <MigrationProgress progress={{ phase: "importing", done: 1200, total: 5000 }} />,
    );
    const bar = screen.getByRole("progressbar", { name: "Migration" });
    expect(bar.textContent).toBe("Importing: 1,200 of 5,000");
    expect(bar.getAttribute("aria-valuenow")).toBe("1200");
    expect(bar.getAttribute("aria-valuemax")).toBe("5000");
    expect(bar.getAttribute("aria-valuetext")).toBe("Importing: 1,200 of 5,000");
    rerender(<MigrationProgress progress={{ phase: "read", done: 7, total: null }} />);
    expect(bar.textContent).toBe("Reading RxDB: 7");
    expect(bar.hasAttribute("aria-valuenow")).toBe(false);
    rerender(<MigrationProgress progress={null} />);
    expect(screen.queryByRole("progressbar")).toBeNull();
  });
});

describe("MigrationReport", () => {
  it("shows what was imported, what was kept out, and what the comparison found", async () => {
    const { driver } = await startMove();
    const report = await driver.run();
    render(<MigrationReport report={report} />);
    const row = screen.getByRole("row", { name: /^personas/ });
    expect(row.textContent).toContain("2");
    expect(screen.getByText(/memory-orphan\/personaId/).tagName).toBe("LI");
    expect(screen.getByRole("status").textContent).toContain("Verification passed");
    expect(screen.getByText(/^Backup: .*rxdb-backup-/)).toBeTruthy();
  });

  it("names each difference, also one that reads like another, and how many more there are", async () => {
    const { driver } = await startMove();
    const { verification } = await driver.run();
    if (verification === null) throw new Error("There is no verification");
    const different: Result<"migrate.verify"> = {
      ...verification,
      passed: false,
      differences: [
        { collection: "notes", id: "n1", kind: "different", fields: ["name", "at"] },
        { collection: "notes", id: "n2", kind: "missing", fields: [] },
        { collection: "notes", id: "n2", kind: "missing", fields: [] },
      ],
      differencesTotal: 4,
    };
    render(<VerificationReport verification={different} />);
    expect(screen.getByRole("status").textContent).toContain("Verification failed");
    expect(screen.getByText("notes n1 differs in name, at")).toBeTruthy();
    expect(screen.getAllByText("notes n2 is in RxDB and not in the store")).toHaveLength(2);
    expect(screen.getByText("and 1 more")).toBeTruthy();
  });
});
