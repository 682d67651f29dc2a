import { events, tables, uuid7 } from "@pjais/electron-bridge";
import { useCommit, useQuery, useSidecar } from "@pjais/electron-bridge/react";
import { useEffect, useRef, useState } from "react";
import { type Conversation, formatDate, formatTime, type Message, messageOf } from "./model.ts";

const NEW = "new";

/** The conversations of one persona; the last one is open. */
export function Chat({ personaId }: { personaId: string }) {
  const { data: conversations } = useQuery(
    tables.conversations.where({ personaId }).orderBy("createdAt", "desc"),
  );
  const [chosen, setChosen] = useState<string>();
  const [fresh, setFresh] = useState(uuid7);
  if (conversations === undefined) return <div className="scroll" aria-busy="true" />;

  const id = chosen ?? conversations[0]?.id ?? fresh;
  const conversation = conversations.find((one) => one.id === id);
  return (
    <>
      <header className="panel-head">
        <select
          aria-label="Conversation"
          value={conversation ? id : NEW}
          onChange={({ target }) => setChosen(target.value === NEW ? fresh : target.value)}
        >
          {conversations.map((one) => (
            <option key={one.id} value={one.id}>
              {titleOf(one)}
            </option>
          ))}
          {!conversation && <option value={NEW}>New conversation</option>}
        </select>
        <button
          type="button"
          className="plain"
          disabled={!conversation}
          onClick={() => {
            const id = uuid7();
            setFresh(id);
            setChosen(id);
          }}
        >
          New
        </button>
      </header>
      <Turns key={id} id={id} personaId={personaId} conversation={conversation} />
    </>
  );
}

function titleOf({ messages, createdAt }: Conversation): string {
  const first = messages?.[0]?.content ?? "Nothing said";
  return `${formatDate(createdAt)} · ${first.length > 40 ? `${first.slice(0, 40)}…` : first}`;
}

interface TurnsProps {
  id: string;
  personaId: string;
  /** Missing until the first message is stored. */
  conversation: Conversation | undefined;
}

/** What was said, what is on its way to the store, and the line to say more. */
function Turns({ id, personaId, conversation }: TurnsProps) {
  const commit = useCommit();
  const { sessionId } = useSidecar();
  const [text, setText] = useState("");
  const [sending, setSending] = useState<readonly Message[]>([]);
  const [problem, setProblem] = useState("");
  const started = useRef(conversation !== undefined);
  const end = useRef<HTMLLIElement>(null);

  const stored = conversation?.messages ?? [];
  const known = new Set(stored.map((message) => message.id));
  const onTheWay = sending.filter((message) => !known.has(message.id));
  const count = stored.length + onTheWay.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end has moved with each message.
  useEffect(() => {
    // It may return a promise, which is no effect's end.
    end.current?.scrollIntoView();
  }, [count]);

  async function send() {
    const content = text.trim();
    const message: Message = { id: uuid7(), role: "user", content, timestamp: Date.now() };
    const added = events.messageAdded({ conversationId: id, message });
    const isFirst = !started.current;
    started.current = true;
    setText("");
    setProblem("");
    setSending((before) => [...before, message]);
    try {
      // The next one may be sent before this one is stored: commits keep their order.
      await commit(
        isFirst ? [events.conversationStarted({ id, personaId, sessionId }), added] : added,
      );
    } catch (error) {
      if (isFirst) started.current = false;
      setText((typed) => typed || content);
      setProblem(messageOf(error));
    }
    setSending((before) => before.filter((one) => one !== message));
  }

  return (
    <>
      <ol className="scroll turns" aria-label="Messages">
        {stored.map((message) => (
          <Turn key={message.id} message={message} />
        ))}
        {onTheWay.map((message) => (
          <Turn key={message.id} message={message} isSending />
        ))}
        {count === 0 && <li className="empty">Say something.</li>}
        <li ref={end} />
      </ol>
      <form
        className="composer"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) void send();
        }}
      >
        <input
          placeholder="Say something"
          aria-label="Message"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <button type="submit" className="primary">
          Send
        </button>
        {problem && <p role="alert">{problem}</p>}
      </form>
    </>
  );
}

function Turn({ message, isSending = false }: { message: Message; isSending?: boolean }) {
  const { id, role, content, timestamp } = message;
  return (
    <li className={`turn ${role}`} data-message={id} data-sending={isSending}>
      <p>{content}</p>
      <time>{isSending ? "sending" : formatTime(timestamp)}</time>
    </li>
  );
}
