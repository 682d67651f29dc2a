"""An async client of a running sidecar: typed calls and live results over one WebSocket.

    tables = Tables(schema.tables.values())
    async with Client.attach(data_dir) as client:
        await client.commit({"name": "v1.PersonaActivated", "args": {"id": "p1"}})
        found = await client.query(tables.personas.where(isActive=True).first())
        async for result in await client.subscribe({"from": "personas"}):
            print(result["head"], result["rows"])

What goes in and comes out is the wire's JSON (`rpc_schema/`), so a query here is a query anywhere;
`tables` makes it by steps.
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
    CountResult,
    EventJson,
    EventPageJson,
    ExplanationJson,
    MaybeRowResult,
    NewEventJson,
    ProgressJson,
    QueryResult,
    ReceiptJson,
    RowResult,
    RowsResult,
)
from sidecar.client.subscription import Subscription
from sidecar.client.tables import Documents, Groups, Tables, TypedQuery, table

__all__ = [
    "Client",
    "ConnectionLostError",
    "CountResult",
    "Documents",
    "EventJson",
    "EventPageJson",
    "ExplanationJson",
    "Groups",
    "MaybeRowResult",
    "NewEventJson",
    "NotRunningError",
    "PeerError",
    "ProgressJson",
    "QueryResult",
    "ReceiptJson",
    "RefusedError",
    "RowResult",
    "RowsResult",
    "ServerError",
    "Subscription",
    "Tables",
    "TypedQuery",
    "table",
]
