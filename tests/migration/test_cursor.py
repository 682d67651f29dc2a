"""The cursor finds where values begin and end, whatever the chunks."""

import io
import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.migration import cursor as module
from sidecar.migration.cursor import JsonCursor, MalformedJsonError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class Trickle(io.BytesIO):
    """A file that gives a few bytes at a time, so that every value spans reads."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(3, size or 3))


@given(
    values=st.lists(JSON, max_size=6), indent=st.sampled_from([None, 1]), ascii_only=st.booleans()
)
def test_values_come_out_as_they_went_in(
    values: list[object], indent: int | None, ascii_only: bool
) -> None:
    """M3: each value's bytes decode to the value, with every read of the file being three bytes."""
    text = json.dumps({"docs": values}, indent=indent, ensure_ascii=ascii_only)
    cursor = JsonCursor(Trickle(text.encode("utf-8", "surrogatepass")))
    for key in cursor.members():
        assert key == "docs"
        found = [json.loads(cursor.value()) for _ in cursor.elements()]
        assert found == values
    assert cursor.peek() == b""


def test_offset_is_where_the_next_value_begins() -> None:
    """M3: errors name bytes of the file, also after the buffer moved on."""
    data = b'{"docs":[' + b",".join(b'{"n":%d}' % n for n in range(100)) + b"]}"
    cursor = JsonCursor(Trickle(data))
    for _ in cursor.members():
        for n in cursor.elements():
            cursor.peek()
            start = cursor.offset
            raw = cursor.value()
            assert data[start : start + len(raw)] == raw == b'{"n":%d}' % n


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[",
        b'{"a"',
        b'{"a":',
        b'{"a":1',
        b'{"a":1,',
        b'{"a":"x',
        b'{"a":{"b":[1,2',
        b'{"a":"\\',
    ],
)
def test_an_early_end_is_told_from_other_damage(data: bytes) -> None:
    """M3: a truncated file says so, and where it ends."""
    with pytest.raises(MalformedJsonError) as caught:
        read_members(data)
    assert caught.value.truncated == (data != b"[")
    assert caught.value.offset == (len(data) if data != b"[" else 0)


def read_members(data: bytes) -> None:
    """Walk `data` from its start, reading each member whole."""
    cursor = JsonCursor(io.BytesIO(data))
    for _ in cursor.members():
        cursor.value()


@pytest.mark.parametrize(
    ("data", "offset"), [(b'{"a" 1}', 5), (b'{"a":1 "b"}', 7), (b"{a:1}", 1), (b'{"a":,}', 5)]
)
def test_damage_in_the_structure_names_its_byte(data: bytes, offset: int) -> None:
    """M3: the first byte that can't be read is named."""
    with pytest.raises(MalformedJsonError) as caught:
        read_members(data)
    assert (caught.value.offset, caught.value.truncated) == (offset, False)


def test_a_missing_quote_does_not_swallow_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """M3: memory is bounded also when a string never ends."""
    monkeypatch.setattr(module, "MAX_VALUE", 1 << 20)
    with pytest.raises(MalformedJsonError, match="more than"):
        read_members(b'{"a":"' + b"x" * (4 << 20))


def test_a_value_over_many_chunks_is_read_in_linear_time() -> None:
    """M3: invariant 2. 64 MB in one string take seconds only if every chunk rescans it."""
    raw = orjson.dumps("é" * (16 << 20))
    cursor = JsonCursor(io.BytesIO(b'{"a":' + raw + b"}"))
    for _ in cursor.members():
        assert len(cursor.value()) == len(raw)


def test_looking_ahead_leaves_the_cursor_where_it_is() -> None:
    """M3: a scout may read to the end; the cursor goes on from its own place."""
    cursor = JsonCursor(Trickle(b'{"docs":[1,2,3],"name":"x"}'))
    cursor.peek()
    with cursor.ahead() as scout:
        assert [(key, scout.value()) for key in scout.members()][1] == ("name", b'"x"')
    assert next((key, cursor.value()) for key in cursor.members()) == ("docs", b"[1,2,3]")
