// Answers queries by real RxDB over one of its storages, in production mode (no dev-mode plugin, no
// validator). Takes a case as JSON, {schema, documents, queries}, and gives JSON: {answers} or
// {error}. An answer is {error}, or {ids, count, first} as RxDB gives them, and {places} where those
// follow from how RxDB ran the query and not from what it means: for each document that matches,
// the first and the last place it can take, by RxDB's own matcher and comparator.

/**
 * @param rxdb The module.
 * @param storage Where it keeps documents.
 * @param explainer Called with a filled collection and its documents; gives a function that adds to
 *   an answer with places how the storage came to it. It gets the query's three questions, the
 *   answer and the meaning.
 */
export function answersOf(rxdb, storage, explainer = () => () => ({})) {
  const { createRxDatabase, getQueryMatcher, getSortComparator, normalizeMangoQuery } = rxdb;
  const opening = createRxDatabase({
    name: "oracle",
    storage,
    multiInstance: false,
    allowSlowCount: true,
  });
  let cases = 0;

  return async (text) => {
    try {
      return JSON.stringify({ answers: await answerAll(JSON.parse(text)) });
    } catch (error) {
      return JSON.stringify({ error: said(error) });
    }
  };

  async function answerAll({ schema, documents, queries }) {
    const name = `case${cases++}`;
    const db = await opening;
    // Dexie takes no index of a field that may be missing. No validator sees to it that none is.
    const required = schema.indexes.flat();
    const { [name]: collection } = await db.addCollections({
      [name]: { schema: { ...schema, required } },
    });
    try {
      const { error } = await collection.bulkInsert(documents);
      if (error.length > 0) {
        throw new Error(`not inserted: ${error.map((one) => one.documentId)}`);
      }
      const explain = await explainer(collection, documents);
      const answers = [];
      for (const query of queries) {
        answers.push(await answer(collection, documents, query, explain));
      }
      return answers;
    } finally {
      await collection.remove();
    }
  }

  async function answer(collection, documents, query, explain) {
    try {
      const { limit, ...unlimited } = query;
      const questions = {
        ids: collection.find(query),
        first: collection.findOne(unlimited),
        count: collection.count({ selector: query.selector }),
      };
      const rows = await questions.ids.exec();
      const first = await questions.first.exec();
      const found = {
        ids: rows.map((row) => row.primary),
        first: first === null ? null : first.primary,
        count: await questions.count.exec(),
      };
      const meant = meaning(collection, documents, query);
      if (agrees(found, meant, query)) return found;
      return { ...found, places: meant.places, ...explain(questions, found, meant) };
    } catch (error) {
      return { error: said(error) };
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

function said(error) {
  return `${error.name}: ${error.message}`.split("\n")[0];
}
