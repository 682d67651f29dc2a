from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sidecar.live.backlog import Backlog

NAMES = "xyz"


def known(*names: str) -> Backlog:
    """Return a backlog of live queries whose clients know them at head 0."""
    backlog = Backlog()
    for name in names:
        backlog.add(name)
        backlog.looked(name, 0)
        backlog.release(name)
    return backlog


def test_many_commits_are_one_look() -> None:
    """L6: what a slow client owes does not grow with the commits."""
    backlog = known("x")
    for head in range(1, 1000):
        backlog.touch("x", head)
    assert backlog.next() == ("x", 999)
    backlog.looked("x", 999)
    assert backlog.next() is None


def test_a_commit_during_a_look_asks_for_another() -> None:
    """Unless the look, whose snapshot may be newer than the announcement, has seen it already."""
    backlog = known("x")
    backlog.touch("x", 1)
    backlog.touch("x", 3)
    backlog.looked("x", 2)
    assert backlog.next() == ("x", 3)
    backlog.looked("x", 3)
    backlog.touch("x", 3)
    assert backlog.next() is None


def test_one_that_is_held_waits() -> None:
    backlog = known("x")
    backlog.add("new")
    backlog.touch("new", 1)
    backlog.touch("x", 1)
    assert backlog.next() == ("x", 1)
    assert backlog.owes(1, but={"x"})
    assert not backlog.owes(1, but={"x", "new"})
    backlog.looked("x", 1)
    assert backlog.next() is None
    backlog.release("new")
    assert backlog.next() == ("new", 1)


def test_the_first_touched_is_the_first_looked_at() -> None:
    backlog = known(*NAMES)
    for name in "zxy":
        backlog.touch(name, 1)
    order = []
    while (owed := backlog.next()) is not None:
        order.append(owed[0])
        backlog.looked(*owed)
    assert order == ["z", "x", "y"]


def test_one_that_is_dropped_owes_nothing() -> None:
    backlog = known("x")
    backlog.touch("x", 1)
    backlog.drop("x")
    backlog.looked("x", 1)
    backlog.touch("x", 2)
    backlog.release("x")
    assert backlog.next() is None
    assert not backlog.owes(2)


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(["touch", "look"]), st.integers(0, 2)),
        max_size=60,
    )
)
def test_it_owes_exactly_the_looks_that_are_missing(steps: list[tuple[str, str, int]]) -> None:
    """An entry is there exactly while a commit is newer than the last look."""
    backlog = known(*NAMES)
    touched: dict[str, set[int]] = {name: set() for name in NAMES}
    seen = dict.fromkeys(NAMES, 0)
    head = 0
    for name, what, behind in steps:
        if what == "touch":
            head += 1
            touched[name].add(head)
            backlog.touch(name, head)
        else:
            at = max(seen[name], head - behind)
            seen[name] = at
            backlog.looked(name, at)
        missing = {one for one in NAMES if any(at > seen[one] for at in touched[one])}
        assert backlog.owes(head) == bool(missing)
        owed = backlog.next()
        assert owed is None if not missing else owed == (owed[0], max(touched[owed[0]]))
        assert owed is None or owed[0] in missing
