import { sql } from "@pjais/electron-bridge";
import { useQuery } from "@pjais/electron-bridge/react";
import { formatCount, formatTime } from "./model.ts";

interface LoggedEvent {
  seq: number;
  name: string;
  /** What the event is about, where its args say so. */
  subject: string | null;
  at: number;
}

const LATEST = sql<LoggedEvent>(
  `SELECT seq, name, at, coalesce(
     args ->> 'id', args ->> 'conversationId', args ->> 'sourceId', args ->> 'collection') AS subject
   FROM _events ORDER BY seq DESC LIMIT 20`,
);

/** The latest commits of every client, newest on top, as the store writes them. */
export function EventLog() {
  const { data: events = [] } = useQuery(LATEST);
  return (
    <aside className="panel log" aria-label="Event log">
      <header className="panel-head">
        <h2>Event log</h2>
        <span className="count">{formatCount(events[0]?.seq ?? 0)}</span>
      </header>
      <ol className="scroll">
        {events.map((event) => (
          <li key={event.seq} data-seq={event.seq}>
            <span className="name">{event.name.replace(/^v\d+\./, "")}</span>
            <time>{formatTime(event.at)}</time>
            <span className="subject">{event.subject}</span>
            <span className="seq">{event.seq}</span>
          </li>
        ))}
      </ol>
    </aside>
  );
}
