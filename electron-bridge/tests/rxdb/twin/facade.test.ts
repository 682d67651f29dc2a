import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { connect, type SidecarClient } from "../../../src/client/index.ts";
import { getRxStorageSidecar } from "../../../src/rxdb/index.ts";
import { type Sidecar, spawnSidecar } from "../../support/sidecar.ts";
import { behaviours, observe, type Peer } from "./behaviour.ts";
import "./cases/index.ts";
import { exceptions } from "./exceptions.ts";
import { facadePeer } from "./peers/facade.ts";

const webSocket = WebSocket;
const dataDir = mkdtempSync(join(tmpdir(), "sidecar-twin-"));
let sidecar: Sidecar;
let client: SidecarClient;
let peer: Peer;

beforeAll(async () => {
  sidecar = await spawnSidecar(dataDir);
  client = connect(sidecar.endpoint, { webSocket });
  peer = facadePeer(getRxStorageSidecar(sidecar.endpoint, { webSocket }), client);
});

afterAll(async () => {
  client.close();
  await sidecar.stop();
  rmSync(dataDir, { recursive: true });
});

describe("The facade over a sidecar", () => {
  for (const told of behaviours) {
    test(told.name, async () => {
      expect(await observe(told, peer)).toEqual(exceptions[told.name]?.saw ?? told.saw);
    });
  }
});
