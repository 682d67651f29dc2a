"""The contract as documents: OpenRPC, JSON Schemas, the error table.

`schema_export` writes them. Everything here is deterministic: the same models give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from sidecar import __version__
from sidecar.core.errors import START_ERRORS, WIRE_ERRORS, SidecarError
from sidecar.core.json import Json, JsonObject
from sidecar.rpc import jsonrpc
from sidecar.rpc.contract import CONTRACTS, NOTICES, Contract
from sidecar.rpc.examples import Example
from sidecar.rpc.params import NoParams

OPENRPC_VERSION = "1.2.6"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_COMPONENTS = "#/components/schemas/{model}"


class _Schemas(GenerateJsonSchema):
    """JSON Schemas without a title on every member: each would become a TypeScript type."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        """Return False: a member's name says it."""
        return False


def union(models: Sequence[type[BaseModel]]) -> object:
    """Return the type of anything that fits one of the models."""
    joined: object = models[0]
    for model in models[1:]:
        joined = joined | model
    return joined


def schema_of(type_: object, title: str, mode: JsonSchemaMode = "validation") -> JsonObject:
    """Return a standalone JSON Schema; of a result as it is sent, with mode serialization."""
    schema = _adapter(type_).json_schema(schema_generator=_Schemas, mode=mode)
    return {"$schema": DIALECT, **schema, "title": title}


def params_schema(contract: Contract) -> JsonObject:
    """Return the JSON Schema of a method's params, by name."""
    return schema_of(union(contract.params), f"{contract.title}Params")


def result_schema(contract: Contract) -> JsonObject:
    """Return the JSON Schema of a method's result."""
    return schema_of(contract.result, f"{contract.title}Result", "serialization")


def openrpc_document() -> JsonObject:
    """Return the OpenRPC document of all methods, which `rpc.discover` answers."""
    inputs: list[tuple[str, JsonSchemaMode, object]] = []
    for contract in CONTRACTS:
        inputs += [
            (f"{contract.name}/{index}", "validation", model)
            for index, model in enumerate(contract.params)
        ]
        inputs.append((f"{contract.name}/result", "serialization", contract.result))
    inputs += [(f"{notice.name}/notice", "validation", notice.params) for notice in NOTICES]
    found, definitions = TypeAdapter.json_schemas(
        [(key, mode, _adapter(type_)) for key, mode, type_ in inputs],
        ref_template=_COMPONENTS,
        schema_generator=_Schemas,
    )
    schemas = {key: cast("JsonObject", schema) for (key, _), schema in found.items()}
    components = cast("dict[str, JsonObject]", definitions.get("$defs", {}))
    methods: list[Json] = [_method(contract, schemas, components) for contract in CONTRACTS]
    notifications: list[Json] = [
        {
            "name": notice.name,
            "summary": notice.summary,
            "params": schemas[f"{notice.name}/notice"],
        }
        for notice in NOTICES
    ]
    return {
        "openrpc": OPENRPC_VERSION,
        "info": {
            "title": "sidecar",
            "version": __version__,
            "description": "An event-sourced SQLite store for Electron apps, on a loopback socket.",
            "license": {"name": "MIT"},
        },
        "servers": [
            {
                "name": "loopback",
                "url": "ws://127.0.0.1:${port}/rpc",
                "variables": {
                    "port": {"default": "0", "description": "The port the ready line names"}
                },
            }
        ],
        "methods": methods,
        "components": {
            "schemas": dict(sorted(components.items())),
            "errors": {one.code: _error(one) for one in WIRE_ERRORS},
        },
        "x-notifications": notifications,
    }


def errors_document() -> JsonObject:
    """Return the error table: the protocol's, those of calls, and those of a start."""
    protocol: list[Json] = [
        {"number": number, "name": name, "meaning": meaning}
        for number, name, meaning in (
            (jsonrpc.PARSE_ERROR, "Parse error", "The text is no JSON."),
            (jsonrpc.INVALID_REQUEST, "Invalid Request", "The JSON is no request."),
            (jsonrpc.METHOD_NOT_FOUND, "Method not found", "No method has that name."),
            (jsonrpc.INVALID_PARAMS, "Invalid params", "Params of a wrong shape; see data.errors."),
            (jsonrpc.INTERNAL_ERROR, "Internal error", "A fault of the sidecar; its log has it."),
        )
    ]
    wire: list[Json] = [_row(one) for one in WIRE_ERRORS]
    start: list[Json] = [_row(one) for one in START_ERRORS]
    return {"protocol": protocol, "wire": wire, "start": start}


def _adapter(type_: object) -> TypeAdapter[object]:
    return TypeAdapter(cast("type[object]", type_))


def _method(
    contract: Contract, schemas: dict[str, JsonObject], components: dict[str, JsonObject]
) -> JsonObject:
    descriptors: dict[str, JsonObject] = {}
    for index in range(len(contract.params)):
        schema = schemas[f"{contract.name}/{index}"]
        model = components[str(schema["$ref"]).rpartition("/")[2]]
        required = cast("list[str]", model.get("required", []))
        for name, member in cast("dict[str, JsonObject]", model.get("properties", {})).items():
            descriptors[name] = {
                "name": name,
                "required": name in required and len(contract.params) == 1,
                "schema": member,
            }
    method: JsonObject = {
        "name": contract.name,
        "summary": contract.summary,
        "params": list[Json](descriptors.values()),
        "result": {
            "name": f"{contract.title}Result",
            "schema": schemas[f"{contract.name}/result"],
        },
        "paramStructure": "either",
    }
    if contract.description:
        method["description"] = contract.description
    if contract.errors:
        method["errors"] = [{"$ref": f"#/components/errors/{one.code}"} for one in contract.errors]
    pairs = [_pairing(example) for example in contract.examples if _leads(example, contract)]
    if contract.params == (NoParams,):
        pairs = []
    if pairs:
        method["examples"] = [*pairs]
    return method


def _leads(example: Example, contract: Contract) -> bool:
    return tuple(example.params) == contract.order[: len(example.params)]


def _pairing(example: Example) -> JsonObject:
    given: list[Json] = [{"name": name, "value": value} for name, value in example.params.items()]
    return {
        "name": example.name,
        "params": given,
        "result": {"name": "result", "value": example.result},
    }


def _error(error: type[SidecarError]) -> JsonObject:
    return {
        "code": error.number,
        "message": _meaning(error),
        "data": {"code": error.code, "hint": error.default_hint},
    }


def _row(error: type[SidecarError]) -> JsonObject:
    return {
        "code": error.code,
        "number": error.number,
        "name": error.__name__,
        "meaning": _meaning(error),
        "hint": error.default_hint,
        "exitCode": error.exit_code,
    }


def _meaning(error: type[SidecarError]) -> str:
    return (error.__doc__ or "").partition("\n")[0]
