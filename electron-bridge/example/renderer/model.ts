/**
 * PJAIS's documents as this window shows them.
 *
 * Documents that came from RxDB may lack any field but id and name: what nobody wrote was not made up on
 * the way in. So everything else is optional here, and the components say what they show instead.
 */

import type {
  ConversationsDocument,
  MemoryEntitiesDocument,
  PersonasDocument,
} from "@pjais/electron-bridge";
import { SidecarError } from "@pjais/electron-bridge";

type Imported<Row, Always extends keyof Row> = Pick<Row, Always> & {
  readonly [Field in keyof Row]?: Row[Field] | null;
};

export type Persona = Imported<PersonasDocument, "id" | "name">;
export type Memory = Imported<MemoryEntitiesDocument, "id" | "name">;
export type Conversation = Imported<ConversationsDocument, "id">;
export type Message = ConversationsDocument["messages"][number];

export const MEMORY_TYPES = ["fact", "preference", "event", "skill", "conversation"] as const;

const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const TIME = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const COUNT = new Intl.NumberFormat("en-GB");

export function formatDate(at: number | null | undefined): string {
  return typeof at === "number" ? DATE.format(at) : "never";
}

export function formatTime(at: number): string {
  return TIME.format(at);
}

export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** "Ada the Poet" → "AP": the first letters of the first and the last word that begin with a letter. */
export function initials(name: string): string {
  const letters = name.split(/\s+/u).flatMap((word) => /^\p{L}/u.exec(word)?.[0] ?? []);
  return [letters[0], letters.length > 1 ? letters.at(-1) : ""].join("").toLocaleUpperCase();
}

/** A hue in degrees that stays with the id. */
export function hue(id: string): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return (hash * 137) % 360;
}

/** What went wrong, and what to do about it, as one text. */
export function messageOf(error: unknown): string {
  if (SidecarError.is(error)) return `${error.message}. ${error.hint ?? ""}`;
  return error instanceof Error ? error.message : String(error);
}
