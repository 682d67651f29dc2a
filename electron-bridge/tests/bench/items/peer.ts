/** The list of LiveStore's own performance tests, as a store of events keeps it. */

export interface Item {
  readonly id: string;
  readonly label: string;
}

/** An event; every peer has these, with the same effect. */
export type Change =
  /** Replaces all items. */
  | { readonly name: "v1.ItemsCreated"; readonly args: { readonly items: readonly Item[] } }
  | { readonly name: "v1.ItemsAppended"; readonly args: { readonly items: readonly Item[] } }
  | { readonly name: "v1.ItemCreated"; readonly args: Item }
  | { readonly name: "v1.ItemRenamed"; readonly args: Item }
  /** Adds an exclamation mark to every tenth label, by id. */
  | { readonly name: "v1.EveryTenthMarked"; readonly args: { readonly mark: string } }
  | { readonly name: "v1.ItemRemoved"; readonly args: { readonly id: string } }
  | { readonly name: "v1.ItemsCleared"; readonly args: Record<string, never> };

/** One of the stores that are compared. */
export interface Items {
  /** Commit; resolves when the store says that it is done, which says nothing of the disk. */
  commit(...changes: readonly Change[]): Promise<unknown>;
  /** Keep all items, by id; returns what ends it. */
  watch(take: (items: readonly Item[]) => void): () => void;
  /** Set what is selected, in this window's client document. */
  select(id: string): unknown;
  watchSelected(take: (id: string | null) => void): () => void;
  /** Return how many items there are. */
  count(): Promise<number>;
  /** Resolve when all that was committed is with whoever keeps the log. */
  settled(): Promise<void>;
  close(): Promise<unknown>;
}
