"""JSON-RPC 2.0 to the letter, with jsonrpcserver 5 kept behind this one module.

jsonrpcserver looks the method up, binds and calls it and forms the response. What it leaves to
others, or does otherwise than we need, is here:

1. orjson decodes and encodes; a result may hold `orjson.Fragment`s, which are never parsed again.
2. A request is checked for what the specification asks, one by one: a batch's good entries run
   beside its bad ones, an empty batch is one error, and a notification is never answered.
3. A batch runs in its order, so that two commits in one batch keep theirs.
4. What a method raises never reaches the peer as text. A `SidecarError` becomes its error object;
   anything else is "Internal error", and `failed` is told with the request's id.
5. The library is imported with the first message: it costs 100 ms, most of them for a validator
   that is not used.
"""

from __future__ import annotations

import asyncio
import inspect
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

import orjson

from sidecar.core.errors import SidecarError, TooLargeError, ValidationError
from sidecar.core.json import Json, JsonObject
from sidecar.rpc.limits import BATCH_REQUESTS

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

_TURN = 64
"""Entries of a batch after which other connections get a turn."""

Params = list[Json] | JsonObject
RequestId = str | int | float | None
Result = Any
"""What jsonrpcserver passes around: an `Either` of a library without types."""

ContextT = TypeVar("ContextT")
Method = Callable[[ContextT, Params], Awaitable[object]]


class InvalidParamsError(Exception):
    """Params of a wrong shape.

    Args:
        errors: What is wrong, each `{path, message}` with a JSON pointer into the params.
    """

    def __init__(self, errors: Sequence[JsonObject]) -> None:
        super().__init__("invalid params")
        self.errors = list(errors)


class FailureLog(Protocol):
    """Where a fault of ours is written down."""

    def __call__(self, error: Exception, *, method: str, request_id: RequestId) -> None:
        """Record an exception that the peer only sees as "Internal error"."""


class Dispatcher(Generic[ContextT]):
    """Answers messages by calling methods.

    Args:
        methods: Each takes a context and the request's params as they came, and returns what orjson
            can encode, or raises.
        failed: Told of every exception that is no `SidecarError`.
    """

    def __init__(self, methods: Mapping[str, Method[ContextT]], failed: FailureLog) -> None:
        self._methods = methods
        self._failed = failed
        self._calls: dict[str, Callable[..., Awaitable[Result]]] = {}

    async def answer(self, message: str | bytes, context: ContextT) -> bytes | None:
        """Return the answer to one message, or None when it gets none.

        Args:
            message: JSON text of a request or a batch.
            context: Passed to the methods.
        """
        try:
            decoded = orjson.loads(message)
        except orjson.JSONDecodeError as error:
            return encode_error(None, parse_error(error.pos))
        if not isinstance(decoded, list):
            return await self._answer_one(decoded, context)
        if not decoded:
            return encode_error(None, invalid_request("a batch holds at least one request"))
        if len(decoded) > BATCH_REQUESTS:
            return encode_error(
                None, TooLargeError(f"a batch holds at most {BATCH_REQUESTS:,} requests").to_wire()
            )
        answers: list[bytes] = []
        for index, entry in enumerate(decoded):
            if index % _TURN == _TURN - 1:
                await asyncio.sleep(0)
            answer = await self._answer_one(entry, context)
            if answer is not None:
                answers.append(answer)
        return b"[" + b",".join(answers) + b"]" if answers else None

    async def _answer_one(self, entry: Json, context: ContextT) -> bytes | None:
        reason = fault(entry)
        if not isinstance(entry, dict) or reason is not None:
            return encode_error(id_of(entry), invalid_request(reason or "a request is an object"))
        library = _jsonrpcserver()
        if not self._calls:
            self._calls = {name: _call(method) for name, method in self._methods.items()}
        request = library.create_request(entry)
        _, outcome = await library.dispatch_request(self._calls, context, request)
        request_id = id_of(entry)
        response: dict[str, Any] = library.to_serializable_one(
            library.to_response(request._replace(id=request_id), outcome)
        )
        if "error" in response:
            response["error"] = self._error(response["error"], request.method, request_id)
        if "id" not in entry:
            return None
        try:
            return orjson.dumps(response)
        except TypeError as error:
            self._failed(error, method=request.method, request_id=request_id)
            return encode_error(request_id, internal_error())

    def _error(self, raised: dict[str, Any], method: str, request_id: RequestId) -> JsonObject:
        if raised["code"] == METHOD_NOT_FOUND:
            return method_not_found(method)
        error = raised["data"]
        if isinstance(error, SidecarError) and error.number != INTERNAL_ERROR:
            return error.to_wire()
        if isinstance(error, InvalidParamsError):
            return invalid_params(error.errors)
        self._failed(error, method=method, request_id=request_id)
        return internal_error()


