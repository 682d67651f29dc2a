// @vitest-environment happy-dom

import { act, cleanup, render, screen, waitFor } from "@testing-library/react";
import { memo, useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { computed, events, type PersonasDocument, tables } from "../../src/client/index.ts";
import { useQuery, useRow } from "../../src/react/index.ts";
import { persona } from "../support/personas.ts";
import { within } from "../support/react.tsx";
import { connectTo, startClient, startSidecar } from "../support/sidecar.ts";
import { watchedSockets } from "../support/sockets.ts";

afterEach(cleanup);

const rename = (id: string, name: string) => events.personaUpdated({ id, updates: { name } });

describe("a list of memoized rows", () => {
  it("renders the row that changed, and no other", async () => {
    const { client } = await startClient();
    const people = ["Ada", "Bob", "Eve"].map((name) => persona(name));
    await client.commit(people);
    let rendered: string[] = [];
    const Row = memo(({ row }: { readonly row: PersonasDocument }) => {
      rendered.push(row.name);
      return <li>{row.name}</li>;
    });
    function List() {
      const { data = [] } = useQuery(tables.personas.orderBy("name"));
      return data.map((row) => <Row key={row.id} row={row} />);
    }
    render(<List />, { wrapper: within(client) });
    await screen.findByText("Eve");
    rendered = [];
    await act(() => client.commit(rename(people[1]?.args.id ?? "", "Zoe")));
    expect(screen.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
      "Ada",
      "Eve",
      "Zoe",
    ]);
    expect(new Set(rendered)).toEqual(new Set(["Zoe"]));
    rendered = [];
    await act(() => client.commit(persona("Cid")));
    expect(new Set(rendered)).toEqual(new Set(["Cid"]));
  });
});

describe("a component in StrictMode", () => {
  it("subscribes once on the wire, though its query is another object in each render", async () => {
    const { endpoint } = await startSidecar();
    const { webSocket, sent } = watchedSockets();
    const client = connectTo(endpoint, { webSocket });
    const calls = (method: string) => sent.filter((one) => one === method).length;
    let again = (): void => {};
    function Count() {
      const [renders, setRenders] = useState(0);
      again = () => setRenders(renders + 1);
      const { data } = useQuery({ from: "personas", selector: { isActive: true }, count: true });
      const { data: row } = useRow(tables.personas, "p1");
      return <p>{`${data} ${row} ${renders}`}</p>;
    }
    const { unmount } = render(<Count />, { wrapper: within(client) });
    await screen.findByText("0 null 0");
    for (let time = 0; time < 10; time++) act(again);
    expect(screen.getByText("0 null 10")).toBeTruthy();
    expect([calls("subscribe"), calls("unsubscribe")]).toEqual([2, 0]);
    unmount();
    await expect.poll(() => calls("unsubscribe"), { timeout: 5000 }).toBe(2);
    expect(calls("subscribe")).toBe(2);
    expect((await client.server.stats()).subscriptions).toBe(0);
  });

  it("keeps its data, and renders nothing, while the connection is lost and made again", async () => {
    const { endpoint } = await startSidecar();
    const { webSocket, sent, cut } = watchedSockets();
    const client = connectTo(endpoint, { webSocket });
    await client.commit(persona("Ada"));
    let renders = 0;
    function Names() {
      renders += 1;
      const { data } = useQuery(tables.personas);
      return <p>{data?.map(({ name }) => name).join(" ")}</p>;
    }
    render(<Names />, { wrapper: within(client) });
    await screen.findByText("Ada");
    const before = renders;
    cut();
    await waitFor(() => expect(sent.filter((method) => method === "subscribe")).toHaveLength(2));
    await act(async () => {
      await client.query(tables.personas);
    });
    expect(screen.getByText("Ada")).toBeTruthy();
    expect(renders).toBe(before);
    await act(() => client.commit(persona("Bob")));
    expect(screen.getByText("Ada Bob")).toBeTruthy();
  });
});

describe("useQuery of a computed value", () => {
  const initials = computed([tables.personas.orderBy("name")], (all) =>
    all.map(({ name }) => name[0]).join(""),
  );

  it("renders it, and again only when it is another", async () => {
    const { client } = await startClient();
    const ada = persona("Ada");
    await client.commit(ada);
    let renders = 0;
    function Initials() {
      renders += 1;
      return <p>{useQuery(initials).data}</p>;
    }
    render(<Initials />, { wrapper: within(client) });
    await screen.findByText("A");
    const before = renders;
    await act(() => client.commit(rename(ada.args.id, "Amy")));
    expect(renders).toBe(before);
    await act(() => client.commit(persona("Bob")));
    expect(screen.getByText("AB")).toBeTruthy();
  });
});

describe("useRow", () => {
  it("shows the row of an id, null without one, and the row of another id when it changes", async () => {
    const { client } = await startClient();
    const [ada, bob] = [persona("Ada"), persona("Bob")];
    await client.commit(ada);
    function Name({ id }: { readonly id: string }) {
      const { status, data } = useRow(tables.personas, id);
      return <p>{status === "ready" ? (data?.name ?? "nobody") : status}</p>;
    }
    const { rerender } = render(<Name id={bob.args.id} />, { wrapper: within(client) });
    await screen.findByText("nobody");
    await act(() => client.commit(bob));
    expect(screen.getByText("Bob")).toBeTruthy();
    await act(() => client.commit(rename(bob.args.id, "Ben")));
    expect(screen.getByText("Ben")).toBeTruthy();
    rerender(<Name id={ada.args.id} />);
    await screen.findByText("Ada");
    await act(() => client.commit(events.personaDeleted({ id: ada.args.id })));
    expect(screen.getByText("nobody")).toBeTruthy();
  });
});
