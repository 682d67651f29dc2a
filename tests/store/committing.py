"""A process that commits to a store from several threads until it is killed.

It prints one JSON line for each receipt it was given: `{"session", "first", "last", "ids"}`. Each
batch has a session id of its own, so that the log shows which events belong together.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from itertools import count
from pathlib import Path

import orjson

from sidecar.app import schema
from sidecar.core.event import NewEvent
from sidecar.store import Store
from tests.store.acts import memory, new, persona


def batch(tag: str, n: int) -> list[NewEvent]:
    """Return events that touch rows of this batch, of the one before and of all others."""
    made, before = f"{tag}-{n}", f"{tag}-{n - 1}"
    events = [persona(made), memory(made, made), new("PersonaActivated", id=made)]
    link = new("MemoryLinked", fromId=made, toId=before, kind="next")
    return [*events, link] if n > 0 else events


def work(store: Store) -> None:
    """Commit one batch after another."""
    tag = secrets.token_hex(4)
    for n in count():
        session = f"{tag}-{n}"
        receipt = store.commit(batch(tag, n), session_id=session).result()
        line = {"session": session, "first": receipt.first, "last": receipt.last}
        # One write, so that lines of two threads never mix.
        os.write(1, orjson.dumps({**line, "ids": receipt.ids}) + b"\n")


def main(directory: str) -> None:
    store = Store.open(Path(directory), schema)
    os.write(1, b"ready\n")
    threads = [threading.Thread(target=work, args=(store,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1])
