"""Example messages, right and wrong, for every method: both sides of the wire run them.

The right ones are the contract's examples. A wrong one is an example with one thing changed, for
every place in it: a member another type, missing, out of bounds, or unknown. A change counts only
when the method's JSON Schema refuses the result, so a client that checks by schema and the server
that checks by model must agree on all of them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import cast

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from sidecar.core.errors import SidecarError
from sidecar.core.json import Json, JsonObject, canonical, pointer
from sidecar.core.query import DocumentQuery, parse_query
from sidecar.rpc.binding import bind, by_name
from sidecar.rpc.contract import CONTRACTS, Contract
from sidecar.rpc.jsonrpc import INVALID_PARAMS, InvalidParamsError
from sidecar.rpc.openrpc import params_schema
from sidecar.rpc.params import SubscribeParams

_WRONG_VALUES: Sequence[tuple[str, Json]] = (
    ("null", None),
    ("true", True),
    ("a string", "wrong"),
    ("an empty string", ""),
    ("a negative number", -1),
    ("a fraction", 1.5),
    ("a number beyond 2^53", 2**53),
    ("an array", []),
    ("an object", {}),
)


def vectors_document() -> JsonObject:
    """Return messages by method: `valid`, and `invalid` with the error number each gets."""
    methods: JsonObject = {}
    for contract in CONTRACTS:
        valid: list[Json] = [
            {"name": name, "message": _message(contract, params)}
            for name, params in _examples(contract)
        ]
        invalid: list[Json] = [
            {"name": name, "message": _message(contract, params), "error": number}
            for name, params, number in _wrong(contract)
        ]
        methods[contract.name] = {"valid": valid, "invalid": invalid}
    return {"methods": methods}


def refusal(contract: Contract, params: JsonObject) -> int | None:
    """Return the error number the models give, or None when they take the params."""
    try:
        if DocumentQuery in contract.params:
            parse_query(by_name(contract.params, params))
            return None
        bound = bind(contract.params[0], by_name(contract.params, params))
        if isinstance(bound, SubscribeParams):
            parse_query(bound.query)
    except InvalidParamsError:
        return INVALID_PARAMS
    except SidecarError as error:
        return error.number
    return None


def _examples(contract: Contract) -> list[tuple[str, JsonObject]]:
    if contract.examples:
        return [(example.name, example.params) for example in contract.examples]
    return [("no params", {})]


def _wrong(contract: Contract) -> Iterator[tuple[str, JsonObject, int]]:
    validator = Draft202012Validator(params_schema(contract))
    names: set[str] = set()
    texts: set[bytes] = set()
    for _, params in _examples(contract):
        for name, changed in _changes(params, ()):
            text = canonical(changed)
            if name in names or text in texts or validator.is_valid(changed):
                continue
            number = refusal(contract, changed)
            if number is not None:
                names.add(name)
                texts.add(text)
                yield name, changed, number


def _changes(root: JsonObject, path: tuple[str | int, ...]) -> Iterator[tuple[str, JsonObject]]:
    """Yield every variant of `root` with one thing changed at or below a path, named."""
    value = _at(root, path)
    where = pointer(*path)
    if isinstance(value, dict):
        yield f"{where}/unknownMember is unknown", _with(root, (*path, "unknownMember"), 1)
        for key in value:
            yield f"{where}{pointer(key)} is missing", _without(root, (*path, key))
    if path:
        for what, wrong in _WRONG_VALUES:
            yield f"{where} is {what}", _with(root, path, wrong)
    if isinstance(value, dict):
        for key in value:
            yield from _changes(root, (*path, key))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from _changes(root, (*path, index))


def _message(contract: Contract, params: JsonObject) -> JsonObject:
    message: JsonObject = {"jsonrpc": "2.0", "id": 1, "method": contract.name}
    if params:
        message["params"] = params
    return message


def _at(root: Json, path: Sequence[str | int]) -> Json:
    for part in path:
        root = root[part]  # type: ignore[index]
    return root


def _with(root: JsonObject, path: Sequence[str | int], value: Json) -> JsonObject:
    changed = copy.deepcopy(root)
    parent = cast("dict[str | int, Json]", _at(changed, path[:-1]))
    parent[path[-1]] = copy.deepcopy(value)
    return changed


def _without(root: JsonObject, path: Sequence[str | int]) -> JsonObject:
    changed = copy.deepcopy(root)
    cast("dict[str | int, Json]", _at(changed, path[:-1])).pop(path[-1])
    return changed
