"""`sidecar serve`: the server an Electron app spawns."""

from __future__ import annotations

from pathlib import Path

import click

from sidecar.cli.options import data_dir_option, examples, schema_option


@click.command(
    "serve",
    epilog=examples(
        """
        sidecar serve --data-dir ./data
        sidecar serve --data-dir ./data --schema sidecar.app:schema --log-level debug
        sidecar serve --data-dir ./data --port 0 --allow-origin https://app.example
        """
    ),
)
@data_dir_option
@schema_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default="a free one",
    help="Port on 127.0.0.1.",
)
@click.option(
    "--allow-origin",
    "origins",
    metavar="ORIGIN",
    multiple=True,
    help="Let pages of this origin connect, beside file://, app:// and localhost. Repeatable.",
)
@click.option("--parent-pid", type=int, metavar="PID", help="End when this process ends.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="Least severe line to log.",
)
@click.option(
    "--log-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the rotated log.  [default: DATA_DIR/logs]",
)
@click.option("--token-stdin", is_flag=True, help="Read the token from a line of stdin.")
@click.option(
    "--key-stdin",
    is_flag=True,
    help="Read the key of an encrypted store from a line of stdin (after the token's).",
)
def command(
    data_dir: Path,
    schema: str | None,
    port: int,
    origins: tuple[str, ...],
    parent_pid: int | None,
    log_level: str,
    log_dir: Path | None,
    token_stdin: bool,
    key_stdin: bool,
) -> int:
    """Serve a store over JSON-RPC on a loopback WebSocket.

    Prints one line of JSON when it serves, with url and token, or one that says why it can't. It
    ends when stdin closes, the parent dies, on SIGTERM, or when a client calls server.shutdown.
    """
    from sidecar.rpc.serve import ServeOptions, run_server  # noqa: PLC0415 - for this command alone

    return run_server(
        ServeOptions(
            data_dir=data_dir,
            schema=schema,
            port=port,
            origins=origins,
            parent_pid=parent_pid,
            log_level=log_level,
            log_dir=log_dir,
            token_stdin=token_stdin,
            key_stdin=key_stdin,
        )
    )
