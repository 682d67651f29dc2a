"""Compare two builds of one commit, file by file."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path


def differences(left: Path, right: Path) -> list[str]:
    """Return a line for each file that is not the same in two folders, in content or in mode."""
    ours, theirs = _files(left), _files(right)
    return [
        f"{name}: {'differs' if name in ours and name in theirs else 'is in one of them only'}"
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    ]


def _files(folder: Path) -> dict[str, tuple[int, str]]:
    return {
        path.relative_to(folder).as_posix(): (
            path.lstat().st_mode,
            str(path.readlink())
            if path.is_symlink()
            else hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


if __name__ == "__main__":
    found = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(found) or "the two builds are the same, byte for byte")
    sys.exit(1 if found else 0)
