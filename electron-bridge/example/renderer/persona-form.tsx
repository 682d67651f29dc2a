import { events, uuid7 } from "@pjais/electron-bridge";
import { useCommit } from "@pjais/electron-bridge/react";
import { useState } from "react";
import type { Persona } from "./model.ts";
import { messageOf } from "./model.ts";

interface PersonaFormProps {
  /** The one to change; without it, a new one is made. */
  persona?: Persona;
  /** Called with the persona's id once it is stored, with null where nothing is to be. */
  onDone(id: string | null): void;
}

/** Make a persona, or change one: what is not on the form stays as it is. */
export function PersonaForm({ persona, onDone }: PersonaFormProps) {
  const commit = useCommit();
  const [name, setName] = useState(persona?.name ?? "");
  const [description, setDescription] = useState(persona?.description ?? "");
  const [traits, setTraits] = useState(persona?.personality?.traits?.join(", ") ?? "");
  const [problem, setProblem] = useState("");

  async function save() {
    const id = persona?.id ?? uuid7();
    const personality = {
      ...(persona?.personality ?? { temperament: "balanced", communicationStyle: "concise" }),
      traits: traits.split(",").flatMap((trait) => trait.trim() || []),
    };
    const settings = { memoryRetention: 80, privacyLevel: "medium", autoLearn: true } as const;
    try {
      await commit(
        persona
          ? events.personaUpdated({ id, updates: { name, description, personality } })
          : events.personaCreated({ id, name, description, personality, settings }),
      );
      onDone(id);
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2>{persona ? `Edit ${persona.name}` : "New persona"}</h2>
      <label>
        Name
        <input required value={name} onChange={({ target }) => setName(target.value)} />
      </label>
      <label>
        Description
        <input value={description} onChange={({ target }) => setDescription(target.value)} />
      </label>
      <label>
        Traits
        <input
          placeholder="curious, precise"
          value={traits}
          onChange={({ target }) => setTraits(target.value)}
        />
      </label>
      <div className="buttons">
        <button type="submit" className="primary">
          {persona ? "Save" : "Create"}
        </button>
        <button type="button" className="plain" onClick={() => onDone(null)}>
          Cancel
        </button>
      </div>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
