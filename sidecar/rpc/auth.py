"""Who may open a connection: decided from the handshake's headers alone, before any upgrade.

Any web page can open a WebSocket to a loopback port, and a name an attacker owns can be made to
resolve to 127.0.0.1. So three things must hold:

1. `Host` names the loopback interface, which a rebound name does not.
2. `Origin` is absent (no browser), or one an Electron renderer or a local page has, or allowed by
   flag.
3. The caller knows this launch's token, in `Authorization: Bearer` or, as browsers can't set
   headers, as a subprotocol beside ours.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

PATH = "/rpc"
SUBPROTOCOL = "sidecar.v1"
TOKEN_PREFIX = "token."  # noqa: S105 - the prefix of a token, not one


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a client asked for; a header that came several times has several values."""

    path: str
    hosts: Sequence[str] = ()
    origins: Sequence[str] = ()
    authorizations: Sequence[str] = ()
    protocols: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The HTTP answer to a handshake that gets no WebSocket."""

    status: HTTPStatus
    reason: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The rules of one server.

    Attributes:
        token: This launch's secret.
        origins: Origins allowed by flag, as browsers send them (`https://app.example`).
    """

    token: str
    origins: frozenset[str] = frozenset()

    def judge(self, handshake: Handshake) -> Refusal | None:
        """Return why a handshake is refused, or None to let it in."""
        if len(handshake.hosts) != 1 or not is_loopback_host(handshake.hosts[0]):
            return Refusal(HTTPStatus.FORBIDDEN, "Host is not this machine's loopback interface")
        if not self._allows_origin(handshake.origins):
            return Refusal(
                HTTPStatus.FORBIDDEN, "Origin is not allowed; the server's --allow-origin adds one"
            )
        if handshake.path.partition("?")[0] != PATH:
            return Refusal(HTTPStatus.NOT_FOUND, f"The only path is {PATH}")
        if not self._knows_token(handshake):
            return Refusal(
                HTTPStatus.UNAUTHORIZED,
                f"Send the token as Authorization: Bearer, or offer the subprotocols"
                f" {SUBPROTOCOL} and {TOKEN_PREFIX}<token>",
            )
        names = [name for name in handshake.protocols if not name.startswith(TOKEN_PREFIX)]
        if handshake.protocols and SUBPROTOCOL not in names:
            return Refusal(HTTPStatus.BAD_REQUEST, f"This server speaks {SUBPROTOCOL}")
        return None

    def _allows_origin(self, origins: Sequence[str]) -> bool:
        if not origins:
            return True
        return len(origins) == 1 and (
            is_local_origin(origins[0]) or normal_origin(origins[0]) in self.origins
        )

    def _knows_token(self, handshake: Handshake) -> bool:
        offered = [
            credentials.strip()
            for scheme, _, credentials in (
                value.partition(" ") for value in handshake.authorizations
            )
            if scheme.lower() == "bearer"
        ]
        offered += [
            name.removeprefix(TOKEN_PREFIX)
            for name in handshake.protocols
            if name.startswith(TOKEN_PREFIX)
        ]
        return any(same_secret(token, self.token) for token in offered)


def same_secret(given: str, secret: str) -> bool:
    """Compare in a time that does not depend on where the two differ."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogateescape"), secret.encode("utf-8", "surrogateescape")
    )


def is_loopback_host(host: str) -> bool:
    """Tell whether a `Host` header's value (`127.0.0.1:4711`) names the loopback interface."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return False
    rest = parts.path or parts.query or parts.fragment or parts.username or parts.password
    return not rest and port != 0 and name is not None and _is_loopback(name)


def is_local_origin(origin: str) -> bool:
    """Tell whether an `Origin` is one that an Electron renderer or a local page sends."""
    origin = origin.lower()
    if origin in ("null", "file://"):
        return True
    try:
        parts = urlsplit(origin)
        name = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return False
    if parts.scheme == "app":
        return bool(parts.netloc)
    return parts.scheme in ("http", "https") and name is not None and _is_loopback(name)


def normal_origin(origin: str) -> str:
    """Return an origin as browsers compare it: lower case, no slash at the end."""
    return origin.strip().lower().rstrip("/")


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
