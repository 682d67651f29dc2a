"""What becomes of documents that share an id."""

import pytest

from sidecar.migration.settle import judge
from sidecar.migration.staging import Item, Kind, State


def item(n: int, content: str, written: float | None, kind: Kind = Kind.LIVE) -> Item:
    """Return a valid item of one id."""
    raw = content.encode()
    return Item(n, kind, "c", "a", "a", 0, 0, raw, raw, written, State.VALID)


@pytest.mark.parametrize(
    ("items", "repeated", "wrong"),
    [
        ([item(1, "x", None)], [], []),
        ([item(1, "x", None), item(2, "x", None)], [2], []),
        ([item(1, "x", None), item(2, "y", None)], [], [2]),
        ([item(1, "x", 5), item(2, "y", 6)], [1], []),
        ([item(1, "x", 6), item(2, "y", 5)], [2], []),
        ([item(1, "x", 5), item(2, "y", 5)], [], [2]),
        ([item(1, "x", 5), item(2, "y", None)], [], [2]),
        ([item(1, "x", 5), item(2, "y", 6), item(3, "z", 4), item(4, "y", 6)], [1, 3, 4], []),
        ([item(1, "x", 5), item(2, "x", 6, Kind.TOMBSTONE)], [1], []),
        ([item(1, "x", None), item(2, "x", None, Kind.TOMBSTONE)], [], [2]),
    ],
)
def test_of_one_id_one_document_stands(
    items: list[Item], repeated: list[int], wrong: list[int]
) -> None:
    """M6: the same again is a repetition, a newer revision stands, any other is an error."""
    verdict = judge(items)
    assert verdict.repeated == repeated
    assert [n for n, _ in verdict.wrong] == wrong
