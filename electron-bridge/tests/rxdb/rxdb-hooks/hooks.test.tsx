// @vitest-environment happy-dom
/** The hooks of rxdb-hooks, and ours: one suite over both. */

import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import * as real from "rxdb-hooks";
import { afterEach, describe, expect, it } from "vitest";
import * as ours from "../../../src/rxdb/rxdb-hooks/index.ts";
import type { Any } from "../../../src/rxdb/types/any.ts";
import {
  type Database,
  type Hero,
  type Heroes,
  hero,
  openFacade,
  openReal,
  Strict,
} from "../react/support.tsx";

afterEach(cleanup);

interface Options {
  readonly pageSize?: number;
  readonly pagination?: "Traditional" | "Infinite";
  readonly json?: boolean;
}

interface Result {
  readonly result: readonly Hero[];
  readonly isFetching: boolean;
  readonly isExhausted: boolean;
  readonly pageCount: number;
  readonly currentPage: number | undefined;
  readonly fetchPage: (page: number) => void;
  readonly fetchMore: () => void;
  readonly resetList: () => void;
}

type Making = (heroes: Heroes) => unknown;

/** What both peers' hooks are, as far as it is tried here. */
interface Hooks {
  Provider(props: { db?: Any; children: ReactNode }): ReactNode;
  useRxDB(): unknown;
  useRxCollection(name: string): unknown;
  useRxQuery(query: unknown, options?: Options): Result;
  useRxData(name: string, query: Making | undefined, options?: Options): Result;
}

const peers: readonly { of: string; hooks: Hooks; open: () => Promise<Database> }[] = [
  { of: "rxdb-hooks", hooks: real, open: openReal },
  { of: "the facade", hooks: ours, open: openFacade },
];

const letters = ["a", "b", "c", "d", "e", "f", "g"];
const all: Making = (heroes) => heroes.find({ selector: {}, sort: [{ name: "asc" }] });
const strong: Making = (heroes) => heroes.find().where("hp").gte(20).sort("name");
const names = ({ result }: Result) => result.map(({ name }) => name).join("");

