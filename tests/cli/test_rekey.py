"""`sidecar rekey`, and what a wrong key is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.processes import Sidecar

NAMES = '{"from": "personas", "fields": ["name"]}'
WORD = "Ada"


def test_a_store_goes_through_its_keys(ada: Sidecar, data_dir: Path) -> None:
    """Plain, one key, another, plain: each opens it in its time, and only that one."""
    for keys, options in (
        (["one"], ["--new-key-stdin"]),
        (["one", "two"], ["--key-stdin", "--new-key-stdin"]),
        (["two"], ["--key-stdin", "--decrypt"]),
    ):
        ended = ada("rekey", *options, stdin="".join(f"{key}\n" for key in keys))
        assert ended.code == 0
        key = None if "--decrypt" in options else keys[-1]
        assert ended.out == f"1 file: {'decrypted' if key is None else 'encrypted'}\n"
        with_key = [] if key is None else ["--key-stdin"]
        asked = ada("query", NAMES, *with_key, stdin=f"{key}\n")
        assert asked.json == [{"name": WORD}]
        assert (WORD.encode() in (data_dir / "store.db").read_bytes()) is (key is None)


@pytest.mark.parametrize(
    ("command", "stdin", "says"),
    [
        (["info"], "", "is encrypted, and no key was given. Give the key"),
        (["info", "--key-stdin"], "other\n", "can't be read with this key. Give the key"),
        (["rebuild", "--check"], "", "is encrypted, and no key was given"),
        (["rebuild", "--key-stdin"], "other\n", "can't be read with this key"),
        (["rekey", "--new-key-stdin"], "new\n", "is encrypted, and no key was given"),
        (["rekey", "--key-stdin", "--decrypt"], "other\n", "can't be read with this key"),
        (["doctor"], "", "is encrypted, and no key was given"),
        (["repl", "--key-stdin"], "other\n1\n", "can't be read with this key"),
    ],
)
def test_a_wrong_key_is_code_6(ada: Sidecar, command: list[str], stdin: str, says: str) -> None:
    """Each command says which way it is wrong, and never the key."""
    assert ada("rekey", "--new-key-stdin", stdin="the right one\n").code == 0
    ended = ada(*command, stdin=stdin)
    assert ended.code == 6
    assert "E_WRONG_KEY" in ended.err
    assert says in ended.err
    assert "other" not in ended.err


def test_a_key_for_a_plain_store_is_code_6(ada: Sidecar) -> None:
    """It says how to encrypt it."""
    ended = ada("info", "--key-stdin", stdin="key\n")
    assert ended.code == 6
    assert "is not encrypted, and a key was given" in ended.err
    assert "sidecar rekey" in ended.err


@pytest.mark.parametrize("line", ["", "\n", "\r\n", "x" * 1025, "a\0b\n", "\udcff\n"])
def test_a_key_that_is_none_is_a_usage_error(ada: Sidecar, line: str) -> None:
    """An empty line would leave a store without a key."""
    ended = ada("rekey", "--new-key-stdin", stdin=line)
    assert ended.code == 2
    assert ended.err.startswith("E_USAGE: the key on stdin is not usable")
    assert ada("info").code == 0


@pytest.mark.parametrize("options", [[], ["--decrypt", "--new-key-stdin"]])
def test_what_becomes_of_the_store_must_be_said(ada: Sidecar, options: list[str]) -> None:
    assert ada("rekey", *options, stdin="key\n").code == 2


def test_a_store_that_is_served_is_refused(sidecar: Sidecar, server: dict[str, object]) -> None:
    """S12: exit code 3."""
    ended = sidecar("rekey", "--new-key-stdin", stdin="key\n")
    assert (ended.code, ended.err[:8]) == (3, "E_LOCKED")
