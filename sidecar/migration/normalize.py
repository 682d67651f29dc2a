"""A document as RxDB had it, as the store will have it (M8).

Invariants:

1. Only two things change: timestamp columns become integer milliseconds, and integral floats in
   integer columns become integers, which JavaScript cannot tell apart. `0`, `""`, `false`, null
   and absent stay what they are, and so does every field the table does not know.
2. What changed is in `original` under its field, as it was. A date that can't be read has no place
   in its column: it is only in `original`.
3. RxDB's own fields leave the document: `_rev` and `_meta` into `original`, `_attachments` beside
   it. So do the marks the seed's exporter adds, which describe the export and not the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sidecar.core.column import Kind
from sidecar.core.json import Json, JsonObject, pointer
from sidecar.migration.dates import MAX_MS, SECONDS_BELOW, read_date

_KEPT_AS_ORIGINAL: Final = ("_rev", "_meta")
_STRIPPED: Final = frozenset(
    {"_deleted", "_rev", "_meta", "_attachments", "_migrationId", "_sourceSystem"}
)


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong with a document, and where (a JSON pointer)."""

    path: str
    message: str


@dataclass(slots=True)
class Normalized:
    """A document on its way into the store.

    Attributes:
        document: Its fields.
        original: Former forms of what was changed, and RxDB's `_rev` and `_meta`.
        attachments: RxDB's `_attachments`, unchecked.
        warnings: What a person may want to look at.
    """

    document: JsonObject
    original: JsonObject
    attachments: Json
    warnings: list[Issue] = field(default_factory=list)


def is_tombstone(document: JsonObject) -> bool:
    """Return whether RxDB had deleted the document."""
    return document.get("_deleted") is True


def last_write(document: JsonObject) -> float | None:
    """Return RxDB's time of the last write in milliseconds, which orders revisions, or None."""
    meta = document.get("_meta")
    written = meta.get("lwt") if isinstance(meta, dict) else None
    if isinstance(written, bool) or not isinstance(written, int | float):
        return None
    return float(written)


def normalize(document: JsonObject, of_kind: Mapping[Kind, Sequence[str]]) -> Normalized:
    """Return a document's form in the store.

    Args:
        document: As the source has it.
        of_kind: The table's columns by kind.
    """
    found = Normalized(
        {name: value for name, value in document.items() if name not in _STRIPPED},
        {name: document[name] for name in _KEPT_AS_ORIGINAL if name in document},
        document.get("_attachments"),
    )
    for name in of_kind.get(Kind.TIMESTAMP, ()):
        if name in found.document:
            _date(found, name, found.document[name])
    for name in of_kind.get(Kind.INTEGER, ()):
        value = found.document.get(name)
        if isinstance(value, float) and value.is_integer():
            found.document[name] = int(value)
    return found


def _date(found: Normalized, name: str, value: Json) -> None:
    if type(value) is int and SECONDS_BELOW <= value <= MAX_MS:
        return  # as nearly all are: milliseconds already
    # RxDB keeps a Date that was given to insert() as {}: a date that can't be read any more.
    if value != {} and (not isinstance(value, str | int | float) or isinstance(value, bool)):
        return  # null and absent stay; anything else is a wrong type, which validation names
    instant = read_date(value)
    if instant is None:
        del found.document[name]
        found.original[name] = value
        found.warnings.append(
            Issue(pointer(name), "this date can't be read; it is kept as the original form only")
        )
        return
    found.document[name] = instant.ms
    if value != instant.ms:
        found.original[name] = value
    if not instant.zoned:
        found.warnings.append(
            Issue(pointer(name), "this time names no zone; it was taken as this machine's")
        )
