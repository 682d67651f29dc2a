// @vitest-environment happy-dom

import { act, cleanup, render, renderHook, screen, waitFor } from "@testing-library/react";
import { Component, type ReactNode, Suspense, useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { events, SidecarError, tables } from "../../src/client/index.ts";
import { useCommit, useConnection, useQuery, useSidecar } from "../../src/react/index.ts";
import { persona } from "../support/personas.ts";
import { within } from "../support/react.tsx";
import { connectTo, startClient, startSidecar } from "../support/sidecar.ts";
import { failure } from "../support/wait.ts";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function Names({ limit = 100 }: { readonly limit?: number }) {
  // A new query object in each render, as components write it.
  const { status, data, error } = useQuery(tables.personas.orderBy("name").limit(limit));
  if (status === "loading") return <p>loading</p>;
  if (status === "error") return <p>{error.code}</p>;
  return <p>{data.map(({ name }) => name).join(" ") || "nobody"}</p>;
}

/** Wait until a hook's live query has its first result. */
function settled(result: { readonly current: { readonly status: string } }): Promise<void> {
  return waitFor(() => expect(result.current.status).not.toBe("loading"));
}

describe("useQuery", () => {
  it("shows the rows, and again after each commit, in StrictMode", async () => {
    const { client } = await startClient();
    render(<Names />, { wrapper: within(client) });
    expect(screen.getByText("loading")).toBeTruthy();
    await screen.findByText("nobody");
    await act(() => client.commit([persona("Bob"), persona("Ada")]));
    expect(screen.getByText("Ada Bob")).toBeTruthy();
  });

  it("shares one subscription among components, and ends it after they are gone", async () => {
    const { client } = await startClient();
    const { unmount } = render(
      <>
        <Names />
        <Names />
      </>,
      { wrapper: within(client) },
    );
    expect(await screen.findAllByText("nobody")).toHaveLength(2);
    expect((await client.server.stats()).subscriptions).toBe(1);
    unmount();
    await expect
      .poll(async () => (await client.server.stats()).subscriptions, { timeout: 5000 })
      .toBe(0);
  });

  it("follows the query when it changes", async () => {
    const { client } = await startClient();
    await client.commit([persona("Ada"), persona("Bob")]);
    const { rerender } = render(<Names limit={1} />, { wrapper: within(client) });
    await screen.findByText("Ada");
    rerender(<Names limit={2} />);
    expect(screen.getByText("loading")).toBeTruthy();
    await screen.findByText("Ada Bob");
    rerender(<Names limit={1} />);
    expect(screen.getByText("Ada")).toBeTruthy();
  });

  it("renders again only when its own result changes, with the same rows where they are equal", async () => {
    const { client } = await startClient();
    const [ada, bob] = [persona("Ada"), persona("Bob")];
    await client.commit([ada, bob]);
    let renders = 0;
    const { result } = renderHook(
      () => {
        renders += 1;
        return useQuery(tables.personas.orderBy("name"));
      },
      { wrapper: within(client) },
    );
    await settled(result);
    const before = result.current.data;
    const count = renders;
    await act(() =>
      client.commit({
        name: "v1.CollectionDefined",
        args: { name: "notes", primaryKey: "id", jsonSchema: {} },
      }),
    );
    expect(renders).toBe(count);
    await act(() =>
      client.commit(events.personaUpdated({ id: bob.args.id, updates: { name: "Zoe" } })),
    );
    expect(renders).toBeGreaterThan(count);
    expect(result.current.data?.[0]).toBe(before?.[0]);
    expect(result.current.data?.[1]?.name).toBe("Zoe");
  });

  it("says what is wrong with a query", async () => {
    const { client } = await startClient();
    const { result } = renderHook(() => useQuery({ from: "nobody" }), { wrapper: within(client) });
    await settled(result);
    expect(result.current).toMatchObject({
      status: "error",
      data: undefined,
      error: { code: "E_UNKNOWN_COLLECTION" },
    });
  });

  it("gives a row or null, and a number, as the query says", async () => {
    const { client } = await startClient();
    const { result } = renderHook(
      () => ({
        active: useQuery(tables.personas.where({ isActive: true }).first()),
        count: useQuery({ from: "personas", count: true }),
      }),
      { wrapper: within(client) },
    );
    await waitFor(() => expect(result.current.count.data).toBe(0));
    await waitFor(() => expect(result.current.active.data).toBeNull());
    await act(() => client.commit(persona("Ada", { isActive: true })));
    expect(result.current.active.data?.name).toBe("Ada");
    expect(result.current.count.data).toBe(1);
  });

  it("needs a provider", () => {
    // React reports what a component throws, also where it is caught.
    vi.spyOn(console, "error").mockImplementation(() => {});
    expect(() => renderHook(() => useSidecar())).toThrow(/SidecarProvider/);
  });
});

describe("useQuery with suspense", () => {
  function Count({ from }: { readonly from: string }) {
    const { data } = useQuery({ from, count: true }, { suspense: true });
    return <p>there are {data}</p>;
  }

  class Boundary extends Component<{ readonly children: ReactNode }, { readonly code?: string }> {
    override state: { readonly code?: string } = {};
    static getDerivedStateFromError(error: unknown) {
      return { code: SidecarError.is(error) ? error.code : "unknown" };
    }
    override render() {
      return this.state.code === undefined ? this.props.children : <p>{this.state.code}</p>;
    }
  }

  it("suspends until the first result, and is live from then on", async () => {
    const { client } = await startClient();
    await act(async () => {
      render(
        <Suspense fallback={<p>waiting</p>}>
          <Count from="personas" />
        </Suspense>,
        { wrapper: within(client) },
      );
    });
    await screen.findByText("there are 0");
    expect(screen.queryByText("waiting")).toBeNull();
    await act(() => client.commit(persona("Ada")));
    expect(screen.getByText("there are 1")).toBeTruthy();
  });

  it("shows at once what another component has already loaded", async () => {
    const { client } = await startClient();
    await client.live({ from: "personas", count: true }).settled();
    render(
      <Suspense fallback={<p>waiting</p>}>
        <Count from="personas" />
      </Suspense>,
      { wrapper: within(client) },
    );
    expect(screen.getByText("there are 0")).toBeTruthy();
  });

  it("throws an error to the nearest boundary", async () => {
    const { client } = await startClient();
    // React reports what a component throws, also where it is caught.
    vi.spyOn(console, "error").mockImplementation(() => {});
    await act(async () => {
      render(
        <Boundary>
          <Suspense fallback={<p>waiting</p>}>
            <Count from="nobody" />
          </Suspense>
        </Boundary>,
        { wrapper: within(client) },
      );
    });
    await screen.findByText("E_UNKNOWN_COLLECTION");
  });
});

describe("useCommit", () => {
  it("commits, and the component shows it when the promise resolves", async () => {
    const { client } = await startClient();
    const seen: string[] = [];
    function Add() {
      const commit = useCommit();
      const [first] = useState(() => commit);
      const { data } = useQuery(tables.personas.count());
      return (
        <button
          type="button"
          onClick={() => commit(persona("Ada")).then(() => seen.push(`after ${first === commit}`))}
        >
          {data}
        </button>
      );
    }
    render(<Add />, { wrapper: within(client) });
    const button = await screen.findByText("0");
    await act(async () => {
      button.click();
      await expect.poll(() => seen).toEqual(["after true"]);
    });
    expect(screen.getByText("1")).toBeTruthy();
  });
});

describe("useConnection", () => {
  it("shows the states of the connection", async () => {
    const { endpoint } = await startSidecar();
    const retry = { attempts: 2, minDelay: 10, maxDelay: 10 };
    const client = connectTo({ ...endpoint, token: "wrong" }, { retry });
    const { result } = renderHook(() => useConnection(), { wrapper: within(client) });
    expect(result.current.state).toBe("connecting");
    await act(() => failure(client.ready()));
    expect(result.current).toMatchObject({
      state: "failed",
      error: { code: "E_CONNECTION_FAILED" },
    });
    act(() => client.close());
    expect(result.current.state).toBe("closed");
  });
});
