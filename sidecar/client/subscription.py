"""A live query on the client's side: the newest result, and waiting for a newer one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar, cast

from sidecar.client.errors import error_from_wire
from sidecar.client.following import Following
from sidecar.client.shapes import PatchJson, QueryResult
from sidecar.core.json import JsonObject
from sidecar.core.patch import Patch, Upsert, apply

ResultT = TypeVar("ResultT")


class Subscription(Following, Generic[ResultT]):
    """A live result: `result` is always the newest, and iterating waits for each newer one.

    A loop that is slower than the commits skips the results between; it never falls behind. Leaving
    the loop keeps the subscription; `close`, or leaving its `async with` block, ends it.

    Args:
        answer: What the server answered to `subscribe`; with an error there is no result yet.
        unsubscribe: Tells the server that the subscription ended.
    """

    def __init__(self, answer: JsonObject, unsubscribe: Callable[[], Awaitable[None]]) -> None:
        super().__init__(unsubscribe)
        kept = {"rows", "row", "count", "head"}
        self.result = cast("ResultT", {key: answer[key] for key in kept & answer.keys()})
        self._primary_key = cast("str", answer.get("primaryKey") or "")
        self._rows = self._by_id()
        if "error" in answer:
            self._error = error_from_wire(cast("JsonObject", answer["error"]))
        self._changed.set()

    async def __anext__(self) -> ResultT:
        """Return the newest result not returned before, waiting for it.

        Raises:
            SidecarError: The query fails on the data as it is now, or the connection is lost.
        """
        await self._changed.wait()
        if self._error is not None:
            error = self._error
            if not self._ended:
                self._error = None
                self._changed.clear()
            raise error
        if self._ended:
            raise StopAsyncIteration
        self._changed.clear()
        return self.result

    def deliver(self, params: JsonObject) -> None:
        """Take a notification `{head, patch | result | error}`; the connection calls this."""
        head = cast("int", params["head"])
        if "error" in params:
            self._error = error_from_wire(cast("JsonObject", params["error"]))
        elif "patch" in params:
            self._rows = apply(self._rows, self._patch(cast("PatchJson", params["patch"])))
            self.result = cast("ResultT", {"rows": [*self._rows.values()], "head": head})
        else:
            self.result = cast("ResultT", {**cast("JsonObject", params["result"]), "head": head})
            self._rows = self._by_id()
        self._changed.set()

    def _by_id(self) -> dict[str, JsonObject]:
        """Return the rows that patches will name; empty for a result that comes whole."""
        key, result = self._primary_key, cast("QueryResult", self.result)
        return {str(row[key]): row for row in result.get("rows", ()) if key}

    def _patch(self, wire: PatchJson) -> Patch[JsonObject]:
        upserts = [
            Upsert(one["at"], str(one["row"][self._primary_key]), one["row"])
            for one in wire["upsert"]
        ]
        return Patch(wire["remove"], upserts, wire.get("order"))
