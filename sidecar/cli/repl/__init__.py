"""`sidecar repl`: a Python prompt on a running store."""

from __future__ import annotations

import click

from sidecar.cli.options import Target, examples, store_options


@click.command(
    "repl",
    epilog=examples(
        """
        sidecar repl --data-dir ./data
        echo 'await rpc.query(tables.personas.limit(1))' | sidecar repl
        sidecar repl < script.py
        """
    ),
)
@store_options
def command(target: Target) -> int:
    """Open a Python prompt on a live store.

    It has top-level await and completion. At hand: rpc (the server's methods), events and tables
    (builders of events and queries), db (sqlite_utils.Database, read-only) and help(). It talks to
    the server that holds the store; when there is none, it starts one for the session.

    Without a terminal it runs stdin as a script, and ends with 1 at the first error.
    """
    from sidecar.cli.repl.session import run_session  # noqa: PLC0415 - for this command alone

    return run_session(target)
