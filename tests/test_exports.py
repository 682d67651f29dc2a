"""The public API is a list: what a name here promises, a release keeps."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import sidecar

ROOT = Path(__file__).parents[1]

EXPORTS: dict[str, list[str]] = {
    "sidecar": [],
    "sidecar.app": ["schema"],
    "sidecar.cli": ["main"],
    "sidecar.client": [
        "Client",
        "ConnectionLostError",
        "CountResult",
        "Documents",
        "EventJson",
        "EventPageJson",
        "ExplanationJson",
        "Groups",
        "MaybeRowResult",
        "NewEventJson",
        "NotRunningError",
        "PeerError",
        "ProgressJson",
        "QueryResult",
        "ReceiptJson",
        "RefusedError",
        "RowResult",
        "RowsResult",
        "ServerError",
        "Subscription",
        "Tables",
        "TypedQuery",
        "table",
    ],
    "sidecar.core": [],
    "sidecar.live": [],
    "sidecar.migration": ["MigrationResult", "Progress", "format_report", "migrate"],
    "sidecar.rpc": [],
    "sidecar.store": ["Committed", "EventPage", "Limits", "RebuildReport", "Result", "Store"],
}
"""What each package says it exports."""

SCHEMA_AUTHORS: dict[str, list[str]] = {
    "sidecar.core.client_document": ["ClientDocument"],
    "sidecar.core.column": ["boolean", "integer", "json", "number", "text", "timestamp"],
    "sidecar.core.errors": ["ConflictError", "NotFoundError", "ValidationError"],
    "sidecar.core.event": ["Event"],
    "sidecar.core.json": ["Json", "JsonObject"],
    "sidecar.core.schema": ["Args", "OpenArgs", "Schema", "UpcastDef", "event"],
    "sidecar.core.state": ["SqlValue", "State", "Statement", "Statements"],
    "sidecar.core.table": ["Table", "append", "increment"],
}
"""What an app's own schema module is written with."""


def _modules() -> list[str]:
    names = [one.name for one in pkgutil.walk_packages(sidecar.__path__, f"{sidecar.__name__}.")]
    # Importing a __main__ would start its command.
    return [sidecar.__name__, *(name for name in names if not name.endswith("__main__"))]


def _packages() -> set[str]:
    return {name for name in _modules() if hasattr(importlib.import_module(name), "__path__")}


def test_every_package_s_exports_are_listed() -> None:
    assert {name for name in _packages() if name.count(".") < 2} == set(EXPORTS)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_package_exports_what_is_listed(name: str) -> None:
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", [])
    assert list(exported) == EXPORTS[name]
    assert list(exported) == sorted(exported)
    assert all(hasattr(module, one) for one in exported)
    scope: dict[str, object] = {}
    exec(f"from {name} import *", scope)
    assert scope.keys() >= set(exported)


@pytest.mark.parametrize("name", SCHEMA_AUTHORS)
def test_a_schema_is_written_with_names_that_are_there(name: str) -> None:
    module = importlib.import_module(name)
    for one in SCHEMA_AUTHORS[name]:
        assert getattr(module, one) is not None


@pytest.mark.parametrize("name", _modules())
def test_every_module_and_public_name_says_what_it_is(name: str) -> None:
    """A docstring each, the public functions and classes of a module too."""
    module = importlib.import_module(name)
    assert module.__doc__
    undocumented = [one for one, value in _own(module) if not getattr(value, "__doc__", None)]
    assert undocumented == []


def _own(module: ModuleType) -> list[tuple[str, object]]:
    return [
        (name, value)
        for name, value in vars(module).items()
        if not name.startswith("_")
        and isinstance(value, type | FunctionType)
        and getattr(value, "__module__", None) == module.__name__
    ]


def test_the_version_is_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", sidecar.__version__)


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("sidecar.core.schema", ["asyncio", "sqlcipher3", "websockets", "sqlite3"]),
        ("sidecar.app", ["asyncio", "sqlcipher3", "websockets", "sqlite3"]),
        ("sidecar.store", ["sqlite_utils", "sqlite3", "websockets", "rich"]),
        ("sidecar.client", ["sqlcipher3", "sqlite_utils", "sqlite3"]),
    ],
)
def test_an_import_costs_no_more_than_it_must(name: str, without: list[str]) -> None:
    """§9: sqlite-utils is loaded where there is work for it; one SQLite library in a process."""
    code = f"import sys, {name}; print(*(one for one in {without} if one in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
