// Answers queries by real RxDB over its memory storage, in production mode (no dev-mode plugin, no
// validator). Reads one case a line, {schema, documents, queries}, and writes one line for each:
// {answers} or {error}. An answer is {error}, or {ids, count, first} as RxDB gives them, and
// {places} where those follow from how RxDB ran the query and not from what it means: for each
// document that matches, the first and the last place it can take, by RxDB's own matcher and
// comparator.
// usage: node rxdb.mjs MODULES   (MODULES: a folder that has rxdb installed)
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.argv[2], "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { createRxDatabase, getQueryMatcher, getSortComparator, normalizeMangoQuery } =
  await load("rxdb");
const { getRxStorageMemory } = await load("rxdb/plugins/storage-memory");

const db = await createRxDatabase({
  name: "oracle",
  storage: getRxStorageMemory(),
  multiInstance: false,
});
let cases = 0;

async function answerAll({ schema, documents, queries }) {
  const name = `case${cases++}`;
  const { [name]: collection } = await db.addCollections({ [name]: { schema } });
  try {
    const { error } = await collection.bulkInsert(documents);
    if (error.length > 0) {
      throw new Error(`not inserted: ${error.map((one) => one.documentId)}`);
    }
    const answers = [];
    for (const query of queries) {
      answers.push(await answer(collection, documents, query));
    }
    return { answers };
  } finally {
    await collection.remove();
  }
}

async function answer(collection, documents, query) {
  try {
    const { limit, ...unlimited } = query;
    const rows = await collection.find(query).exec();
    const first = await collection.findOne(unlimited).exec();
    const count = await collection.count({ selector: query.selector }).exec();
    const found = {
      ids: rows.map((row) => row.primary),
      first: first === null ? null : first.primary,
      count,
    };
    const meant = meaning(collection, documents, query);
    return agrees(found, meant, query) ? found : { ...found, places: meant.places };
  } catch (error) {
    return { error: `${error.name}: ${error.message}`.split("\n")[0] };
  }
}

// What every storage of RxDB's asks: does a document match, which of two comes first.
function meaning(collection, documents, query) {
  const schema = collection.schema.jsonSchema;
  const whole = normalizeMangoQuery(schema, query);
  const matches = getQueryMatcher(schema, whole);
  const compare = getSortComparator(schema, whole);
  const matching = documents.filter((one) => matches({ ...one, _deleted: false }));
  const key = collection.schema.primaryPath;
  let tied = false;
  const places = matching.map((one) => {
    const signs = matching.filter((other) => other !== one).map((other) => compare(one, other));
    const before = signs.filter((sign) => sign > 0).length;
    const after = signs.filter((sign) => sign < 0).length;
    tied ||= before + after < signs.length;
    return [one[key], before, matching.length - 1 - after];
  });
  return { places, tied };
}

function agrees(found, { places, tied }, { skip = 0, limit = Number.POSITIVE_INFINITY }) {
  const ordered = places.toSorted((a, b) => a[1] - b[1]).map(([id]) => id);
  const page = ordered.slice(skip, skip + limit);
  return (
    !tied &&
    found.count === places.length &&
    found.first === (ordered[skip] ?? null) &&
    found.ids.length === page.length &&
    page.every((id, index) => id === found.ids[index])
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  let answers;
  try {
    answers = await answerAll(JSON.parse(line));
  } catch (error) {
    answers = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
process.exit(0);
