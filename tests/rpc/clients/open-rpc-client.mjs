// The examples of the JSON-RPC 2.0 specification, through the npm package @open-rpc/client-js.
import assert from "node:assert/strict";
import { module } from "./modules.mjs";

const { Client, RequestManager, WebSocketTransport } = await import(
  module("@open-rpc/client-js/dist/index.js")
);

const transport = new WebSocketTransport(process.argv[2]);
const client = new Client(new RequestManager([transport]));
const errors = [];
client.onError((error) => errors.push(error));

const request = (method, params) => client.request({ method, params });

assert.equal(await request("subtract", [42, 23]), 19);
assert.equal(await request("subtract", [23, 42]), -19);
assert.equal(await request("subtract", { subtrahend: 23, minuend: 42 }), 19);
assert.equal(await request("subtract", { minuend: 42, subtrahend: 23 }), 19);

await client.notify({ method: "update", params: [1, 2, 3, 4, 5] });
await client.notify({ method: "foobar" });

await assert.rejects(request("foobar"), (error) => {
  assert.equal(error.code, -32601);
  assert.equal(error.message, "Method not found");
  return true;
});

client.startBatch();
const batch = [
  request("sum", [1, 2, 4]),
  request("subtract", [42, 23]),
  request("foo.get", { name: "myself" }),
  request("get_data"),
];
client.stopBatch();
const settled = await Promise.allSettled(batch);
assert.deepEqual(
  settled.map((one) => one.value ?? one.reason.code),
  [7, 19, -32601, ["hello", 5]],
);

assert.deepEqual(await request("get_data"), ["hello", 5]);
assert.deepEqual(errors, []);
console.log("ok");
process.exit(); // its requests' timers would keep the process for five seconds more
