"""The schema of the PajamasWeb AI Hub, the one that ships with the sidecar."""

from sidecar.app import conversations, memories, personas, ui_state
from sidecar.core.schema import Schema

schema = Schema(
    "pjais",
    version=1,
    tables=[
        personas.personas,
        memories.memory_entities,
        memories.memory_links,
        conversations.conversations,
    ],
    events=[*personas.EVENTS, *memories.EVENTS, *conversations.EVENTS],
    client_documents=[ui_state.ui_state],
)

__all__ = ["schema"]
