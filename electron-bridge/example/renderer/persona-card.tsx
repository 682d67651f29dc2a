import { events, tables } from "@pjais/electron-bridge";
import { useCommit, useQuery } from "@pjais/electron-bridge/react";
import { useState } from "react";
import { Avatar } from "./avatar.tsx";
import { formatCount, formatDate, messageOf, type Persona } from "./model.ts";
import { PersonaForm } from "./persona-form.tsx";

interface PersonaCardProps {
  id: string;
  isEdited: boolean;
  onEdit(isEdited: boolean): void;
}

/** One persona in full, with the buttons that make it the active one and change it. */
export function PersonaCard({ id, isEdited, onEdit }: PersonaCardProps) {
  const { data } = useQuery(tables.personas.where({ id }).first());
  const commit = useCommit();
  const [problem, setProblem] = useState("");
  const persona: Persona | null | undefined = data;
  if (!persona) return <section className="panel card" aria-busy="true" />;
  if (isEdited) return <PersonaForm persona={persona} onDone={() => onEdit(false)} />;

  async function activate() {
    try {
      await commit(events.personaActivated({ id }));
      setProblem("");
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  const { personality, settings } = persona;
  return (
    <section className="panel card" aria-label={persona.name}>
      <Avatar id={persona.id} name={persona.name} large />
      <div className="about">
        <h1>{persona.name}</h1>
        <p>{persona.description || "No description"}</p>
        <ul className="chips">
          {personality?.traits?.map((trait) => (
            <li key={trait}>{trait}</li>
          ))}
          {personality?.communicationStyle && (
            <li className="soft">{personality.communicationStyle}</li>
          )}
        </ul>
      </div>
      <div className="actions">
        <button type="button" className="plain" onClick={() => onEdit(true)}>
          Edit
        </button>
        {persona.isActive ? (
          <span className="state">Active</span>
        ) : (
          <button type="button" className="primary" onClick={activate}>
            Activate
          </button>
        )}
      </div>
      <dl className="facts">
        <Fact name="Used" value={`${formatCount(persona.usageCount ?? 0)} ×`} />
        <Fact name="Last used" value={formatDate(persona.lastUsed)} />
        <Fact name="Privacy" value={settings?.privacyLevel ?? "not set"} />
        <Fact name="Learns" value={settings?.autoLearn ? "by itself" : "when told"} />
      </dl>
      {problem && <p role="alert">{problem}</p>}
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
