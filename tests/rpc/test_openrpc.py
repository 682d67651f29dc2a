"""The OpenRPC document: valid by its own specification, and true of the server."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from jsonschema import Draft202012Validator

from sidecar.core.errors import ERRORS, WIRE_ERRORS
from sidecar.rpc.contract import CONTRACTS, METHODS, NOTICES
from sidecar.rpc.openrpc import errors_document, openrpc_document
from sidecar.rpc.schema_export import DIRECTORY
from tests.rpc.serving import TOKEN, Peer, Serving

CLIENTS = Path(__file__).parent / "clients"


def node(script: str, *arguments: str) -> str:
    """Run a script with the bridge's modules; return what it wrote."""
    program = shutil.which("node")
    assert program is not None
    done = subprocess.run(
        [program, CLIENTS / script, *arguments],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


async def test_the_server_answers_the_document(peer: Peer) -> None:
    served = await peer.call("rpc.discover")
    assert served == openrpc_document()
    file = json.loads((DIRECTORY / "openrpc.json").read_bytes())
    assert {key: value for key, value in file.items() if key != "x-generated"} == served


def test_it_is_valid_by_the_meta_schema() -> None:
    """@open-rpc/meta-schema by ajv, and @open-rpc's own parser, which follows references."""
    assert "valid" in node("meta-schema.mjs", str(DIRECTORY / "openrpc.json"))


def test_a_checker_of_others_finds_the_methods_as_described(
    server: Serving, tmp_path: Path
) -> None:
    """@open-rpc/test-coverage calls every method and checks the answers by the document."""
    export = tmp_path / "export.ndjson"
    export.write_text('{"collection": "personas", "document": {"id": "covered", "name": "Ada"}}\n')
    output = node("test-coverage.mjs", server.url, TOKEN, str(export))
    report = json.loads(output.splitlines()[-1])
    assert {one["method"] for one in report} == METHODS.keys()
    assert [one for one in report if not one["valid"]] == []
    assert len(report) > 60


def test_every_schema_is_a_schema() -> None:
    files = sorted((DIRECTORY / "schemas").glob("*.json"))
    assert len(files) == 2 * len(CONTRACTS) + len(NOTICES) + 2
    for file in files:
        Draft202012Validator.check_schema(json.loads(file.read_bytes()))


def test_the_examples_fit_their_schemas() -> None:
    """Their results too, wherever they say more than nothing."""
    for contract in CONTRACTS:
        for part in ("params", "result"):
            file = DIRECTORY / "schemas" / f"{contract.name}.{part}.json"
            validator = Draft202012Validator(json.loads(file.read_bytes()))
            for example in contract.examples:
                value = example.params if part == "params" else example.result
                if value != {} or contract.name == "unsubscribe":
                    validator.validate(value)


def test_the_errors_of_a_method_are_errors_of_the_wire() -> None:
    for contract in CONTRACTS:
        assert set(contract.errors) <= set(WIRE_ERRORS), contract.name


def test_the_error_table_is_whole() -> None:
    document = errors_document()
    rows = [*document["wire"], *document["start"]]  # type: ignore[misc]
    assert [row["code"] for row in rows] == [error.code for error in ERRORS]  # type: ignore[index]
    numbers = [row["number"] for row in document["wire"]]  # type: ignore[index,union-attr]
    assert len(set(numbers)) == len(numbers)
    assert all(row["meaning"] and row["hint"] for row in rows)  # type: ignore[index]
