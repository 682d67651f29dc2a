"""`sidecar migrate run`, `verify` and `report`: a file's documents, and what became of them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

import click

from sidecar.cli.backend import open_backend
from sidecar.cli.input import pairs
from sidecar.cli.migrate.status import begun
from sidecar.cli.options import Target, examples, store_options
from sidecar.cli.output import print_json
from sidecar.cli.progress import show_progress
from sidecar.core.errors import NotFoundError
from sidecar.core.json import JsonObject

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")


@click.command(
    "run",
    epilog=examples(
        """
        sidecar migrate run rxdb-export.json --dry-run
        sidecar migrate run rxdb-export.json
        sidecar migrate run notes.ndjson --primary-key notes=slug --json
        """
    ),
)
@file_argument
@click.option(
    "--ids",
    type=click.Choice(["preserve", "remap"]),
    default="preserve",
    show_default=True,
    help="Keep the documents' ids, or give new ones and rewrite references.",
)
@click.option("--dry-run", is_flag=True, help="Read and validate; write nothing.")
@click.option(
    "--strict",
    is_flag=True,
    help="Stop at invalid documents instead of putting them in quarantine.",
)
@click.option(
    "--primary-key",
    "primary_keys",
    metavar="COLL=FIELD",
    multiple=True,
    help="Primary key of a collection that neither schema nor file tells. Repeatable.",
)
@json_option
@store_options
def run(
    target: Target,
    file: Path,
    ids: Literal["preserve", "remap"],
    dry_run: bool,
    strict: bool,
    primary_keys: tuple[str, ...],
    as_json: bool,
) -> int:
    """Migrate RxDB data from FILE and print a report.

    FILE is the guide's MigrationData (version "1.0"), RxDB's exportJSON() of a database or a
    collection, NDJSON records, or a backup of ours. Everything is read and backed up before
    anything is imported, and compared afterwards. Migrating the same file again changes nothing.

    Exit code 1 tells that the verification failed. Quarantined documents and conflicts are in the
    report and warned of, with exit code 0.
    """
    params: JsonObject = {
        "source": {"path": str(file.absolute())},
        "ids": ids,
        "dryRun": dry_run,
        "strict": strict,
        "primaryKeys": {**pairs(primary_keys, "--primary-key")},
    }
    with open_backend(target, create=True) as backend:
        try:
            with show_progress() as progress:
                found = backend.ask("migrate", params, progress)
        except KeyboardInterrupt:
            click.echo("Interrupted. What was imported stays; migrate again to go on.", err=True)
            raise
    _print(found, as_json=as_json)
    counts = cast("dict[str, dict[str, int]]", found["collections"]).values()
    for what, where in (
        ("quarantined", "`sidecar migrate quarantine` lists them"),
        ("conflicts", "the store's documents were left as they are"),
    ):
        if total := sum(one[what] for one in counts):
            click.echo(f"Warning: {what}: {total:,} ({where}).", err=True)
    verification = cast("JsonObject | None", found["verification"])
    return 0 if verification is None or verification["passed"] else 1


@click.command(
    "verify",
    epilog=examples(
        """
        sidecar migrate verify rxdb-export.json
        sidecar migrate verify rxdb-export.json --json
        """
    ),
)
@file_argument
@json_option
@store_options
def verify(target: Target, file: Path, as_json: bool) -> int:
    """Compare FILE with the store, document by document, both ways; import nothing.

    FILE is what `sidecar migrate run` takes. What the app has changed in the store since FILE was
    imported differs. Exit code 1 tells that something does.
    """
    from sidecar.migration.report import format_verification  # noqa: PLC0415 - it costs 40 ms
    from sidecar.migration.result import Verification  # noqa: PLC0415 - as above

    params: JsonObject = {"source": {"path": str(file.absolute())}}
    with open_backend(target) as backend, show_progress() as progress:
        found = backend.ask("migrate.verify", params, progress)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(format_verification(Verification.model_validate(found))))
    return 0 if found["passed"] else 1


@click.command(
    "report",
    epilog=examples(
        """
        sidecar migrate report
        sidecar migrate report --json
        """
    ),
)
@json_option
@store_options
def report(target: Target, as_json: bool) -> None:
    """Print the report of the move's import.

    What was imported, quarantined and left alone, the backup, and what the last comparison with
    RxDB found. The report of a file is what `sidecar migrate run` prints.
    """
    with open_backend(target) as backend:
        _, found = begun(backend)
    if found["report"] is None:
        raise NotFoundError(
            f"the move is {found['state']}, and has imported nothing yet",
            hint="`sidecar migrate status` tells what it waits for.",
        )
    _print(found["report"], as_json=as_json)


def _print(found: JsonObject, *, as_json: bool) -> None:
    from sidecar.migration import MigrationResult, format_report  # noqa: PLC0415 - it costs 40 ms

    if as_json:
        print_json(found)
    else:
        click.echo(format_report(MigrationResult.model_validate(found)), nl=False)
