"""Dates mean here what they mean to JavaScript."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.core.json import Json
from sidecar.migration.dates import read_date

MS = 1_700_000_000_123

TEXTS = [
    "2023-11-14T22:13:20.123Z",
    "2023-11-14T22:13:20Z",
    "2023-11-14T22:13Z",
    "2023-11-14T23:13:20.123+01:00",
    "2023-11-14T12:43:20.123456789-09:30",
    "2023-11-14T22:13:20.1Z",
    "2023-11-14",
    "2023-11",
    "2023",
    "1969-12-31T23:59:59.999Z",
    "0099-01-01T00:00:00Z",
    "2023-11-14T22:13:20",
    "2023-07-14T22:13:20.5",
    "2023-11-14 22:13:20",
    "Tue, 14 Nov 2023 22:13:20 GMT",
    "Tue Nov 14 2023 23:13:20 GMT+0100 (Central European Standard Time)",
    "2023-13-14T22:13:20Z",
    "2023-11-14T25:13:20Z",
    "not a date",
    "",
    "1700000000000x",
]


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with a zone that is not UTC."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(shutil.which("node") is None, reason="JavaScript's own Date is asked")
def test_texts_are_read_as_javascript_reads_them(new_york: None) -> None:
    """M8: each text gives what `new Date(text).getTime()` gives, zones and their lack included."""
    script = "console.log(JSON.stringify(JSON.parse(process.argv[1]).map(t => +new Date(t))))"
    ran = subprocess.run(
        ["node", "-e", script, json.dumps(TEXTS)], capture_output=True, check=True, text=True
    )
    ours = [None if (found := read_date(text)) is None else found.ms for text in TEXTS]
    assert dict(zip(TEXTS, ours, strict=True)) == dict(
        zip(TEXTS, json.loads(ran.stdout), strict=True)
    )


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        (MS, MS),
        (1_700_000_000, 1_700_000_000_000),
        (1_700_000_000.123, MS),
        (float(MS), MS),
        (MS + 0.9, MS),
        (0, 0),
        (-1, -1000),
        (99_999_999_999, 99_999_999_999_000),
        (100_000_000_000, 100_000_000_000),
    ],
)
def test_numbers_are_seconds_or_milliseconds_by_size(value: Json, ms: int) -> None:
    """M8: below 1e11 in size a number is seconds; digits past the millisecond are cut off."""
    found = read_date(value)
    assert found is not None
    assert found.ms == ms


@pytest.mark.parametrize("value", [True, None, [], {}, 1e300, 10**18])
def test_what_is_no_date_is_none(value: Json) -> None:
    """M8: booleans, containers and what no Date can hold."""
    assert read_date(value) is None


def test_a_time_without_zone_says_so() -> None:
    """M8: it was read as this machine's, which a person may want to know."""
    assert [
        one.zoned for text in ("2023-11-14T22:13:20", "2023-11-14") if (one := read_date(text))
    ] == [
        False,
        True,
    ]


@given(st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999))
def test_iso_strings_round_trip(ms: int) -> None:
    """M8: what `toISOString` writes of a year of four digits comes back exactly."""
    seconds, rest = divmod(ms, 1000)
    moment = time.gmtime(seconds)
    text = f"{moment.tm_year:04}-{time.strftime('%m-%dT%H:%M:%S', moment)}.{rest:03}Z"
    found = read_date(text)
    assert found is not None
    assert found.ms == ms