describe.each(peers)("the hooks of $of", ({ hooks, open }) => {
  const within = (db: Database | undefined) => (props: { readonly children: ReactNode }) => (
    <Strict>
      <hooks.Provider db={db}>{props.children}</hooks.Provider>
    </Strict>
  );

  /** Seven heroes, the strength of each ten more than that of the one before. */
  async function filled(): Promise<Database> {
    const database = await open();
    await database.heroes.bulkInsert(letters.map((name, at) => hero(name, at * 10)));
    return database;
  }

  function shown(database: Database, options?: Options, making = all) {
    return renderHook(({ make }) => hooks.useRxData("heroes", make, options), {
      wrapper: within(database),
      initialProps: { make: making },
    }).result;
  }

  it("give the database and its collections, when they are there", async () => {
    const database = await open();
    const { result } = renderHook(
      () => [hooks.useRxDB(), hooks.useRxCollection("heroes"), hooks.useRxCollection("villains")],
      { wrapper: within(database) },
    );
    await waitFor(() => expect(result.current).toEqual([database, database.heroes, null]));
  });

  it("are fetching without a database, without a query", async () => {
    const nothing = { result: [], isFetching: true, isExhausted: false, pageCount: 0 };
    const { result } = renderHook(() => hooks.useRxData("heroes", all), {
      wrapper: within(undefined),
    });
    expect(result.current).toMatchObject(nothing);
    const database = await open();
    const other = renderHook(
      () => [hooks.useRxData("heroes", undefined), hooks.useRxQuery(undefined)],
      { wrapper: within(database) },
    );
    expect(other.result.current).toMatchObject([nothing, nothing]);
  });

  it("show a live result, as documents or as plain objects", async () => {
    const database = await filled();
    const documents = shown(database, {}, strong);
    const plain = shown(database, { json: true }, strong);
    await waitFor(() => expect(names(documents.current)).toBe("cdefg"));
    await waitFor(() => expect(plain.current.result[0]).toEqual(hero("c", 20)));
    expect(documents.current).toMatchObject({ isFetching: false, isExhausted: true });
    expect(documents.current.currentPage).toBeUndefined();
    const c = await database.heroes.findOne("c").exec(true);
    await act(() => c.patch({ color: "blue" }));
    await waitFor(() => expect(documents.current.result[0]?.color).toBe("blue"));
    await waitFor(() => expect(plain.current.result[0]).toEqual(hero("c", 20, "blue")));
    await act(async () => (await database.heroes.findOne("d").exec(true)).remove());
    await waitFor(() => expect(names(documents.current)).toBe("cefg"));
  });

  it("make a list of what findOne and findByIds find", async () => {
    const database = await filled();
    const one = shown(database, {}, (heroes) => heroes.findOne("b"));
    const none = shown(database, {}, (heroes) => heroes.findOne("z"));
    const some = shown(database, {}, (heroes) => heroes.findByIds(["c", "a"]));
    await waitFor(() => expect(names(one.current)).toBe("b"));
    await waitFor(() => expect(none.current).toMatchObject({ isFetching: false, result: [] }));
    await waitFor(() => expect(names(some.current)).toMatch(/^(ac|ca)$/));
  });

  it("follow another query, and keep the result until its own is there", async () => {
    const database = await filled();
    const seen: string[] = [];
    const { rerender } = renderHook(
      ({ make }) => {
        const now = names(hooks.useRxData("heroes", make));
        if (seen.at(-1) !== now) seen.push(now);
      },
      { wrapper: within(database), initialProps: { make: all } },
    );
    await waitFor(() => expect(seen).toEqual(["", "abcdefg"]));
    rerender({ make: strong });
    await waitFor(() => expect(seen).toEqual(["", "abcdefg", "cdefg"]));
  });

  it("show page after page, and count them: Traditional", async () => {
    const database = await filled();
    const pages = shown(database, { pageSize: 3, pagination: "Traditional" });
    await waitFor(() => expect(pages.current.pageCount).toBe(3));
    await waitFor(() => expect(names(pages.current)).toBe("abc"));
    expect(pages.current).toMatchObject({ currentPage: 1, isExhausted: false });

    act(() => pages.current.fetchPage(3));
    expect(pages.current).toMatchObject({ currentPage: 3, isFetching: true });
    await waitFor(() => expect(names(pages.current)).toBe("g"));
    expect(pages.current).toMatchObject({ isFetching: false, isExhausted: false });
    act(() => pages.current.fetchPage(4));
    act(() => pages.current.fetchPage(0));
    act(() => pages.current.fetchMore());
    expect(pages.current).toMatchObject({ currentPage: 3, isFetching: false });

    await act(() => database.heroes.bulkInsert([hero("h"), hero("i"), hero("j")]));
    await waitFor(() => expect(names(pages.current)).toBe("ghi"));
    await waitFor(() => expect(pages.current.pageCount).toBe(4));
    act(() => pages.current.resetList());
    expect(pages.current).toMatchObject({ currentPage: 1, result: [] });
    await waitFor(() => expect(names(pages.current)).toBe("abc"));
  });

  it("show more and more until there is no more: Infinite, which is the default", async () => {
    const database = await filled();
    const list = shown(database, { pageSize: 3 });
    await waitFor(() => expect(names(list.current)).toBe("abc"));
    expect(list.current).toMatchObject({ currentPage: 1, isExhausted: false, pageCount: 0 });

    act(() => list.current.fetchMore());
    expect(list.current).toMatchObject({ currentPage: 2, isFetching: true, isExhausted: false });
    act(() => list.current.fetchMore());
    await waitFor(() => expect(names(list.current)).toBe("abcdef"));
    expect(list.current).toMatchObject({ currentPage: 2, isExhausted: false });
    act(() => list.current.fetchMore());
    await waitFor(() => expect(names(list.current)).toBe("abcdefg"));
    expect(list.current).toMatchObject({ currentPage: 3, isExhausted: true });
    act(() => list.current.fetchMore());
    act(() => list.current.fetchPage(1));
    expect(list.current).toMatchObject({ currentPage: 3, isFetching: false });

    act(() => list.current.resetList());
    expect(list.current).toMatchObject({ currentPage: 1, result: [], isFetching: true });
    await waitFor(() => expect(names(list.current)).toBe("abc"));
  });
});
