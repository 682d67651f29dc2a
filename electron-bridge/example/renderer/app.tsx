import { sql, tables } from "@pjais/electron-bridge";
import { useConnection, useQuery } from "@pjais/electron-bridge/react";
import { useState } from "react";
import { EventLog } from "./event-log.tsx";
import { MemoryExplorer } from "./memory-explorer.tsx";
import { formatCount } from "./model.ts";
import { PersonaCard } from "./persona-card.tsx";
import { PersonaList } from "./persona-list.tsx";

const ACTIVE = tables.personas.where({ isActive: true }).first();
const HEAD = sql<{ head: number }>("SELECT max(seq) AS head FROM _events");

/** The window: personas, the selected one with its memories, and the event log. */
export function App() {
  const [chosen, setChosen] = useState<string | null>(null);
  const { data: active } = useQuery(ACTIVE);
  const selected = chosen ?? active?.id ?? null;
  return (
    <div className="window">
      <TopBar active={active?.name} />
      <main>
        <PersonaList selected={selected} onSelect={setChosen} />
        {selected === null ? (
          <p className="empty">Choose a persona.</p>
        ) : (
          <div className="detail">
            <PersonaCard key={selected} id={selected} />
            <MemoryExplorer key={`memories of ${selected}`} personaId={selected} />
          </div>
        )}
        <EventLog />
      </main>
    </div>
  );
}

function TopBar({ active }: { active: string | undefined }) {
  const { state } = useConnection();
  const { data: heads } = useQuery(HEAD);
  return (
    <header className="top">
      <span className="brand">PJAIS</span>
      <span className="now">
        {active ? (
          <>
            Talking as <strong data-testid="active-name">{active}</strong>
          </>
        ) : (
          "No active persona"
        )}
      </span>
      <span className="head">
        <strong data-testid="head">{formatCount(heads?.[0]?.head ?? 0)}</strong> events committed
      </span>
      <span className={`connection ${state}`} role="status" data-testid="connection">
        {state}
      </span>
    </header>
  );
}
