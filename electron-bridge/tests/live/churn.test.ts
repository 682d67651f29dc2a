import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { type SidecarClient, tables } from "../../src/client/index.ts";
import { startClient } from "../support/sidecar.ts";

const PER_ROUND = 1000;

/** Subscribe to many queries, each another one, and leave them all; what is left is only looked at. */
async function round(client: SidecarClient, number: number): Promise<WeakRef<object>[]> {
  const lives = Array.from({ length: PER_ROUND }, (_, at) =>
    client.live(tables.personas.skip(number * PER_ROUND + at)),
  );
  const leave = lives.map((live) => live.subscribe(() => {}));
  await Promise.all(lives.map((live) => live.settled()));
  for (const end of leave) end();
  return lives.map((live) => new WeakRef(live));
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}

it("a thousand live queries that come and go, again and again, leave nothing behind", async () => {
  const { client } = await startClient();
  const subscriptions = async () => (await client.server.stats()).subscriptions;
  await round(client, 0);
  await expect.poll(subscriptions, { timeout: 10_000 }).toBe(0);
  collectGarbage();
  const heap = process.memoryUsage().heapUsed;
  const left: WeakRef<object>[] = [];
  for (let number = 1; number <= 5; number++) left.push(...(await round(client, number)));
  await expect.poll(subscriptions, { timeout: 10_000 }).toBe(0);
  expect(client.connection.getSnapshot().state).toBe("open");
  await expect
    .poll(() => {
      collectGarbage();
      return left.filter((reference) => reference.deref() !== undefined).length;
    })
    .toBe(0);
  // What stays is 5,000 weak references of this test, and the engine's own.
  expect(process.memoryUsage().heapUsed - heap).toBeLessThan(5 * PER_ROUND * 500);
});
