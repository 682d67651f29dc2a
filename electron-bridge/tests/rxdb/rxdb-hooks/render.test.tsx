// @vitest-environment happy-dom
/** Where our hooks do more than those of rxdb-hooks 5. */

import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, describe, expect, it } from "vitest";
import type { RxCollection } from "../../../src/rxdb/index.ts";
import {
  Provider,
  type ProviderProps,
  useRxData,
  useRxDB,
  useRxDocument,
} from "../../../src/rxdb/rxdb-hooks/index.ts";
import { type Hero, hero, more, openFacade, Strict } from "../react/support.tsx";

afterEach(cleanup);

const within = (props: ProviderProps) => (inner: { readonly children: ReactNode }) => (
  <Strict>
    <Provider {...props}>{inner.children}</Provider>
  </Strict>
);

async function filled() {
  const db = await openFacade();
  await db.heroes.bulkInsert(["a", "b", "c", "d", "e"].map((name) => hero(name)));
  return db;
}

it("a query that is made anew in each render is one query", async () => {
  const db = await filled();
  let renders = 0;
  const { result } = renderHook(
    () => {
      renders += 1;
      return useRxData<Hero>("heroes", (heroes) => heroes.find({ selector: { color: "red" } }));
    },
    { wrapper: within({ db }) },
  );
  await waitFor(() => expect(result.current.result).toHaveLength(5));
  const settled = renders;
  await act(() => db.heroes.insert(hero("f", 1, "blue")));
  expect(renders).toBe(settled);
});

it("a database, and a collection, may come later", async () => {
  const db = await openFacade();
  let late: typeof db | undefined;
  const { result, rerender } = renderHook(
    () => [useRxDB(), useRxData("villains", (villains) => villains.find()).isFetching],
    { wrapper: ({ children }) => <Provider db={late}>{children}</Provider> },
  );
  expect(result.current).toEqual([undefined, true]);
  late = db;
  rerender();
  expect(result.current).toEqual([db, true]);
  await act(() => db.addCollections({ villains: more }));
  await waitFor(() => expect(result.current).toEqual([db, false]));
});

it("pages are of what a query's own limit and skip leave", async () => {
  const db = await filled();
  const query = (heroes: RxCollection<Hero>) => heroes.find({ selector: {}, skip: 1, limit: 3 });
  const { result } = renderHook(
    () => useRxData<Hero>("heroes", query, { pageSize: 2, pagination: "Traditional" }),
    { wrapper: within({ db }) },
  );
  await waitFor(() => expect(result.current.pageCount).toBe(2));
});

it("a page that is asked for again is there", async () => {
  const db = await filled();
  const all = (heroes: RxCollection<Hero>) => heroes.find();
  const { result } = renderHook(
    () => useRxData<Hero>("heroes", all, { pageSize: 2, pagination: "Traditional" }),
    { wrapper: within({ db }) },
  );
  await waitFor(() => expect(result.current.pageCount).toBe(3));
  act(() => result.current.fetchPage(1));
  expect(result.current.isFetching).toBe(false);
});

describe("useRxDocument, as rxdb-hooks 4 has it", () => {
  it("finds by the primary key, and follows the document", async () => {
    const db = await filled();
    const { result } = renderHook(() => useRxDocument<Hero>("heroes", "b"), {
      wrapper: within({ db }),
    });
    expect(result.current).toEqual({ result: undefined, isFetching: true });
    await waitFor(() => expect(result.current.result?.name).toBe("b"));
    await act(async () => result.current.result?.patch({ hp: 99 }));
    await waitFor(() => expect(result.current.result?.hp).toBe(99));
    await act(async () => result.current.result?.remove());
    await waitFor(() => expect(result.current).toEqual({ result: undefined, isFetching: false }));
  });

  it("finds by another field: that of the call, else that of the provider", async () => {
    const db = await filled();
    await db.heroes.insert(hero("z", 77, "blue"));
    const { result } = renderHook(
      () => [
        useRxDocument<Hero>("heroes", "blue", { json: true }),
        useRxDocument<Hero>("heroes", 77, { idAttribute: "hp" }),
      ],
      { wrapper: within({ db, idAttribute: "color" }) },
    );
    await waitFor(() => expect(result.current[0]?.result).toEqual(hero("z", 77, "blue")));
    await waitFor(() => expect(result.current[1]?.result?.name).toBe("z"));
  });

  it("is fetching without an id", async () => {
    const db = await filled();
    const { result } = renderHook(() => useRxDocument("heroes"), { wrapper: within({ db }) });
    expect(result.current).toEqual({ result: undefined, isFetching: true });
  });
});

it("a page rendered on a server is fetching", async () => {
  const db = await filled();
  function Page() {
    const { result, isFetching } = useRxData("heroes", (heroes) => heroes.find());
    return [result.length, isFetching].join();
  }
  expect(
    renderToString(
      <Provider db={db}>
        <Page />
      </Provider>,
    ),
  ).toBe("0,true");
});
