"""JavaScript's regular expressions, run by a JavaScript engine.

Python's `re` and SQLite's REGEXP differ from JavaScript in digits, words, spaces and line ends, in
case folding, in named groups, and in seeing a character beyond U+FFFF as one. So nothing is
translated: QuickJS compiles and runs every pattern, in about a microsecond. A pattern that
backtracks without end is stopped by the engine's own clock. Only a pattern without any operator
needs no engine (`plain`).
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import quickjs

from sidecar.core.errors import QueryError, QueryTimeoutError

SECONDS: Final = 1.0
"""Processor time one text may take; past it the pattern is to blame."""

_COMPILE: Final = """
(pattern, flags) => {
  const found = new RegExp(pattern, flags.replace("g", "").replace("y", ""));
  return (text) => found.test(text);
}
"""
# Without g and y a pattern keeps no place between two texts, as a fresh RegExp would not.


_SYNTAX: Final = r"\^$.*+?()[\]{}|/\\"
_PLAIN: Final = re.compile(rf"(\^)?((?:\\[{_SYNTAX}]|[^{_SYNTAX}])*)(\$)?")


@dataclass(frozen=True, slots=True)
class Plain:
    """A pattern that only looks for a text.

    Attributes:
        text: The text, in lower case where `fold` is set.
        begins: Whether it must be at the beginning.
        ends: Whether it must be at the end.
        fold: Whether ASCII letters match in either case; the text is ASCII then.
    """

    text: str
    begins: bool
    ends: bool
    fold: bool


def plain(pattern: str, flags: str) -> Plain | None:
    """Return what a pattern without operators looks for, or None if the engine must be asked."""
    found = _PLAIN.fullmatch(pattern)
    if found is None:
        return None
    text = re.sub(r"\\(.)", r"\1", found[2])
    begins, ends, fold = found[1] is not None, found[3] is not None, "i" in flags
    if (begins or ends) and "m" in flags:
        return None
    # Beyond ASCII, and with u, JavaScript folds more letters than SQLite does.
    if fold and (not text.isascii() or "u" in flags):
        return None
    return Plain(text.lower() if fold else text, begins, ends, fold)


def check_regex(pattern: str, flags: str, path: str) -> None:
    """Refuse what JavaScript's RegExp refuses.

    Raises:
        QueryError: A malformed pattern or an unknown flag.
    """
    reason = _fault(pattern, flags)
    if reason is not None:
        raise QueryError(f"{path}: no regular expression of JavaScript: {reason}", path=path)


def is_regex(pattern: str, flags: str) -> bool:
    """Return whether JavaScript's RegExp takes a pattern."""
    return _fault(pattern, flags) is None


@lru_cache(maxsize=512)
def _fault(pattern: str, flags: str) -> str | None:
    try:
        _regexes().test(pattern, flags, "")
    except quickjs.JSException as error:
        return str(error).partition("\n")[0].removeprefix("SyntaxError: ")
    return None


def regex_matches(pattern: str, flags: str, text: str) -> bool:
    """Return whether a pattern that `check_regex` took matches a text.

    Raises:
        QueryTimeoutError: It takes too long on this text.
    """
    try:
        return _regexes().test(pattern, flags, text)
    except quickjs.JSException as error:
        raise QueryTimeoutError(
            f"the regular expression {pattern[:100]!r} takes longer than {SECONDS} s on one text",
            hint="Nested repetitions such as (a+)+ try every way to match; write it without them.",
            seconds=SECONDS,
        ) from error


class _Regexes:
    """One engine and the patterns it compiled. An engine belongs to one thread."""

    def __init__(self) -> None:
        context = quickjs.Context()
        context.set_time_limit(SECONDS)
        self._context = context
        compile_ = context.eval(_COMPILE)
        self._compiled = lru_cache(maxsize=256)(compile_)

    def test(self, pattern: str, flags: str, text: str) -> bool:
        matched = self._compiled(pattern, flags)(text)
        return bool(matched)


_local = threading.local()


def _regexes() -> _Regexes:
    found = getattr(_local, "regexes", None)
    if found is None:
        found = _local.regexes = _Regexes()
    assert isinstance(found, _Regexes)
    return found
