"""From the params of a request to the model of its method, by name or by position."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pydantic import BaseModel, TypeAdapter
from pydantic import ValidationError as ModelError

from sidecar.core.json import Json, JsonObject, pointer
from sidecar.rpc.contract import Contract
from sidecar.rpc.jsonrpc import InvalidParamsError, Params

_MOST_ERRORS = 20


def by_name(contract: Contract, params: Params) -> JsonObject:
    """Return params as an object.

    Raises:
        InvalidParamsError: More params by position than the method has.
    """
    if isinstance(params, dict):
        return params
    order = contract.order
    if len(params) > len(order):
        message = f"Too many params: {contract.name} takes at most {len(order)}"
        raise InvalidParamsError([{"path": pointer(len(order)), "message": message}])
    return dict(zip(order, params, strict=False))


def bind(model: type[BaseModel], params: JsonObject) -> BaseModel:
    """Return the model of a method's params.

    Raises:
        InvalidParamsError: A param is missing, unknown or wrong; errors name the places.
    """
    try:
        return _adapter(model).validate_python(params)
    except ModelError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidParamsError(
            [
                {"path": pointer(*place(params, one["loc"])), "message": one["msg"]}
                for one in found[:_MOST_ERRORS]
            ]
        ) from error


def place(value: Json, loc: Sequence[str | int]) -> list[str | int]:
    """Return a pydantic location without the names of union members it goes through.

    Args:
        value: What was validated.
        loc: The location pydantic reports.
    """
    path: list[str | int] = []
    for index, part in enumerate(loc):
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif index < len(loc) - 1 or not isinstance(value, dict):
            continue
        path.append(part)
    return path


@cache
def _adapter(model: type[BaseModel]) -> TypeAdapter[BaseModel]:
    return TypeAdapter(model)
