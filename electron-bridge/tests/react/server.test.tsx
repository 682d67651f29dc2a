// @vitest-environment happy-dom

import { act, cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, describe, expect, it } from "vitest";
import { tables } from "../../src/client/index.ts";
import {
  SidecarProvider,
  useClientDocument,
  useConnection,
  useQuery,
} from "../../src/react/index.ts";
import { persona } from "../support/personas.ts";
import { connectTo, startClient } from "../support/sidecar.ts";

afterEach(cleanup);

function Page() {
  const { status, data } = useQuery(tables.personas.count());
  const [{ searchText }] = useClientDocument("uiState", "app");
  return <p>{[useConnection().state, status, data, searchText].join(" ")}</p>;
}

describe("a page rendered on a server", () => {
  it("is what every client begins with, so that a window takes it over without an error", async () => {
    const { sidecar, client } = await startClient();
    await client.commit(persona("Ada"));
    await client.clientDocument("uiState", "app").set({ searchText: "tea" });
    const page = (of: typeof client) => (
      <SidecarProvider client={of}>
        <Page />
      </SidecarProvider>
    );
    // One that knows the data already, one that has not even a connection.
    await client.live(tables.personas.count()).settled();
    const container = document.body.appendChild(document.createElement("div"));
    container.innerHTML = renderToString(page(client));
    expect(container.textContent).toBe("connecting loading  ");
    expect(renderToString(page(connectTo(sidecar.endpoint)))).toBe(container.innerHTML);

    const errors: unknown[] = [];
    await act(async () => {
      render(page(client), {
        container,
        hydrate: true,
        onRecoverableError: (error) => errors.push(error),
      });
    });
    await screen.findByText("open ready 1 tea");
    expect(errors).toEqual([]);
  });

  it("shows the fallback where it suspends", async () => {
    const { client } = await startClient();
    function Count() {
      return <p>{useQuery(tables.personas.count(), { suspense: true }).data}</p>;
    }
    const html = renderToString(
      <SidecarProvider client={client}>
        <Suspense fallback={<p>waiting</p>}>
          <Count />
        </Suspense>
      </SidecarProvider>,
    );
    expect(html).toContain("waiting");
  });
});
