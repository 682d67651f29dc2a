// The examples of the JSON-RPC 2.0 specification, through the npm package json-rpc-2.0.
import assert from "node:assert/strict";
import { once } from "node:events";
import { require } from "./modules.mjs";

const { JSONRPCClient, JSONRPCErrorException, createJSONRPCNotification, createJSONRPCRequest } =
  require("json-rpc-2.0");
const WebSocket = require("ws");

const socket = new WebSocket(process.argv[2]);
await once(socket, "open");
const client = new JSONRPCClient((request) => socket.send(JSON.stringify(request)));
const unasked = [];
socket.on("message", (data) => {
  const message = JSON.parse(data.toString());
  for (const one of Array.isArray(message) ? message : [message]) {
    if (one.id === null) unasked.push(one);
    else client.receive(one);
  }
});

assert.equal(await client.request("subtract", [42, 23]), 19);
assert.equal(await client.request("subtract", [23, 42]), -19);
assert.equal(await client.request("subtract", { subtrahend: 23, minuend: 42 }), 19);
assert.equal(await client.request("subtract", { minuend: 42, subtrahend: 23 }), 19);

client.notify("update", [1, 2, 3, 4, 5]);
client.notify("foobar");

await assert.rejects(client.request("foobar"), (error) => {
  assert.ok(error instanceof JSONRPCErrorException);
  assert.equal(error.code, -32601);
  assert.equal(error.message, "Method not found");
  return true;
});

const batch = await client.requestAdvanced([
  createJSONRPCRequest("1", "sum", [1, 2, 4]),
  createJSONRPCRequest("2", "subtract", [42, 23]),
  createJSONRPCRequest("5", "foo.get", { name: "myself" }),
  createJSONRPCRequest("9", "get_data"),
]);
assert.deepEqual(
  batch.map((one) => one.result ?? one.error.code),
  [7, 19, -32601, ["hello", 5]],
);

// What this client won't form itself goes out by its own socket; the answers carry no id.
for (const text of [
  '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
  '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
  "[]",
  "[1]",
  JSON.stringify([createJSONRPCNotification("notify_sum", [1, 2, 4])]),
])
  socket.send(text);
assert.deepEqual(await client.request("get_data"), ["hello", 5]);
assert.deepEqual(
  unasked.map((one) => one.error.code),
  [-32700, -32600, -32600, -32600],
);

socket.close();
console.log("ok");
