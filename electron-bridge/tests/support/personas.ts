import { events, uuid7 } from "../../src/client/index.ts";

type Args = Parameters<typeof events.personaCreated>[0];

/** The event that creates a persona of this name. */
export function persona(name: string, args: Partial<Args> = {}) {
  return events.personaCreated({
    id: uuid7(),
    name,
    description: `${name} of the tests`,
    personality: { traits: ["curious"], temperament: "calm", communicationStyle: "brief" },
    settings: { memoryRetention: 80, privacyLevel: "medium", autoLearn: true },
    ...args,
  });
}
