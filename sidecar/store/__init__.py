"""The event-sourced SQLite store."""

from sidecar.store.log import EventPage
from sidecar.store.rebuild import RebuildReport
from sidecar.store.result import Result
from sidecar.store.snapshot import Limits
from sidecar.store.store import Store
from sidecar.store.writer import Committed

__all__ = ["Committed", "EventPage", "Limits", "RebuildReport", "Result", "Store"]
