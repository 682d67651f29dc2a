"""`$regex` is JavaScript's RegExp (Q3), where Python's and SQLite's differ."""

from __future__ import annotations

import threading

import pytest

from sidecar.core.errors import QueryError, QueryTimeoutError
from sidecar.core.regex import check_regex, regex_matches


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
