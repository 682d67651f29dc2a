"""Client documents over the wire (S11)."""

from __future__ import annotations

from tests.rpc.serving import Message, Peer


def _set(id: str, **args: object) -> Message:
    return {"events": [{"name": "v1.uiState.Set", "args": {"id": id, **args}}]}


async def test_a_window_watches_its_own(peer: Peer) -> None:
    """By the session's id: its own changes come, another's don't."""
    session = (await peer.call("server.info"))["sessionId"]
    query = {"from": "uiState", "selector": {"id": session}, "first": True}
    assert (await peer.call("subscribe", {"query": query}))["row"] is None
    await peer.call("commit", _set("another", value={"searchText": "x"}))
    await peer.call("commit", _set(session, value={"searchText": "a"}, partial=True))
    value = {"selectedPersonaId": None, "searchText": "a"}
    (told,) = peer.notifications()
    assert told["result"] == {"row": {"id": session, "value": value}}
    assert (await peer.call("query", query))["row"]["value"] == value


async def test_a_value_of_another_shape_is_refused(peer: Peer) -> None:
    """S4: with the place in the event's arguments."""
    error = await peer.fail("commit", _set("s", value={"searchText": None}))
    assert error["data"]["code"] == "E_VALIDATION"
    assert (error["data"]["index"], error["data"]["path"]) == (0, "/args/value/searchText")
    error = await peer.fail("commit", _set("s", value=None, partial=True))
    assert error["data"]["path"] == "/args/value"
