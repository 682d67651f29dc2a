"""Loading a schema by the names `--schema` takes, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidecar.app import schema as pjais
from sidecar.app.load import load_schema
from sidecar.core.errors import SchemaError

EMPTY = """
from sidecar.core.schema import Schema

schema = Schema("empty", version=1, tables=[], events=[])
other = Schema("other", version=1, tables=[], events=[])
number = 5
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A module with two schemas."""
    path = tmp_path / "my schema.py"
    path.write_text(EMPTY)
    return path


def test_without_a_name_it_is_pjais() -> None:
    assert load_schema() is pjais


@pytest.mark.parametrize("name", ["sidecar.app", "sidecar.app:schema", "sidecar.app:"])
def test_a_module_is_named_with_or_without_its_attribute(name: str) -> None:
    assert load_schema(name) is pjais


def test_a_file_is_named_with_or_without_its_attribute(path: Path) -> None:
    assert load_schema(str(path)).name == "empty"
    assert load_schema(f"{path}:other").name == "other"


def test_a_file_is_named_from_the_working_directory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    assert load_schema(path.name).name == "empty"
    assert load_schema(f"./{path.name}:other").name == "other"


def test_two_files_are_two_schemas(path: Path) -> None:
    second = path.with_name("second.py")
    second.write_text(EMPTY.replace("empty", "second"))
    assert load_schema(str(path)).name == "empty"
    assert load_schema(str(second)).name == "second"
    assert load_schema(str(path)).fingerprint == load_schema(str(path)).fingerprint


@pytest.mark.parametrize(
    "name",
    ["", ":", ":schema", "no.such.module", "no.such.module:schema", "sidecar.app:nothing", "json",
     "sidecar.core.schema:Schema", "no_such_file.py", "a/b/c.py:schema", "..", "sidecar..app"],
)  # fmt: skip
def test_what_names_no_schema_is_refused(name: str) -> None:
    """E_SCHEMA, whose exit code is 5 (§6)."""
    with pytest.raises(SchemaError) as caught:
        load_schema(name)
    assert caught.value.exit_code == 5
    assert caught.value.hint


def test_an_attribute_that_is_no_schema_is_refused(path: Path) -> None:
    with pytest.raises(SchemaError, match="is no Schema"):
        load_schema(f"{path}:number")


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "dir.py").mkdir()
    with pytest.raises(SchemaError, match="is no Python file"):
        load_schema(str(tmp_path / "dir.py"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import no_such_library", "no_such_library"),
        ("1 / 0", "division by zero"),
        ("def broken(:", "invalid syntax"),
        ("raise SystemExit(0)", "SystemExit"),
        ("from sidecar.core.table import Table; Table('t', {})", "primary key"),
    ],
)
def test_an_error_in_the_module_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "broken.py"
    path.write_text(text)
    with pytest.raises(SchemaError, match=said):
        load_schema(str(path))
