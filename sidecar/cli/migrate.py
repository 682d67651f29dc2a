"""`sidecar migrate`: bring an app's RxDB data into the store."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

import click

from sidecar.cli.backend import Migration, open_backend
from sidecar.cli.input import pairs
from sidecar.cli.options import Target, examples, store_options
from sidecar.cli.output import print_json
from sidecar.cli.progress import show_progress
from sidecar.core.json import JsonObject


@click.command(
    "migrate",
    epilog=examples(
        """
        sidecar migrate rxdb-export.json --dry-run
        sidecar migrate rxdb-export.json
        sidecar migrate notes.ndjson --primary-key notes=slug --json
        """
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
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
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@store_options
def command(
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
    keys = pairs(primary_keys, "--primary-key")
    migration = Migration(file, ids, dry_run=dry_run, strict=strict, primary_keys=keys)
    with open_backend(target, create=True) as backend:
        try:
            with show_progress() as progress:
                report = backend.migrate(migration, progress)
        except KeyboardInterrupt:
            click.echo("Interrupted. What was imported stays; migrate again to go on.", err=True)
            raise
    _print(report, as_json=as_json)
    verification = cast("JsonObject | None", report["verification"])
    return 0 if verification is None or verification["passed"] else 1


def _print(report: JsonObject, *, as_json: bool) -> None:
    from sidecar.migration import MigrationResult, format_report  # noqa: PLC0415 - it costs 40 ms

    if as_json:
        print_json(report)
    else:
        click.echo(format_report(MigrationResult.model_validate(report)), nl=False)
    counts = cast("dict[str, dict[str, int]]", report["collections"]).values()
    for what, where in (
        (
            "quarantined",
            "their problems are in the report, the documents in the store's quarantine",
        ),
        ("conflicts", "the store's documents were left as they are"),
    ):
        if total := sum(one[what] for one in counts):
            click.echo(f"Warning: {what}: {total:,} ({where}).", err=True)
