"""The commands there are, those of groups by both names: `migrate run`."""

from __future__ import annotations

import click

from sidecar.cli.app import COMMANDS, cli


def command_of(name: str) -> click.Command:
    """Return a command by its name."""
    found: click.Command | None = cli
    for part in name.split():
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), part)
    assert found is not None
    return found


def all_commands() -> list[str]:
    """Return the names of all commands, each group before its own."""
    names = []
    for name in COMMANDS:
        found = command_of(name)
        inner = found.list_commands(click.Context(found)) if isinstance(found, click.Group) else []
        names += [name, *(f"{name} {one}" for one in inner)]
    return names
