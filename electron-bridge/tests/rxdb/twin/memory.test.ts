import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { describe, expect, test } from "vitest";
import { behaviours, observe } from "./behaviour.ts";
import "./cases/index.ts";
import { rxdbPeer } from "./peers/rxdb.ts";

const peer = rxdbPeer(getRxStorageMemory());

describe("RxDB in memory", () => {
  for (const told of behaviours) {
    test(told.name, async () => {
      expect(await observe(told, peer)).toEqual(told.saw);
    });
  }
});
