"""What is told of an app's schema, and what is left out of the bundle."""

from __future__ import annotations

from pathlib import Path

import pytest

from packing import Packed, is_excluded


def test_an_apps_schema_is_found_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `--schema` names it: by module, or by file."""
    monkeypatch.chdir(tmp_path)
    here = str(tmp_path)
    assert Packed.of(None) == Packed()
    assert Packed.of("app.data:shape") == Packed("app.data:shape", [here], ["app.data"])
    assert Packed.of("app.data") == Packed("app.data:schema", [here], ["app.data"])
    file = Packed("own:schema", [str(tmp_path / "app")], ["own"])
    assert Packed.of("app/own.py") == file
    assert Packed.of(str(tmp_path / "app" / "own.py")) == file
    assert Packed.of("app/own.py:other").name == "own:other"
    assert Packed.parse(["--schema", "app.data"]) == Packed.of("app.data")


@pytest.mark.parametrize("name", ["pygments.lexers._mapping", "pygments.lexers.python"])
def test_what_shows_python_stays(name: str) -> None:
    assert not is_excluded(name)


@pytest.mark.parametrize(
    "name",
    [
        "pygments.lexers.javascript",
        "pygments.lexers._php_builtins",
        "python3.11/lib-dynload/_codecs_jp.cpython-311-x86_64-linux-gnu.so",
        "click-8.5.1.dist-info\\METADATA",
    ],
)
def test_what_a_server_never_needs_goes(name: str) -> None:
    assert is_excluded(name)
