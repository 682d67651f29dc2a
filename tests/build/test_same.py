"""Two builds are compared to the byte."""

from __future__ import annotations

from pathlib import Path

from same import differences


def test_each_difference_is_told(tmp_path: Path) -> None:
    for name in ("left", "right"):
        folder = tmp_path / name
        (folder / "inner").mkdir(parents=True)
        for file in ("same", "inner/content", "mode"):
            (folder / file).write_text("a")
    left, right = tmp_path / "left", tmp_path / "right"
    assert differences(left, right) == []
    (right / "inner" / "content").write_text("b")
    (right / "more").write_text("")
    (right / "mode").chmod(0o755)
    assert differences(left, right) == [
        "inner/content: differs",
        "mode: differs",
        "more: is in one of them only",
    ]
