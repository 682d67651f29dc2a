"""Points in time as apps have written them into RxDB, as integer milliseconds (M8).

RxDB has no date type, so apps store what `JSON.stringify` or `Date` gave them. Rules:

1. A number is milliseconds, or seconds when it is below 1e11 in size: in milliseconds that would be
   before March 1973, in seconds the year 5138.
2. A string is read as JavaScript's `Date` reads it: ISO 8601, `toUTCString()` and `toString()`. A
   date alone is UTC, a date with a time and no zone is local time.
3. Digits past the millisecond are cut off, as `Date` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from sidecar.core.json import Json

SECONDS_BELOW: Final = 10**11
"""Numbers nearer to zero than this are seconds."""

MAX_MS: Final = 8_640_000_000_000_000
"""Milliseconds either side of 1970 that a JavaScript `Date` can hold."""

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s?(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_TO_STRING = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d\d \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})(?: \(.*\))?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time.

    Attributes:
        ms: Integer milliseconds since 1970.
        zoned: False when the text named a time of day without a zone: this machine's was taken.
    """

    ms: int
    zoned: bool = True


def read_date(value: Json) -> Instant | None:
    """Return the point in time a value stands for, or None when it stands for none."""
    if isinstance(value, str):
        return _from_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    ms = value * 1000 if abs(value) < SECONDS_BELOW else value
    # Seconds as a float carry a rounding error of their own; milliseconds only digits to cut off.
    whole = round(ms) if abs(value) < SECONDS_BELOW else int(ms)
    return Instant(whole) if abs(whole) <= MAX_MS else None


def _from_text(text: str) -> Instant | None:
    try:
        return _from_iso(text) or _from_other(text)
    except (ValueError, OverflowError, OSError):
        return None


def _from_iso(text: str) -> Instant | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    moment = datetime(  # noqa: DTZ001 - the zone is decided below, as JavaScript decides it
        int(year),
        int(month or 1),
        int(day or 1),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0")[:3].ljust(3, "0")) * 1000,
    )
    if zone is not None:
        return Instant(_milliseconds(moment.replace(tzinfo=_zone(zone))))
    if hour is None:
        return Instant(_milliseconds(moment.replace(tzinfo=UTC)))
    return Instant(_milliseconds(moment.astimezone()), zoned=False)


def _from_other(text: str) -> Instant | None:
    match = _TO_STRING.fullmatch(text)
    if match:
        return Instant(
            _milliseconds(datetime.strptime(f"{match[1]} {match[2]}", "%b %d %Y %H:%M:%S %z"))
        )
    if "," not in text:
        return None
    return Instant(_milliseconds(parsedate_to_datetime(text).astimezone(UTC)))


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
