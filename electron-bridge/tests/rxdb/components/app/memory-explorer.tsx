import { useCallback, useEffect, useState } from "react";
import type { RxCollection } from "rxdb";
import { useRxCollection, useRxData } from "rxdb-hooks";
import type { Memory } from "./schemas.ts";

const PAGE = 3;

/** Memories that match what is typed, the most important first, in pages; some can be kept in sight. */
export function MemoryExplorer() {
  const [typed, setTyped] = useState("");
  const [kept, setKept] = useState<string[]>([]);
  const wanted = typed === "" ? {} : { name: { $regex: typed, $options: "i" } };
  const matching = useCallback(
    (memories: RxCollection<Memory>) =>
      memories.find({
        selector: typed === "" ? {} : { name: { $regex: typed, $options: "i" } },
        sort: [{ importance: "desc" }],
      }),
    [typed],
  );
  const { result, isFetching, pageCount, currentPage, fetchPage } = useRxData<Memory>(
    "memoryEntities",
    matching,
    { pageSize: PAGE, pagination: "Traditional" },
  );
  const count = useCount(wanted);
  const names = useNames(kept);

  return (
    <section id="memories">
      <h2>Memories</h2>
      <input aria-label="Find" value={typed} onChange={({ target }) => setTyped(target.value)} />
      <p>
        {count} found, page {currentPage} of {pageCount}
        {isFetching && " …"}
      </p>
      <ul>
        {result.map(({ id, name, importance, tags }) => (
          <li key={id}>
            {name} ({importance}) {tags.join(" ")}{" "}
            <button type="button" onClick={() => setKept([...kept, id])}>
              keep {name}
            </button>
          </li>
        ))}
      </ul>
      {Array.from({ length: pageCount }, (_, at) => at + 1).map((page) => (
        <button type="button" key={page} onClick={() => fetchPage(page)}>
          page {page}
        </button>
      ))}
      <p>Kept: {names.join(", ")}</p>
    </section>
  );
}

/** How many memories match. */
function useCount(selector: object): number {
  const memories = useRxCollection<Memory>("memoryEntities");
  const [count, setCount] = useState(0);
  const key = JSON.stringify(selector);
  useEffect(() => {
    const subscription = memories?.count({ selector: JSON.parse(key) }).$.subscribe(setCount);
    return () => subscription?.unsubscribe();
  }, [memories, key]);
  return count;
}

/** The names of memories, as they are now. */
function useNames(ids: string[]): string[] {
  const memories = useRxCollection<Memory>("memoryEntities");
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    const subscription = memories
      ?.findByIds(ids)
      .$.subscribe((byId) => setNames(ids.map((id) => byId.get(id)?.name ?? "?")));
    return () => subscription?.unsubscribe();
  }, [memories, ids]);
  return names;
}
