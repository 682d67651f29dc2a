/** What an app asks of its memories, and which live queries there are while it adds to them. */

import type { Question } from "../peers/peer.ts";
import { memoryId, PERSONAS } from "./documents.ts";

/** One thing that is measured, asked of every peer in the same words. */
export interface Workload {
  readonly name: string;
  /** Asked one after the other, and again from the first. The first is also what is compared. */
  readonly questions: readonly Question[];
}

/** Live queries; the first is a page of the newest. */
export interface Scene {
  readonly name: string;
  readonly queries: readonly Question[];
  /** How many of them show what is inserted, at the top; those are the first ones. */
  readonly shown: number;
}

const NEWEST: Question = { sort: [{ lastAccessed: "desc" }], limit: 50 };

/**
 * Return the workloads for a store of so many memories.
 *
 * The gets come first and each asks for another document: one that any query returned before, RxDB
 * has in memory and does not look for in its store.
 */
export function workloads(memories: number): Workload[] {
  const keys = numbers(211).map((one) => memoryId((one * 7919) % memories));
  const personas = numbers(PERSONAS).map((one) => `p${one}`);
  return [
    { name: "get by key", questions: keys.map((id) => ({ selector: { id }, first: true })) },
    {
      name: "page of 50, oldest first",
      questions: [{ sort: [{ lastAccessed: "asc" }], limit: 50 }],
    },
    { name: "page of 50, newest first", questions: [NEWEST] },
    {
      name: "page of 50 from the middle, newest first",
      questions: [{ ...NEWEST, skip: memories >> 1 }],
    },
    {
      name: "a persona's top 100",
      questions: personas.map((personaId) => ({
        selector: { personaId },
        sort: [{ importance: "desc" }],
        limit: 100,
      })),
    },
    {
      name: "scan by regular expression",
      questions: numbers(10).map((digit) => ({ selector: { name: { $regex: `${digit}7$` } } })),
    },
    {
      name: "scan for what an array contains",
      questions: numbers(12).map((one) => ({ selector: { tags: `tag${one + 5}` } })),
    },
    {
      name: "count of a persona's",
      questions: personas.map((personaId) => ({ selector: { personaId }, count: true })),
    },
    { name: "count of all", questions: [{ selector: {}, count: true }] },
    { name: "find all", questions: [{}] },
  ];
}

/** What is inserted is the newest memory, of persona p0 and of importance 100. */
export const SCENES: readonly Scene[] = [
  { name: "insert → live result, 1 live query", queries: [NEWEST], shown: 1 },
  {
    name: "insert → live result, 20 live queries, 1 shows it",
    queries: [NEWEST, ...others((at) => ({ personaId: `p${at + 1}` }))],
    shown: 1,
  },
  {
    name: "insert → live result, 20 live queries, all show it",
    queries: [NEWEST, ...others((at) => ({ personaId: "p0", importance: { $gte: at } }))],
    shown: 20,
  },
];

function others(selector: (at: number) => Record<string, unknown>): Question[] {
  return numbers(19).map((at) => ({ ...NEWEST, selector: selector(at) }));
}

function numbers(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}
