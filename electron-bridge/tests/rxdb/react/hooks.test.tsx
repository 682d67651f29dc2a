// @vitest-environment happy-dom
/** The hooks of rxdb/plugins/react, and ours: one suite over both. */

import { act, cleanup, render, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import * as real from "rxdb/plugins/react";
import { afterEach, describe, expect, it } from "vitest";
import * as ours from "../../../src/rxdb/react/index.ts";
import {
  type Database,
  type HeroDocument,
  type Heroes,
  hero,
  more,
  openFacade,
  openReal,
  Strict,
} from "./support.tsx";

afterEach(cleanup);

interface Options {
  readonly collection: string | Heroes;
  readonly query: object;
}

interface Results {
  readonly results: HeroDocument[];
  readonly loading: boolean;
  readonly error: string | null;
}

/** What both peers' hooks are, as far as it is tried here. */
interface Hooks {
  RxDatabaseProvider(props: { database: Database; children: ReactNode }): ReactNode;
  useRxDatabase(): unknown;
  useRxCollection(name: string): Heroes | null;
  useRxQuery(options: Options): Results;
  useLiveRxQuery(options: Options): Results;
  useRxDocument(
    collection: Heroes | null,
    name: string | undefined,
  ): { result: HeroDocument | null; loading: boolean; error: string | null };
}

const peers: readonly { of: string; hooks: Hooks; open: () => Promise<Database> }[] = [
  { of: "RxDB", hooks: real, open: openReal },
  { of: "the facade", hooks: ours, open: openFacade },
];

const ALL: object = { selector: {}, sort: [{ name: "asc" }] };
const STRONG: object = { selector: { hp: { $gt: 15 } }, sort: [{ name: "asc" }] };
const WEAK: object = { selector: { hp: { $lt: 15 } }, sort: [{ name: "asc" }] };

const BOB: { readonly name?: string } = { name: "Bob" };

const names = ({ results }: Results) => results.map(({ name }) => name);

describe.each(peers)("the hooks of $of", ({ hooks, open }) => {
  const { RxDatabaseProvider } = hooks;
  const within = (database: Database) => (props: { readonly children: ReactNode }) => (
    <Strict>
      <RxDatabaseProvider database={database}>{props.children}</RxDatabaseProvider>
    </Strict>
  );

  async function filled(): Promise<Database> {
    const database = await open();
    await database.heroes.bulkInsert([hero("Bob", 20), hero("Alice", 10), hero("Carol", 30)]);
    return database;
  }

  it("give the database, and R2 without a provider", async () => {
    const database = await open();
    const { result } = renderHook(hooks.useRxDatabase, { wrapper: within(database) });
    expect(result.current).toBe(database);
    expect(() => renderHook(hooks.useRxDatabase)).toThrow(expect.objectContaining({ code: "R2" }));
  });

  it("refuse what is no database with R1, and what is no collection with R3", async () => {
    const none: Database = Object.create(null);
    expect(() => render(<RxDatabaseProvider database={none}>x</RxDatabaseProvider>)).toThrow(
      expect.objectContaining({ code: "R1" }),
    );
    const heroes: Heroes = Object.create(null);
    for (const hook of [hooks.useRxQuery, hooks.useLiveRxQuery]) {
      expect(() => renderHook(() => hook({ collection: heroes, query: ALL }))).toThrow(
        expect.objectContaining({ code: "R3" }),
      );
    }
    expect(() => renderHook(() => hooks.useRxDocument(heroes, "Bob"))).toThrow(
      expect.objectContaining({ code: "R3" }),
    );
  });

  it("follow a collection: null, there once it is added, null when it is closed", async () => {
    const database = await open();
    const { result } = renderHook(
      ({ name }) => [hooks.useRxCollection("heroes"), hooks.useRxCollection(name)],
      { wrapper: within(database), initialProps: { name: "villains" } },
    );
    await waitFor(() => expect(result.current).toEqual([database.heroes, null]));
    await act(() => database.addCollections({ villains: more }));
    await waitFor(() => expect(result.current[1]).not.toBeNull());
    await act(() => database.heroes.close());
    await waitFor(() => expect(result.current[0]).toBeNull());
  });

  it("useLiveRxQuery loads, and then shows each change", async () => {
    const database = await filled();
    const { result } = renderHook(
      () => hooks.useLiveRxQuery({ collection: "heroes", query: ALL }),
      { wrapper: within(database) },
    );
    expect(result.current).toEqual({ results: [], loading: true, error: null });
    await waitFor(() => expect(result.current.loading).toBe(false));
    expect(names(result.current)).toEqual(["Alice", "Bob", "Carol"]);
    const [alice] = result.current.results;

    await act(() => database.heroes.insert(hero("Dan")));
    await waitFor(() => expect(names(result.current)).toEqual(["Alice", "Bob", "Carol", "Dan"]));
    expect(result.current.results[0]).toBe(alice);
    await act(async () => alice?.patch({ color: "blue" }));
    await waitFor(() => expect(result.current.results[0]?.color).toBe("blue"));
    await act(async () => result.current.results[1]?.remove());
    await waitFor(() => expect(names(result.current)).toEqual(["Alice", "Carol", "Dan"]));
    expect(result.current).toMatchObject({ loading: false, error: null });
  });

  it("show the results of another query, and those before until they are there", async () => {
    const database = await filled();
    const seen: string[] = [];
    const { rerender } = renderHook(
      ({ query }) => {
        const found = hooks.useLiveRxQuery({ collection: "heroes", query });
        if (seen.at(-1) !== names(found).join()) seen.push(names(found).join());
      },
      { wrapper: within(database), initialProps: { query: STRONG } },
    );
    await waitFor(() => expect(seen).toEqual(["", "Bob,Carol"]));
    rerender({ query: WEAK });
    await waitFor(() => expect(seen).toEqual(["", "Bob,Carol", "Alice"]));
  });

  it("useRxQuery asks once, and again when the query is another object", async () => {
    const database = await filled();
    const { result, rerender } = renderHook(
      ({ query }) => hooks.useRxQuery({ collection: "heroes", query }),
      { wrapper: within(database), initialProps: { query: WEAK } },
    );
    await waitFor(() => expect(names(result.current)).toEqual(["Alice"]));
    const before = result.current.results;
    await act(() => database.heroes.insert(hero("Dan")));
    rerender({ query: WEAK });
    expect(result.current.results).toBe(before);
    rerender({ query: { ...WEAK } });
    await waitFor(() => expect(names(result.current)).toEqual(["Alice", "Dan"]));
  });

  it("take a collection itself, and then need no provider", async () => {
    const { heroes } = await filled();
    const live = renderHook(() => hooks.useLiveRxQuery({ collection: heroes, query: STRONG }));
    await waitFor(() => expect(names(live.result.current)).toEqual(["Bob", "Carol"]));
    const once = renderHook(() => hooks.useRxQuery({ collection: heroes, query: WEAK }));
    await waitFor(() => expect(names(once.result.current)).toEqual(["Alice"]));
  });

  it("begin with a collection that is added later", async () => {
    const database = await open();
    const { result } = renderHook(
      () => hooks.useLiveRxQuery({ collection: "villains", query: ALL }),
      { wrapper: within(database) },
    );
    expect(result.current).toEqual({ results: [], loading: true, error: null });
    await act(() => database.addCollections({ villains: more }));
    await waitFor(() => expect(result.current.loading).toBe(false));
  });

  it("useRxDocument follows one document: its revisions, its end, another one", async () => {
    const database = await filled();
    const { heroes } = database;
    const { result, rerender } = renderHook(
      ({ name }: { name?: string }) => hooks.useRxDocument(heroes, name),
      { wrapper: Strict, initialProps: BOB },
    );
    expect(result.current).toEqual({ result: null, loading: true, error: null });
    await waitFor(() => expect(result.current.result?.hp).toBe(20));
    await act(async () => result.current.result?.patch({ hp: 21 }));
    await waitFor(() => expect(result.current.result?.hp).toBe(21));
    await act(async () => result.current.result?.remove());
    await waitFor(() =>
      expect(result.current).toEqual({ result: null, loading: false, error: null }),
    );
    rerender({ name: "Carol" });
    await waitFor(() => expect(result.current.result?.name).toBe("Carol"));
    rerender({});
    await waitFor(() => expect(result.current.result).toBeNull());
  });

  it("useRxDocument has nothing to load without a collection or a key", async () => {
    const { heroes } = await open();
    const idle = { result: null, loading: false, error: null };
    expect(renderHook(() => hooks.useRxDocument(null, "Bob")).result.current).toEqual(idle);
    expect(renderHook(() => hooks.useRxDocument(heroes, undefined)).result.current).toEqual(idle);
  });
});
