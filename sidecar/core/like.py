"""SQL's LIKE: `%` is any text, `_` one character, and a backslash takes the next one as it is.

A pattern is cut at its `%` into pieces of fixed length, and each is looked for behind the one
before. So a match costs at most the text's length times the pattern's, whatever the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Final

MAX_PATTERN: Final = 1_000
"""Characters of a pattern; each piece between two `%` is compiled on its own."""

_Piece = list[str | None]
"""Characters; None is any one."""

_LAST: Final = "\U0010ffff"
_SURROGATES: Final = ("\ud7ff", "\ue000")
"""The characters before and behind those that no text holds."""


def like(text: str, pattern: str, *, fold: bool) -> bool:
    """Return whether a text is like a pattern; `fold` takes upper and lower case for the same."""
    first, *others = _compiled(pattern, fold)
    found = first.match(text)
    for piece in others:
        found = found and piece.search(text, found.end())
    return found is not None


def prefix_range(pattern: str) -> tuple[str, str | None, bool] | None:
    """Return which texts begin as a pattern does, by code point, for an index.

    Returns:
        The least of them, the least text behind them all or None, and whether they are just those
        that are like the pattern; None where the pattern begins with a wildcard.
    """
    first, *others = _pieces(pattern)
    prefix = "".join(one for one in takewhile(_is_character, first) if one)
    if not prefix:
        return None
    return prefix, _behind(prefix), len(prefix) == len(first) and others == [[]]


@lru_cache(maxsize=512)
def _compiled(pattern: str, fold: bool) -> Sequence[re.Pattern[str]]:
    *pieces, last = ["".join(map(_source, piece)) for piece in _pieces(pattern)]
    flags = re.DOTALL | (re.IGNORECASE if fold else 0)
    return [re.compile(source, flags) for source in (*pieces, last + r"\Z")]


def _pieces(pattern: str) -> list[_Piece]:
    pieces: list[_Piece] = [[]]
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            pieces.append([])
        else:
            literal = next(characters, "\\") if character == "\\" else character
            pieces[-1].append(None if character == "_" else literal)
    return pieces


def _is_character(character: str | None) -> bool:
    return character is not None


def _source(character: str | None) -> str:
    return "." if character is None else re.escape(character)


def _behind(prefix: str) -> str | None:
    """Return the least text behind all that begin with a prefix."""
    kept = prefix.rstrip(_LAST)
    if not kept:
        return None
    before, behind = _SURROGATES
    return kept[:-1] + (behind if kept[-1] == before else chr(ord(kept[-1]) + 1))
