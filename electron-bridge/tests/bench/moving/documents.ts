/** Who the memories that move are of: without a persona, a memory goes to the quarantine. */

import { PERSONAS } from "../app/documents.ts";

export interface Persona {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export const personas: readonly Persona[] = Array.from({ length: PERSONAS }, (_, at) => ({
  id: `p${at}`,
  name: `Persona ${at}`,
  description: "",
}));
