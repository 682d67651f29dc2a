"""How results are printed: JSON for programs, a table for people."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Literal

import orjson

from sidecar.core.json import Json

Format = Literal["json", "ndjson", "table"]

MAX_WIDTH = 100_000
"""Columns of the widest table; nobody's terminal, but a pipe takes it."""


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    _write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def print_line(value: object) -> None:
    """Print a value as one line of JSON."""
    _write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


def print_text(text: str) -> None:
    """Print a text as it is, in UTF-8 whatever the terminal's: it may go into a file."""
    _write(text.encode() + b"\n")


def print_rows(rows: Sequence[Mapping[str, Json]], output: Format) -> None:
    """Print rows in the chosen form. As JSON, an array with a row per line."""
    if output == "table":
        print_table(rows)
    elif output == "ndjson":
        for row in rows:
            print_line(row)
    else:
        lines = b",\n ".join(orjson.dumps(row) for row in rows)
        _write(b"[" + lines + b"]\n")


def print_table(rows: Sequence[Mapping[str, Json]]) -> None:
    """Print rows as a table over the fields that any of them has; nested values as JSON.

    The words that a `_snippet` is about are highlighted. On a terminal too narrow for the table,
    each row is a block of lines instead.
    """
    from rich.console import Console  # noqa: PLC0415 - 60 ms that only a table needs
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    def shown(field: str, value: Json) -> Text:
        if field != "_snippet" or not isinstance(value, list):
            return Text(cell(value), "not bold")
        pieces = [(str(one), "reverse" if at % 2 else "") for at, one in enumerate(value)]
        return Text.assemble(*pieces, style="not bold")

    fields = list(dict.fromkeys(field for row in rows for field in row))
    if not fields:
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for field in fields:
        numeric = all(_is_number(row[field]) for row in rows if field in row)
        table.add_column(Text(field), justify="right" if numeric else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(shown(field, row[field]) if field in row else "" for field in fields))
    terminal = sys.stdout.isatty()
    console = Console(highlight=False, width=None if terminal else MAX_WIDTH)
    wide = console.options.update(width=MAX_WIDTH)
    if not terminal or console.measure(table, options=wide).maximum <= console.width:
        console.print(table)
        return
    name_width = max(map(len, fields))
    for number, row in enumerate(rows, start=1):
        console.rule(str(number), align="left")
        for field, value in row.items():
            console.print(Text(f"{field:<{name_width}}  ", "bold") + shown(field, value))


def cell(value: Json) -> str:
    """Return a value as a table shows it: text without quotes, everything else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
