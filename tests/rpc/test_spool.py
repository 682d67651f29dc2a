from __future__ import annotations

from pathlib import Path

import pytest

from sidecar.core.errors import NotFoundError, ValidationError
from sidecar.rpc.spool import Spool


def test_records_are_lines_in_the_order_they_came(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    name = spool.begin()
    assert spool.push(name, ['{"n":1}', '{"n":2}']) == 2
    assert spool.push(name, []) == 2
    assert spool.push(name, ['{"n":\n"é\\n"}']) == 3
    assert spool.path(name).read_text() == '{"n":1}\n{"n":2}\n{"n": "é\\n"}\n'


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    name = Spool(tmp_path).begin()
    Spool(tmp_path).push(name, ['{"n":1}'])
    assert Spool(tmp_path).push(name, ['{"n":2}']) == 2


def test_only_what_was_begun_is_found(tmp_path: Path) -> None:
    """A name is never a path: it can't lead out of the directory."""
    spool = Spool(tmp_path / "spool")
    begun = spool.begin()
    (tmp_path / "secret.ndjson").write_text("{}\n")
    for name in ("0" * 32, "", "../secret", "../" + "a" * 29, begun.upper() + "x", begun + "\n"):
        with pytest.raises(NotFoundError):
            spool.push(name, ["{}"])
    spool.remove(begun)
    with pytest.raises(NotFoundError):
        spool.path(begun)


@pytest.mark.parametrize("wrong", ["[]", "{", '{"n":NaN', "1", "{} {}"])
def test_what_is_no_object_leaves_the_file_as_it_was(tmp_path: Path, wrong: str) -> None:
    spool = Spool(tmp_path)
    name = spool.begin()
    with pytest.raises(ValidationError) as caught:
        spool.push(name, ['{"n":1}', wrong])
    assert caught.value.data["path"] == "/records/1"
    assert spool.push(name, ['{"n":2}']) == 1


def test_half_an_emoji_is_spooled_as_it_is_written(tmp_path: Path) -> None:
    """M1: what JavaScript can hold and UTF-8 can't arrives as an escape, and stays one."""
    spool = Spool(tmp_path)
    name = spool.begin()
    spool.push(name, ['{"n":"\\ud83d"}'])
    assert spool.path(name).read_text() == '{"n":"\\ud83d"}\n'
