import type { Plain } from "./plain.ts";

interface Instead {
  readonly saw: Plain;
  readonly because: string;
}

/** What the facade does otherwise than RxDB, by the behaviour's name. */
export const exceptions: Readonly<Record<string, Instead>> = {
  "two databases share nothing": {
    saw: [
      ["a", "b", "c"],
      ["a", "b", "c"],
    ],
    because:
      "A store is one database, whatever name it is opened by; another is another sidecar's.",
  },
  "count refuses to be slow where it is not allowed": {
    saw: "none",
    because: "A count is one statement of SQL, which reads no document.",
  },
  "a stringified document has no meta fields, a stringified list of them has": {
    saw: [
      ["age", "id", "name"],
      ["age", "id", "name"],
    ],
    because: "RxDB takes the index that JSON.stringify gives to toJSON for a wish of meta fields.",
  },
  "a persona that is otherwise than its collection's schema says is refused": {
    saw: ["none", "none"],
    because: "What a declared table takes is said by its columns, not by the schema of a window.",
  },
  "a document has its fields in the order they were written": {
    saw: ["id", "name", "age", "active", "tags"],
    because: "A row has its fields in the order of the schema, whoever wrote them.",
  },
  "an event comes before the query that it changes emits": {
    saw: ["query", "query", "event"],
    because: "Both come before the write is done; of the two the store tells queries first.",
  },
};
