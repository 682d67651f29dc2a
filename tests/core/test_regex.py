"""`$regex` is JavaScript's RegExp (Q3), where Python's and SQLite's differ."""

from __future__ import annotations

import random
import threading

import pytest

from sidecar.core.compile import compile_query
from sidecar.core.errors import QueryError, QueryTimeoutError
from sidecar.core.json import JsonObject
from sidecar.core.query import DocumentQuery, parse_query
from sidecar.core.regex import check_regex, regex_matches
from tests.core.rows import THINGS, Rows


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "matches"),
    [
        ("b", "", "abc", True),
        ("^b", "", "abc", False),
        ("B", "", "abc", False),
        ("B", "i", "abc", True),
        (r"^\d$", "", "٣", False),  # Python's \d takes Arabic digits
        (r"^\w$", "", "é", False),
        (r"^\s$", "", "\ufeff", True),
        (r"^\s$", "", "\x1c", False),
        ("a$", "", "a\n", False),  # Python's $ passes over a last line end
        ("^b", "m", "a\nb", True),
        ("a.b", "", "a\nb", False),
        ("a.b", "s", "a\nb", True),
        ("a.b", "", "a\u2028b", False),
        ("[A-Z]", "i", "ı", False),  # folding: Python's takes it
        ("[A-Z]", "i", "ſ", False),
        ("s", "iu", "ſ", True),
        ("^.$", "", "😀", False),  # two units
        ("^.$", "u", "😀", True),
        (r"\u{1F600}", "u", "😀", True),
        (r"\p{Lu}", "u", "É", True),
        ("(?<n>a)\\k<n>", "", "aa", True),
        ("(?<=a+)b", "", "aab", True),  # of any length, which Python refuses
        ("(?<!a)b", "", "ab", False),
        ("[^]", "", "\n", True),
        ("[]", "", "a", False),
        (r"\/", "", "/", True),
        ("", "", "", True),
        ("a\0b", "", "a\0b", True),
    ],
)
def test_javascript_means_it(pattern: str, flags: str, text: str, matches: bool) -> None:
    check_regex(pattern, flags, "/selector")
    assert regex_matches(pattern, flags, text) is matches


def test_a_global_pattern_keeps_no_place() -> None:
    assert [regex_matches("a", "g", "a") for _ in range(3)] == [True, True, True]


@pytest.mark.parametrize(
    ("pattern", "flags"), [("(", ""), ("[b-a]", ""), ("a", "q"), ("a", "ii"), (r"\p{", "u")]
)
def test_what_javascript_refuses_is_refused_with_its_place(pattern: str, flags: str) -> None:
    with pytest.raises(QueryError) as refused:
        check_regex(pattern, flags, "/selector/f/$regex")
    assert refused.value.data["path"] == "/selector/f/$regex"


def test_a_pattern_that_never_ends_is_stopped() -> None:
    with pytest.raises(QueryTimeoutError) as stopped:
        regex_matches("^(a+)+$", "", "a" * 40 + "b")
    assert stopped.value.hint
    assert regex_matches("^a", "", "ab")


def test_each_thread_has_an_engine_of_its_own() -> None:
    found: list[bool] = []
    threads = [
        threading.Thread(target=lambda: found.append(regex_matches("^a", "", "ab")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


_PIECES = [
    "a",
    "B",
    "é",
    "ſ",
    "K",
    "😀",
    r"\.",
    ".",
    "%",
    "_",
    "\n",
    "-",
    r"\$",
    "^",
    "$",
    "i",
    "0",
]


@pytest.mark.parametrize("flags", ["", "i", "m", "u", "iu", "s", "g"])
def test_a_pattern_without_operators_finds_what_the_engine_finds(rows: Rows, flags: str) -> None:
    """On a column it is plain SQL, which an index may serve."""
    chance = random.Random(flags)
    texts = [
        "".join(chance.choices(["a", "b", "A", "É", "s", "k", "I", "."], k=2)) for _ in "123456"
    ]
    texts += ["", "😀", "a\n", "\na", "é.", "%", "_", "$a", "-", "Kſ", "a\0b", "ai0"]
    rows.hold({"id": str(at), "title": text} for at, text in enumerate(texts))
    patterns = ["".join(chance.choices(_PIECES, k=chance.randrange(4))) for _ in range(120)]
    patterns += [f"^{one}" for one in patterns[:60]] + [f"^{one}$" for one in patterns[:60]]
    for pattern in patterns:
        matching = [at for at, text in enumerate(texts) if regex_matches(pattern, flags, text)]
        condition: JsonObject = {"$regex": pattern, "$options": flags}
        found = sorted(map(int, rows.ids(selector={"title": condition})))
        assert found == matching, (pattern, flags)


def test_a_beginning_is_served_by_an_index(rows: Rows) -> None:
    query = parse_query({"from": "things", "selector": {"title": {"$regex": "^ab"}}})
    assert isinstance(query, DocumentQuery)
    compiled = compile_query(THINGS, query)
    plan = rows.connection.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", compiled.params).fetchall()
    assert any('SEARCH things USING INDEX things("title")' in step[3] for step in plan)
