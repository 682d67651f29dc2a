from __future__ import annotations

from pathlib import Path

import pytest

from sidecar.core.errors import NotFoundError, ValidationError
from sidecar.rpc.spool import Spool


def test_records_are_lines_in_the_order_they_came(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    name = spool.begin()
    assert spool.push(name, [{"n": 1}, {"n": 2}]) == 2
    assert spool.push(name, []) == 2
    assert spool.push(name, [{"n": "é\n"}]) == 3
    assert spool.path(name).read_text() == '{"n":1}\n{"n":2}\n{"n":"é\\n"}\n'


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    name = Spool(tmp_path).begin()
    Spool(tmp_path).push(name, [{"n": 1}])
    assert Spool(tmp_path).push(name, [{"n": 2}]) == 2


def test_only_what_was_begun_is_found(tmp_path: Path) -> None:
    """A name is never a path: it can't lead out of the directory."""
    spool = Spool(tmp_path / "spool")
    begun = spool.begin()
    (tmp_path / "secret.ndjson").write_text("{}\n")
    for name in ("0" * 32, "", "../secret", "../" + "a" * 29, begun.upper() + "x", begun + "\n"):
        with pytest.raises(NotFoundError):
            spool.push(name, [{}])
    spool.remove(begun)
    with pytest.raises(NotFoundError):
        spool.path(begun)


def test_a_record_that_is_too_deep_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    name = spool.begin()
    deep: dict[str, object] = {}
    for _ in range(600):
        deep = {"a": deep}
    with pytest.raises(ValidationError):
        spool.push(name, [{"n": 1}, deep])  # type: ignore[list-item]
    assert spool.push(name, [{"n": 2}]) == 1
