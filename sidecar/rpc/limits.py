"""What the server speaks and takes at most; `server.info` tells a client."""

from __future__ import annotations

from typing import Final

PROTOCOL: Final = 1
"""Raised when an older client could no longer talk to this server."""

MESSAGE_BYTES: Final = 64 * 1024 * 1024
"""A larger message is answered with an error."""

FRAME_BYTES: Final = 256 * 1024 * 1024
"""A larger message closes the connection, with code 1009: it is not even read."""

BATCH_REQUESTS: Final = 10_000
"""A 64 MiB batch of `[1,1,…]` would ask for gigabytes of error objects."""

IN_FLIGHT: Final = 64
"""Messages of one connection that are answered at the same time; the rest waits unread."""
