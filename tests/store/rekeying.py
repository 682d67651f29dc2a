"""Kill `rekey` at each thing it does, and look at what is left: `python -m tests.store.rekeying`.

Each turn runs in a fork of this process, on a directory of its own; a fork kills itself at its
n-th open, rename or removal of a file or report of progress. The last one is not killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path

from sidecar.app import schema
from sidecar.core.errors import WrongKeyError
from sidecar.store import Store
from sidecar.store.driver import connect
from sidecar.store.rekey import rekey
from sidecar.store.vault import Vault
from tests.store.acts import commit, find, image, persona

KEYS = {"plain": None, "a": f"x'{'ab' * 32}'", "b": f"x'{'cd' * 32}'"}
BACKUP = b'{"sidecarBackup": 1}' * 10_000
NAME = "rxdb-backup-2024-06-01.json"
WATCHED = {"open", "os.rename", "os.remove", "shutil.rmtree"}


def main(place: Path, old: str | None, new: str | None) -> int:
    """Return how many times it was killed before it came through."""
    made = place / "made"
    with Store.open(made, schema, key=old) as store:
        commit(store, *(persona(str(n), note="x" * 500) for n in range(10)))
    before = image(made / "store.db", old)
    (made / "backups").mkdir()
    with Vault(old).writing(made / "backups" / NAME) as file:
        file.write(BACKUP)
    for turn in count():
        data = place / str(turn)
        shutil.copytree(made, data)
        pid = os.fork()
        if pid == 0:
            _run(data, old, new, turn)
        _, status = os.waitpid(pid, 0)
        key = new if _opens(data, new) else old
        assert image(data / "store.db", key) == before, turn
        backup = data / "backups" / NAME
        assert BACKUP in {_content(backup, old), _content(backup, new)}, turn
        if _opens(data, old):
            rekey(data, old, new, _silent)
        assert image(data / "store.db", new) == before, turn
        assert {_content(one, new) for one in (data / "backups").iterdir()} == {BACKUP}, turn
        names = {one.name for one in data.iterdir()}
        assert names == {"backups", "store.db", "store.lock"}, names
        if status == 0:
            with Store.open(data, schema, key=new) as store:
                commit(store, persona("after"))
                assert len(find(store, "personas")) == 11
            return turn
        shutil.rmtree(data)
        assert os.WTERMSIG(status) == signal.SIGKILL, status
    raise AssertionError


def _run(data: Path, old: str | None, new: str | None, last: int) -> None:
    done = 0

    def step() -> None:
        nonlocal done
        if done == last:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1

    sys.addaudithook(lambda event, _: step() if event in WATCHED else None)
    rekey(data, old, new, lambda *_: step())
    os._exit(0)


def _opens(data: Path, key: str | None) -> bool:
    try:
        connect(data / "store.db", key=key, read_only=True).close()
    except WrongKeyError:
        return False
    return True


def _content(path: Path, key: str | None) -> bytes:
    try:
        with Vault(key).find(path).open("rb") as file:
            return file.read()
    except WrongKeyError:
        return b""


def _silent(phase: str, done: int, total: int) -> None:
    pass


if __name__ == "__main__":
    killed = main(Path(sys.argv[1]), KEYS[sys.argv[2]], KEYS[sys.argv[3]])
    sys.stdout.write(f"{killed}\n")
