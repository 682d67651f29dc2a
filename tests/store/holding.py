"""A process that opens a store, says what came of it, and holds it until its stdin ends."""

from __future__ import annotations

import sys
from pathlib import Path

from sidecar.app import schema
from sidecar.core.errors import SidecarError
from sidecar.store import Store


def main(directory: str) -> int:
    try:
        with Store.open(Path(directory), schema):
            sys.stdout.write("open\n")
            sys.stdout.flush()
            sys.stdin.read()
    except SidecarError as error:
        sys.stdout.write(f"{error.code}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