def fault(entry: Json) -> str | None:
    """Return why a decoded value is no request object, or None if it is one."""
    if not isinstance(entry, dict):
        return "a request is an object"
    if entry.get("jsonrpc") != "2.0":
        return 'jsonrpc must be "2.0"'
    if not isinstance(entry.get("method"), str):
        return "method must be a string"
    if "params" in entry and not isinstance(entry["params"], dict | list):
        return "params must be an object or an array"
    if "id" in entry and not _is_id(entry["id"]):
        return "id must be a string, a number or null"
    return None


def id_of(entry: Json) -> RequestId:
    """Return the id a value carries, or None where it carries none that is valid."""
    value = entry.get("id") if isinstance(entry, dict) else None
    return value if isinstance(value, str | int | float) and _is_id(value) else None


def encode_error(request_id: RequestId, error: JsonObject) -> bytes:
    """Return an error response as JSON text."""
    return orjson.dumps({"jsonrpc": "2.0", "error": error, "id": request_id})


def encode_notification(method: str, params: object) -> bytes:
    """Return a notification as JSON text; `params` may hold `orjson.Fragment`s."""
    return orjson.dumps({"jsonrpc": "2.0", "method": method, "params": params})


def parse_error(position: int) -> JsonObject:
    """Return the error object for text that is no JSON."""
    return _error_object(
        PARSE_ERROR,
        "Parse error",
        "Send well-formed JSON: no NaN, no lone surrogates, at most 1,000 levels deep.",
        position=position,
    )


def invalid_request(reason: str) -> JsonObject:
    """Return the error object for JSON that is no request."""
    return _error_object(INVALID_REQUEST, "Invalid Request", f"By JSON-RPC 2.0, {reason}.")


def method_not_found(method: str) -> JsonObject:
    """Return the error object for a method nobody knows."""
    return _error_object(
        METHOD_NOT_FOUND, "Method not found", "rpc.discover lists the methods.", method=method[:200]
    )


def invalid_params(errors: list[JsonObject]) -> JsonObject:
    """Return the error object for params of a wrong shape."""
    return _error_object(
        INVALID_PARAMS,
        "Invalid params",
        "Correct what each error's `path` names; rpc.discover has the schema.",
        errors=[*errors],
    )


def internal_error() -> JsonObject:
    """Return the error object that says nothing but that it was our fault."""
    return {
        "code": INTERNAL_ERROR,
        "message": "Internal error",
        "data": {"code": SidecarError.code, "hint": SidecarError.default_hint},
    }


def warm_up() -> None:
    """Import jsonrpcserver now rather than with the first message."""
    _jsonrpcserver()


def _error_object(number: int, message: str, hint: str, **data: Json) -> JsonObject:
    return {
        "code": number,
        "message": message,
        "data": {**data, "code": ValidationError.code, "hint": hint},
    }


def _is_id(value: Json) -> bool:
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _call(method: Method[ContextT]) -> Callable[..., Awaitable[Result]]:
    """Wrap a method as jsonrpcserver calls it: what it raises travels as the error's data."""
    library = _jsonrpcserver()

    async def call(context: ContextT, /, *args: Json, **kwargs: Json) -> Result:
        try:
            return library.Success(await method(context, kwargs or list(args)))
        except Exception as error:  # noqa: BLE001 - the one place that turns exceptions into answers
            return library.Error(INTERNAL_ERROR, "", error)

    # inspect.signature() would take a third of the dispatch; it looks here first.
    call.__signature__ = inspect.signature(call)  # type: ignore[attr-defined]
    return call


class _Library:
    """The parts of jsonrpcserver in use. Its own types are narrower than what it takes."""

    create_request: Any
    dispatch_request: Any
    to_response: Any
    to_serializable_one: Any

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # jsonrpcserver reads its schema by an importlib.resources call Python 3.11 deprecates.
            warnings.simplefilter("ignore", DeprecationWarning)
            from jsonrpcserver import Error, Success  # noqa: PLC0415 - see 5 above
            from jsonrpcserver.async_dispatcher import dispatch_request  # noqa: PLC0415
            from jsonrpcserver.dispatcher import create_request, to_response  # noqa: PLC0415
            from jsonrpcserver.response import to_serializable_one  # noqa: PLC0415
        self.Success = Success
        self.Error = Error
        self.create_request = create_request
        self.dispatch_request = dispatch_request
        self.to_response = to_response
        self.to_serializable_one = to_serializable_one


@cache
def _jsonrpcserver() -> _Library:
    return _Library()
