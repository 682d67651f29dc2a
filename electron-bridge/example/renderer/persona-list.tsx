import { sql, tables } from "@pjais/electron-bridge";
import { useQuery } from "@pjais/electron-bridge/react";
import { memo, useMemo, useState } from "react";
import { Avatar } from "./avatar.tsx";
import { formatCount, type Persona } from "./model.ts";

const PERSONAS = tables.personas.orderBy("name");
const MEMORY_COUNTS = sql<{ personaId: string; memories: number }>(
  `SELECT personaId, count(*) AS memories FROM memoryEntities
   WHERE deletedAt IS NULL GROUP BY personaId`,
);
const NONE = [] as const;

interface PersonaListProps {
  selected: string | null;
  onSelect(id: string): void;
  onCreate(): void;
}

/** All personas by name, the active one pinned on top; typing narrows them. */
export function PersonaList(props: PersonaListProps) {
  const { data: personas = NONE } = useQuery(PERSONAS);
  const { data: counts = NONE } = useQuery(MEMORY_COUNTS);
  const [wanted, setWanted] = useState("");

  const memories = useMemo(
    () => new Map(counts.map((count) => [count.personaId, count.memories])),
    [counts],
  );
  const active = personas.filter((persona) => persona.isActive);
  const others = personas.filter(
    (persona) => !persona.isActive && persona.name.toLowerCase().includes(wanted.toLowerCase()),
  );

  const item = (persona: Persona) => (
    <PersonaItem
      key={persona.id}
      persona={persona}
      memories={memories.get(persona.id) ?? 0}
      selected={persona.id === props.selected}
      onSelect={props.onSelect}
    />
  );
  return (
    <nav className="panel personas" aria-label="Personas">
      <header className="panel-head">
        <h2>Personas</h2>
        <span className="count">{formatCount(personas.length)}</span>
        <button type="button" className="plain" onClick={props.onCreate}>
          New
        </button>
      </header>
      <input
        type="search"
        placeholder="Find a persona"
        aria-label="Find a persona"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      <ul className="pinned" aria-label="Active persona">
        {active.map(item)}
      </ul>
      <ul className="scroll">{others.map(item)}</ul>
    </nav>
  );
}

interface PersonaItemProps {
  persona: Persona;
  memories: number;
  selected: boolean;
  onSelect(id: string): void;
}

/** Rows that did not change are the same objects as before, so only changed ones render again. */
const PersonaItem = memo(function PersonaItem(props: PersonaItemProps) {
  const { persona, memories, selected } = props;
  return (
    <li data-persona={persona.id} data-active={persona.isActive === true}>
      <button
        type="button"
        className="persona"
        aria-current={selected}
        onClick={() => props.onSelect(persona.id)}
      >
        <Avatar id={persona.id} name={persona.name} />
        <span className="who">
          <strong>{persona.name}</strong>
          <small>{persona.description || "No description"}</small>
        </span>
        {persona.isActive ? (
          <span className="badge">active</span>
        ) : (
          <span className="memories" title={`${memories} memories`}>
            {memories}
          </span>
        )}
      </button>
    </li>
  );
});
