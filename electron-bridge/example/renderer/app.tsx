import { sql, tables } from "@pjais/electron-bridge";
import { useMigration } from "@pjais/electron-bridge/migration/react";
import { useConnection, useQuery } from "@pjais/electron-bridge/react";
import { useState } from "react";
import { Chat } from "./chat.tsx";
import { EventLog } from "./event-log.tsx";
import { MemoryExplorer } from "./memory-explorer.tsx";
import { MigrationScreen } from "./migration-screen.tsx";
import { formatCount } from "./model.ts";
import { type OldDatabase, useOldDatabase } from "./old-database.ts";
import { PersonaCard } from "./persona-card.tsx";
import { PersonaForm } from "./persona-form.tsx";
import { PersonaList } from "./persona-list.tsx";

const ACTIVE = tables.personas.where({ isActive: true }).first();
const HEAD = sql<{ head: number }>("SELECT max(seq) AS head FROM _events");

/** The window: the app itself, or the screen that moves the old app's data into it. */
export function App() {
  const old = useOldDatabase();
  const { state } = useMigration();
  const [asked, setAsked] = useState(false);
  const screen = screenOf(old, state, asked);
  return (
    <div className="window">
      <TopBar>
        {state === "switched" && old.state === "there" && (
          <button type="button" className="plain" onClick={() => setAsked(!asked)}>
            {asked ? "Back to PJAIS" : "Old database"}
          </button>
        )}
      </TopBar>
      {screen === "app" && <Workspace />}
      {screen === "migration" && <MigrationScreen old={old} />}
      {screen === "nothing yet" && <main aria-busy="true" />}
    </div>
  );
}

/** Until the switch, the old app's data is where it was: there is nothing to show of it here. */
function screenOf(
  old: OldDatabase,
  state: ReturnType<typeof useMigration>["state"],
  asked: boolean,
): "app" | "migration" | "nothing yet" {
  if (old.state === "unknown" || state === undefined) return "nothing yet";
  if (old.state === "none" || state === "cleaned") return "app";
  return state === "switched" && !asked ? "app" : "migration";
}

/** Personas, the selected one with its memories and conversations, and the event log. */
function Workspace() {
  const [chosen, setChosen] = useState<string | null>(null);
  const [form, setForm] = useState<"none" | "create" | "edit">("none");
  const [view, setView] = useState<View>("Memories");
  const { data: active } = useQuery(ACTIVE);
  const selected = chosen ?? active?.id ?? null;

  function show(id: string) {
    setChosen(id);
    setForm("none");
  }

  return (
    <main>
      <PersonaList selected={selected} onSelect={show} onCreate={() => setForm("create")} />
      <div className="detail">
        {form === "create" ? (
          <PersonaForm onDone={(id) => (id === null ? setForm("none") : show(id))} />
        ) : selected === null ? (
          <Welcome onCreate={() => setForm("create")} />
        ) : (
          <>
            <PersonaCard
              key={selected}
              id={selected}
              isEdited={form === "edit"}
              onEdit={(isEdited) => setForm(isEdited ? "edit" : "none")}
            />
            <section className="panel" aria-label={view}>
              <Tabs view={view} onView={setView} />
              {view === "Memories" ? (
                <MemoryExplorer key={selected} personaId={selected} />
              ) : (
                <Chat key={selected} personaId={selected} />
              )}
            </section>
          </>
        )}
      </div>
      <EventLog />
    </main>
  );
}

/** Where nobody is active: at the first start there is nobody at all. */
function Welcome({ onCreate }: { onCreate(): void }) {
  const { data: personas } = useQuery(tables.personas.count());
  if (personas === undefined) return <section className="panel welcome" aria-busy="true" />;
  return (
    <section className="panel welcome">
      <h1>{personas === 0 ? "There is no persona yet" : "Choose a persona"}</h1>
      <p>A persona remembers what it learns, and talks as itself.</p>
      <button type="button" className="primary" onClick={onCreate}>
        Create a persona
      </button>
    </section>
  );
}

const VIEWS = ["Memories", "Chat"] as const;
type View = (typeof VIEWS)[number];

function Tabs(props: { view: View; onView(view: View): void }) {
  return (
    <div className="tabs">
      {VIEWS.map((view) => (
        <button
          type="button"
          key={view}
          aria-pressed={view === props.view}
          onClick={() => props.onView(view)}
        >
          {view}
        </button>
      ))}
    </div>
  );
}

function TopBar({ children }: { children: React.ReactNode }) {
  const { state } = useConnection();
  const { data: active } = useQuery(ACTIVE);
  const { data: heads } = useQuery(HEAD);
  return (
    <header className="top">
      <span className="brand">PJAIS</span>
      <span className="now">
        {active ? (
          <>
            Talking as <strong data-testid="active-name">{active.name}</strong>
          </>
        ) : (
          "No active persona"
        )}
      </span>
      {children}
      <span className="head">
        <strong data-testid="head">{formatCount(heads?.[0]?.head ?? 0)}</strong> events committed
      </span>
      <span className={`connection ${state}`} role="status" data-testid="connection">
        {state}
      </span>
    </header>
  );
}
