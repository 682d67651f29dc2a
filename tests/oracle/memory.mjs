// Answers a case a line, as answers.mjs says, by RxDB over its memory storage.
// usage: node memory.mjs MODULES   (MODULES: a folder that has rxdb installed)
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { answersOf } from "./answers.mjs";

const require = createRequire(join(process.argv[2], "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { getRxStorageMemory } = await load("rxdb/plugins/storage-memory");

const answers = answersOf(await load("rxdb"), getRxStorageMemory());
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await answers(line)}\n`);
}
process.exit(0);
