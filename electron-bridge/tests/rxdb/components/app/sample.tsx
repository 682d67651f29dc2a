import type { AppDatabase } from "./database.ts";
import type { Memory, Persona } from "./schemas.ts";

const at = 1_700_000_000_000;

const persona = (name: string, traits: string[]): Persona => ({
  id: `p-${name}`,
  name,
  description: "",
  personality: { traits, temperament: "calm", communicationStyle: "brief" },
  settings: { memoryRetention: 50, privacyLevel: "low", autoLearn: false },
  isActive: false,
  createdAt: at,
  updatedAt: at,
  usageCount: 0,
});

const memory = (name: string, importance: number): Memory => ({
  id: `m-${name}`,
  personaId: "p-Ada",
  type: "text",
  name,
  content: { text: name },
  summary: name,
  tags: [name.slice(0, 1)],
  importance,
  lastAccessed: at,
  createdAt: at,
  updatedAt: at,
});

/** Buttons that fill the collections, and change what others show. */
export function Sample({ db }: { db: AppDatabase }) {
  const fill = async () => {
    await db.personas.bulkInsert([persona("Bob", ["bold"]), persona("Ada", ["kind", "wise"])]);
    const words = ["Tea", "Coffee", "Teapot", "Cup", "Steam", "Milk", "Sugar"];
    await db.memoryEntities.bulkInsert(words.map((word, rank) => memory(word, 10 * (rank + 1))));
  };
  const rename = () => db.memoryEntities.findOne("m-Tea").incrementalPatch({ name: "Green Tea" });
  const forget = () => db.memoryEntities.find({ selector: { importance: { $gt: 55 } } }).remove();
  return (
    <header>
      <button type="button" onClick={fill}>
        fill
      </button>
      <button type="button" onClick={rename}>
        rename
      </button>
      <button type="button" onClick={forget}>
        forget
      </button>
    </header>
  );
}
