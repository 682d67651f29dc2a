"""The files a migration reads, as one stream of records (M3).

| format     | what it is                                                    | told by        |
|------------|---------------------------------------------------------------|----------------|
| migration  | the seed guide's MigrationData "1.0": an array per collection | `personas`, …  |
| collection | RxDB's `collection.exportJSON()`                              | `docs`         |
| database   | RxDB's `db.exportJSON()`; our own backup, which is more of it | `collections`  |
| ndjson     | a record a line: `{collection, document | schema | local}`    | `collection`   |

Invariants:

1. Nothing in a file is passed over: what is no document is an `ABOUT` record.
2. Memory does not grow with the file.
3. A file that ends early or breaks is an error naming the byte and the document; whoever wants
   nothing imported from such a file reads it to the end first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from sidecar.core.errors import MigrationError, StorageError, WrongKeyError
from sidecar.core.json import Json
from sidecar.migration.cursor import JsonCursor, MalformedJsonError
from sidecar.migration.records import Kind, Record, UnstorableError, decode
from sidecar.store.vault import Readable

_Value = TypeVar("_Value")

FORMATS_READ: Final = (
    'MigrationData (version "1.0"), RxDB\'s db.exportJSON() and collection.exportJSON(), '
    "NDJSON records, and the sidecar's own backups"
)

_ARRAYS: Final = frozenset({"personas", "memoryEntities", "conversations"})
"""Collections that MigrationData names; it may bring others, each an array."""

_BOM: Final = b"\xef\xbb\xbf"


@dataclass
class _Place:
    """How far a reader is, for the error that may come."""

    collection: str | None = None
    number: int = 0
    noun: str = "document"

    def enter(self, collection: str | None) -> None:
        self.collection, self.number = collection, 0

    def describe(self) -> str:
        if not self.number:
            return f"outside any {self.noun}"
        inside = f" of {self.collection}" if self.collection is not None else ""
        return f"{self.noun} {self.number}{inside}"


_Reader = Callable[[JsonCursor, _Place], Iterator[Record]]


def detect(path: Readable) -> str:
    """Return the name of a file's format.

    Raises:
        MigrationError: No such file, none of the formats, or malformed before that is clear.
        StorageError: The file can't be read.
    """
    with _open(path) as file, _naming_the_place(path, _Place()):
        return _format_of(JsonCursor(file), path)


def records(path: Readable) -> Iterator[Record]:
    """Yield a file's records in its order, not decoded.

    Raises:
        MigrationError: None of the formats, or malformed: `offset` is the byte, `collection` and
            `document` (counted from 1) the place.
        StorageError: The file can't be read.
    """
    for record, _ in _read(path, _undecoded):
        yield record


def decoded(path: Readable) -> Iterator[tuple[Record, Json | UnstorableError]]:
    """Yield a file's records with their values, or with why the store can't hold one.

    Whoever reads this to the end knows that the whole file is well formed.

    Raises:
        MigrationError: As `records`.
        StorageError: As `records`.
    """
    return _read(path, _value)


def _read(path: Readable, value: Callable[[Record], _Value]) -> Iterator[tuple[Record, _Value]]:
    reader, place = _READERS[detect(path)], _Place()
    with _open(path) as file, _naming_the_place(path, place):
        cursor = JsonCursor(file)
        for record in reader(cursor, place):
            yield record, value(record)
        place.enter(None)
        if cursor.peek():
            raise MalformedJsonError(cursor.offset, "more follows after the end of the export")


def _undecoded(_: Record) -> None:
    return None


def _value(record: Record) -> Json | UnstorableError:
    try:
        return decode(record)
    except UnstorableError as error:
        return error


@contextmanager
def _naming_the_place(path: Readable, place: _Place) -> Iterator[None]:
    try:
        yield
    except MalformedJsonError as error:
        what = "ends too early" if error.truncated else "is malformed"
        raise MigrationError(
            f"{path.name} {what} at byte {error.offset} ({place.describe()}): {error.reason}",
            hint="Nothing was imported. Export the data again, or restore the file.",
            offset=error.offset,
            collection=place.collection,
            document=place.number,
        ) from error
    except OSError as error:
        raise StorageError(f"{path.name} can't be read: {error.strerror}") from error


def _open(path: Readable) -> BinaryIO:
    try:
        file = path.open("rb")
        start = file.read(4)
    except FileNotFoundError as error:
        raise MigrationError(f"there is no file {path}", hint="Check the path.") from error
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}") from error
    except WrongKeyError as error:
        raise MigrationError(
            f"{path} is sealed with another key than the store's",
            hint="Name a backup of this store, or one that is not encrypted.",
        ) from error
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        file.close()
        raise MigrationError(f"{path.name} is not UTF-8 but UTF-16", hint="Save it as UTF-8.")
    file.seek(len(_BOM) if start.startswith(_BOM) else 0)
    return file


def _format_of(cursor: JsonCursor, path: Readable) -> str:
    first = cursor.peek()
    seen: list[str] = []
    if not first and Path(path.name).suffix == ".ndjson":
        return "ndjson"  # of a database that holds nothing
    if first == b"{":
        for key in cursor.members():
            seen.append(key)
            if key in _TOLD_BY:
                return _TOLD_BY[key]
            cursor.value()
    shown = "no object" if first else "an empty file"
    if first == b"{":
        shown = f"an object with {', '.join(seen[:8]) or 'nothing in it'}"
    raise MigrationError(
        f"{path.name} is in no format that is read: {shown}",
        hint=f"These are read: {FORMATS_READ}.",
    )


def _migration_data(cursor: JsonCursor, place: _Place) -> Iterator[Record]:
    for key in cursor.members():
        if cursor.peek() == b"[" and key != "metadata":
            yield from _documents(cursor, place, key)
            place.enter(None)
            continue
        record = _take(cursor, Kind.ABOUT, None, key)
        if key in _ARRAYS and record.raw != b"null":
            raise MalformedJsonError(record.offset, f"{key} must be an array of documents")
        if key == "version" and record.raw != b'"1.0"':
            raise MalformedJsonError(record.offset, f"version {record.raw.decode()} is not known")
        yield record


def _collection_export(cursor: JsonCursor, place: _Place) -> Iterator[Record]:
    name = _name_ahead(cursor)
    for key in cursor.members():
        if key == "docs":
            yield from _documents(cursor, place, name)
            place.enter(None)
        elif key == "schema":
            yield _take(cursor, Kind.SCHEMA, name, key)
        else:
            yield _take(cursor, Kind.ABOUT, name, key)


def _database_export(cursor: JsonCursor, place: _Place) -> Iterator[Record]:
    for key in cursor.members():
        if key == "collections":
            for _ in cursor.elements():
                yield from _collection_export(cursor, place)
        elif key == "localDocuments":
            for _ in cursor.elements():
                yield from _line(cursor, place)
        else:
            yield _take(cursor, Kind.ABOUT, None, key)


def _name_ahead(cursor: JsonCursor) -> str:
    """Return a collection's name wherever it stands: tools that sort keys put it after the docs."""
    cursor.peek()
    with cursor.ahead() as scout:
        for key in scout.members():
            if key == "name":
                return _text(_take(scout, Kind.ABOUT, None))
            scout.value()
    raise MalformedJsonError(cursor.offset, "the collection that begins here has no name")


