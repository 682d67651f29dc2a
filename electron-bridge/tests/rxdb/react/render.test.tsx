// @vitest-environment happy-dom
/** Where our hooks do more than those of rxdb/plugins/react. */

import { act, cleanup, render, renderHook, screen, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, expect, it } from "vitest";
import type { RxCollection, RxDatabase } from "../../../src/rxdb/index.ts";
import {
  RxDatabaseProvider,
  useLiveRxQuery,
  useRxCollection,
  useRxDocument,
  useRxQuery,
} from "../../../src/rxdb/react/index.ts";
import { type Hero, hero, openFacade, Strict } from "./support.tsx";

afterEach(cleanup);

type Heroes = RxDatabase<{ heroes: RxCollection<Hero> }>;

const within = (database: Heroes) => (props: { readonly children: ReactNode }) => (
  <Strict>
    <RxDatabaseProvider database={database}>{props.children}</RxDatabaseProvider>
  </Strict>
);

it("a live query that is made anew in each render is one query", async () => {
  const database = await openFacade();
  await database.heroes.insert(hero("Bob"));
  let renders = 0;
  const { result } = renderHook(
    () => {
      renders += 1;
      return useLiveRxQuery<Hero>({ collection: "heroes", query: { selector: { hp: 10 } } });
    },
    { wrapper: within(database) },
  );
  await waitFor(() => expect(result.current.results).toHaveLength(1));
  await act(() => database.heroes.insert(hero("Dan")));
  await waitFor(() => expect(result.current.results).toHaveLength(2));
  const settled = renders;
  await act(() => database.heroes.insert(hero("Eve", 99)));
  expect(renders).toBe(settled);
});

it("a query that follows another one ends loading, too", async () => {
  const database = await openFacade();
  await database.heroes.insert(hero("Bob", 20));
  for (const hook of [useLiveRxQuery, useRxQuery]) {
    const { result, rerender } = renderHook(
      ({ least }) => hook({ collection: "heroes", query: QUERIES[least] ?? {} }),
      { wrapper: within(database), initialProps: { least: 10 } },
    );
    await waitFor(() => expect(result.current.results).toHaveLength(1));
    rerender({ least: 30 });
    await waitFor(() =>
      expect(result.current).toEqual({ results: [], loading: false, error: null }),
    );
  }
});

const QUERIES: Readonly<Record<number, object>> = {
  10: { selector: { hp: { $gte: 10 } } },
  30: { selector: { hp: { $gte: 30 } } },
};

it("a query that fails says why, and the next one has no error", async () => {
  const database = await openFacade();
  const wrong: object = { selector: { hp: { $undone: 1 } } };
  for (const hook of [useLiveRxQuery, useRxQuery]) {
    const { result, rerender } = renderHook(({ query }) => hook({ collection: "heroes", query }), {
      wrapper: within(database),
      initialProps: { query: wrong },
    });
    await waitFor(() => expect(result.current.error).toContain("$undone"));
    expect(result.current).toMatchObject({ results: [], loading: false });
    rerender({ query: QUERIES[10] ?? {} });
    await waitFor(() =>
      expect(result.current).toEqual({ results: [], loading: false, error: null }),
    );
  }
});

it("a component that is gone leaves no subscription behind", async () => {
  const database = await openFacade();
  const { result, unmount } = renderHook(
    () => useLiveRxQuery<Hero>({ collection: "heroes", query: {} }),
    { wrapper: within(database) },
  );
  await waitFor(() => expect(result.current.loading).toBe(false));
  const subscriptions = async () =>
    (await database.client.request("server.stats", {})).subscriptions;
  const before = await subscriptions();
  unmount();
  await waitFor(async () => expect(await subscriptions()).toBe(before - 1), { timeout: 5000 });
});

it("a page rendered on a server is loading, and a window takes it over without an error", async () => {
  const database = await openFacade();
  await database.heroes.insert(hero("Bob", 20));
  function Page() {
    const heroes = useRxCollection<Hero>("heroes");
    const { results, loading } = useLiveRxQuery<Hero>({ collection: "heroes", query: {} });
    const once = useRxQuery<Hero>({ collection: database.heroes, query: QUERIES[10] ?? {} });
    const bob = useRxDocument(heroes, "Bob");
    const told = [heroes?.name, loading, results.length, once.results.length, bob.result?.hp];
    return <p>{told.join(" ")}</p>;
  }
  const page = (
    <RxDatabaseProvider database={database}>
      <Page />
    </RxDatabaseProvider>
  );
  const container = document.body.appendChild(document.createElement("div"));
  container.innerHTML = renderToString(page);
  expect(container.textContent).toBe(" true 0 0 ");
  const errors: unknown[] = [];
  await act(async () => {
    render(page, { container, hydrate: true, onRecoverableError: (error) => errors.push(error) });
  });
  await screen.findByText("heroes false 1 1 20");
  expect(errors).toEqual([]);
});
