"""The seam between the commands and a store: one Protocol, and the choice of its implementation.

The behaviour suite `tests/cli/test_backend.py` runs over both. Calls block: a command does one
thing after another, and an interrupt (Ctrl-C) ends the wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from sidecar.cli.options import Target
from sidecar.cli.progress import Progress
from sidecar.client import EventPageJson, ExplanationJson, NewEventJson, QueryResult, ReceiptJson
from sidecar.core.errors import NotFoundError
from sidecar.core.json import JsonObject


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events of the log to list; None leaves a member out."""

    names: Sequence[str] | None = None
    collection: str | None = None
    id: str | None = None


class Backend(Protocol):
    """A store, whether a server holds it or this process does.

    Every method raises the same `SidecarError` for the same cause on both sides.
    """

    @property
    def served(self) -> bool:
        """Whether a server holds the store, so that others may change it meanwhile."""

    def query(self, query: JsonObject) -> QueryResult:
        """Run a query once."""

    def explain(self, query: JsonObject) -> ExplanationJson:
        """Tell how a query would be run."""

    def commit(self, events: Sequence[NewEventJson]) -> ReceiptJson:
        """Commit events as one batch."""

    def events(self, wanted: EventFilter, *, after: int, limit: int) -> EventPageJson:
        """Return the next events after a `seq`."""

    def info(self) -> JsonObject:
        """Return `{app, schema, head, store}`: what the store holds."""

    def ask(self, method: str, params: JsonObject, progress: Progress | None = None) -> JsonObject:
        """Call a method of the server's; Ctrl-C ends it when what it began to write is written.

        Args:
            method: Its name, as in `rpc.discover`.
            params: By name.
            progress: Told how far a migration is.
        """


@contextmanager
def open_backend(target: Target, *, create: bool = False) -> Iterator[Backend]:
    """Talk to the server that holds a store, or open the store here when none does.

    Opening shows its progress when the state has to be rebuilt first (S6).

    Args:
        target: Which store.
        create: Whether to make a store where there is none.

    Raises:
        NotFoundError: There is no store, and `create` is false.
        SidecarError: The store can't be opened; `LockedError` when a process holds it that is no
            server of ours, or one that is just starting.
    """
    from sidecar.cli.served import attached  # noqa: PLC0415 - only what runs is imported

    with attached(target.data_dir) as served:
        if served is not None:
            yield served
            return
    if not create and not (target.data_dir / "store.db").exists():
        raise NotFoundError(
            f"there is no store in {target.data_dir}",
            hint="Name its directory with --data-dir, or make one: commit, migrate or serve.",
        )
    from sidecar.cli.local import opened  # noqa: PLC0415 - only what runs is imported

    with opened(target) as local:
        yield local
