import { type FormEvent, useEffect, useState } from "react";
import type { MangoQuery, RxDocument } from "rxdb";
import { useLiveRxQuery, useRxCollection, useRxDatabase } from "rxdb/plugins/react";
import type { Collections } from "./database.ts";
import type { Hero } from "./schemas.ts";

type HeroDocument = RxDocument<Hero, { power(): string }>;

const BY_NAME: MangoQuery<Hero> = { selector: {}, sort: [{ name: "asc" }] };

/** Heroes as in RxDB's own example: a list, a form, and a team each. */
export function HeroList() {
  const { results, loading, error } = useLiveRxQuery<Hero, { power(): string }>({
    collection: "heroes",
    query: BY_NAME,
  });
  return (
    <section id="heroes">
      <h2>Heroes</h2>
      {loading && <p>Loading...</p>}
      {error && <p role="alert">{error}</p>}
      {!loading && results.length === 0 && <p>No heroes</p>}
      <ul>
        {results.map((hero) => (
          <HeroItem key={hero.name} hero={hero} />
        ))}
      </ul>
      <HeroForm />
    </section>
  );
}

function HeroItem({ hero }: { hero: HeroDocument }) {
  const db = useRxDatabase<Collections>();
  const [motto, setMotto] = useState("");
  useEffect(() => {
    let gone = false;
    hero.populate("team").then((team) => gone || setMotto(team ? team.motto : "no team"));
    return () => {
      gone = true;
    };
  }, [hero]);
  const join = async () => {
    await db.teams.upsert({ name: "A", motto: "All for one" });
    await hero.incrementalUpdate({ $set: { team: "A" } });
  };
  return (
    <li>
      {hero.name} {hero.color} {hero.hp} {hero.power()} {motto}{" "}
      <button type="button" onClick={() => hero.patch({ hp: hero.hp + 30 })}>
        heal {hero.name}
      </button>
      <button type="button" onClick={join}>
        join {hero.name}
      </button>
      <button type="button" onClick={() => hero.remove()}>
        remove {hero.name}
      </button>
    </li>
  );
}

function HeroForm() {
  const heroes = useRxCollection<Hero>("heroes");
  const [name, setName] = useState("");
  const [message, setMessage] = useState("");
  const add = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await heroes?.insert({ name, color: name.length > 3 ? "red" : "blue", hp: 40 });
      setName("");
      setMessage("");
    } catch (error) {
      setMessage(error instanceof Error && "code" in error ? `Refused: ${error.code}` : "Refused");
    }
  };
  return (
    <form onSubmit={add}>
      <input aria-label="Name" value={name} onChange={({ target }) => setName(target.value)} />
      <button type="submit">Insert</button>
      {message && <p>{message}</p>}
    </form>
  );
}
