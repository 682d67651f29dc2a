"""Each format becomes the same records; what is broken is named."""

from pathlib import Path

import orjson
import pytest

from sidecar.core.errors import MigrationError, StorageError
from sidecar.core.json import Json, JsonObject
from sidecar.migration.formats import decoded, detect, records
from sidecar.migration.records import Kind, UnstorableError

PERSONAS: list[Json] = [{"id": "p1", "name": "Ada \U0001f600"}, {"id": "p2", "name": 'a"b\\c}]{['}]
MEMORIES: list[Json] = [{"id": "m1", "personaId": "p1", "content": {"deep": [[[{}]]]}}]

MIGRATION: JsonObject = {
    "personas": PERSONAS,
    "memoryEntities": MEMORIES,
    "metadata": {"totalPersonas": 2},
    "exportedAt": 1,
    "version": "1.0",
}
COLLECTION: JsonObject = {"name": "personas", "schemaHash": "abc", "docs": PERSONAS}
DATABASE: JsonObject = {
    "name": "pjais",
    "instanceToken": "xyz",
    "collections": [COLLECTION, {"name": "memoryEntities", "schemaHash": "d", "docs": MEMORIES}],
}
RECORDS: list[JsonObject] = [
    *({"collection": "personas", "document": one} for one in PERSONAS),
    *({"collection": "memoryEntities", "document": one} for one in MEMORIES),
]


def documents(path: Path) -> list[tuple[str | None, JsonObject]]:
    """Return collection and value of every document."""
    return [
        (record.collection, value)
        for record, value in decoded(path)
        if record.kind is Kind.DOCUMENT and isinstance(value, dict)
    ]


def as_ndjson(values: list[JsonObject]) -> bytes:
    """Return one JSON text a line."""
    return b"".join(orjson.dumps(one) + b"\n" for one in values)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("migration", orjson.dumps(MIGRATION)),
        ("migration", orjson.dumps(MIGRATION, option=orjson.OPT_SORT_KEYS)),
        ("migration", orjson.dumps(MIGRATION, option=orjson.OPT_INDENT_2)),
        ("database", orjson.dumps(DATABASE)),
        ("database", orjson.dumps(DATABASE, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)),
        ("database", b"\xef\xbb\xbf" + orjson.dumps(DATABASE)),
        ("ndjson", as_ndjson(RECORDS)),
        ("ndjson", as_ndjson(RECORDS).replace(b"\n", b"\r\n\r\n")),
        ("ndjson", as_ndjson(RECORDS).rstrip()),
    ],
)
def test_every_format_gives_the_same_documents(tmp_path: Path, name: str, data: bytes) -> None:
    """M3: whatever the format, the order of keys, the white space or a byte order mark."""
    path = tmp_path / "source.json"
    path.write_bytes(data)
    assert detect(path) == name
    found = documents(path)
    assert [one for collection, one in found if collection == "personas"] == PERSONAS
    assert [one for collection, one in found if collection == "memoryEntities"] == MEMORIES


def test_a_record_knows_its_bytes(tmp_path: Path) -> None:
    """M5: offset and text of each record are the file's own, for a backup byte by byte."""
    path = tmp_path / "source.json"
    data = orjson.dumps(DATABASE, option=orjson.OPT_INDENT_2)
    path.write_bytes(data)
    for record in records(path):
        assert data[record.offset : record.offset + len(record.raw)] == record.raw


def test_nothing_in_a_file_is_passed_over(tmp_path: Path) -> None:
    """M1: other collections, schemas, local documents and what surrounds them are records."""
    path = tmp_path / "source.json"
    path.write_bytes(
        orjson.dumps(
            {
                **DATABASE,
                "collections": [
                    {**COLLECTION, "schema": {"primaryKey": "id"}, "passwordHash": None}
                ],
                "localDocuments": [{"collection": None, "local": {"id": "l", "data": {}}}],
            }
        )
    )
    found = [(one.kind, one.collection, one.key) for one in records(path)]
    assert found == [
        (Kind.ABOUT, None, "name"),
        (Kind.ABOUT, None, "instanceToken"),
        (Kind.ABOUT, "personas", "name"),
        (Kind.ABOUT, "personas", "schemaHash"),
        (Kind.DOCUMENT, "personas", ""),
        (Kind.DOCUMENT, "personas", ""),
        (Kind.SCHEMA, "personas", "schema"),
        (Kind.ABOUT, "personas", "passwordHash"),
        (Kind.LOCAL, None, "local"),
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("migration", orjson.dumps(MIGRATION)),
        ("collection", orjson.dumps(COLLECTION)),
        ("database", orjson.dumps(DATABASE, option=orjson.OPT_INDENT_2)),
        ("ndjson", as_ndjson(RECORDS)),
    ],
)
def test_a_truncated_file_is_an_error_wherever_it_ends(
    tmp_path: Path, name: str, data: bytes
) -> None:
    """M3, bad input: cut at any byte, the error names the byte where the file ends."""
    path = tmp_path / "source.json"
    whole_lines = {n + 1 for n, byte in enumerate(data) if byte == ord("\n")}
    whole_lines |= {n - 1 for n in whole_lines}
    for length in range(1, len(data.rstrip())):
        path.write_bytes(data[:length])
        if name == "ndjson" and length in whole_lines:
            continue  # a shorter file, but a whole one
        with pytest.raises(MigrationError, match=r"ends too early|is in no format") as caught:
            list(decoded(path))
        assert caught.value.data.get("offset", length) == length


