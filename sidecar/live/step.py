"""From one standing to the next by the rows that changed, without running the query (L3).

Invariant: a step leads to what the query, run afresh, would answer. What can't be decided by the
changed rows, and the few that they are put between, is no step.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, NamedTuple, cast

import orjson

from sidecar.core.documents import quote
from sidecar.core.mango import test
from sidecar.core.order import ordering
from sidecar.core.query import DocumentQuery
from sidecar.core.state import SqlValue
from sidecar.core.table import Table
from sidecar.core.values import member, sort_key
from sidecar.live.footprint import DocumentFootprint
from sidecar.live.row import Row, UndecidableError, row_of
from sidecar.live.standing import Standing
from sidecar.store.capture import Image, TableChange, same
from sidecar.store.snapshot import Snapshot

MOST_ROWS: Final = 64
"""Changed rows that a step is made of."""

_LARGEST: Final = 64 * 1024
"""Characters of the rows that a step tells of."""

Change = dict[str, object]
"""`{patch}`, `{result}` or `{error}` of a notification, for orjson."""


Fields = tuple[str, ...] | None
"""Paths of a query, or None for whole documents."""


@dataclass(frozen=True, slots=True)
class Step:
    """How a result became another.

    Attributes:
        before: The standing it began at.
        after: The standing it led to; the very same where the result did not change.
        change: What to tell who has the first, but for a patch's head; None for nothing.
    """

    before: Standing
    after: Standing
    change: Change | None

    def told(self, head: int) -> Change | None:
        """Return what to tell who has the first.

        Args:
            head: Head of the log up to which the result is the second.
        """
        if self.change is None or "patch" not in self.change:
            return self.change
        return {"patch": {"head": head, **cast("Change", self.change["patch"])}}


def patch_to_wire(
    remove: Sequence[str],
    upsert: Mapping[int, str],
    order: Sequence[str] | None = None,
) -> Change:
    """Return a patch (L2) for orjson but for its head, with rows spliced into it.

    Args:
        remove: Ids that left.
        upsert: Texts of rows that came or changed, by ascending index.
        order: All ids, where the rest would not give the final order.
    """
    rows = [{"at": at, "row": orjson.Fragment(text)} for at, text in upsert.items()]
    patch: Change = {"remove": remove, "upsert": rows}
    if order is not None:
        patch["order"] = order
    return patch


class Moment:
    """The rows as of one head, for the steps of many queries.

    Args:
        snapshot: Where they are.
        texts: What `text` returned there so far.
    """

    def __init__(self, snapshot: Snapshot, texts: dict[tuple[str, str, Fields], str]) -> None:
        self._snapshot = snapshot
        self._texts = texts
        self._values: dict[tuple[str, str], tuple[SqlValue, ...]] = {}

    def text(self, table: Table, id: str, fields: Fields) -> str:
        """Return a row as a query for these fields answers it."""
        known = self._texts.get((table.name, id, fields))
        if known is None:
            asked: dict[str, object] = {"from": table.name, "selector": {table.primary_key: id}}
            if fields is not None:
                asked["fields"] = list(fields)
            (known,) = self._snapshot.query(DocumentQuery.model_validate(asked)).rows
            self._texts[table.name, id, fields] = known
        return known

    def values(self, sql: str, id: str) -> tuple[SqlValue, ...]:
        """Return the one row of a statement with an id for its parameter."""
        known = self._values.get((sql, id))
        if known is None:
            (known,) = self._snapshot.rows(sql, (id,))
            self._values[sql, id] = known
        return known


class Stepper:
    """Makes the steps of one query.

    Args:
        query: The query; `steppable`.
        footprint: What it depends on.
        table: Its table.
    """

    def __init__(self, query: DocumentQuery, footprint: DocumentFootprint, table: Table) -> None:
        assert footprint.selector is not None, "only what mango can tell is steppable"
        self.table = table
        self._query = query
        self._selector = footprint.selector
        self._fields = footprint.fields
        self._primary = list(table.columns).index(table.primary_key)
        terms = ordering(table, query.shape)
        self._paths = [(root, path) for root, *path in (field.split(".") for field, _ in terms)]
        self._rising = [way == "asc" for _, way in terms]
        roots = {root for root, _ in self._paths}
        self._needed = [*(name for name in table.columns if name in roots), "_extra"]
        self._sql = (
            f"SELECT {', '.join(map(quote, self._needed))} "
            f"FROM {quote(table.name)} WHERE {quote(table.primary_key)} = ?"
        )
        self._placing = _positions(table, roots)
        self._selecting = _positions(table, footprint.fields)

    def step(
        self, moment: Moment, standing: Standing, changes: Sequence[TableChange]
    ) -> Step | None:
        """Return the step that changes lead to, or None where the query must be run.

        Args:
            moment: The rows as they are after the changes, and after no others.
            standing: The result before.
            changes: What became of the table since.
        """
        first: dict[object, Image | None] = {}
        last: dict[object, Image | None] = {}
        for change in changes:
            for old, new in change.rows:
                image = new or old
                assert image is not None, "a row was or is"
                first.setdefault(image[self._primary], old)
                last[image[self._primary]] = new
        known = self._query.count or standing.hashes is not None
        if not known or len(first) > MOST_ROWS:
            return None
        try:
            rows = {str(id): self._row_change(old, last[id]) for id, old in first.items()}
            if self._query.count:
                return _counted(standing, rows.values())
            return self._step(moment, standing, rows)
        except UndecidableError:
            return None

    def _row_change(self, old: Image | None, new: Image | None) -> _RowChange:
        was = self._met(old)
        if new is not None and _equal(old, new, self._selecting):
            now = None if was is None else row_of(self.table, new)
        else:
            now = self._met(new)
        return _RowChange(was, now, stays=_equal(old, new, self._placing))

    def _met(self, image: Image | None) -> Row | None:
        """Return a row, if the selector matches it."""
        if image is None:
            return None
        row = row_of(self.table, image)
        return row if test(row.document(self._fields), self._selector) else None

    def _step(
        self, moment: Moment, standing: Standing, rows: Mapping[str, _RowChange]
    ) -> Step | None:
        assert standing.hashes is not None, "a result of rows"
        limit = self._query.limit
        # There may be more rows than are known, behind the last one.
        full = limit is not None and len(standing.ids) >= limit
        stays: list[str] = []
        leaves: set[str] = set()
        comes: list[tuple[_Place, str]] = []
        for id, (old, new, in_place) in rows.items():
            known = id in standing.hashes
            if old is not None and not known and not full:
                return None
            if new is None:
                if known:
                    leaves.add(id)
            elif old is None or not in_place:
                comes.append((self._place(new), id))
            elif known:
                stays.append(id)
        ids = standing.ids
        if leaves or comes:
            placed = self._placed(moment, standing, leaves, comes, full=full)
            if limit is not None and full and len(placed) < limit:
                return None
            ids = placed[:limit]
        return self._told(moment, standing, ids, [*stays, *(id for _, id in comes)])

    def _placed(
        self,
        moment: Moment,
        standing: Standing,
        leaves: set[str],
        comes: list[tuple[_Place, str]],
        *,
        full: bool,
    ) -> list[str]:
        """Return the ids in their new order, but for those that may come behind unknown ones."""
        gone = leaves.union(id for _, id in comes)
        kept = [id for id in standing.ids if id not in gone]
        place_of = cache(partial(self._place_of, moment))
        placed: list[str] = []
        taken = 0
        for place, id in sorted(comes):
            at = bisect_left(kept, place, taken, key=place_of)
            if full and at == len(kept):
                break
            placed += [*kept[taken:at], id]
            taken = at
        return placed + kept[taken:]

    def _told(
        self, moment: Moment, standing: Standing, ids: Sequence[str], looked: Sequence[str]
    ) -> Step | None:
        """Return the step to these ids, of which those looked at may have another text."""
        assert standing.hashes is not None, "a result of rows"
        same_order = ids is standing.ids or ids == standing.ids
        held = standing.hashes.keys() if same_order else set(ids)
        upsert: dict[int, str] = {}
        hashes = dict(standing.hashes)
        room = _LARGEST
        for id in looked:
            if id not in held:
                continue
            text = moment.text(self.table, id, self._query.shape.fields)
            room -= len(text)
            if room < 0:
                return None
            if not same_order or hashes[id] != hash(text):
                upsert[ids.index(id)] = text
                hashes[id] = hash(text)
        remove = [] if same_order else [id for id in standing.ids if id not in held]
        for id in remove:
            del hashes[id]
        if not upsert and not remove:
            return Step(standing, standing, None)
        patch = patch_to_wire(remove, dict(sorted(upsert.items())))
        return Step(standing, Standing(ids, hashes), {"patch": patch})

    def _place_of(self, moment: Moment, id: str) -> _Place:
        values = moment.values(self._sql, id)
        return self._place(Row(self.table, dict(zip(self._needed, values, strict=True))))

    def _place(self, row: Row) -> _Place:
        keys = [sort_key(member(row.field(root), path)) for root, path in self._paths]
        return _Place(keys, self._rising)


class _RowChange(NamedTuple):
    """A row before and after, each only if the selector matches it, and whether its order stays."""

    old: Row | None
    new: Row | None
    stays: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row stands in the order: its keys, term by term, and whether each rises."""

    keys: Sequence[bytes]
    rising: Sequence[bool]

    def __lt__(self, other: _Place) -> bool:
        for one, two, rising in zip(self.keys, other.keys, self.rising, strict=True):
            if one != two:
                return (one < two) is rising
        return False


def steppable(query: DocumentQuery, footprint: DocumentFootprint) -> bool:
    """Tell whether a query may have steps: what it answers follows from each row by itself."""
    if footprint.selector is None or query.shape.grouped:
        return False
    return not (query.first or query.skip or query.after is not None)


def _counted(standing: Standing, rows: Iterable[_RowChange]) -> Step:
    count = standing.count + sum((one.new is not None) - (one.old is not None) for one in rows)
    if count == standing.count:
        return Step(standing, standing, None)
    after = Standing(count=count, whole=hash((count,)))
    return Step(standing, after, {"result": {"count": count}})


def _positions(table: Table, fields: Collection[str]) -> Sequence[int]:
    """Return where an image has what some fields are made of."""
    columns = [*table.columns, "_extra"]
    return [at for at, name in enumerate(columns) if name in fields or name == "_extra"]


def _equal(old: Image | None, new: Image | None, positions: Sequence[int]) -> bool:
    if old is None or new is None:
        return False
    return all(same(old[at], new[at]) for at in positions)
