"""What only a client meets: errors the server can't have said itself.

SidecarError
└── PeerError              the server, or the way to it
    ├── NotRunningError      E_NOT_RUNNING      no server listens there
    ├── RefusedError         E_REFUSED          it turned us down: token, Host, Origin
    ├── ConnectionLostError  E_CONNECTION_LOST  it went away before it answered
    └── ServerError          E_SERVER           it failed, or says what this client doesn't know
"""

from __future__ import annotations

from collections.abc import Mapping

from sidecar.core.errors import ERRORS, SidecarError
from sidecar.core.json import Json, JsonObject


class PeerError(SidecarError):
    """The server, or the way to it."""


class NotRunningError(PeerError):
    """No server listens there."""

    code = "E_NOT_RUNNING"
    default_hint = "Start one with `sidecar serve --data-dir DIR`."


class RefusedError(PeerError):
    """The server turned the connection down before the upgrade; `status` is its HTTP status."""

    code = "E_REFUSED"
    default_hint = "401: the token is not this server's. 403: Host or Origin is not allowed."


class ConnectionLostError(PeerError):
    """The connection ended before the answer came."""

    code = "E_CONNECTION_LOST"
    default_hint = "Connect again. A commit without an answer may be stored: resend it, same ids."


class ServerError(PeerError):
    """The server failed, or answered with an error that this client doesn't know.

    In its data, `number` is the JSON-RPC code and `answered` the server's own code.
    """

    code = "E_SERVER"
    default_hint = "The server's log has the details, under the time of this call."


_by_code: dict[str, type[SidecarError]] = {kind.code: kind for kind in ERRORS}


def error_from_wire(wire: Mapping[str, Json]) -> SidecarError:
    """Return the error that a JSON-RPC error object tells of.

    Args:
        wire: `{code, message, data: {code, hint, …}}`. A JSON-RPC code that isn't the error's own,
            as -32601 for a method that doesn't exist, becomes `number` in its data.
    """
    data = wire.get("data")
    rest: JsonObject = dict(data) if isinstance(data, dict) else {}
    code, hint = rest.pop("code", None), rest.pop("hint", None)
    kind = _by_code.get(code) if isinstance(code, str) else None
    if kind is None:
        kind = ServerError
        rest["answered"] = code
    if kind is ServerError or wire.get("code") != kind.number:
        rest["number"] = wire.get("code")
    return kind(str(wire.get("message")), hint=hint if isinstance(hint, str) else None, **rest)