def _ndjson(cursor: JsonCursor, place: _Place) -> Iterator[Record]:
    place.noun = "record"
    number = 0
    while cursor.peek():
        number += 1
        place.collection, place.number = None, number
        yield from _line(cursor, place)


_LINE_KINDS: Final = {"document": Kind.DOCUMENT, "schema": Kind.SCHEMA, "local": Kind.LOCAL}


def _line(cursor: JsonCursor, place: _Place) -> Iterator[Record]:
    start = cursor.offset
    members: dict[str, Record] = {}
    for key in cursor.members():
        if key not in _LINE_KINDS and key != "collection":
            raise MalformedJsonError(cursor.offset, f"a record has no member {key!r}")
        members[key] = _take(cursor, _LINE_KINDS.get(key, Kind.ABOUT), None, key)
    of = members.pop("collection", None)
    collection = _text(of) if of is not None and of.raw != b"null" else None
    if not members or (collection is None and set(members) != {"local"}):
        raise MalformedJsonError(start, "a record needs a collection and a document, or the like")
    place.collection = collection
    for record in members.values():
        yield replace(record, collection=collection)


def _documents(cursor: JsonCursor, place: _Place, collection: str) -> Iterator[Record]:
    place.enter(collection)
    for index in cursor.elements():
        place.number = index + 1
        yield _take(cursor, Kind.DOCUMENT, collection)


def _take(cursor: JsonCursor, kind: Kind, collection: str | None, key: str = "") -> Record:
    cursor.peek()
    offset = cursor.offset
    return Record(kind, collection, cursor.value(), offset, key)


def _text(record: Record) -> str:
    value = _value(record)
    if not isinstance(value, str) or not value:
        raise MalformedJsonError(record.offset, "a name must be a string")
    return value


_READERS: Final[dict[str, _Reader]] = {
    "migration": _migration_data,
    "collection": _collection_export,
    "database": _database_export,
    "ndjson": _ndjson,
}

_TOLD_BY: Final = {
    "personas": "migration",
    "memoryEntities": "migration",
    "conversations": "migration",
    "exportedAt": "migration",
    "sidecarBackup": "database",
    "collections": "database",
    "docs": "collection",
    "schemaHash": "collection",
    "collection": "ndjson",
    "document": "ndjson",
    "local": "ndjson",
}
"""Top-level keys that decide; others (`name`, `version`, `metadata`) are shared or say nothing."""
