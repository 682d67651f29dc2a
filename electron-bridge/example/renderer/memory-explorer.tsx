import { tables } from "@pjais/electron-bridge";
import { useQuery } from "@pjais/electron-bridge/react";
import { useState } from "react";
import { formatCount, formatDate, MEMORY_TYPES, type Memory } from "./model.ts";

const SHOWN = 100;
const ORDERS = {
  importance: "Most important",
  lastAccessed: "Last accessed",
  createdAt: "Newest",
} as const;
type Order = keyof typeof ORDERS;

/** The memories of one persona, most important first; filtered and sorted by the store. */
export function MemoryExplorer({ personaId }: { personaId: string }) {
  const [type, setType] = useState("");
  const [order, setOrder] = useState<Order>("importance");

  const alive = tables.memoryEntities.where({ personaId, deletedAt: null });
  const { data: memories = [] } = useQuery(
    (type ? alive.where({ type }) : alive).orderBy(order, "desc").limit(SHOWN),
  );
  const title = memories.length === SHOWN ? `first ${SHOWN}` : formatCount(memories.length);

  return (
    <section className="panel explorer" aria-label="Memories">
      <header className="panel-head">
        <h2>Memories</h2>
        <span className="count">{title}</span>
        <div className="filters">
          {["", ...MEMORY_TYPES].map((choice) => (
            <button
              type="button"
              key={choice}
              aria-pressed={choice === type}
              onClick={() => setType(choice)}
            >
              {choice || "all"}
            </button>
          ))}
        </div>
        <select
          aria-label="Order"
          value={order}
          onChange={({ target }) => isOrder(target.value) && setOrder(target.value)}
        >
          {Object.entries(ORDERS).map(([field, label]) => (
            <option key={field} value={field}>
              {label}
            </option>
          ))}
        </select>
      </header>
      <ul className="scroll">
        {memories.map((memory) => (
          <MemoryItem key={memory.id} memory={memory} />
        ))}
      </ul>
      {memories.length === 0 && <p className="empty">No memories of this kind yet.</p>}
    </section>
  );
}

function isOrder(value: string): value is Order {
  return Object.hasOwn(ORDERS, value);
}

function MemoryItem({ memory }: { memory: Memory }) {
  const { importance } = memory;
  const share = `${Math.max(0, Math.min(100, importance ?? 0))}%`;
  return (
    <li className="memory" data-memory={memory.id}>
      <span className="gauge" style={{ "--share": share }} title="Importance">
        {importance ?? "–"}
      </span>
      <div className="what">
        <strong>{memory.name}</strong>
        <p className="tags">
          <span className={`type ${memory.type ?? ""}`}>{memory.type ?? "untyped"}</span>
          {memory.tags?.map((tag) => (
            <span key={tag}>#{tag}</span>
          ))}
        </p>
      </div>
      <span className={`tier ${memory.memoryTier ?? ""}`}>{memory.memoryTier ?? "hot"}</span>
      <time>{formatDate(memory.lastAccessed)}</time>
    </li>
  );
}
