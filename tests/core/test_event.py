"""Events, and the ids they get."""

from __future__ import annotations

import os
import uuid

from hypothesis import given
from hypothesis import strategies as st

from sidecar.core.event import Event, Receipt, uuid7

times = st.integers(0, 2**48 - 1)
randoms = st.binary(min_size=10, max_size=10)


@given(times, randoms)
def test_an_id_is_a_uuid_of_version_7(ms: int, random: bytes) -> None:
    """S1, RFC 9562: time in the first 48 bits, version 7, variant 10."""
    made = uuid.UUID(uuid7(ms, random))
    assert (made.version if made.variant == uuid.RFC_4122 else None) == 7
    assert made.int >> 80 == ms
    assert str(made) == uuid7(ms, random)


@given(times, times, randoms, randoms)
def test_ids_sort_by_time(one: int, other: int, left: bytes, right: bytes) -> None:
    if one != other:
        assert (uuid7(one, left) < uuid7(other, right)) == (one < other)


@given(times, randoms, randoms)
def test_ids_of_one_time_keep_74_random_bits(ms: int, left: bytes, right: bytes) -> None:
    same = uuid7(ms, left) == uuid7(ms, right)
    kept = [int.from_bytes(one, "big") & ~(0xF << 76) & ~(0x3 << 62) for one in (left, right)]
    assert same == (kept[0] == kept[1])


def test_ids_differ() -> None:
    assert len({uuid7(0, os.urandom(10)) for _ in range(1000)}) == 1000


def test_the_wire_s_names_are_camel_case() -> None:
    event = Event(1, "i", "v1.X", {"a": 1}, 5, "c", "s")
    assert event.to_wire() == {
        "seq": 1,
        "id": "i",
        "name": "v1.X",
        "args": {"a": 1},
        "at": 5,
        "clientId": "c",
        "sessionId": "s",
    }
    receipt = Receipt(1, 2, 2, ("i", "j"), 5)
    assert receipt.to_wire() == {
        "first": 1,
        "last": 2,
        "head": 2,
        "ids": ["i", "j"],
        "at": 5,
        "duplicate": False,
    }
