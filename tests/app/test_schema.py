"""The schema that ships: the tables and events it says it has."""

from __future__ import annotations

import subprocess
import sys

from sidecar.app import schema
from sidecar.core.builtin import BUILTIN_EVENTS
from sidecar.core.column import Missing

EVENTS = {
    "v1.PersonaCreated",
    "v1.PersonaImported",
    "v1.PersonaUpdated",
    "v1.PersonaActivated",
    "v1.PersonaDeactivated",
    "v1.PersonaDeleted",
    "v1.MemoryEntityCreated",
    "v1.MemoryEntityImported",
    "v1.MemoryEntityUpdated",
    "v1.MemoryEntityAccessed",
    "v1.MemoryEntityDeleted",
    "v1.MemoryEntityRestored",
    "v1.MemoryTierChanged",
    "v1.MemoryLinked",
    "v1.MemoryUnlinked",
    "v1.ConversationStarted",
    "v1.ConversationImported",
    "v1.MessageAdded",
    "v1.ConversationSummarized",
    "v1.ConversationArchived",
    "v1.uiState.Set",
}


def test_the_events_are_those_of_the_design() -> None:
    """Beside the engine's own, which every schema has."""
    assert set(schema.events) == EVENTS | {one.name for one in BUILTIN_EVENTS}


def test_the_defaults_are_the_seeds() -> None:
    defaults = {
        f"{table.name}.{name}": column.default
        for table in schema.tables.values()
        for name, column in table.columns.items()
        if not isinstance(column.default, Missing)
    }
    assert defaults == {
        "personas.isActive": False,
        "personas.usageCount": 0,
        "memoryEntities.importance": 50,
        "memoryEntities.memoryTier": "hot",
        "memoryEntities.connectionCount": 0,
        "conversations.messages": [],
        "conversations.topics": [],
        "conversations.importance": 50,
        "conversations.isArchived": False,
        "uiState.value": {"selectedPersonaId": None, "searchText": ""},
    }


def test_each_table_of_the_source_has_its_import_event() -> None:
    """M1: what a migration brings becomes a typed event."""
    assert {name: table.imported for name, table in schema.tables.items()} == {
        "personas": "v1.PersonaImported",
        "memoryEntities": "v1.MemoryEntityImported",
        "memoryLinks": None,
        "conversations": "v1.ConversationImported",
        "uiState": None,
    }


def test_references_are_declared() -> None:
    """M7: a remap of ids rewrites these."""
    assert {name: dict(table.references) for name, table in schema.tables.items()} == {
        "personas": {},
        "memoryEntities": {"personaId": "personas"},
        "memoryLinks": {"fromId": "memoryEntities", "toId": "memoryEntities"},
        "conversations": {"personaId": "personas"},
        "uiState": {},
    }


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    """S6: else each start would rebuild the state."""
    program = "from sidecar.app import schema; print(schema.fingerprint)"
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == schema.fingerprint