def test_an_error_names_the_document(tmp_path: Path) -> None:
    """Bad input: collection, number and byte are in the message and in the data."""
    path = tmp_path / "source.json"
    data = orjson.dumps(DATABASE).replace(b'"m1"', b'"m1",,')
    path.write_bytes(data)
    with pytest.raises(MigrationError, match="document 1 of memoryEntities") as caught:
        list(decoded(path))
    assert caught.value.data["collection"] == "memoryEntities"
    assert caught.value.data["document"] == 1
    assert caught.value.data["offset"] == data.index(b",,") + 1


@pytest.mark.parametrize(
    "damage",
    [
        b"nul",
        b"NaN",
        b"-Infinity",
        b"01",
        b"1.",
        b"'x'",
        b'"\x01"',
        b'"\xff"',
        b"{]",
        b"1 2",
        b"+1",
    ],
)
def test_what_is_no_json_inside_a_document_is_an_error(tmp_path: Path, damage: bytes) -> None:
    """Bad input: a document that JavaScript could not have written."""
    path = tmp_path / "source.json"
    path.write_bytes(b'{"name":"x","docs":[{"id":"a"},{"id":"b","v":' + damage + b"}]}")
    with pytest.raises(MigrationError, match=r"document 2 of x|outside any document"):
        list(decoded(path))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"   \n", "empty file"),
        (b"[]", "no object"),
        (b"{}", "nothing in it"),
        (b'{"foo":1,"bar":[]}', "foo, bar"),
        (b"\xff\xfe{\x00}\x00", "UTF-16"),
        (b"SQLite format 3\x00", "no object"),
        (b'{"docs":[]}', "no name"),
        (b'{"version":"2.0","personas":[]}', "version"),
        (b'{"personas":{"a":1}}', "array"),
        (b'{"collection":"x"}', "a record needs"),
        (b'{"collection":1,"document":{}}', "a name must be"),
        (b'{"collection":"x","document":{},"docment":{}}', "docment"),
        (b'{"name":"x","docs":[]} {"name":"y","docs":[]}', "more follows"),
    ],
)
def test_an_unknown_shape_says_what_it_is(tmp_path: Path, data: bytes, reason: str) -> None:
    """M3: no format is guessed at, and the error helps."""
    path = tmp_path / "source.json"
    path.write_bytes(data)
    with pytest.raises(MigrationError, match=reason) as caught:
        list(decoded(path))
    assert caught.value.hint


def test_a_missing_file_and_a_directory_are_told_apart(tmp_path: Path) -> None:
    """Bad input: a path that is no file."""
    with pytest.raises(MigrationError, match="there is no file"):
        detect(tmp_path / "nothing.json")
    with pytest.raises(StorageError):
        detect(tmp_path)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (rb'{"id":"a","v":{"w":["\ud800"]}}', "/v/w/0"),
        (rb'{"id":"a","v":"\udc00"}', "/v"),
        (rb'{"id":"a","v":1e999}', "/v"),
        (rb'{"id":"a","v":1' + b"0" * 400 + b"}", "/v"),
        (b'{"id":"a","v":' + b"[" * 300 + b"]" * 300 + b"}", None),
        (b'{"id":"a","v":' + b"[" * 5000 + b"]" * 5000 + b"}", None),
    ],
)
def test_what_the_store_cannot_hold_is_no_failure_of_the_file(
    tmp_path: Path, raw: bytes, path: str | None
) -> None:
    """M6: the document is told apart, and those around it are read."""
    file = tmp_path / "source.json"
    file.write_bytes(b'{"name":"x","docs":[' + raw + b',{"id":"b"}]}')
    found = [value for record, value in decoded(file) if record.kind is Kind.DOCUMENT]
    assert isinstance(found[0], UnstorableError)
    assert path is None or found[0].path == path
    assert found[1] == {"id": "b"}


def test_a_double_written_as_an_integer_stays_that_double(tmp_path: Path) -> None:
    """M1: JavaScript writes 1e19 as an integer of 20 digits."""
    file = tmp_path / "source.json"
    file.write_bytes(b'{"name":"x","docs":[{"id":"a","v":[10000000000000000000,true]}]}')
    assert documents(file) == [("x", {"id": "a", "v": [1e19, True]})]
