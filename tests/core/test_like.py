"""LIKE: what SQLite's own LIKE says of the same patterns, and the ranges that an index serves."""

from __future__ import annotations

import random
import sqlite3

import pytest

from sidecar.core.like import like, prefix_range


def _texts(count: int, alphabet: str) -> list[str]:
    chance = random.Random(7)
    return ["".join(chance.choices(alphabet, k=chance.randrange(6))) for _ in range(count)]


def test_it_is_sqlites_like() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA case_sensitive_like=1")
    patterns = [one for one in _texts(400, "abA%_\\é") if not one.endswith("\\")]
    texts = _texts(60, "abA%_\\é\n")
    sql = "SELECT ?2 LIKE ?1 ESCAPE '\\'"
    for pattern in patterns:
        for text in texts:
            ((wanted,),) = connection.execute(sql, (pattern, text)).fetchall()
            assert like(text, pattern, fold=False) == bool(wanted), (pattern, text)


def test_a_range_holds_all_that_begin_so_and_says_when_it_holds_no_more() -> None:
    texts = _texts(200, "abA%_\\é\ud7ff\ue000\U0010ffff")
    for pattern in _texts(400, "abA%_\\é\ud7ff\U0010ffff"):
        found = prefix_range(pattern)
        if found is None:
            assert pattern[:1] in ("", "%", "_")
            continue
        least, behind, whole = found
        for text in texts:
            inside = least <= text and (behind is None or text < behind)
            matches = like(text, pattern, fold=False)
            assert inside or not matches, (pattern, text)
            assert not whole or inside == matches, (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"), [("ÉCOLE%", "école normale"), ("%SS", "glass"), ("ω_", "ΩΩ"), ("", "")]
)
def test_fold_takes_either_case_of_any_script(pattern: str, text: str) -> None:
    assert like(text, pattern, fold=True)
    assert like(text, pattern, fold=False) is (pattern == text)


def test_a_pattern_of_many_wildcards_ends_soon() -> None:
    """It would take years, were each wildcard tried against each place."""
    assert not like("a" * 20_000, "%a" * 200 + "%b", fold=True)
    assert like("a" * 20_000 + "b", "%a" * 200 + "%b", fold=True)
