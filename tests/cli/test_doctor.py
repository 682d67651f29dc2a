"""`sidecar doctor`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.processes import Sidecar


def snapshot(directory: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file below a directory, with its time and content."""
    return {
        str(path.relative_to(directory)): (
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in directory.rglob("*")
    }


def found(sidecar: Sidecar, *options: str, stdin: str = "", code: int = 0) -> dict[str, dict]:
    ended = sidecar("doctor", "--json", *options, stdin=stdin)
    assert ended.code == code, ended
    assert isinstance(ended.json, dict)
    return ended.json


def test_without_a_store_nothing_is_wrong_and_nothing_is_made(
    sidecar: Sidecar, data_dir: Path
) -> None:
    told = found(sidecar)
    assert told["store"] == {"exists": False}
    assert told["paths"]["store"] == str(data_dir / "store.db")
    assert told["lock"] == {"held": False}
    assert told["permissions"]["writable"] is True
    assert told["disk"]["freeBytes"] > 0
    assert "ENABLE_FTS5" in told["sqlite"]["options"]
    assert (told["errors"], told["warnings"]) == ([], [])
    assert not data_dir.exists()


def test_a_store_is_described_and_left_as_it_is(ada: Sidecar, data_dir: Path) -> None:
    before = snapshot(data_dir.parent)
    told = found(ada)
    assert told["store"]["exists"] is True
    assert told["store"]["encrypted"] is False
    assert told["store"]["fingerprint"] == told["schema"]["fingerprint"]
    assert (told["store"]["app"], told["store"]["head"]) == ("pjais", 1)
    shown = ada("doctor").out
    assert str(data_dir / "store.db") in shown
    assert snapshot(data_dir.parent) == before


def test_a_running_server_is_named_and_is_not_wrong(
    sidecar: Sidecar, server: dict[str, object]
) -> None:
    told = found(sidecar)
    assert told["lock"]["held"] is True
    assert told["lock"]["pid"] == server["pid"]
    assert told["store"]["exists"] is True
    assert told["errors"] == []


def test_an_encrypted_store_is_described_with_its_key(ada: Sidecar, data_dir: Path) -> None:
    """Without it, or with another one, exit code 6."""
    assert ada("rekey", "--new-key-stdin", stdin="it's\n").code == 0
    before = snapshot(data_dir)
    told = found(ada, "--key-stdin", stdin="it's\n")
    assert (told["store"]["encrypted"], told["store"]["head"]) == (True, 1)
    assert found(ada, code=6)["errors"][0]["code"] == "E_WRONG_KEY"
    told = found(ada, "--key-stdin", stdin="other\n", code=6)
    assert told["store"]["encrypted"] is True
    assert snapshot(data_dir) == before


def test_a_damaged_store_is_code_4(ada: Sidecar, data_dir: Path) -> None:
    path = data_dir / "store.db"
    content = bytearray(path.read_bytes())
    content[4096 * 4 : 4096 * 8] = b"\xff" * 4096 * 4
    path.write_bytes(content)
    assert found(ada, code=4)["errors"][0]["code"] == "E_CORRUPT"


def test_a_schema_that_can_not_be_used_is_code_5(ada: Sidecar) -> None:
    """Another app's too; what else there is to say is said."""
    told = found(ada, "--schema", "json:loads", code=5)
    assert told["store"]["head"] == 1
    told = found(ada, "--schema", "tests.store.faulty:schema", code=5)
    assert "is a store of the app pjais" in told["errors"][0]["message"]


def test_a_schema_that_changed_is_a_warning(ada: Sidecar, tmp_path: Path) -> None:
    """The next server rebuilds the state."""
    changed = tmp_path / "changed.py"
    changed.write_text("from tests.store.versions import version\nschema = version(2)\n")
    told = found(ada, "--schema", str(changed))
    assert "rebuilt" in told["warnings"][0]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_folder_that_others_may_read_is_a_warning(ada: Sidecar, data_dir: Path) -> None:
    data_dir.chmod(0o755)
    assert "other users" in found(ada)["warnings"][0]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_not_be_written_is_code_1(ada: Sidecar, data_dir: Path) -> None:
    data_dir.chmod(0o500)
    try:
        assert found(ada, code=1)["errors"][0]["code"] == "E_STORAGE"
    finally:
        data_dir.chmod(0o700)


def test_a_disk_without_room_is_code_1(ada: Sidecar, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the store there must be room for a copy of it."""
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=1000))
    assert found(ada, code=1)["errors"][0]["code"] == "E_STORAGE"
