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
import { Component, type ReactNode, useEffect } from "react";
import { renderToString } from "react-dom/server";
import type { RxDocument, RxQuery } from "rxdb";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { events, type SidecarClient, table, tables } from "../../../src/client/index.ts";
import { useMigrationAwareQuery } from "../../../src/migration/react/index.ts";
import { within } from "../../support/react.tsx";
import { oldDatabase, oldPersona } from "../../support/rxdb.ts";
import { connectTo, startClient } from "../../support/sidecar.ts";
import { cutOver, rollBack, toDual } from "../guide/moving.ts";

configure({ asyncUtilTimeout: 20_000 });
beforeEach(() => localStorage.clear());
afterEach(cleanup);

/** An app between two databases: RxDB has Ada and Bob. */
async function startApp(given?: SidecarClient) {
  const client = given ?? (await startClient()).client;
  const database = await oldDatabase();
  await database.personas.bulkInsert([oldPersona("Ada"), oldPersona("Bob")]);
  return { client, database };
}

/** A client of a sidecar that can't be reached: nobody knows where the truth is. */
function unreachable(): SidecarClient {
  return connectTo({ url: "ws://127.0.0.1:1/rpc", token: "none" }, { retry: { attempts: 1 } });
}

type App = Awaited<ReturnType<typeof startApp>>;

/** Shows names, and keeps every text it has shown and how often it was mounted. */
function watched(useNames: () => readonly unknown[]) {
  const texts: string[] = [];
  let mounts = 0;
  function Names(): ReactNode {
    const text = useNames().map(nameOf).join(" ") || "nobody";
    texts.push(text);
    useEffect(() => {
      mounts += 1;
    }, []);
    return <p>{text}</p>;
  }
  return { Names, texts, mounts: () => mounts };
}

function nameOf(one: unknown): string {
  return typeof one === "object" && one !== null && "name" in one ? String(one.name) : "?";
}

const byName = tables.personas.orderBy("name");

