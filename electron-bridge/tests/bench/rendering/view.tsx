/** What is rendered, the same for each peer: a list and, in a line each, other live results. */

import { memo, useLayoutEffect } from "react";
import type { Peer, Row, Value } from "./peer.ts";
import type { Watch } from "./scenes.ts";

/** Told what a watch shows once it is in the DOM. */
export type Shown = (at: number, value: Value | undefined) => void;

interface ViewProps {
  readonly peer: Peer;
  readonly watches: readonly Watch[];
  readonly shown: Shown;
  readonly onClick: () => void;
}

export function View({ peer, watches, shown, onClick }: ViewProps) {
  return (
    <>
      <button type="button" onClick={onClick}>
        Rename
      </button>
      {watches.map((watch, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a scene's watches stay as they are
        <Result key={at} at={at} peer={peer} watch={watch} shown={shown} />
      ))}
    </>
  );
}

interface ResultProps extends Pick<ViewProps, "peer" | "shown"> {
  readonly at: number;
  readonly watch: Watch;
}

const Result = memo(function Result({ at, peer, watch, shown }: ResultProps) {
  const value = peer.useWatch(watch);
  useLayoutEffect(() => shown(at, value), [at, value, shown]);
  if (value === undefined) return null;
  if (typeof value === "number") return <p>{value}</p>;
  if (at > 0) return <p>{value.map(({ name }) => name).join(", ")}</p>;
  return (
    <ul>
      {value.map((row) => (
        <Item key={row.id} row={row} />
      ))}
    </ul>
  );
});

const Item = memo(function Item({ row }: { readonly row: Row }) {
  return (
    <li>
      {row.name} <b>{row.importance}</b>
    </li>
  );
});
