/** The documents of RxDB's own performance tests: its `averageSchema`, seeded. */

import { below } from "../../support/random.ts";
import type { Doc, DocumentSchema } from "../peers/peer.ts";

export interface Average extends Doc {
  readonly var1: string;
  readonly var2: number;
}

const text = (maxLength: number) => ({ type: "string", maxLength }) as const;

export const averageSchema: DocumentSchema = {
  version: 0,
  type: "object",
  primaryKey: "id",
  properties: {
    id: text(12),
    var1: text(12),
    var2: { type: "number", minimum: 0, maximum: 50_000, multipleOf: 1 },
    deep: {
      type: "object",
      properties: {
        deep1: text(10),
        deep2: text(10),
        deeper: { type: "object", properties: { deepNr: { type: "number" } } },
      },
    },
    list: {
      type: "array",
      items: {
        type: "object",
        properties: { deep1: { type: "string" }, deep2: { type: "string" } },
      },
    },
  },
  required: ["id", "var1", "var2"],
  indexes: ["var1", "var2", "deep.deep1", ["var2", "var1"]],
};

/** Make documents, each with what is given. */
export function averageDocuments(random: () => number): (given?: Partial<Average>) => Average {
  return (given = {}) => ({
    id: letters(11 + below(2, random), random),
    var1: letters(9 + below(4, random), random),
    var2: 100 + below(49_901, random),
    deep: {
      deep1: letters(7 + below(4, random), random),
      deep2: letters(7 + below(4, random), random),
      deeper: { deepNr: below(11, random) },
    },
    list: Array.from({ length: 5 }, () => ({
      deep1: letters(2 + below(4, random), random),
      deep2: letters(5 + below(4, random), random),
    })),
    ...given,
  });
}

const ALPHABET = [..."abcdefghijklmnopqrstuvwxyz0123456789äöü&{}()"];

function letters(length: number, random: () => number): string {
  return Array.from({ length }, () => ALPHABET[below(ALPHABET.length, random)]).join("");
}