describe("useMigrationAwareQuery", () => {
  it.each<[string, (app: App) => readonly unknown[]]>([
    [
      "the guide's two functions",
      ({ database, client }) =>
        useMigrationAwareQuery(
          () => database.personas.find().exec(),
          () => client.query(byName),
        ),
    ],
    ["a query of each", ({ database }) => useMigrationAwareQuery(database.personas.find(), byName)],
    [
      "an Observable and a query as JSON",
      ({ database }) =>
        useMigrationAwareQuery(database.personas.find().$, {
          from: "personas",
          sort: [{ name: "asc" }],
        }),
    ],
    [
      "functions that return queries",
      ({ database }) =>
        useMigrationAwareQuery(
          () => database.personas.find(),
          () => byName,
        ),
    ],
  ])("changes over and back without a gap or a new mount: %s (M10)", async (_, useNames) => {
    const app = await startApp();
    const { client, database } = app;
    const { Names, texts, mounts } = watched(() => useNames(app));
    render(<Names />, { wrapper: within(client) });
    await screen.findByText("Ada Bob");
    const mounted = mounts();
    const begun = texts.length;

    const migration = await act(() => toDual(client, database));
    await act(async () => {
      await client.commit(events.personaUpdated({ id: "persona-Bob", updates: { name: "Zoe" } }));
      await cutOver(client, migration);
    });
    await screen.findByText("Ada Zoe");
    await act(() => rollBack(client, migration));
    await screen.findByText("Ada Bob");

    expect(new Set(texts.slice(begun))).toEqual(new Set(["Ada Bob", "Ada Zoe"]));
    expect(mounts()).toBe(mounted);
  });

  it("begins with the store where the app has switched, and does not ask RxDB", async () => {
    const { client, database } = await startApp();
    await cutOver(client, await toDual(client, database));
    localStorage.setItem("migration-complete", "true");
    let asked = 0;
    const { Names } = watched(() =>
      useMigrationAwareQuery(() => {
        asked += 1;
        return database.personas.find();
      }, byName),
    );
    render(<Names />, { wrapper: within(client) });
    await screen.findByText("Ada Bob");
    expect(asked).toBe(0);
  });

  it("follows RxDB, in StrictMode with one subscription that ends with the component", async () => {
    const { client, database } = await startApp(unreachable());
    const query = database.personas.find();
    const { Names } = watched(() => useMigrationAwareQuery(query, byName));
    const { unmount } = render(<Names />, { wrapper: within(client) });
    await screen.findByText("Ada Bob");
    expect(query.refCount$.observers).toHaveLength(1);
    await act(() => database.personas.insert(oldPersona("Cid")));
    await screen.findByText("Ada Bob Cid");
    unmount();
    expect(query.refCount$.observers).toHaveLength(0);
  });

  it("runs functions again when what they depend on changes, and shows nothing of before", async () => {
    const { client, database } = await startApp(unreachable());
    const { result, rerender } = renderHook(
      ({ name }) =>
        useMigrationAwareQuery(
          () => database.personas.find({ selector: { name } }).exec(),
          () => tables.personas.where({ name }),
          [name],
        ).map(nameOf),
      { wrapper: within(client), initialProps: { name: "Ada" } },
    );
    await waitFor(() => expect(result.current).toEqual(["Ada"]));
    rerender({ name: "Bob" });
    expect(result.current).toEqual([]);
    await waitFor(() => expect(result.current).toEqual(["Bob"]));
  });

  it("asks at the switch what the last render would ask", async () => {
    const { client, database } = await startApp();
    const { result, rerender } = renderHook(
      ({ name }) =>
        useMigrationAwareQuery(database.personas.find(), () =>
          client.query(tables.personas.where({ name })),
        ).map(nameOf),
      { wrapper: within(client), initialProps: { name: "Ada" } },
    );
    await waitFor(() => expect(result.current).toHaveLength(2));
    rerender({ name: "Bob" });
    const migration = await act(() => toDual(client, database));
    await act(() => cutOver(client, migration));
    await waitFor(() => expect(result.current).toEqual(["Bob"]));
  });

  it("throws an error to the nearest boundary where there is nothing to show", async () => {
    const { client } = await startApp();
    // React reports what a component throws, also where it is caught.
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { Names } = watched(() =>
      useMigrationAwareQuery(() => Promise.reject(new Error("RxDB is closed")), byName),
    );
    render(
      <Boundary>
        <Names />
      </Boundary>,
      { wrapper: within(client) },
    );
    await screen.findByText("RxDB is closed");
  });

  it("throws the error of a wrong query of the store at the switch, and shows no old rows for ever", async () => {
    const { client, database } = await startApp();
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { Names } = watched(() =>
      useMigrationAwareQuery(database.personas.find(), { from: "people" }),
    );
    render(
      <Boundary>
        <Names />
      </Boundary>,
      { wrapper: within(client) },
    );
    await screen.findByText("Ada Bob");
    const migration = await act(() => toDual(client, database));
    await act(() => cutOver(client, migration));
    await screen.findByText(/people/);
  });

  it("throws where a query results in no array", async () => {
    const { client } = await startApp();
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { Names } = watched(() =>
      useMigrationAwareQuery(async () => JSON.parse('{"no": "array"}'), byName),
    );
    render(
      <Boundary>
        <Names />
      </Boundary>,
      { wrapper: within(client) },
    );
    await screen.findByText(/have to result in arrays/);
  });

  it("renders nothing on a server", async () => {
    const { client, database } = await startApp(unreachable());
    const { Names } = watched(() => useMigrationAwareQuery(database.personas.find(), byName));
    const Wrapper = within(client);
    const page = renderToString(
      <Wrapper>
        <Names />
      </Wrapper>,
    );
    expect(page).toBe("<p>nobody</p>");
  });

  it("knows the types of both sides", () => {
    type Note = { readonly id: string; readonly text: string };
    type Queries = Parameters<typeof useTyped>;
    const useTyped = (rxdb: RxQueryOf<{ id: string; old: true }>) => ({
      live: useMigrationAwareQuery(rxdb, table<Note>("notes", "id")),
      guide: useMigrationAwareQuery(
        () => rxdb.exec(),
        async () => [{ id: "", fresh: true }],
      ),
    });
    type Found = ReturnType<typeof useTyped>;
    expectTypeOf<Queries>().not.toBeAny();
    expectTypeOf<Found["live"]>().toEqualTypeOf<
      readonly (RxDocument<{ id: string; old: true }> | Note)[]
    >();
    expectTypeOf<Found["guide"][number]["id"]>().toEqualTypeOf<string>();
  });
});

type RxQueryOf<T> = RxQuery<T, RxDocument<T>[]>;

class Boundary extends Component<
  { readonly children: ReactNode },
  { readonly message: string | undefined }
> {
  override state: { readonly message: string | undefined } = { message: undefined };
  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : "unknown" };
  }
  override render() {
    const { message } = this.state;
    return message === undefined ? this.props.children : <p>{message}</p>;
  }
}
