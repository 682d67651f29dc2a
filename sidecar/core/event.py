"""Events and what a commit of them answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidecar.core.json import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Expect:
    """What a document must be for an event to be appended (S13).

    Attributes:
        collection: Table or collection name.
        id: Primary key.
        seq: The document's revision (`_seq`), or None when it must not exist.
    """

    collection: str
    id: str
    seq: int | None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as a client sends it; the store gives it `seq` and `at`.

    Attributes:
        name: Versioned name, `v1.PersonaCreated`.
        args: Arguments, as the event's model takes them.
        id: UUID the client made (version 7), or None to let the store make one.
        expect: Revisions that must hold just before this event.
    """

    name: str
    args: JsonObject
    id: str | None = None
    expect: Sequence[Expect] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the log (S1).

    Attributes:
        seq: 1, 2, 3 … without gaps.
        at: When it was appended, integer milliseconds since 1970, never decreasing.
    """

    seq: int
    id: str
    name: str
    args: JsonObject
    at: int
    client_id: str
    session_id: str

    def to_wire(self) -> JsonObject:
        """Return `{seq, id, name, args, at, clientId, sessionId}`."""
        return {
            "seq": self.seq,
            "id": self.id,
            "name": self.name,
            "args": self.args,
            "at": self.at,
            "clientId": self.client_id,
            "sessionId": self.session_id,
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a batch is durable.

    Attributes:
        first: `seq` of the batch's first event.
        last: `seq` of its last.
        head: The log's head just after the batch.
        ids: Event ids in the batch's order.
        at: The batch's `at`, in milliseconds.
        duplicate: Whether the batch was stored by an earlier commit (S5).
    """

    first: int
    last: int
    head: int
    ids: tuple[str, ...]
    at: int
    duplicate: bool = False

    def to_wire(self) -> JsonObject:
        """Return `{first, last, head, ids, at, duplicate}`."""
        ids: list[Json] = list(self.ids)
        return {
            "first": self.first,
            "last": self.last,
            "head": self.head,
            "ids": ids,
            "at": self.at,
            "duplicate": self.duplicate,
        }


def uuid7(ms: int, random: bytes) -> str:
    """Return the UUIDv7 (RFC 9562) of a time and ten random bytes.

    Args:
        ms: Milliseconds since 1970.
        random: Ten random bytes.
    """
    value = (ms & (1 << 48) - 1) << 80 | int.from_bytes(random[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
