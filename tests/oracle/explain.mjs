// Says by which rules of Dexie's an answer of RxDB's on it is another than RxDB's matcher and
// comparator give. It predicts the answer from RxDB's query plan and IndexedDB's own ranges and
// order of keys, and gives {why: the rules that apply}; or {unexplained: the prediction} where the
// answer is not the predicted one, or no rule says why that one is not what the query means.
//
//   missing  the index that was walked does not hold a document, for a field of it is missing there
//   bound    no IndexedDB key range has such bounds (null, an object, the first above the last), and
//            nothing is found
//   range    the index alone answered, and its range holds documents that do not match: the
//            selector compares a field with a value of another type, or with {} or []
//   unset    a boolean in an index is written as "1" or "0" and read as true or false, so that a
//            missing one comes back as false
//   tie      the comparator leaves open which of two is first, and the index's order stays
//   zero     `limit: 0` of a query that reads by primary key is no limit

export function explainerOf({ getQueryMatcher, getSortComparator }, dexie) {
  const { fromStorageToDexie, getBooleanIndexes, getKeyRangeByQueryPlan } = dexie;

  return async (collection, documents) => {
    const schema = collection.schema.jsonSchema;
    const key = collection.schema.primaryPath;
    const booleans = getBooleanIndexes(schema);
    // As Dexie gives them back. RxDB keeps those it has read for queries by primary key, as long as
    // somebody holds them; from here on it has all.
    const held = await collection.findByIds(documents.map((one) => one[key])).exec();
    const stored = (id) => held.get(id).toJSON(true);

    return (questions, found, { places, tied }) => {
      const runs = Object.fromEntries(
        Object.entries(questions).map(([name, question]) => [name, run(question)]),
      );
      const predicted = {
        ids: runs.ids.found,
        first: runs.first.found[0] ?? null,
        count: runs.count.found.length,
      };
      const matching = new Set(places.map(([id]) => id));
      const why = new Set(Object.values(runs).flatMap((one) => rules(one, matching)));
      if (tied) why.add("tie");
      const isPredicted = JSON.stringify(predicted) === JSON.stringify(found);
      const isExplained = isPredicted && why.size > 0 && !why.has(undefined);
      return isExplained ? { why: [...why].sort() } : { unexplained: predicted };
    };

    function run(question) {
      const { query, queryPlan } = question.getPreparedQuery();
      const ids = question.isFindOneByIdQuery;
      const matches = getQueryMatcher(schema, query);
      const compare = getSortComparator(schema, query);
      const asked = { query, matches, compare };
      return { ...asked, ...(ids ? read([ids].flat(), asked) : walk(queryPlan, asked)) };
    }

    function read(ids, { query, matches, compare }) {
      const present = [...new Set(ids)].filter((id) => held.has(id));
      const chosen = present.map(stored).filter(matches);
      const { skip, limit } = query;
      const found = page(chosen.toSorted(compare), { skip, limit: limit || undefined });
      return { isUnlimited: limit === 0, chosen, found };
    }

    function walk(plan, { query, matches, compare }) {
      const range = orNull(() => getKeyRangeByQueryPlan(booleans, plan));
      const walked = [...held.keys()]
        .map((id) => [keyOf(stored(id), plan.index), stored(id)])
        .filter(([place]) => place !== null && range?.includes(place))
        .sort(([one], [other]) => indexedDB.cmp(one, other))
        .map(([, document]) => document);
      const chosen = plan.selectorSatisfiedByIndex ? walked : walked.filter(matches);
      const sorted = plan.sortSatisfiedByIndex ? chosen : chosen.toSorted(compare);
      return { plan, range, chosen, found: page(sorted, query) };
    }

    function page(sorted, { skip, limit = Number.POSITIVE_INFINITY }) {
      return sorted.slice(skip, skip + limit).map((one) => one[key]);
    }

    // Null where IndexedDB leaves the document out of the index.
    function keyOf(document, index) {
      const record = fromStorageToDexie(booleans, document);
      const place = index.map((field) => record[field]);
      return orNull(() => indexedDB.cmp(place, place) === 0 && place);
    }

    // Undefined stands for a difference that no rule names.
    function rules(ran, matching) {
      const { compare, isUnlimited, chosen } = ran;
      const taken = new Set(chosen.map((one) => one[key]));
      const wrong = documents.filter((one) => taken.has(one[key]) !== matching.has(one[key]));
      const right = documents.filter((one) => taken.has(one[key]) && matching.has(one[key]));
      const meant = right.toSorted(compare).map((one) => one[key]);
      const got = right.map((one) => stored(one[key])).toSorted(compare);
      const isMoved = got.some((one, place) => one[key] !== meant[place]);
      return [
        ...wrong.map((one) => rule(one, taken.has(one[key]), ran)),
        ...(isMoved ? ["unset"] : []),
        ...(isUnlimited ? ["zero"] : []),
      ];
    }

    function rule(document, isTaken, ran) {
      const given = stored(document[key]);
      if (ran.matches(given) !== isTaken) return isTaken ? letIn(ran) : leftOut(given, ran);
      const isUnset = booleans.some((field) => field !== "_deleted" && !(field in document));
      return isUnset ? "unset" : undefined;
    }

    function letIn({ plan, query }) {
      return plan?.selectorSatisfiedByIndex && asksAnotherType(query) ? "range" : undefined;
    }

    function leftOut(given, { plan, range }) {
      if (range === null) return "bound";
      return plan?.index.some((field) => !(field in given)) ? "missing" : undefined;
    }

    function asksAnotherType({ selector }) {
      return Object.entries(selector).some(([field, condition]) => {
        const { type } = schema.properties[field];
        const own = type === "integer" ? "number" : type;
        const operands = Object.values(condition);
        return operands.length === 0 || operands.some((operand) => typeof operand !== own);
      });
    }
  };
}

function orNull(make) {
  try {
    return make();
  } catch (error) {
    if (error.name === "DataError") return null;
    throw error;
  }
}
