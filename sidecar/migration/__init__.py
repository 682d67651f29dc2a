"""From RxDB into the store, with nothing lost, and back.

Its modules are imported when a name of them is asked for: a server's threads begin to import
different ones at once, and would wait for each other if the package brought in all of them first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sidecar.migration.report import format_report
    from sidecar.migration.result import MigrationResult, Progress
    from sidecar.migration.run import migrate

__all__ = ["MigrationResult", "Progress", "format_report", "migrate"]

_HOMES = {
    "MigrationResult": "result",
    "Progress": "result",
    "format_report": "report",
    "migrate": "run",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
