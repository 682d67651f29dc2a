"""What the tests of the wire share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.rpc.serving import Peer, Serving, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One server for a module's tests; each uses documents of its own."""
    with serving(tmp_path_factory.mktemp("rpc") / "data") as server:
        yield server


@pytest.fixture
async def peer(server: Serving) -> AsyncIterator[Peer]:
    async with Peer.open(server) as peer:
        yield peer
