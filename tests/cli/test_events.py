"""`sidecar events`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sidecar.cli import events
from tests.cli.processes import Sidecar, persona


@pytest.fixture
def log(ada: Sidecar) -> Sidecar:
    """A log of five events: p1 made, activated three times, p2 made."""
    for _ in range(3):
        ada("commit", "v1.PersonaActivated", '{"id": "p1"}')
    ada("commit", "v1.PersonaCreated", json.dumps(persona("p2", "Bob")))
    return ada


def seqs(sidecar: Sidecar, *options: str) -> list[int]:
    return [event["seq"] for event in sidecar("events", *options).lines]  # type: ignore[index]


def test_the_log_comes_whole_however_many_pages(
    log: Sidecar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1: one line per event, in order."""
    monkeypatch.setattr(events, "PAGE", 2)
    assert seqs(log) == [1, 2, 3, 4, 5]
    assert seqs(log, "--after", "3") == [4, 5]
    assert seqs(log, "--after", "1", "--limit", "3") == [2, 3, 4]


def test_the_log_is_filtered(log: Sidecar, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name and by document; a page that the filter empties is not the end."""
    monkeypatch.setattr(events, "PAGE", 2)
    assert seqs(log, "--name", "v1.PersonaCreated") == [1, 5]
    both = ["--name", "v1.PersonaCreated", "--name", "v1.PersonaActivated"]
    assert seqs(log, *both) == [1, 2, 3, 4, 5]
    assert seqs(log, "--collection", "personas", "--id", "p2") == [5]


def test_an_event_is_whole(log: Sidecar) -> None:
    """With who and when, in each form."""
    (event,) = log("events", "--limit", "1").lines
    assert isinstance(event, dict)
    assert event.keys() == {"seq", "id", "name", "args", "at", "clientId", "sessionId"}
    assert event["args"] == persona("p1", "Ada")
    assert log("events", "--limit", "1", "-o", "json").json == [event]
    assert "v1.PersonaCreated" in log("events", "--limit", "1", "-o", "table").out


@pytest.mark.parametrize(
    "options", [["--id", "p1"], ["--follow"], ["--follow", "-o", "table"], ["--limit", "0"]]
)
def test_wrong_options_are_usage_errors(log: Sidecar, options: list[str]) -> None:
    """An id without its collection; following a log that only this command could write."""
    assert log("events", *options).code == 2


def test_a_log_without_store_is_not_made(sidecar: Sidecar, data_dir: Path) -> None:
    """Reading makes nothing."""
    assert sidecar("events").err.startswith("E_NOT_FOUND")
    assert not data_dir.exists()
