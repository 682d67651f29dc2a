"""`sidecar rebuild`: derive the state from the log again, or check that it would be the same."""

from __future__ import annotations

from contextlib import closing

import click

from sidecar.cli.options import Target, examples, store_options
from sidecar.cli.progress import show_progress
from sidecar.core.errors import NotFoundError


@click.command(
    "rebuild",
    epilog=examples(
        """
        sidecar rebuild --check
        sidecar rebuild --data-dir ./data
        """
    ),
)
@click.option(
    "--check",
    is_flag=True,
    help="Change nothing: compare a rebuilt copy with the state, byte by byte.",
)
@store_options
def command(target: Target, check: bool) -> int:
    """Derive the state from the event log again.

    The old state serves until the new one is complete. This needs the store for itself (exit code 3
    while a server holds it); --check works beside a running server, and ends with 1 when the copy
    differs.
    """
    from sidecar.app.load import DEFAULT, load_schema  # noqa: PLC0415 - only what runs is imported
    from sidecar.store import rebuild  # noqa: PLC0415 - as above
    from sidecar.store.driver import connect  # noqa: PLC0415 - as above
    from sidecar.store.store import FILE, acquire  # noqa: PLC0415 - as above

    path = target.data_dir / FILE
    if not path.exists():
        raise NotFoundError(
            f"there is no store in {target.data_dir}", hint="Name its directory with --data-dir."
        )
    schema = load_schema(target.schema or DEFAULT)
    with show_progress() as progress:
        if check:
            report = rebuild.check(path, schema, target.key, progress)
        else:
            lock = acquire(target.data_dir)
            try:
                with closing(connect(path, key=target.key)) as store:
                    report = rebuild.rebuild(store, path, schema, target.key, progress)
            finally:
                lock.release()
    for difference in report.differences:
        click.echo(f"differs: {difference}")
    unknown = f", {report.unknown:,} unknown to this schema" if report.unknown else ""
    rows = sum(count for name, count in report.rows.items() if not name.startswith("_"))
    verdict = "rebuilt"
    if check:
        verdict = "differs from the state" if report.differences else "is the same as the state"
    click.echo(f"{report.events:,} events{unknown}, {rows:,} rows: {verdict}")
    return 1 if report.differences else 0
