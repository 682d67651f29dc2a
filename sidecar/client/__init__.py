"""An async client of a running sidecar: typed calls and live results over one WebSocket.

    async with Client.attach(data_dir) as client:
        await client.commit({"name": "v1.PersonaActivated", "args": {"id": "p1"}})
        async for result in await client.subscribe({"from": "personas"}):
            print(result["head"], result["rows"])

What goes in and comes out is the wire's JSON (`rpc_schema/`), so a query here is a query anywhere.
"""

from sidecar.client.client import Client
from sidecar.client.errors import (
    ConnectionLostError,
    NotRunningError,
    PeerError,
    RefusedError,
    ServerError,
)
from sidecar.client.shapes import (
    EventJson,
    EventPageJson,
    NewEventJson,
    ProgressJson,
    QueryResult,
    ReceiptJson,
)
from sidecar.client.subscription import Subscription

__all__ = [
    "Client",
    "ConnectionLostError",
    "EventJson",
    "EventPageJson",
    "NewEventJson",
    "NotRunningError",
    "PeerError",
    "ProgressJson",
    "QueryResult",
    "ReceiptJson",
    "RefusedError",
    "ServerError",
    "Subscription",
]
