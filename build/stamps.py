"""Remember what a step was last done for, so that nothing is done twice.

A stamp is a file that holds the hash of a step's inputs. It lies inside what the step makes
(`.venv/`, `node_modules/`): deleting that forgets the stamp too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(paths: Iterable[Path], *facts: str) -> str:
    """Hash files, the files of directories, and plain facts such as a version.

    Args:
        paths: Files and directories; one that does not exist counts as empty.
        facts: Anything else the result depends on.

    Returns:
        A sha256 in hex.
    """
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(f"fact {len(fact)} {fact}".encode())
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                content = file.read_bytes()
                name = file.relative_to(path.parent).as_posix()
                digest.update(f"file {name} {len(content)} ".encode() + content)
    return digest.hexdigest()


class Stamp:
    """The hash a step was last done for."""

    def __init__(self, made: Path, name: str, value: str) -> None:
        """Bind the stamp `name` inside `made` to the value that the step has now."""
        self._file = made / ".stamps" / name
        self._value = value

    def is_fresh(self) -> bool:
        """Tell whether the step was done for just these inputs."""
        return self._file.is_file() and self._file.read_text(encoding="utf-8") == self._value

    def press(self) -> None:
        """Note that the step is done."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(self._value, encoding="utf-8")
