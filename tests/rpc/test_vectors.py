"""The example messages: schema, models and server agree on each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

import pytest
from jsonschema import Draft202012Validator

from sidecar.core.json import JsonObject
from sidecar.rpc.contract import METHODS
from sidecar.rpc.openrpc import params_schema
from sidecar.rpc.schema_export import DIRECTORY
from sidecar.rpc.vectors import refusal
from tests.rpc.serving import Message, Peer, Serving, serving

VECTORS: dict[str, dict[str, list[Message]]] = json.loads(
    (DIRECTORY / "vectors.json").read_bytes()
)["methods"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("vectors") / "data") as server:
        yield server


def params(one: Message) -> JsonObject:
    return cast("JsonObject", one["message"].get("params", {}))


@pytest.mark.parametrize("name", sorted(METHODS))
def test_schema_and_models_agree(name: str) -> None:
    contract = METHODS[name]
    validator = Draft202012Validator(params_schema(contract))
    for one in VECTORS[name]["valid"]:
        assert validator.is_valid(params(one)), one["name"]
        assert refusal(contract, params(one)) is None, one["name"]
    for one in VECTORS[name]["invalid"]:
        assert not validator.is_valid(params(one)), one["name"]
        assert refusal(contract, params(one)) == one["error"], one["name"]


@pytest.mark.parametrize("name", sorted(METHODS))
async def test_the_server_takes_the_valid_ones(peer: Peer, name: str) -> None:
    """What it answers then depends on the data; the wrong ones are in test_bad_input."""
    for number, one in enumerate(VECTORS[name]["valid"]):
        await peer.send(json.dumps({**one["message"], "id": f"v{number}"}))
        answer = await peer.answer(f"v{number}")  # type: ignore[arg-type]
        assert answer.get("error", {}).get("code") not in range(-32700, -32599), answer


def test_they_are_many_and_different() -> None:
    for name, vectors in VECTORS.items():
        messages = [json.dumps(one["message"]) for group in vectors.values() for one in group]
        assert len(set(messages)) == len(messages), name
    assert sum(len(vectors["invalid"]) for vectors in VECTORS.values()) > 200
