"""Walk the outer structure of a JSON file and hand out inner values as bytes.

A file of a gigabyte is a small structure around many documents. The cursor follows the structure
and finds where each document begins and ends; decoding one is left to whoever wants it. A decoder
that builds values itself would not do: measured, `ijson` on yajl turns an escaped lone surrogate
into a question mark without a word and refuses the number 1e19, both of which JavaScript writes.

Invariants:

1. Memory is a few chunks plus the value being read, which may have `MAX_VALUE` bytes.
2. Each byte is looked at a bounded number of times: a value that spans chunks is not rescanned.
3. `offset` is the file offset of the next byte not yet consumed.
4. Brackets inside a value are balanced and strings closed; anything more, its decoder checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

import orjson

CHUNK: Final = 1 << 18
MAX_VALUE: Final = 256 << 20
"""Bytes of one value: past this, a quote or bracket is missing rather than a document so large."""

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_UP_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_SCALAR = re.compile(rb"[^ \t\r\n,:{}\[\]\"]*+")

_QUOTE, _OPEN, _CLOSE = b'"'[0], frozenset(b"{["), frozenset(b"}]")


class MalformedJsonError(ValueError):
    """The file is not JSON from some byte on.

    Attributes:
        offset: File offset of the first byte that can't be read.
        reason: What is wrong there, without the place.
        truncated: Whether the file simply ends too early.
    """

    def __init__(self, offset: int, reason: str, *, truncated: bool = False) -> None:
        super().__init__(f"byte {offset}: {reason}")
        self.offset = offset
        self.reason = reason
        self.truncated = truncated


class JsonCursor:
    """A place in a JSON file, moving forward only.

    Args:
        file: Opened for binary reading; the cursor reads from its current position.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._base = file.tell()
        self._buffer = b""
        self._at = 0

    @property
    def offset(self) -> int:
        """File offset of the next byte not yet consumed."""
        return self._base + self._at

    @contextmanager
    def ahead(self) -> Iterator[JsonCursor]:
        """Lend a cursor that starts at this place; this one goes on unmoved when it comes back."""
        position = self._file.tell()
        self._file.seek(self.offset)
        try:
            yield JsonCursor(self._file)
        finally:
            self._file.seek(position)

    def peek(self) -> bytes:
        """Return the next byte that is no white space, without consuming it; empty at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._more():
                return b""

    def members(self) -> Iterator[str]:
        """Enter an object and yield each key; the caller consumes its value before going on.

        Raises:
            MalformedJsonError: Here is no object, or it isn't well formed.
        """
        self._take(b"{")
        if self.peek() == b"}":
            self._at += 1
            return
        while True:
            if self.peek() != b'"':
                raise self._unexpected("a key in quotes")
            start, raw = self.offset, self.value()
            self._take(b":")
            yield _decoded_key(raw, start)
            if self._next(b"}"):
                return

    def elements(self) -> Iterator[int]:
        """Enter an array and yield each index; the caller consumes the element before going on.

        Raises:
            MalformedJsonError: Here is no array, or it isn't well formed.
        """
        self._take(b"[")
        if self.peek() == b"]":
            self._at += 1
            return
        index = 0
        while True:
            yield index
            index += 1
            if self._next(b"]"):
                return

    def value(self) -> bytes:
        """Consume the next value and return its bytes, of which only the extent is checked.

        Raises:
            MalformedJsonError: No value begins here, or the file ends inside it.
        """
        first = self.peek()
        if not first or first in b",:}]":
            raise self._unexpected("a value")
        length = self._container() if first in b"{[" else self._scalar(first)
        raw = self._buffer[self._at : self._at + length]
        self._at += length
        return raw

    def _take(self, byte: bytes) -> None:
        if self.peek() != byte:
            raise self._unexpected(f"{byte.decode()!r}")
        self._at += 1

    def _next(self, closing: bytes) -> bool:
        """Consume what follows a member: a comma (False) or the closing bracket (True)."""
        found = self.peek()
        if found not in (b",", closing):
            raise self._unexpected(f"',' or {closing.decode()!r}")
        self._at += 1
        return found == closing

    def _container(self) -> int:
        """Return the length of the object or array that begins here, all of it in the buffer."""
        depth = scanned = 0
        while True:
            match = _UP_TO_BRACKET.match(self._buffer, self._at + scanned)
            end = match.end() if match else self._at + scanned
            scanned = end - self._at
            byte = self._buffer[end] if end < len(self._buffer) else _QUOTE
            if byte == _QUOTE:  # a string not closed yet, or nothing left to scan
                self._need()
                continue
            scanned += 1
            if byte in _OPEN:
                depth += 1
            elif byte in _CLOSE:
                depth -= 1
                if depth == 0:
                    return scanned

    def _scalar(self, first: bytes) -> int:
        """Return the length of the string, number or word that begins here."""
        quoted = first == b'"'
        pattern = _STRING if quoted else _SCALAR
        while True:
            match = pattern.match(self._buffer, self._at)
            if match and (quoted or match.end() < len(self._buffer)):
                return match.end() - self._at
            if quoted:
                self._need()
            elif not self._more():
                return len(self._buffer) - self._at

    def _need(self) -> None:
        if not self._more():
            raise MalformedJsonError(
                self._base + len(self._buffer),
                f"the file ends inside a value that begins at byte {self.offset}",
                truncated=True,
            )

    def _more(self) -> bool:
        """Read on, keeping what is not consumed. Chunks double with the value: invariant 2."""
        kept = len(self._buffer) - self._at
        if kept > MAX_VALUE:
            raise MalformedJsonError(
                self.offset, f"a value that begins here has more than {MAX_VALUE} bytes"
            )
        chunk = self._file.read(max(CHUNK, kept))
        if not chunk:
            return False
        self._base += self._at
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return True

    def _unexpected(self, wanted: str) -> MalformedJsonError:
        found = self.peek()
        if not found:
            return MalformedJsonError(
                self.offset, f"the file ends where {wanted} should be", truncated=True
            )
        shown = found.decode("latin-1")
        return MalformedJsonError(self.offset, f"{shown!r} stands where {wanted} should be")


def _decoded_key(raw: bytes, offset: int) -> str:
    try:
        key = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MalformedJsonError(offset + error.pos, error.msg) from error
    return str(key)
