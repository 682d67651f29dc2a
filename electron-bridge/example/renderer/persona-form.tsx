import { events, uuid7 } from "@pjais/electron-bridge";
import { useCommit } from "@pjais/electron-bridge/react";
import { type ChangeEvent, useState } from "react";
import { messageOf, type Persona } from "./model.ts";

/** Of a new persona. */
const SETTINGS = { memoryRetention: 80, privacyLevel: "medium", autoLearn: true } as const;

interface PersonaFormProps {
  /** The one to change; without it, a new one is made. */
  persona?: Persona;
  /** Called with the persona's id once it is stored, with null where nothing is to be. */
  onDone(id: string | null): void;
}

/** Make a persona, or change one: what is left alone stays as it is, or missing. */
export function PersonaForm({ persona, onDone }: PersonaFormProps) {
  const commit = useCommit();
  const [before] = useState(() => typed(persona));
  const [form, setForm] = useState(before);
  const [problem, setProblem] = useState("");

  async function save() {
    const { name, description, traits } = form;
    const id = persona?.id ?? uuid7();
    const personality = {
      ...{ temperament: "balanced", communicationStyle: "concise" },
      ...persona?.personality,
      traits: traits.split(",").flatMap((trait) => trait.trim() || []),
    };
    const updates = {
      ...(name !== before.name && { name }),
      ...(description !== before.description && { description }),
      ...(traits !== before.traits && { personality }),
    };
    try {
      await commit(
        persona
          ? events.personaUpdated({ id, updates })
          : events.personaCreated({ id, name, description, personality, settings: SETTINGS }),
      );
      onDone(id);
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  const field = (name: keyof typeof form) => ({
    value: form[name],
    onChange: ({ target }: ChangeEvent<HTMLInputElement>) =>
      setForm({ ...form, [name]: target.value }),
  });
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
        <input required {...field("name")} />
      </label>
      <label>
        Description
        <input {...field("description")} />
      </label>
      <label>
        Traits
        <input placeholder="curious, precise" {...field("traits")} />
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

/** What the form shows of a persona. */
function typed(persona: Persona | undefined) {
  return {
    name: persona?.name ?? "",
    description: persona?.description ?? "",
    traits: persona?.personality?.traits?.join(", ") ?? "",
  };
}
