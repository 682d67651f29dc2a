// Says which documents match which selectors by mingo, with the operators RxDB gives it.
// Reads one {documents, selectors} a line; writes for each selector the documents' places.
// usage: node mingo.mjs MODULES   (MODULES: a folder that has mingo installed)
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.argv[2], "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { Context } = await load("mingo/core");
const { Query } = await load("mingo/query");
const operators = await load("mingo/operators/query");

const names =
  "$elemMatch $eq $nor $exists $regex $and $gt $gte $in $lt $lte $ne $nin $mod $not $or $size $type";
const query = Object.fromEntries(names.split(" ").map((name) => [name, operators[name]]));
const context = Context.init({ query });

for await (const line of createInterface({ input: process.stdin })) {
  const { documents, selectors } = JSON.parse(line);
  const matching = selectors.map((selector) => {
    const matcher = new Query(selector, { context });
    return [...documents.keys()].filter((at) => matcher.test(documents[at]));
  });
  process.stdout.write(`${JSON.stringify(matching)}\n`);
}
