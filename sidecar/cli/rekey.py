"""`sidecar rekey`: encrypt a store, give it another key, or decrypt it."""

from __future__ import annotations

from pathlib import Path

import click

from sidecar.cli.options import (
    data_dir_option,
    debug_option,
    examples,
    key_option,
    read_key,
)
from sidecar.cli.progress import show_progress
from sidecar.core.errors import UsageError


@click.command(
    "rekey",
    epilog=examples(
        """
        echo 'a new key' | sidecar rekey --new-key-stdin
        printf 'a new key\\nanother\\n' | sidecar rekey --key-stdin --new-key-stdin
        echo 'another' | sidecar rekey --key-stdin --decrypt
        """
    ),
)
@click.option(
    "--new-key-stdin",
    is_flag=True,
    help="Read the new key from a line of stdin (after that of --key-stdin).",
)
@click.option("--decrypt", is_flag=True, help="Leave the store without a key.")
@data_dir_option
@key_option
@debug_option
def command(data_dir: Path, key_stdin: bool, new_key_stdin: bool, decrypt: bool) -> None:
    """Encrypt a plain store, give an encrypted one another key, or decrypt it.

    The backups beside it go with it. Every file is copied, compared and then replaced, so that an
    interruption leaves each one whole; the same command again goes on. This needs the store for
    itself (exit code 3 while a server holds it) and room for a copy of it.
    """
    if new_key_stdin == decrypt:
        raise UsageError(
            "either --new-key-stdin or --decrypt is needed", hint="See `sidecar rekey --help`."
        )
    from sidecar.store.rekey import rekey  # noqa: PLC0415 - only what runs is imported

    old = read_key("Key") if key_stdin else None
    new = None if decrypt else read_key("New key")
    with show_progress() as progress:
        rekeyed = rekey(data_dir, old, new, progress)
    files = "file" if rekeyed.changed == 1 else "files"
    click.echo(f"{rekeyed.changed:,} {files}: {'decrypted' if decrypt else 'encrypted'}")
    for path in rekeyed.left:
        click.echo(f"Warning: {path} has another key, and was left as it is.", err=True)
