"""What SQLite does for a query, and which index would spare it work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from sidecar.core.state import SqlValue

if TYPE_CHECKING:
    from sidecar.store.driver import Connection

_INDEX: Final = re.compile(r" USING (?:AUTOMATIC |COVERING |PARTIAL )*INDEX (.+?)(?: \([^()]*\))?$")
_SCAN: Final = re.compile(r"\s*SCAN (?!_page|.* VIRTUAL TABLE)")
_SORT: Final = "USE TEMP B-TREE FOR ORDER BY"


@dataclass(frozen=True, slots=True)
class MissingIndex:
    """An index that a table does not declare.

    Attributes:
        fields: What to declare.
        reason: What SQLite does for want of it.
    """

    collection: str
    fields: Sequence[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a query is run.

    Attributes:
        sql: The statement.
        params: Its parameters.
        plan: SQLite's steps, a line each, indented below the step they belong to.
        indexes: Names of the indexes it uses.
        full_scan: Whether every row of a table may be looked at.
        missing: An index that would help, or None.
    """

    sql: str
    params: Sequence[SqlValue] | Mapping[str, SqlValue]
    plan: Sequence[str]
    indexes: Sequence[str]
    full_scan: bool
    missing: MissingIndex | None = None

    def lacking(self, collection: str, fields: Sequence[str]) -> Explanation:
        """Return it with the index that is missing, if SQLite does anything for want of it."""
        if self.full_scan:
            reason = f"every row of {collection} may be looked at"
        elif any(_SORT in step for step in self.plan):
            reason = "all that match are sorted before the first is answered"
        else:
            return self
        return replace(self, missing=MissingIndex(collection, fields, reason))

    def to_wire(self) -> dict[str, object]:
        """Return it as `query.explain` answers it."""
        return {
            "sql": self.sql,
            "params": self.params,
            "plan": self.plan,
            "indexes": self.indexes,
            "fullScan": self.full_scan,
            "missingIndex": None if self.missing is None else asdict(self.missing),
        }


def explain(
    connection: Connection, sql: str, params: Sequence[SqlValue] | Mapping[str, SqlValue]
) -> Explanation:
    """Return how SQLite would run a statement; it is compiled, not run."""
    depth = {0: -1}
    plan: list[str] = []
    for id, parent, _, detail in connection.execute(f"EXPLAIN QUERY PLAN {sql}", params):
        depth[id] = depth[parent] + 1
        plan.append("  " * depth[id] + detail)
    found = (_INDEX.search(step) for step in plan)
    indexes = dict.fromkeys(one[1] for one in found if one is not None)
    return Explanation(sql, params, plan, [*indexes], any(map(_SCAN.match, plan)))
