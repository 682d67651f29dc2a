from pathlib import Path

import pytest

import chromium
from steps import StepFailedError


def test_chromium_path_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "my-chromium"
    program.touch()
    monkeypatch.setenv("CHROMIUM_PATH", str(program))
    assert chromium.find() == program


def test_chromium_path_to_no_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM_PATH", str(tmp_path / "absent"))
    with pytest.raises(StepFailedError, match="CHROMIUM_PATH"):
        chromium.find()


@pytest.mark.parametrize("name", chromium.NAMES)
def test_every_name_on_path_is_tried(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / name
    program.touch(mode=0o755)
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.find() == program
