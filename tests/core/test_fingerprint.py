"""The fingerprint: changes with whatever would derive other state, and with nothing else (S6)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sidecar.app.load import load_schema
from sidecar.core.fingerprint import code_digest

Fingerprint = Callable[..., str]

SOURCE = '''
"""A schema to change, line by line."""
from sidecar.core.column import integer, json, text
from sidecar.core.event import Event
from sidecar.core.schema import Args, Schema, UpcastDef, event
from sidecar.core.state import State, Statements
from sidecar.core.table import Table

LIMIT = 10
KINDS = {"a": ("x", frozenset({"p", "q", "r"}))}

notes = Table(
    "notes",
    {
        "id": text(primary_key=True), "size": integer(default=1),
        "tags": json(list[str], nullable=True),
    },
    indexes=["size"],
)


class NoteAdded(Args):
    id: str
    size: int = 0


def doubled(size: int) -> int:
    return twice(size)


def twice(size: int) -> int:
    return size * 2


def scaled(by: int):
    def scale(size: int) -> int:
        return size * by
    return scale


scale = scaled(3)


@event("v1.NoteAdded", NoteAdded)
def note_added(args: NoteAdded, event: Event, state: State, factor: int = 5) -> Statements:
    kinds = [kind for kind in KINDS if kind in {"a", "b"}]
    size = min(scale(doubled(args.size)) * factor, LIMIT) + len(kinds)
    return notes.put({"id": args.id, "size": size})


def upcast(args):
    return {"id": args["key"]}


schema = Schema(
    "notes",
    version=1,
    tables=[notes],
    events=[note_added],
    upcasts=[UpcastDef("v0.NoteAdded", "v1.NoteAdded", upcast)],
)
'''


@pytest.fixture
def fingerprint(tmp_path: Path) -> Fingerprint:
    def of(source: str, name: str = "app.py") -> str:
        path = tmp_path / name
        path.write_text(source)
        return load_schema(str(path)).fingerprint

    return of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("size * 2", "size * 3"),
        ("return twice(size)", "return twice(size + 0)"),
        ('"size": size}', '"size": size + 1}'),
        ('"id": args["key"]', '"id": args["name"]'),
        ("LIMIT = 10", "LIMIT = 11"),
        ('"q", "r"', '"q", "s"'),
        ("scaled(3)", "scaled(4)"),
        ("factor: int = 5", "factor: int = 6"),
        ('{"a", "b"}', '{"a", "c"}'),
        ("version=1", "version=2"),
        ("integer(default=1)", "integer(default=2)"),
        ("integer(default=1)", "integer(nullable=True, default=1)"),
        ("text(primary_key=True), ", "text(primary_key=True), 'more': text(), "),
        ('indexes=["size"]', 'indexes=[("size", "id")]'),
        ('"v1.NoteAdded"', '"v2.NoteAdded"'),
        ('UpcastDef("v0.NoteAdded"', 'UpcastDef("v0.Noted"'),
        ("size: int = 0", "size: int = 1"),
    ],
)
def test_what_would_derive_other_state_changes_it(
    fingerprint: Fingerprint, old: str, new: str
) -> None:
    """Tables, events, materializers, what those call and name, upcasts, the version."""
    assert old in SOURCE
    assert fingerprint(SOURCE.replace(old, new), "new.py") != fingerprint(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 10", "\n\n# moved\nLIMIT = 10"),
        ("def upcast", "UNUSED = 5\n\n\ndef upcast"),
        ("def upcast", "def unused():\n    return 5\n\n\ndef upcast"),
        ('"""A schema to change, line by line."""', ""),
        ("    return size * 2", "    # A comment.\n    return size * 2"),
        ("return size * 2", "return (\n        size\n        * 2\n    )"),
    ],
)
def test_what_only_looks_different_does_not(fingerprint: Fingerprint, old: str, new: str) -> None:
    assert old in SOURCE
    assert fingerprint(SOURCE.replace(old, new), "new.py") == fingerprint(SOURCE)


def test_it_is_the_same_in_every_process(tmp_path: Path) -> None:
    """Sets and hashes have another order in each; the state must not be rebuilt for that."""
    path = tmp_path / "app.py"
    path.write_text(SOURCE)
    code = f"from sidecar.app.load import load_schema as l; print(l({str(path)!r}).fingerprint)"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in (1, 2)
    }
    assert found == {load_schema(str(path)).fingerprint}


def test_functions_that_call_each_other_have_a_digest() -> None:
    assert code_digest(_even) != code_digest(_odd)


def _even(number: int) -> bool:
    return number == 0 or _odd(number - 1)


def _odd(number: int) -> bool:
    return number != 0 and _even(number - 1)
