import { events, tables, uuid7 } from "@pjais/electron-bridge";
import { useCommit, useQuery } from "@pjais/electron-bridge/react";
import { useState } from "react";
import { formatCount, formatDate, MEMORY_TYPES, type Memory, messageOf } from "./model.ts";

const SHOWN = 100;
const ORDERS = {
  importance: "Most important",
  lastAccessed: "Last accessed",
  createdAt: "Newest",
} as const;
type Order = keyof typeof ORDERS;

const FIELDS = [
  ...([
    "id",
    "name",
    "type",
    "tags",
    "importance",
    "memoryTier",
    "lastAccessed",
    "_snippet",
  ] as const),
] as const;

/** The memories of one persona: by words, best first, or all of a kind in an order. */
export function MemoryExplorer({ personaId }: { personaId: string }) {
  const [words, setWords] = useState("");
  const [type, setType] = useState("");
  const [order, setOrder] = useState<Order>("importance");

  const alive = tables.memoryEntities.where({ personaId, deletedAt: null });
  const ofType = type ? alive.where({ type }) : alive;
  const { data: memories, error } = useQuery(
    words.trim()
      ? ofType
          .search(begun(words))
          .select(...FIELDS)
          .limit(SHOWN)
      : ofType.orderBy(order, "desc").limit(SHOWN),
  );
  const found = memories?.length ?? 0;

  return (
    <>
      <header className="panel-head">
        <input
          type="search"
          placeholder="Search all memories"
          aria-label="Search memories"
          value={words}
          onChange={({ target }) => setWords(target.value)}
        />
        <span className="count" data-testid="found">
          {found === SHOWN ? `first ${SHOWN}` : formatCount(found)}
        </span>
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
        {words.trim() === "" && (
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
        )}
      </header>
      <ul className="scroll">
        {memories?.map((memory) => (
          <MemoryItem key={memory.id} memory={memory} />
        ))}
        {found === 0 && memories && <li className="empty">No memories of this kind.</li>}
        {error && <li role="alert">{messageOf(error)}</li>}
      </ul>
      <Remember personaId={personaId} />
    </>
  );
}

/** The last word may be unfinished. */
function begun(words: string): string {
  return /[\p{L}\p{N}]$/u.test(words) ? `${words}*` : words;
}

function isOrder(value: string): value is Order {
  return Object.hasOwn(ORDERS, value);
}

function MemoryItem({ memory }: { memory: Memory & { _snippet?: readonly string[] | null } }) {
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
          {memory._snippet ? (
            <span className="snippet">
              <Snippet pieces={memory._snippet} />
            </span>
          ) : (
            memory.tags?.map((tag) => <span key={tag}>#{tag}</span>)
          )}
        </p>
      </div>
      <span className={`tier ${memory.memoryTier ?? ""}`}>{memory.memoryTier ?? "hot"}</span>
      <time>{formatDate(memory.lastAccessed)}</time>
    </li>
  );
}

/** Text around what matched: plain and matched pieces in turn. */
function Snippet({ pieces }: { pieces: readonly string[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place.
  return pieces.map((piece, at) => (at % 2 === 1 ? <mark key={at}>{piece}</mark> : piece));
}

/** One line to remember something by hand. */
function Remember({ personaId }: { personaId: string }) {
  const commit = useCommit();
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");

  async function remember() {
    const memory = { id: uuid7(), personaId, type: "fact", name, summary: name };
    setName("");
    setProblem("");
    try {
      await commit(events.memoryEntityCreated({ ...memory, content: {}, tags: [] }));
    } catch (error) {
      setName((typed) => typed || name);
      setProblem(messageOf(error));
    }
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) void remember();
      }}
    >
      <input
        placeholder="Remember something"
        aria-label="Remember something"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <button type="submit" className="primary">
        Remember
      </button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
