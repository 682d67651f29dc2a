import { useMemo } from "react";
import {
  type ClientDocument,
  type ClientDocumentName,
  type ClientDocumentValue,
  clientDocuments,
} from "../client/index.ts";
import { useSidecar } from "./provider.ts";
import { type UseQueryOptions, useSettled } from "./useQuery.ts";
import { useReadable } from "./useReadable.ts";

/**
 * Return a client document's value, what sets some of its members, and what sets all of them: state like
 * that of `useState`, which other components and windows share, and which is still there after a restart.
 *
 * A change shows at once. Both setters are the same functions in every render; their promises reject,
 * and the value is as before, where the server refuses the change.
 *
 * @param name One of the schema's client documents.
 * @param id Which of them; default the session's own.
 * @param options With `suspense`, suspends until what is stored is there; else it shows the default
 *   until then.
 *
 * @example
 * const [{ searchText }, set, reset] = useClientDocument("uiState");
 * <input value={searchText} onChange={({ target }) => set({ searchText: target.value })} />
 */
export function useClientDocument<Name extends ClientDocumentName>(
  name: Name,
  id?: string,
  { suspense = false }: UseQueryOptions = {},
): readonly [
  value: ClientDocumentValue<Name>,
  set: ClientDocument<ClientDocumentValue<Name>>["set"],
  reset: ClientDocument<ClientDocumentValue<Name>>["reset"],
] {
  const client = useSidecar();
  const document = useMemo(() => client.clientDocument(name, id), [client, name, id]);
  const value = useReadable(
    document,
    suspense ? document.getSnapshot : () => clientDocuments[name].default,
  );
  useSettled(document.stored, suspense);
  return [value, document.set, document.reset];
}
