// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { clientDocuments } from "../../src/client/index.ts";
import { useClientDocument } from "../../src/react/index.ts";
import { within } from "../support/react.tsx";
import { connectTo, startClient } from "../support/sidecar.ts";

afterEach(cleanup);

function Search({ id }: { readonly id?: string }) {
  const [{ searchText, selectedPersonaId }, set, reset] = useClientDocument("uiState", id);
  return (
    <>
      <input value={searchText} onChange={({ target }) => void set({ searchText: target.value })} />
      <button type="button" onClick={() => void reset()}>
        {selectedPersonaId ?? "nobody"}
      </button>
    </>
  );
}

const text = () => screen.getByRole<HTMLInputElement>("textbox").value;

describe("useClientDocument", () => {
  it("gives the value and its setters, the same ones in each render (S11)", async () => {
    const { client } = await startClient();
    const setters = new Set<unknown>();
    let value: object = {};
    function Probe() {
      const [now, ...both] = useClientDocument("uiState");
      for (const one of both) setters.add(one);
      value = now;
      return <Search />;
    }
    render(<Probe />, { wrapper: within(client) });
    expect(value).toBe(clientDocuments.uiState.default);
    const before = new Set(setters);
    await act(async () => {
      await client.clientDocument("uiState").set({ selectedPersonaId: "p1" });
    });
    expect(screen.getByText("p1")).toBeTruthy();
    expect(setters).toEqual(before);
  });

  it("shows what is typed in the very same turn, so that the input does not lose its place", async () => {
    const { client } = await startClient();
    render(<Search />, { wrapper: within(client) });
    for (const typed of ["t", "te", "tea"]) {
      fireEvent.change(screen.getByRole("textbox"), { target: { value: typed } });
      expect(text()).toBe(typed);
    }
    await act(() => client.clientDocument("uiState").set({ selectedPersonaId: "p1" }));
    expect(text()).toBe("tea");
    fireEvent.click(screen.getByText("p1"));
    expect(text()).toBe("");
    expect(screen.getByText("nobody")).toBeTruthy();
    await act(async () => {
      await client.clientDocument("uiState").set({});
    });
    expect(text()).toBe("");
  });

  it("follows another window that has the same document open", async () => {
    const { sidecar, client } = await startClient();
    render(<Search id="app" />, { wrapper: within(client) });
    await connectTo(sidecar.endpoint).clientDocument("uiState", "app").set({ searchText: "tea" });
    await expect.poll(text).toBe("tea");
  });

  it("suspends until what is stored is there, so that the default does not flash", async () => {
    const { sidecar, client } = await startClient();
    await client.clientDocument("uiState", "app").set({ searchText: "tea" });
    const seen: string[] = [];
    function Text() {
      const [{ searchText }] = useClientDocument("uiState", "app", { suspense: true });
      seen.push(searchText);
      return <p>{searchText}</p>;
    }
    const other = connectTo(sidecar.endpoint);
    await act(async () => {
      render(
        <Suspense fallback={<p>waiting</p>}>
          <Text />
        </Suspense>,
        { wrapper: within(other) },
      );
    });
    await screen.findByText("tea");
    expect(new Set(seen)).toEqual(new Set(["tea"]));
  });
});
