"""What a store is after a kill: all that was acknowledged, and nothing by halves."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from sidecar.app import schema
from sidecar.core.event import NewEvent
from sidecar.store import Store
from sidecar.store.driver import connect
from sidecar.store.rebuild import get_meta
from tests.store.acts import assert_sound, commit, events, find, image, new, persona
from tests.store.versions import version

ROUNDS = 10
NEWER = version(2)


def start(module: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.store.{module}", *map(str, arguments)],
        stdout=subprocess.PIPE,
    )


def kill(process: subprocess.Popen[bytes]) -> bytes:
    """Kill a process, and return what it had printed."""
    process.send_signal(signal.SIGKILL)
    printed, _ = process.communicate()
    return printed


def test_what_was_acknowledged_survives_a_kill(directory: Path) -> None:
    """S3: ten kills of one store's process, at random moments, some while it opens."""
    chance = random.Random(20_240_601)
    acknowledged: list[dict[str, object]] = []
    for turn in range(ROUNDS):
        process = start("committing", directory)
        assert process.stdout is not None
        if turn % 4 == 3:
            time.sleep(chance.uniform(0, 0.5))
        else:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.01, 0.25))
        lines = kill(process).splitlines()
        acknowledged += [orjson.loads(line) for line in lines if line != b"ready"]

        with Store.open(directory, schema) as store:
            by_seq = {event.seq: event for event in events(store, limit=1_000_000)}
            for receipt in acknowledged:
                seqs = range(int(str(receipt["first"])), int(str(receipt["last"])) + 1)
                assert [by_seq[seq].id for seq in seqs] == receipt["ids"]
                assert {by_seq[seq].session_id for seq in seqs} == {receipt["session"]}
            batches = defaultdict(list)
            for event in by_seq.values():
                batches[event.session_id].append(event.seq)
            for session, seqs in batches.items():
                # A batch is whole, acknowledged or not: three events, and a link to the one before.
                assert len(seqs) == (3 if session.endswith("-0") else 4)
                assert seqs[-1] - seqs[0] == len(seqs) - 1
        assert_sound(directory)
    assert len(acknowledged) >= ROUNDS


def test_a_batch_whose_answer_was_lost_is_sent_again(directory: Path) -> None:
    """S5, L7: after a kill a client sends all it heard nothing about; none is doubled."""
    process = start("committing", directory)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(20)]
    lines += kill(process).splitlines()
    assert lines[0] == b"ready\n"
    with Store.open(directory, schema) as store:
        head = store.head
        log = events(store, limit=head)
        last = [one for one in log if one.session_id == log[-1].session_id]
        again = commit(store, *(NewEvent(one.name, one.args, one.id) for one in last))
        assert again.duplicate
        assert (again.first, again.last, store.head) == (last[0].seq, head, head)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store whose rebuild takes some steps."""
    directory = tmp_path_factory.mktemp("filled")
    with Store.open(directory, schema) as store:
        for start in range(0, 2_500, 500):
            commit(store, *(persona(str(n)) for n in range(start, start + 500)))
        commit(store, new("CollectionDefined", name="things", primaryKey="id"))
    return directory


@pytest.fixture
def copied(filled: Path, directory: Path) -> Path:
    """The same store, in a directory of the test's own."""
    directory.mkdir()
    (directory / "store.db").write_bytes((filled / "store.db").read_bytes())
    return directory


def fingerprint(directory: Path) -> str | None:
    with closing(connect(directory / "store.db", key=None, read_only=True)) as connection:
        return get_meta(connection, "fingerprint")


@pytest.mark.parametrize(("phase", "times"), [("replay", 1), ("replay", 3), ("swap", 1)])
def test_a_kill_during_a_rebuild_leaves_the_old_state(copied: Path, phase: str, times: int) -> None:
    """S6: and the next open derives the new one from the start."""
    before = image(copied / "store.db", None)
    process = start("rebuilding", copied, phase, str(times))
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert fingerprint(copied) == schema.fingerprint
    assert image(copied / "store.db", None) == before
    with Store.open(copied, NEWER) as store:
        assert len(find(store, "personas")) == 2_500
        assert store.collections()[-1] == "things"
    assert fingerprint(copied) == NEWER.fingerprint
    assert list(copied.glob("*.rebuild*")) == []
    assert_sound(copied, NEWER)


def test_a_kill_during_the_swap_leaves_one_state_or_the_other(copied: Path) -> None:
    """S6: they swap in one transaction."""
    chance = random.Random(7)
    before = image(copied / "store.db", None)
    for _ in range(2):
        process = start("rebuilding", copied, "never", "1")
        assert process.stdout is not None
        assert process.stdout.readline() == b"swap\n"
        time.sleep(chance.uniform(0, 0.03))
        kill(process)
        assert fingerprint(copied) in (schema.fingerprint, NEWER.fingerprint)
        assert image(copied / "store.db", None) == before
        Store.open(copied, schema).close()
    assert_sound(copied)
