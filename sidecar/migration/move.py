"""The move of a store: where it stands, kept in its log, and the steps that change that."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final, Literal, TypeVar, cast

import orjson

from sidecar.core.errors import MigrationError, NotFoundError
from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.core.migration import MigrationState, Step, after
from sidecar.core.query import SqlQuery
from sidecar.migration.result import Backup, MigrationResult
from sidecar.store import Store

CLIENT: Final = "migration"
"""Client id of the events that bring RxDB's documents: all others are the app's own."""

Ids = Literal["preserve", "remap"]
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a move stands.

    Attributes:
        migration: Its id; empty when none was begun.
        schemas: RxDB's schemas by collection, as the source told them.
        switched: `seq` of the switch, or None.
        synced: `seq` up to which RxDB has all that the store has, since a rollback, or None.
    """

    migration: str = ""
    state: MigrationState = "idle"
    ids: Ids = "preserve"
    schemas: JsonObject | None = None
    backup: Backup | None = None
    report: MigrationResult | None = None
    switched: int | None = None
    synced: int | None = None


class Move:
    """Reads and advances a store's move. Its methods block.

    Args:
        store: The store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, migration: str | None = None) -> Standing:
        """Return where it stands.

        Args:
            migration: Its id, where a caller means a certain one.

        Raises:
            NotFoundError: It is another one.
        """
        read = SqlQuery(sql="SELECT * FROM _migration")
        rows = self._store.read(read, window=CLIENT).result().rows
        standing = _standing(orjson.loads(rows[0])) if rows else Standing()
        if migration is not None and migration != standing.migration:
            raise NotFoundError(
                f"no migration {migration[:100]!r} is under way",
                hint="`migrate.status` tells which one is.",
                migration=migration[:100],
            )
        return standing

    def begin(self) -> Standing:
        """Begin a move, or return where the one stands that was begun."""
        standing = self.standing()
        if standing.state in {"idle", "rolled-back", "cleaned"}:
            self._commit(Standing(uuid.uuid4().hex, standing.state), "begin")
            standing = self.standing()
        return standing

    def advance(self, step: Step, migration: str, **told: Json) -> Standing:
        """Take a step.

        Args:
            step: The step.
            migration: The move that is meant.
            **told: What `v1.MigrationAdvanced` keeps beside the state.

        Raises:
            MigrationError: The step does not begin where it stands.
            NotFoundError: It is another move.
        """
        self._commit(self.standing(migration), step, **told)
        return self.standing()

    def reach(self, step: Step, migration: str, **told: Json) -> Standing:
        """Take a step, unless it was taken already: what is asked again is done once."""
        standing = self.standing(migration)
        if standing.state == _LEADS_TO.get(step):
            return standing
        return self.advance(step, migration, **told)

    def _commit(self, standing: Standing, step: Step, **told: Json) -> None:
        args: JsonObject = {
            "migration": standing.migration,
            "before": standing.state,
            "state": after(standing.state, step),
            **told,
        }
        event = NewEvent("v1.MigrationAdvanced", args)
        self._store.commit([event], client_id=CLIENT).result()


_LEADS_TO: Final[dict[Step, MigrationState]] = {
    "switch": "switched",
    "return": "rolled-back",
    "clean": "cleaned",
}


def switch(move: Move, migration: str) -> Standing:
    """Switch the app to the store (M10).

    Raises:
        MigrationError: It is not where it can, or what was compared last differs.
    """
    report = move.standing(migration).report
    if report is not None and not (report.verification and report.verification.passed):
        raise MigrationError(
            "the last verification found differences",
            hint="`sidecar migrate report` shows them. Mend them, roll back, and migrate again.",
        )
    return move.reach("switch", migration)


def _standing(row: JsonObject) -> Standing:
    backup, report = _json(row["backup"], dict), _json(row["report"], dict)
    return Standing(
        str(row["migration"]),
        cast("MigrationState", row["state"]),
        cast("Ids", row["ids"]),
        _json(row["schemas"], dict),
        None if backup is None else Backup.model_validate(backup),
        None if report is None else MigrationResult.model_validate(report),
        cast("int | None", row["switched"]),
        cast("int | None", row["synced"]),
    )


def _json(text: Json, kind: type[ValueT]) -> ValueT | None:
    if text is None:
        return None
    value = orjson.loads(str(text))
    assert isinstance(value, kind)
    return value
