"""How JSON comes in: as an argument, from a file, from stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click
import orjson

from sidecar.core.json import Json, JsonObject

STDIN = "-"


def read_argument(text: str) -> str:
    """Return an argument as it is, or all of stdin for "-"."""
    return sys.stdin.read() if text == STDIN else text


def read_file(path: Path) -> str:
    """Return a file's text, or all of stdin for "-"."""
    if str(path) == STDIN:
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} can't be read: {error}") from error


def json_object(text: str, name: str) -> JsonObject:
    """Return the JSON object a text holds.

    Args:
        text: What the user gave.
        name: What an error calls it.

    Raises:
        UsageError: It isn't JSON, or no object.
    """
    return _object(_json(text, name), name)


def json_objects(text: str, name: str) -> list[JsonObject]:
    """Return the objects a text holds: a JSON array of them, one object, or one in each line."""
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        lines = enumerate(text.splitlines(), start=1)
        value = [_json(line, f"line {number} of {name}") for number, line in lines if line.strip()]
    items = value if isinstance(value, list) else [value]
    return [_object(item, f"item {number} of {name}") for number, item in enumerate(items, start=1)]


def pairs(given: Iterable[str], option: str) -> dict[str, str]:
    """Return the NAME=VALUE pairs of a repeated option.

    Raises:
        UsageError: One has no `=`.
    """
    split = [(one, *one.partition("=")) for one in given]
    for one, name, equals, _ in split:
        if not equals or not name:
            raise click.UsageError(f"{option} takes NAME=VALUE, not {one!r}.")
    return {name: value for _, name, _, value in split}


def scalar(text: str) -> str | int | float | bool | None:
    """Return the number, true, false, null or string that a text is as JSON, else the text."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value if isinstance(value, str | int | float | bool | None) else text


def _json(text: str, name: str) -> Json:
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise click.UsageError(f"{name} is no JSON: {error}.") from error
    return value


def _object(value: Json, name: str) -> JsonObject:
    if not isinstance(value, dict):
        raise click.UsageError(f"{name} is no JSON object.")
    return value
