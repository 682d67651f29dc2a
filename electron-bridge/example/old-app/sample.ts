/**
 * The old app's data, made up from a seed.
 *
 * 1. 200 live personas and 5,000 live memories, if not told otherwise, beside conversations and two
 *    collections that the new schema does not declare.
 * 2. Each awkwardness goes to documents of its own, so its count is exact and an expectation about it
 *    (quarantined or not) can be checked document by document.
 * 3. Some personas are removed after their memories were written: those memories are orphans.
 */

import { AWKWARD_MEMORIES, AWKWARD_PERSONAS, type Awkwardness } from "./awkward.ts";
import type { Document } from "./documents.ts";
import * as documents from "./documents.ts";
import { type Random, seededRandom } from "./random.ts";

export const COLLECTIONS = [
  "personas",
  "memoryEntities",
  "conversations",
  "settings",
  "relationships",
] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

export interface Sample {
  documents: Record<CollectionName, Document[]>;
  /** Ids removed again after the insert: RxDB keeps their tombstones. */
  removed: Record<"personas" | "memoryEntities", string[]>;
  /** How often each kind of awkwardness occurs among live documents. */
  awkward: { collection: CollectionName; kind: string; count: number }[];
  /** The ids that must end in quarantine, by collection. */
  quarantine: Record<"personas" | "memoryEntities", string[]>;
}

const LIVE_PERSONAS = 200;
const REMOVED_PERSONAS = 8;
const LIVE_MEMORIES = 5000;
const REMOVED_MEMORIES = 60;
const ORPHANS = 25;

export function makeSample(seed: number, liveMemories = LIVE_MEMORIES): Sample {
  const random = seededRandom(seed);
  const sample: Sample = {
    documents: {
      personas: [],
      memoryEntities: [],
      conversations: [],
      settings: documents.SETTINGS.map((setting) => ({ ...setting })),
      relationships: [],
    },
    removed: { personas: [], memoryEntities: [] },
    awkward: [],
    quarantine: { personas: [], memoryEntities: [] },
  };
  addPersonas(sample, random);
  // A quarantined persona would orphan its memories, and these orphans are not what is counted.
  const owners = sample.documents.personas
    .slice(0, LIVE_PERSONAS)
    .map(idOf)
    .filter((id) => !sample.quarantine.personas.includes(id));
  addMemories(sample, random, owners, liveMemories);
  addTheRest(sample, random, owners);
  return sample;
}

function addPersonas(sample: Sample, random: Random): void {
  const { personas } = sample.documents;
  for (let number = 1; number <= LIVE_PERSONAS + REMOVED_PERSONAS; number += 1) {
    personas.push(documents.persona(random, number));
  }
  sample.removed.personas = personas.slice(LIVE_PERSONAS).map(idOf);
  makeAwkward(sample, "personas", personas.slice(1, LIVE_PERSONAS), AWKWARD_PERSONAS, random);
}

function addMemories(
  sample: Sample,
  random: Random,
  owners: readonly string[],
  live: number,
): void {
  const memories = sample.documents.memoryEntities;
  const healthy = live - ORPHANS;
  for (let number = 1; number <= live + REMOVED_MEMORIES; number += 1) {
    const orphaned = number > healthy && number <= live;
    const owner = random.pick(orphaned ? sample.removed.personas : owners);
    memories.push(documents.memory(random, number, owner));
  }
  const kind = "memory of a removed persona";
  sample.awkward.push({ collection: "memoryEntities", kind, count: ORPHANS });
  sample.quarantine.memoryEntities.push(...memories.slice(healthy, live).map(idOf));
  sample.removed.memoryEntities = memories.slice(live).map(idOf);
  makeAwkward(sample, "memoryEntities", memories.slice(0, healthy), AWKWARD_MEMORIES, random);
}

function addTheRest(sample: Sample, random: Random, owners: readonly string[]): void {
  for (let number = 1; number <= 40; number += 1) {
    const owner = random.pick(owners);
    sample.documents.conversations.push(documents.conversation(random, number, owner));
  }
  owners.slice(0, 120).forEach((from, number) => {
    const relationship = documents.relationship(random, from, random.pick(owners));
    if (number % 4 === 1) delete relationship.strength;
    if (number % 4 === 2) relationship.strength = null;
    sample.documents.relationships.push(relationship);
  });
  const kind = "indexed field missing or null";
  sample.awkward.push({ collection: "relationships", kind, count: 60 });
}

function makeAwkward(
  sample: Sample,
  collection: "personas" | "memoryEntities",
  among: readonly Document[],
  kinds: readonly Awkwardness[],
  random: Random,
): void {
  const left = [...among];
  for (const { kind, count, quarantined, apply } of kinds) {
    for (let done = 0; done < count; done += 1) {
      const [document] = left.splice(random.integer(0, left.length - 1), 1);
      if (!document) throw new RangeError(`Too few ${collection} for "${kind}".`);
      apply(document, random);
      if (quarantined) sample.quarantine[collection].push(idOf(document));
    }
    sample.awkward.push({ collection, kind, count });
  }
}

function idOf(document: Document): string {
  return String(document.id);
}
