// Run @open-rpc/test-coverage over a server's own OpenRPC document, on its socket.
//
// Its rules are used as they are: the examples of the document, by position, and made-up params for the methods
// without examples. A third rule is ours: made-up params for all methods, each answered by a result or an error
// that the document describes.
import { once } from "node:events";
import { require } from "./modules.mjs";

const coverage = require("@open-rpc/test-coverage").default;
const { parseOpenRPCDocument } = require("@open-rpc/schema-utils-js");
const Examples = require("@open-rpc/test-coverage/build/rules/examples-rule").default;
const Faker = require("@open-rpc/test-coverage/build/rules/json-schema-faker-rule").default;
const WebSocket = require("ws");

const [url, token, file] = process.argv.slice(2);
const socket = new WebSocket(url, ["sidecar.v1", `token.${token}`]);
await once(socket, "open");
const waiting = new Map();
socket.on("message", (data) => {
  const message = JSON.parse(data.toString());
  waiting.get(message.id)?.(message);
});
let id = 0;
const call = (method, params) => {
  id += 1;
  const answered = new Promise((resolve) => waiting.set(id, resolve));
  socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  return answered;
};

const { result } = await call("rpc.discover", []);
const document = await parseOpenRPCDocument(JSON.stringify(result));

// What these name, a document or a step of a migration, must be there first; tests of their own go through them.
const STEPS = /^(migrate\.(push|cutover|changes|rollback|cleanup|repair)|attachments\.get|backup\.(verify|read|restore))$/;

class Possible extends Examples {
  getCalls(openrpcDocument, method) {
    return STEPS.test(method.name) ? [] : super.getCalls(openrpcDocument, method);
  }
}

// Two things an example can't know: the id some migrate.begin gave, and a file that is there.
let begun;
const real = (method, params, examples) => {
  const [first, ...rest] = params;
  if (!examples.includes(JSON.stringify(first))) return params;
  if (first.path !== undefined) return [{ path: file }, ...rest];
  return [first.migration === undefined ? first : { migration: begun }, ...rest];
};
const transport = async (_url, method, params) => {
  const { examples = [] } = document.methods.find((one) => one.name === method);
  const firsts = examples.map((one) => JSON.stringify(one.params[0].value));
  const migrating = method.startsWith("migrate");
  const answer = await call(method, migrating ? real(method, params, firsts) : params);
  if (method === "migrate.begin" && answer.result?.state !== "idle") begun = answer.result?.migration;
  return answer;
};

class Described extends Faker {
  getTitle() {
    return "Made-up params get a described answer";
  }

  getCalls(openrpcDocument, method) {
    if (method.name === "server.shutdown") return [];
    return super.getCalls(openrpcDocument, { ...method, examples: undefined });
  }

  validateCall(one) {
    if (one.error === undefined) return super.validateCall(one);
    const errors = document.methods.find((method) => method.name === one.methodName).errors ?? [];
    const described = [-32602, ...errors.map((error) => error.code)];
    one.valid = described.includes(one.error.code) && typeof one.error.data.code === "string";
    one.reason = JSON.stringify(one.error);
    return one;
  }
}

class Unexampled extends Faker {
  getCalls(openrpcDocument, method) {
    return STEPS.test(method.name) ? [] : super.getCalls(openrpcDocument, method);
  }
}

const calls = await coverage({
  openrpcDocument: document,
  transport,
  reporters: ["empty"],
  rules: [new Possible(), new Described({ numCalls: 6 }), new Unexampled()],
  skip: [],
  only: [],
});
const report = calls.map(({ methodName, title, valid, reason, params }) => ({
  method: methodName,
  title,
  valid: valid === true,
  reason,
  params,
}));
process.stdout.write(`\n${JSON.stringify(report)}\n`);
socket.close();
