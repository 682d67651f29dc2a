import { useEffect, useState } from "react";
import type { RxDocument } from "rxdb";
import type { AppDatabase } from "./database.ts";
import type { Persona } from "./schemas.ts";

/** All personas by name, live; a click makes one the active one. */
export function PersonaList({ db }: { db: AppDatabase }) {
  const [personas, setPersonas] = useState<RxDocument<Persona>[]>([]);
  const [active, setActive] = useState<RxDocument<Persona> | null>(null);

  useEffect(() => {
    const subscription = db.personas.find({ sort: [{ name: "asc" }] }).$.subscribe(setPersonas);
    return () => subscription.unsubscribe();
  }, [db]);

  useEffect(() => {
    const query = db.personas.findOne({ selector: { isActive: true } });
    const subscription = query.$.subscribe(setActive);
    return () => subscription.unsubscribe();
  }, [db]);

  const activate = async (persona: RxDocument<Persona>) => {
    const others = db.personas.find({ selector: { isActive: true } });
    await others.incrementalPatch({ isActive: false });
    await persona.incrementalModify((data) => ({
      ...data,
      isActive: true,
      usageCount: data.usageCount + 1,
    }));
  };

  return (
    <section id="personas">
      <h2>Personas</h2>
      <p>Active: {active ? active.name : "nobody"}</p>
      <ul>
        {personas.map((persona) => (
          <li key={persona.id}>
            {persona.name} {persona.personality.traits.join("+")} used {persona.usageCount}
            {persona.isActive && " (active)"}{" "}
            <button type="button" onClick={() => activate(persona)}>
              activate {persona.name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
