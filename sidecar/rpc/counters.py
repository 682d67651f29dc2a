"""What the server counts, for `server.stats`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(slots=True)
class Counters:
    """Since the server was ready, except where it says "now"; bytes are of messages, both ways.

    Attributes:
        connections: Open now.
        refused: Handshakes refused.
        in_flight: Messages being answered now.
        errors: Calls of methods that failed.
        faults: Of these, faults of ours.
    """

    connections: int = 0
    connections_total: int = 0
    refused: int = 0
    in_flight: int = 0
    requests: int = 0
    queries: int = 0
    commits: int = 0
    events: int = 0
    notifications: int = 0
    errors: int = 0
    faults: int = 0
    bytes_in: int = 0
    bytes_out: int = 0

    def to_wire(self) -> dict[str, int]:
        """Return the counters with the names of the wire."""
        return {_camel(name): value for name, value in asdict(self).items()}


def resident_bytes() -> int | None:
    """Return this process's resident memory; its peak, or None, where the system tells no more."""
    statm = Path("/proc/self/statm")
    try:
        import resource  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return None
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
