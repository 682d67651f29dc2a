"""Documents of the sizes an app has, the same in every run."""

from __future__ import annotations

from collections.abc import Iterator

from sidecar.core.json import JsonObject

PERSONAS = 20

_SENTENCE = "The user prefers short answers, green tea and trains that leave on time. "


def persona(number: int) -> JsonObject:
    """Return arguments of `v1.PersonaCreated`."""
    return {
        "id": f"p{number}",
        "name": f"Persona {number}",
        "description": _SENTENCE * 2,
        "personality": {
            "traits": ["curious", "patient"],
            "temperament": "calm",
            "communicationStyle": "brief",
        },
        "settings": {"memoryRetention": 80, "privacyLevel": "medium", "autoLearn": True},
    }


def memory(number: int, personas: int) -> JsonObject:
    """Return a memory document, about 600 bytes of JSON."""
    return {
        "id": f"m{number:07}",
        "personaId": f"p{number % personas}",
        "type": ("fact", "event", "preference")[number % 3],
        "name": f"Memory {number}",
        "content": {"text": _SENTENCE * 3, "source": {"kind": "chat", "turn": number % 40}},
        "summary": _SENTENCE,
        "tags": [f"tag{number % 17}", f"tag{number % 5}"],
        "importance": number * 7919 % 101,
        "lastAccessed": 1_760_000_000_000 + number * 1000,
        "createdAt": 1_750_000_000_000 + number * 1000,
        "updatedAt": 1_755_000_000_000 + number * 1000,
    }


def batches(memories: int) -> Iterator[list[tuple[str, JsonObject]]]:
    """Return events that make the personas and a number of memories, each (name, args)."""
    yield [("v1.PersonaCreated", persona(one)) for one in range(PERSONAS)]
    for start in range(0, memories, 1000):
        some = range(start, min(start + 1000, memories))
        yield [("v1.MemoryEntityCreated", memory(one, PERSONAS)) for one in some]
