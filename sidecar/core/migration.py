"""The states of a move from RxDB, what leads from one to the next, and the events that say so.

| state          | truth | what happens                                                          |
|----------------|-------|-----------------------------------------------------------------------|
| `idle`         | RxDB  | nothing was begun                                                     |
| `backing-up`   | RxDB  | everything RxDB holds is copied to disk                               |
| `reading`      | RxDB  | the copy is read to its end and decided about, its backup verified    |
| `importing`    | RxDB  | the backup's documents come into the store                            |
| `verifying`    | RxDB  | source and store are compared, document by document                   |
| `dual`         | RxDB  | what the app writes in RxDB follows into the store                    |
| `switched`     | store | the app uses the store; late writes in RxDB still follow              |
| `rolling-back` | store | what was written since the switch goes back into RxDB                 |
| `rolled-back`  | RxDB  | the app uses RxDB again                                               |
| `cleaned`      | store | there is no way back any more                                         |

Rules:

1. A store has one move. Its state is the one row of `_migration`, made by events: every window sees
   it by a live query, and a rebuild keeps it. No row is `idle`.
2. A step is begun again after a crash: `read` leads from each state before `dual` to `reading`.
3. Until `dual` nothing uses the store, so `roll-back` needs no way back.
4. What is still written in the store when it is `rolled-back` returns as before.
5. `cleaned` is left only by another move.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import orjson
from pydantic import Field, JsonValue

from sidecar.core.errors import ConflictError, MigrationError
from sidecar.core.event import Event
from sidecar.core.schema import AnyEvent, Args, event
from sidecar.core.state import SqlValue, State, Statement, Statements

MigrationState = Literal[
    "idle",
    "backing-up",
    "reading",
    "importing",
    "verifying",
    "dual",
    "switched",
    "rolling-back",
    "rolled-back",
    "cleaned",
]
Step = Literal[
    "begin",
    "copy",
    "read",
    "import",
    "verify",
    "follow",
    "compare",
    "switch",
    "roll-back",
    "return",
    "clean",
]

STEPS: Final[Mapping[MigrationState, Mapping[Step, MigrationState]]] = {
    "idle": {"begin": "backing-up"},
    "backing-up": {"read": "reading", "roll-back": "rolled-back"},
    "reading": {
        "copy": "backing-up",
        "read": "reading",
        "import": "importing",
        "roll-back": "rolled-back",
    },
    "importing": {"read": "reading", "verify": "verifying", "roll-back": "rolled-back"},
    "verifying": {"read": "reading", "follow": "dual", "roll-back": "rolled-back"},
    "dual": {"compare": "dual", "switch": "switched", "roll-back": "rolled-back"},
    "switched": {"roll-back": "rolling-back", "clean": "cleaned"},
    "rolling-back": {"return": "rolled-back"},
    "rolled-back": {"begin": "backing-up", "return": "rolled-back"},
    "cleaned": {"begin": "backing-up"},
}

_HINTS: Final[Mapping[MigrationState, str]] = {
    "idle": "Begin a migration first.",
    "backing-up": "Let the migration run: everything must be copied and imported first.",
    "reading": "Let the migration run on to its end.",
    "importing": "Let the migration run on to its end.",
    "verifying": "Let the migration run on to its end.",
    "dual": "Cut over, or roll back.",
    "switched": "Roll back to return to RxDB, or clean up to stay.",
    "rolling-back": "Wait until all is written back.",
    "rolled-back": "Begin a new migration.",
    "cleaned": "It is over: there is no way back.",
}


def after(state: MigrationState, step: Step) -> MigrationState:
    """Return the state a step leads to.

    Raises:
        MigrationError: The step does not begin there; `state` says where it is.
    """
    found = STEPS[state].get(step)
    if found is None:
        raise MigrationError(
            f"a migration that is {state} can't {step.replace('-', ' ')}",
            hint=_HINTS[state],
            state=state,
        )
    return found


class MigrationStarted(Args):
    """The begin of an import."""

    fromSystem: str
    toSystem: str
    startedAt: int


class MigrationCompleted(Args):
    """The end of an import: documents by collection, and the backup's path."""

    counts: dict[str, JsonValue]
    backup: str | None


class MigrationRolledBack(Args):
    """A return to the source."""

    reason: str


class MigrationAdvanced(Args):
    """A step of the move; what it does not name stays as it is."""

    migration: Annotated[str, Field(min_length=1)]
    before: MigrationState
    state: MigrationState
    ids: Literal["preserve", "remap"] | None = None
    schemas: dict[str, JsonValue] | None = None
    backup: dict[str, JsonValue] | None = None
    report: dict[str, JsonValue] | None = None
    through: int | None = None


@event("v1.MigrationStarted", MigrationStarted)
def migration_started(args: MigrationStarted, event: Event, state: State) -> Statements:
    """Leave the state alone: the log itself is the record."""
    return []


@event("v1.MigrationCompleted", MigrationCompleted)
def migration_completed(args: MigrationCompleted, event: Event, state: State) -> Statements:
    """Leave the state alone: the log itself is the record."""
    return []


@event("v1.MigrationRolledBack", MigrationRolledBack)
def migration_rolled_back(args: MigrationRolledBack, event: Event, state: State) -> Statements:
    """Leave the state alone: the log itself is the record."""
    return []


@event("v1.MigrationAdvanced", MigrationAdvanced)
def migration_advanced(args: MigrationAdvanced, event: Event, state: State) -> Statements:
    """Take the step; somebody who took it already is a conflict."""
    rows = state.select("SELECT migration, state, synced FROM _migration")
    before = rows[0][1] if rows else "idle"
    begins = args.state == "backing-up" and args.before not in {"backing-up", "reading"}
    if before != args.before or (rows and not begins and rows[0][0] != args.migration):
        raise ConflictError(f"the migration is not {args.before} any more")
    if begins:
        # What was known to be the same on both sides stays known.
        synced = rows[0][2] if rows else None
        return [
            Statement("DELETE FROM _migration", (), ("_migration",)),
            Statement(
                "INSERT INTO _migration (migration, state, ids, synced, seq) "
                "VALUES (?, ?, ?, ?, ?)",
                (args.migration, args.state, args.ids or "preserve", synced, event.seq),
                ("_migration",),
            ),
        ]
    told: dict[str, SqlValue] = {"state": args.state, "seq": event.seq}
    if args.ids is not None:
        told["ids"] = args.ids
    for name, value in (
        ("schemas", args.schemas),
        ("backup", args.backup),
        ("report", args.report),
    ):
        if value is not None:
            told[name] = orjson.dumps(value).decode()
    if args.state == "switched":
        told["switched"] = event.seq
    if args.through is not None:
        told["synced"] = args.through
    sets = ", ".join(f"{name} = ?" for name in told)
    return Statement(f"UPDATE _migration SET {sets}", tuple(told.values()), ("_migration",))


MIGRATION_EVENTS: tuple[AnyEvent, ...] = (
    migration_started,
    migration_completed,
    migration_rolled_back,
    migration_advanced,
)
