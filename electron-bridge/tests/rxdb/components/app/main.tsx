import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { RxDatabaseProvider } from "rxdb/plugins/react";
import { Provider } from "rxdb-hooks";
import { type AppDatabase, database } from "./database.ts";
import { HeroList } from "./hero-list.tsx";
import { MemoryExplorer } from "./memory-explorer.tsx";
import { PersonaList } from "./persona-list.tsx";
import { Sample } from "./sample.tsx";

function App() {
  const [db, setDb] = useState<AppDatabase>();
  useEffect(() => {
    database().then(setDb);
  }, []);
  if (!db) return <p>Opening...</p>;
  return (
    <RxDatabaseProvider database={db}>
      <Provider db={db}>
        <Sample db={db} />
        <PersonaList db={db} />
        <MemoryExplorer />
        <HeroList />
      </Provider>
    </RxDatabaseProvider>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
