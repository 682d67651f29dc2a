from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sidecar.live.registry import Registry

TABLES = st.frozensets(st.sampled_from("abc"))


def test_a_commit_affects_those_that_read_what_it_changed() -> None:
    registry: Registry[str] = Registry()
    registry.put("personas", frozenset({"personas"}))
    registry.put("both", frozenset({"memories", "personas"}))
    registry.put("memories", frozenset({"memories"}))
    assert registry.affected({"personas"}) == ["personas", "both"]
    assert registry.affected({"personas", "memories"}).count("both") == 1
    assert registry.affected({"conversations"}) == []


def test_one_that_starts_is_affected_by_everything() -> None:
    """What it reads is known with its first result; a commit meanwhile must not be missed."""
    registry: Registry[str] = Registry()
    registry.put("starting", None)
    assert registry.affected({"any"}) == ["starting"]
    registry.put("starting", frozenset({"personas"}))
    assert registry.affected({"any"}) == []
    assert len(registry) == 1


@given(
    st.lists(
        st.tuples(st.sampled_from("wxyz"), st.one_of(st.none(), TABLES, st.just("drop"))),
        max_size=30,
    ),
    TABLES,
)
def test_it_finds_what_a_look_at_each_would_find(
    steps: list[tuple[str, frozenset[str] | str | None]], changed: frozenset[str]
) -> None:
    registry: Registry[str] = Registry()
    model: dict[str, frozenset[str] | None] = {}
    for key, tables in steps:
        if isinstance(tables, str):
            registry.drop(key)
            model.pop(key, None)
        else:
            registry.put(key, tables)
            model[key] = tables
    found = registry.affected(changed)
    assert len(found) == len(set(found))
    assert set(found) == {
        key for key, tables in model.items() if tables is None or tables & changed
    }
    assert len(registry) == len(model)
