"""What could come next at the prompt, from the text before the cursor.

1. Nothing of the text is run but attribute access on the session's own names, as `dir()` does.
2. Inside a string: collections after `"from":`, event names after `"name":`, else the fields of the
   collections the text mentions, query keys and operators.
3. Inside a call: the parameters it has not been given.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sidecar.core.mango import OPERATORS
from sidecar.core.query import DocumentQuery, SqlQuery
from sidecar.core.schema import Schema

CHAIN = re.compile(r"((?:[A-Za-z_]\w*\.)*)([A-Za-z_]\w*)?$")
VALUE_OF = re.compile(r"""["'](from|name)["']\s*:\s*$""")
MENTIONED = re.compile(r"""["'](\w+)["']|tables\.(\w+)""")

QUERY_KEYS = tuple(
    field.alias or name
    for model in (DocumentQuery, SqlQuery)
    for name, field in model.model_fields.items()
)
EVENT_KEYS = ("name", "args", "id", "expect")
KNOWN_OPERATORS = (*OPERATORS, "$and", "$or")


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
    match = CHAIN.search(text)
    if match is None or text[: match.start()].endswith("."):
        return []
    chain, word = match[1].rstrip("."), match[2] or ""
    if chain:
        return list(_attributes(_resolve(chain, names), word))
    found = list(_parameters(text, word, names))
    return found + list(_names(word, names))


def _attributes(value: object, word: str) -> Iterator[Candidate]:
    for name in dir(value):
        if name.startswith(word) and (word.startswith("_") or not name.startswith("_")):
            yield Candidate(name, len(word), _about(_member(value, name)))


def _names(word: str, names: Mapping[str, object]) -> Iterator[Candidate]:
    for name in sorted(names):
        if name.startswith(word) and not name.startswith("_"):
            yield Candidate(name, len(word), _about(names[name]))
    if word:
        for name in (*keyword.kwlist, *dir(builtins)):
            if name.startswith(word) and not name.startswith("_") and name not in names:
                yield Candidate(name, len(word))


def _parameters(text: str, word: str, names: Mapping[str, object]) -> Iterator[Candidate]:
    """Give `name=` for the innermost open call's parameters not yet in it."""
    opened = _open_call(text)
    if opened is None:
        return
    callee = CHAIN.search(text[:opened])
    value = _resolve(callee[0], names) if callee is not None and callee[0] else None
    if not callable(value):
        return
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return
    given = text[opened:]
    for one in parameters:
        named = one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD)
        if named and one.name.startswith(word) and not re.search(rf"\b{one.name}\s*=", given):
            kind = "" if one.annotation is one.empty else str(one.annotation)
            yield Candidate(f"{one.name}=", len(word), kind)


def _in_string(before: str, word: str, schema: Schema) -> Iterator[Candidate]:
    asked = VALUE_OF.search(before)
    options: Iterable[str]
    if asked is not None:
        options = schema.tables if asked[1] == "from" else schema.events
    else:
        mentioned = {first or second for first, second in MENTIONED.findall(before)}
        fields = [
            field
            for name in schema.tables
            if name in mentioned
            for field in schema.tables[name].columns
        ]
        options = (*fields, *QUERY_KEYS, *EVENT_KEYS, *KNOWN_OPERATORS)
    for option in dict.fromkeys(options):
        if option.startswith(word):
            yield Candidate(option, len(word))


def _resolve(chain: str, names: Mapping[str, object]) -> object | None:
    first, *rest = chain.split(".")
    value = names.get(first, getattr(builtins, first, None))
    for name in rest:
        value = _member(value, name)
    return value


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


def _open_call(text: str) -> int | None:
    """Return where the innermost open parenthesis is; None inside brackets, braces or nothing."""
    opened: list[int] = []
    at = 0
    while at < len(text):
        if text[at] in "\"'":
            end = text.find(text[at], at + 1)
            at = len(text) if end < 0 else end
        elif text[at] in "([{":
            opened.append(at)
        elif text[at] in ")]}" and opened:
            opened.pop()
        at += 1
    return opened[-1] if opened and text[opened[-1]] == "(" else None
