/** The items as LiveStore keeps them; `tests/bench/items.py` is the same for the sidecar. */

import { Events, makeSchema, Schema, State } from "@livestore/livestore";

const { text } = State.SQLite;

const item = Schema.Struct({ id: Schema.String, label: Schema.String });
const items = Schema.Struct({ items: Schema.Array(item) });

export const itemTable = State.SQLite.table({
  name: "items",
  columns: { id: text({ primaryKey: true }), label: text() },
});

export const uiState = State.SQLite.clientDocument({
  name: "uiState",
  schema: Schema.Struct({ selected: Schema.NullOr(Schema.String) }),
  default: { id: "window", value: { selected: null } },
});

export const events = {
  itemsCreated: Events.synced({ name: "v1.ItemsCreated", schema: items }),
  itemsAppended: Events.synced({ name: "v1.ItemsAppended", schema: items }),
  itemCreated: Events.synced({ name: "v1.ItemCreated", schema: item }),
  itemRenamed: Events.synced({ name: "v1.ItemRenamed", schema: item }),
  everyTenthMarked: Events.synced({
    name: "v1.EveryTenthMarked",
    schema: Schema.Struct({ mark: Schema.String }),
  }),
  itemRemoved: Events.synced({
    name: "v1.ItemRemoved",
    schema: Schema.Struct({ id: Schema.String }),
  }),
  itemsCleared: Events.synced({ name: "v1.ItemsCleared", schema: Schema.Struct({}) }),
  uiStateSet: uiState.set,
};

const materializers = State.SQLite.materializers(events, {
  "v1.ItemsCreated": ({ items }) => [
    itemTable.delete(),
    ...items.map((one) => itemTable.insert(one)),
  ],
  "v1.ItemsAppended": ({ items }) => items.map((one) => itemTable.insert(one)),
  "v1.ItemCreated": (one) => itemTable.insert(one),
  "v1.ItemRenamed": ({ id, label }) => itemTable.update({ label }).where({ id }),
  "v1.EveryTenthMarked": ({ mark }, { query }) =>
    query(itemTable.orderBy("id", "asc"))
      .filter((_, at) => at % 10 === 0)
      .map(({ id, label }) => itemTable.update({ label: label + mark }).where({ id })),
  "v1.ItemRemoved": ({ id }) => itemTable.delete().where({ id }),
  "v1.ItemsCleared": () => itemTable.delete(),
});

/**
 * Return the schema, with a table of so many columns for nothing: for LiveStore another number is
 * another schema, whose state it derives from the log anew.
 */
export function schemaWith(columns: number) {
  const spare = State.SQLite.table({
    name: "spare",
    columns: Object.fromEntries(
      Array.from({ length: columns }, (_, at) => [
        `c${at}`,
        at === 0 ? text({ primaryKey: true }) : text({ nullable: true }),
      ]),
    ),
  });
  const tables = { items: itemTable, uiState, spare };
  return makeSchema({ events, state: State.SQLite.makeState({ tables, materializers }) });
}
