"""Row patches: rows + patch = the rows afterwards (L2, L4)."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from sidecar.core.patch import Patch, Upsert, apply, diff

results = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 2), max_size=8).flatmap(
    lambda rows: st.permutations(list(rows.items())).map(dict)
)


@given(results, results)
@example({"a": 1, "b": 2}, {"b": 2, "a": 1})
@example({"a": 1, "b": 2, "c": 3}, {"c": 3, "x": 0, "a": 2})
@example({}, {})
def test_a_patch_leads_from_one_result_to_the_next(
    old: dict[str, int], new: dict[str, int]
) -> None:
    """L2: rows and their order."""
    patch = diff(old, new)
    after = old if patch is None else apply(old, patch)
    assert list(after.items()) == list(new.items())


@given(results, results)
def test_there_is_no_patch_exactly_when_nothing_changed(
    old: dict[str, int], new: dict[str, int]
) -> None:
    """L4: order is part of the result."""
    assert (diff(old, new) is None) == (list(old.items()) == list(new.items()))


@given(results, results)
def test_a_patch_names_only_what_changed(old: dict[str, int], new: dict[str, int]) -> None:
    patch = diff(old, new) or Patch([], [])
    assert set(patch.remove) == old.keys() - new.keys()
    assert {one.id for one in patch.upsert} == {id for id, row in new.items() if old.get(id) != row}
    assert [one.at for one in patch.upsert] == sorted(one.at for one in patch.upsert)
    assert all(list(new)[one.at] == one.id for one in patch.upsert)


@given(results, results)
def test_the_order_is_listed_only_where_the_rest_would_not_give_it(
    old: dict[str, int], new: dict[str, int]
) -> None:
    patch = diff(old, new)
    if patch is None:
        return
    without = list(apply(old, Patch(patch.remove, patch.upsert)))
    assert patch.order == (None if without == list(new) else list(new))


def test_one_new_row_is_one_upsert() -> None:
    old = {str(at): at for at in range(1000)}
    new = {**dict(list(old.items())[:500]), "new": 0, **dict(list(old.items())[500:])}
    assert diff(old, new) == Patch([], [Upsert(500, "new", 0)])
