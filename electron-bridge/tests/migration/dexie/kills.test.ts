import { expect, it } from "vitest";
import { Campaign } from "./campaign.ts";

const kills = Number(process.env.KILLS ?? 4);
const seed = Number(process.env.SEED ?? 1);

it(`has every acknowledged write once after ${kills} kills, seed ${seed}`, {
  timeout: 60_000 + kills * 20_000,
}, async () => {
  const told = await new Campaign({ seed, kills, within: 1000, documents: 12, pause: 40 }).run();
  process.stdout.write(`${JSON.stringify(told, null, 1)}\n`);
  expect(told.wrong).toEqual([]);
});
