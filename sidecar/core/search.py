"""Full-text search: what a person types, as an expression of SQLite's FTS5.

Every word must occur; `"…"` is a phrase, a trailing `*` any word that begins so. All else is text,
never syntax: each word goes in quotes, and FTS5 passes over one without a letter or digit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

from sidecar.core.documents import literal, quote
from sidecar.core.errors import QueryError
from sidecar.core.json import Json
from sidecar.core.projection import ENGINE_FIELDS
from sidecar.core.query import SEARCH

if TYPE_CHECKING:
    from sidecar.core.table import Table

_PATH: Final = f"/selector/{SEARCH}"

SUFFIX: Final = "(search)"
"""What the name of a full-text index has behind its table's; FTS5's own tables go on from there."""

_WORD: Final = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')
_MOST_WORDS: Final = 64
"""Words of a search: FTS5 takes time for each that no deadline ends."""

_WORDS_AROUND: Final = 16
"""Most words of a snippet."""

_BEGINS, _ENDS = "\ufdd0", "\ufdd1"
"""Around each match of a snippet: characters that Unicode keeps for such use, in no text."""


def match_expression(text: Json, table: Table) -> str:
    """Return the FTS5 expression of a search.

    Raises:
        QueryError: It is no text, has too many words, or the table declares no search.
    """
    if not table.search:
        raise QueryError(
            f"{_PATH}: {table.name} declares no search",
            hint='Declare it: Table(…, search={"name": 2, "content": 1}).',
            path=_PATH,
        )
    if not isinstance(text, str):
        raise QueryError(f"{_PATH} must be text", path=_PATH)
    words = [*islice(_WORD.finditer(text.replace("\0", " ")), _MOST_WORDS + 1)]
    if len(words) > _MOST_WORDS:
        raise QueryError(f"{_PATH}: more than {_MOST_WORDS} words", path=_PATH)
    # Of nothing but phrases without a word FTS5 makes an expression that matches nothing.
    return " ".join(map(_term, words)) or '""'


def matches_sql(table: Table) -> str:
    """Return the SQL source of a search's rows: `_at` and `_rank`; one parameter."""
    index = quote(index_name(table.name))
    weights = "".join(f", {float(weight)!r}" for weight in table.search.values())
    return (
        f"(SELECT rowid AS _at, bm25({index}{weights}) AS _rank FROM {index} WHERE {index} MATCH ?)"
    )


def fields_sql(table: Table) -> Mapping[str, str]:
    """Return the engine's fields of a search's rows, and their SQL.

    That of `_snippet` has the search's expression as a parameter.
    """
    index = quote(index_name(table.name))
    snippet = (
        f"(SELECT snippet({index}, -1, {literal(_BEGINS)}, {literal(_ENDS)}, '…', {_WORDS_AROUND}) "
        f"FROM {index} WHERE {index} MATCH ? "
        f"AND rowid = {quote(table.name)}._rowid_)"
    )
    parts = f"json_quote({snippet})"
    for mark in (_BEGINS, _ENDS):
        parts = f"replace({parts}, {literal(mark)}, '\",\"')"
    return {**ENGINE_FIELDS, "_rank": "_page._rank", "_snippet": f"'[' || {parts} || ']'"}


def index_name(table: str) -> str:
    """Return the name of a table's full-text index."""
    return table + SUFFIX


def _term(found: re.Match[str]) -> str:
    phrase, star, word = found.groups()
    if word is not None:
        phrase, star = (word[:-1], "*") if word.endswith("*") else (word, "")
    return f'"{phrase}"{star}'
