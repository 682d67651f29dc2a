"""From the params of a request to the model of its method, by name or by position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel
from pydantic import ValidationError as ModelError

from sidecar.core.json import JsonObject, pointer
from sidecar.core.model import problems
from sidecar.rpc.jsonrpc import InvalidParamsError, Params

_MOST_ERRORS = 20

ModelT = TypeVar("ModelT", bound=BaseModel)


def order(models: Sequence[type[BaseModel]]) -> tuple[str, ...]:
    """Return the names of a method's params by position."""
    return tuple(
        info.alias or name for model in models for name, info in model.model_fields.items()
    )


def by_name(models: Sequence[type[BaseModel]], params: Params) -> JsonObject:
    """Return params as an object.

    Args:
        models: Models of the method's params, any one of which may fit.
        params: As they came.

    Raises:
        InvalidParamsError: More params by position than the method has.
    """
    if isinstance(params, dict):
        return params
    names = order(models)
    if len(params) > len(names):
        message = f"Too many params: this method takes at most {len(names)}"
        raise InvalidParamsError([{"path": pointer(len(names)), "message": message}])
    return dict(zip(names, params, strict=False))


def bind(model: type[ModelT], params: JsonObject) -> ModelT:
    """Return the model of a method's params.

    Raises:
        InvalidParamsError: A param is missing, unknown or wrong; errors name the places.
    """
    try:
        return model.model_validate(params)
    except ModelError as error:
        raise InvalidParamsError(
            [
                {"path": path, "message": message}
                for path, message in problems(params, error)[:_MOST_ERRORS]
            ]
        ) from error
