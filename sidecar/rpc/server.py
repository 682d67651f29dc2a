"""The socket: a loopback WebSocket server that lets in who may, and answers their messages.

Messages of one connection are begun in the order they come, so commits keep theirs, and answered as
they are done. At most `IN_FLIGHT` at a time: the rest waits unread, which slows the peer down and
not the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from typing import Final

from websockets.asyncio.server import Server as SocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from sidecar.core.errors import TooLargeError, UsageError
from sidecar.rpc.auth import PATH, SUBPROTOCOL, Gate, Handshake, normal_origin
from sidecar.rpc.backup_files import BackupFiles
from sidecar.rpc.hub import Hub
from sidecar.rpc.jsonrpc import Dispatcher, RequestId, encode_error, invalid_request
from sidecar.rpc.limits import FRAME_BYTES, IN_FLIGHT, MESSAGE_BYTES
from sidecar.rpc.methods import Services, methods
from sidecar.rpc.migrations import Migrations
from sidecar.rpc.session import Exchange, Session
from sidecar.store import Store

HOST: Final = "127.0.0.1"
_GOODBYE_SECONDS: Final = 2.0

_log = logging.getLogger(__name__)


class Server:
    """Serves one store. Use `Server.open`, in a running event loop.

    Attributes:
        url: Where clients connect.
    """

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate
        self._dispatcher: Dispatcher[Exchange] = Dispatcher(methods(services), _log_failure)
        self._answering: set[asyncio.Task[None]] = set()
        self._socket: SocketServer | None = None
        self.url = ""

    @classmethod
    async def open(
        cls,
        store: Store,
        *,
        token: str,
        stop: Callable[[], None],
        port: int = 0,
        origins: Collection[str] = (),
    ) -> Server:
        """Listen on the loopback interface.

        Args:
            store: What is served; it stays open when the server closes.
            token: What clients must know.
            stop: Called when a client asks the server to end.
            port: 0 for a free one.
            origins: Origins allowed beside local ones.

        Raises:
            UsageError: The port is taken.
        """
        hub = Hub(asyncio.get_running_loop(), store)
        services = Services(store, hub, Migrations(store), BackupFiles(store), stop)
        server = cls(services, Gate(token, frozenset(map(normal_origin, origins))))
        await server._listen(port)
        return server

    async def close(self, grace: float) -> None:
        """Take nothing new on, finish what was begun, and say goodbye.

        Args:
            grace: Seconds that what was begun may take.
        """
        self._services.stopping = True
        self._services.migrations.cancel()
        if self._answering:
            await asyncio.wait(self._answering, timeout=grace)
        if self._socket is not None:
            self._socket.close()
            await self._socket.wait_closed()

    async def _listen(self, port: int) -> None:
        try:
            self._socket = await serve(
                self._serve_connection,
                HOST,
                port,
                process_request=self._judge,
                select_subprotocol=_select_subprotocol,
                compression=None,
                max_size=FRAME_BYTES,
                # Nothing gets lost on a loopback; a debugger that stops a renderer must not cost it
                # the connection.
                ping_interval=None,
                close_timeout=_GOODBYE_SECONDS,
                server_header=None,
                logger=_quiet_logger(),
            )
        except OSError as error:
            raise UsageError(
                f"port {port} can't be used: {error.strerror}",
                hint="Leave --port out to get a free one.",
            ) from error
        name: tuple[str, int] = next(iter(self._socket.sockets)).getsockname()
        self.url = f"ws://{HOST}:{name[1]}{PATH}"

    def _judge(self, connection: ServerConnection, request: Request) -> Response | None:
        headers = request.headers
        refusal = self._gate.judge(
            Handshake(
                request.path,
                headers.get_all("Host"),
                headers.get_all("Origin"),
                headers.get_all("Authorization"),
                _tokens(headers.get_all("Sec-WebSocket-Protocol")),
            )
        )
        if refusal is None:
            return None
        self._services.counters.refused += 1
        _log.warning("handshake refused", extra={"status": refusal.status, "why": refusal.reason})
        response = connection.respond(refusal.status, refusal.reason + "\n")
        if refusal.status is HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    async def _serve_connection(self, connection: ServerConnection) -> None:
        counters = self._services.counters
        counters.connections += 1
        counters.connections_total += 1

        async def send(message: bytes) -> None:
            counters.bytes_out += len(message)
            await connection.send(message, text=True)

        session = Session(self._services.store, self._services.hub, counters, send)
        tasks: set[asyncio.Task[None]] = set()
        slots = asyncio.Semaphore(IN_FLIGHT)

        def ended(task: asyncio.Task[None]) -> None:
            slots.release()
            counters.in_flight -= 1
            tasks.discard(task)
            self._answering.discard(task)

        try:
            async for message in connection:
                await slots.acquire()
                task = asyncio.create_task(self._answer(session, message))
                counters.in_flight += 1
                tasks.add(task)
                self._answering.add(task)
                task.add_done_callback(ended)
        except ConnectionClosed as closed:
            _log.info("connection lost", extra={"session": session.id, "why": str(closed)})
        finally:
            counters.connections -= 1
            self._services.migrations.leave(session.id)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, session.end(), return_exceptions=True)

    async def _answer(self, session: Session, message: str | bytes) -> None:
        exchange = session.begin()
        try:
            self._services.counters.bytes_in += len(message)
            answer = refuse(message) or await self._dispatcher.answer(message, exchange)
            if answer is not None:
                await session.send(answer)
        except ConnectionClosed:
            pass  # nobody is there to read it
        finally:
            session.finish(exchange)


def refuse(message: str | bytes) -> bytes | None:
    """Return the answer to what is not even looked into, or None for a message that is."""
    if isinstance(message, bytes):
        return encode_error(None, invalid_request("a message is a text frame"))
    if is_larger(message, MESSAGE_BYTES):
        error = TooLargeError(f"a message has at most {MESSAGE_BYTES} bytes", limit=MESSAGE_BYTES)
        return encode_error(None, error.to_wire())
    return None


def is_larger(text: str, size: int) -> bool:
    """Tell whether a text has more than so many bytes of UTF-8, encoding it only in doubt."""
    if len(text) > size:
        return True
    return len(text) * 4 > size and not text.isascii() and len(text.encode()) > size


def _tokens(values: Sequence[str]) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def _select_subprotocol(
    _connection: ServerConnection, offered: Sequence[Subprotocol]
) -> Subprotocol | None:
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None


def _log_failure(error: Exception, *, method: str, request_id: RequestId) -> None:
    _log.error("a method failed", exc_info=error, extra={"method": method, "request": request_id})


def _quiet_logger() -> logging.Logger:
    """Return a logger for websockets: its debug lines would show tokens, its others each socket."""
    logger = logging.getLogger("sidecar.websockets")
    logger.setLevel(logging.CRITICAL)
    return logger
