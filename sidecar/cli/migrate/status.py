"""`sidecar migrate status`: where the move from RxDB is, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, Literal, TypedDict, cast

import click

from sidecar.cli.backend import Backend, open_backend
from sidecar.cli.options import Target, examples, store_options
from sidecar.cli.output import print_json
from sidecar.core.errors import NotFoundError
from sidecar.core.json import JsonObject
from sidecar.core.migration import MigrationState

_GOES_ON: Final = (
    "the app's page goes on whenever it is open; `sidecar migrate rollback` gives the move up"
)
_BEGINS: Final = (
    "the app's page begins one (RxDatabaseMigration); `sidecar migrate run FILE` imports a file "
    "without one"
)
_WRITES_BACK: Final = (
    "the app's page writes it back whenever it is open; `sidecar migrate rollback --to FILE` "
    "writes it into a file instead"
)

WORDS: Final[Mapping[MigrationState, tuple[str, str]]] = {
    "idle": ("RxDB is the truth; no move was begun", _BEGINS),
    "backing-up": ("RxDB is the truth; it is being copied to disk", _GOES_ON),
    "reading": ("RxDB is the truth; its copy is read and backed up", _GOES_ON),
    "importing": ("RxDB is the truth; its copy is being imported", _GOES_ON),
    "verifying": ("RxDB is the truth; it is compared with the store", _GOES_ON),
    "dual": (
        "RxDB is the truth; what the app writes there follows into the store",
        "`sidecar migrate cutover` makes the store the truth; `sidecar migrate rollback` gives up",
    ),
    "switched": (
        "the store is the truth; what still comes into RxDB follows",
        "`sidecar migrate rollback` returns to RxDB; `sidecar migrate cleanup` stays for good",
    ),
    "rolling-back": (
        "the store is the truth; what the app wrote since the switch goes back into RxDB",
        _WRITES_BACK,
    ),
    "rolled-back": ("RxDB is the truth again", "the app's page may begin another move"),
    "cleaned": ("the store is the truth; there is no way back", "nothing: the move is over"),
}
"""By state: what is the truth, and what comes next."""

_DIFFERS: Final = "`sidecar migrate report` shows what differs; then `sidecar migrate rollback`"


class Status(TypedDict):
    """What `migrate.status` answers."""

    migration: str | None
    state: MigrationState
    ids: Literal["preserve", "remap"]
    backup: JsonObject | None
    report: JsonObject | None
    switched: int | None
    quarantined: int
    feeding: bool


def read_status(backend: Backend) -> Status:
    """Return where the move is."""
    return cast("Status", backend.ask("migrate.status", {}))


def take_step(backend: Backend, method: str, params: JsonObject) -> Status:
    """Call a method that moves the move; return where it is then."""
    return cast("Status", backend.ask(method, params))


def begun(backend: Backend) -> tuple[str, Status]:
    """Return the id of the move there is, and where it is.

    Raises:
        NotFoundError: None was begun.
    """
    found = read_status(backend)
    if found["migration"] is None:
        raise NotFoundError(
            "no move from RxDB was begun in this store",
            hint="The app's page begins it (RxDatabaseMigration); a file needs none: "
            "`sidecar migrate run FILE`.",
        )
    return found["migration"], found


def verified(status: Status) -> bool:
    """Return whether the last comparison, if there was one, found no difference."""
    verification = (status["report"] or {}).get("verification")
    return not isinstance(verification, dict) or verification["passed"] is True


def say(status: Status) -> None:
    """Print the state, what it means, and what comes next."""
    truth, following = WORDS[status["state"]]
    if status["state"] == "dual" and not verified(status):
        following = _DIFFERS
    click.echo(f"{status['state']}: {truth}")
    click.echo(f"Next: {following}")


@click.command(
    "status",
    epilog=examples(
        """
        sidecar migrate status
        sidecar migrate status --json
        """
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the import's report.")
@store_options
def status(target: Target, as_json: bool) -> None:
    """Tell where the move from RxDB is.

    Which database is the truth now and what comes next; the move's id, since when it is in this
    state, its backup, how many documents are in quarantine, and whether a page feeds it.
    """
    with open_backend(target) as backend:
        found = read_status(backend)
        since = _since(backend)
    if as_json:
        print_json({**found, "since": since})
        return
    say(found)
    for name, value in _facts(found, since):
        click.echo(f"{name:<12}{value}")


def _since(backend: Backend) -> int | None:
    """Return when the move came into its state, in milliseconds since 1970; None without one."""
    sql = "SELECT at FROM _migration JOIN _events USING (seq)"
    rows = backend.query({"sql": sql})["rows"]
    return cast("int", rows[0]["at"]) if rows else None


def _facts(status: Status, since: int | None) -> Iterator[tuple[str, str]]:
    if status["migration"] is not None:
        yield "migration", status["migration"]
    if since is not None:
        moment = datetime.fromtimestamp(since / 1000, UTC).astimezone()
        yield "since", moment.isoformat(" ", "seconds")
    backup = status["backup"]
    if backup is not None:
        yield "backup", f"{backup['path']} ({backup['bytes']:,} bytes)"
    listed = " (`sidecar migrate quarantine` lists them)" if status["quarantined"] else ""
    yield "quarantined", f"{status['quarantined']:,}{listed}"
    if status["migration"] is not None:
        yield "page", "one is open and feeds the move" if status["feeding"] else "none is open"
