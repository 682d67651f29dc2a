"""What could come next at the prompt, from the text before the cursor.

1. Nothing of the text is run but attribute access on the session's own names, as `dir()` does. What
   a call would return is known by its annotation.
2. Inside a string: collections after `"from":`, event names after `"name":`, else the fields of the
   collections the text mentions, query keys and operators.
3. Inside a call: the parameters it has not been given; of a query's `where` the table's fields.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self, get_origin, get_type_hints

from sidecar.core.column import Column
from sidecar.core.mango import JUNCTIONS, OPERATORS
from sidecar.core.query import DocumentQuery, SqlQuery
from sidecar.core.schema import Schema

WORD = re.compile(r"(?:[A-Za-z_]\w*)?\Z")
VALUE_OF = re.compile(r"""["'](from|name)["']\s*:\s*$""")
MENTIONED = re.compile(r"""["'](\w+)["']|tables\.(\w+)""")

QUERY_KEYS = tuple(
    field.alias or name
    for model in (DocumentQuery, SqlQuery)
    for name, field in model.model_fields.items()
)
INSIDE = ("and", "await", "else", "for", "if", "in", "is", "lambda", "not", "or")
"""Keywords of expressions; what begins a statement can't stand inside brackets."""

EVENT_KEYS = ("name", "args", "id", "expect")
KNOWN_OPERATORS = (*OPERATORS, *JUNCTIONS, "$exists", "$not", "$search")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that could stand in place of the last `length` characters; `about` describes it."""

    text: str
    length: int
    about: str = ""


def complete(text: str, names: Mapping[str, object], schema: Schema) -> list[Candidate]:
    """Return what could come next.

    Args:
        text: Everything before the cursor.
        names: The session's names.
        schema: The app's.
    """
    start, quote = _open_string(text)
    if quote:
        return list(_in_string(text[:start], text[start + len(quote) :], schema))
    before, word = _split(text)
    if before.endswith("."):
        return list(_attributes(_value(before[:-1], names), word))
    opened = _brackets(text)[0]
    if not opened:
        return list(_names(word, names, keyword.kwlist))
    found = list(_parameters(text, opened[-1], word, names, schema))
    return found + list(_names(word, names, INSIDE))


def _attributes(value: object, word: str) -> Iterator[Candidate]:
    for name in dir(value):
        if name.startswith(word) and (word.startswith("_") or not name.startswith("_")):
            yield Candidate(name, len(word), _about(_member(value, name)))


def _names(word: str, names: Mapping[str, object], keywords: Iterable[str]) -> Iterator[Candidate]:
    for name in sorted(names):
        if name.startswith(word) and not name.startswith("_"):
            yield Candidate(name, len(word), _about(names[name]))
    if word:
        for name in (*keywords, *dir(builtins)):
            if name.startswith(word) and not name.startswith("_") and name not in names:
                yield Candidate(name, len(word))


def _parameters(
    text: str, opened: int, word: str, names: Mapping[str, object], schema: Schema
) -> Iterator[Candidate]:
    """Give `name=` for the parameters of the call that is open there, which are not yet in it."""
    callee, given = _value(text[:opened], names), text[opened:]
    if text[opened] != "(" or not callable(callee):
        return
    for name, kind in _taken(callee, text, schema):
        if name.startswith(word) and not re.search(rf"\b{name}\s*=", given):
            yield Candidate(f"{name}=", len(word), kind)


def _taken(callee: Callable[..., object], text: str, schema: Schema) -> Iterator[tuple[str, str]]:
    """Give the names of what a call takes, and their types."""
    if getattr(callee, "__name__", "") == "where":
        for name, column in _fields(text, schema).items():
            if name.isidentifier():
                yield name, column.kind
    try:
        parameters = inspect.signature(callee).parameters.values()
    except (TypeError, ValueError):
        return
    for one in parameters:
        if one.name != "self" and one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD):
            yield one.name, "" if one.annotation is one.empty else str(one.annotation)


def _in_string(before: str, word: str, schema: Schema) -> Iterator[Candidate]:
    asked = VALUE_OF.search(before)
    options: Iterable[str]
    if asked is not None:
        options = schema.tables if asked[1] == "from" else schema.events
    else:
        fields = _fields(before, schema)
        options = (*fields, *QUERY_KEYS, *EVENT_KEYS, *KNOWN_OPERATORS)
    for option in dict.fromkeys(options):
        if option.startswith(word):
            yield Candidate(option, len(word))


def _fields(text: str, schema: Schema) -> Mapping[str, Column]:
    """Return the fields of the tables that a text mentions."""
    mentioned = {first or second for first, second in MENTIONED.findall(text)}
    named = (table for name, table in schema.tables.items() if name in mentioned)
    return {field: column for table in named for field, column in table.columns.items()}


def _value(text: str, names: Mapping[str, object]) -> object | None:
    """Return what a text's last names and calls lead to: a value, or a class for one of it."""
    before, word = _split(text)
    if word:
        if before.endswith("."):
            return _member(_value(before[:-1], names), word)
        return names.get(word, getattr(builtins, word, None))
    start = _brackets(text)[1].get(len(text) - 1)
    if start is None or text[start] != "(":
        return None
    callee = text[:start]
    return _returned(_value(callee, names), _value(_split(callee)[0].removesuffix("."), names))


def _returned(callee: object | None, owner: object | None) -> object | None:
    """Return the class of what a method returns, if it is annotated with one."""
    try:
        returned = get_type_hints(callee).get("return")
    except Exception:  # noqa: BLE001 - annotations of anybody's may hold anything
        return None
    if returned is Self:
        return owner if isinstance(owner, type) else type(owner)
    returned = get_origin(returned) or returned
    return returned if isinstance(returned, type) else None


def _member(value: object, name: str) -> object | None:
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001 - a property of anybody's may fail in any way
        return None


def _about(value: object) -> str:
    lines = (inspect.getdoc(value) or "").splitlines() if callable(value) else []
    return lines[0] if lines else ""


def _open_string(text: str) -> tuple[int, str]:
    """Return where the string begins that the cursor is in, and its quote; "" when in none."""
    quote, start, at = "", 0, 0
    while at < len(text):
        if quote:
            if text[at] == "\\":
                at += 1
            elif text.startswith(quote, at):
                at += len(quote) - 1
                quote = ""
        elif text[at] in "\"'":
            quote = text[at] * (3 if text[at : at + 3] == text[at] * 3 else 1)
            start = at
            at += len(quote) - 1
        at += 1
    return start, quote


def _split(text: str) -> tuple[str, str]:
    """Return a text without its last word, and that word."""
    match = WORD.search(text)
    assert match is not None
    return text[: match.start()], match[0]


def _brackets(text: str) -> tuple[list[int], dict[int, int]]:
    """Return where brackets are open at the end, and of each closed one where it was opened."""
    opened: list[int] = []
    closed: dict[int, int] = {}
    at = 0
    while at < len(text):
        if text[at] in "\"'":
            end = text.find(text[at], at + 1)
            at = len(text) if end < 0 else end
        elif text[at] in "([{":
            opened.append(at)
        elif text[at] in ")]}" and opened:
            closed[at] = opened.pop()
        at += 1
    return opened, closed
