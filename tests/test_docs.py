"""Docs that fail: what they name must exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    """A relative link in the docs names a file of the repository."""
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text("utf-8"))
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_path_in_code_marks_exists(document: Path) -> None:
    """A path in backticks that begins with a folder of ours exists."""
    text = document.read_text("utf-8")
    paths = re.findall(
        r"`((?:sidecar|electron-bridge|rpc_schema|tests|build|docs)/[\w./-]*)`", text
    )
    missing = sorted({path for path in paths if not (ROOT / path).exists()})
    # Built, not committed.
    assert [path for path in missing if "/dist" not in path] == []


def test_the_architecture_names_functions_that_are_there() -> None:
    """Each step of a commit's way names a file and a function in it."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    steps = re.findall(
        r"`((?:sidecar|electron-bridge)/[\w./-]+\.tsx?|sidecar/[\w./-]+\.py)`\s+`(\w+)`", text
    )
    assert len(steps) > 15
    for path, name in steps:
        source = (ROOT / path).read_text("utf-8")
        assert re.search(rf"\b(?:def|function|class) {name}\b", source), f"{path} has no {name}"
