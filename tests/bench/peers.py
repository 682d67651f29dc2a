"""The peers' names, as people read them."""

from __future__ import annotations

from tests.bench.results import OURS

TITLES = {
    OURS: "sidecar",
    "dexie": "RxDB on Dexie",
    "memory": "RxDB in memory",
    "livestore": "LiveStore, web",
    "livestore node": "LiveStore, Node",
    "echo": "bare echo",
    "sqlite": "bare SQLite",
    "python": "bare Python",
    "frozen": "bare Python, frozen",
    "exportJSON": "RxDB's exportJSON",
    "importJSON": "RxDB's importJSON",
    "still": "the same without",
}

STORES = ("dexie", "memory", "livestore", "livestore node")
"""Peers that do the same for an app; the others are floors."""
