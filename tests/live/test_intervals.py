from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sidecar.live.intervals import Intervals

POINTS = st.binary(max_size=2)
STEPS = st.lists(
    st.tuples(st.booleans(), st.tuples(POINTS, POINTS), st.sampled_from("abc")), max_size=60
)


@given(STEPS, st.lists(POINTS, max_size=5))
def test_it_finds_what_a_look_at_each_would_find(
    steps: list[tuple[bool, tuple[bytes, bytes], str]], at: list[bytes]
) -> None:
    """Added and taken away in any order; one whose bounds are the wrong way holds nothing."""
    intervals: Intervals[str] = Intervals()
    model: dict[tuple[bytes, bytes], set[str]] = {}
    for adding, interval, key in steps:
        if adding:
            intervals.add(interval, key)
            model.setdefault(interval, set()).add(key)
        elif key in model.get(interval, ()):
            intervals.discard(interval, key)
            model[interval].discard(key)
    assert len(intervals) == sum(bool(keys) for keys in model.values())
    for point in [*at, *(bound for interval in model for bound in interval)]:
        expected = [
            key for (low, high), keys in model.items() if low <= point <= high for key in keys
        ]
        assert sorted(intervals.at(point)) == sorted(expected)


def test_it_is_shallow_whatever_the_order() -> None:
    """Intervals in order, as timestamps come, make no list of it."""
    intervals: Intervals[int] = Intervals()
    for number in range(20_000):
        intervals.add((number.to_bytes(4), (number + 1).to_bytes(4)), number)

    def depth(node: object) -> int:
        level, deep = [node], 0
        while level := [one for one in level if one is not None]:
            deep += 1
            level = [child for one in level for child in (one.left, one.right)]  # type: ignore[attr-defined]
        return deep

    assert depth(intervals._root) < 60
    assert list(intervals.at((7).to_bytes(4))) in ([6, 7], [7, 6])
