from pathlib import Path

import pytest

from stamps import Stamp, fingerprint


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    (root / "sub" / "b.txt").write_text("b")
    return root


def test_fingerprint_is_the_same_for_the_same_tree(tree: Path) -> None:
    assert fingerprint([tree], "20.1") == fingerprint([tree], "20.1")


def test_fingerprint_changes_with_content_name_fact_and_new_file(tree: Path) -> None:
    seen = [fingerprint([tree], "20.1"), fingerprint([tree], "20.2")]
    (tree / "a.txt").write_text("A")
    seen.append(fingerprint([tree], "20.1"))
    (tree / "a.txt").rename(tree / "c.txt")
    seen.append(fingerprint([tree], "20.1"))
    (tree / "sub" / "d.txt").touch()
    seen.append(fingerprint([tree], "20.1"))
    assert len(set(seen)) == len(seen)


def test_fingerprint_leaves_out_what_python_compiles(tree: Path) -> None:
    before = fingerprint([tree])
    (tree / "__pycache__").mkdir()
    (tree / "__pycache__" / "a.pyc").write_bytes(b"\0")
    assert fingerprint([tree]) == before


def test_fingerprint_tells_an_absent_file_from_an_empty_one(tmp_path: Path) -> None:
    file = tmp_path / "package.json"
    absent = fingerprint([file])
    file.touch()
    assert fingerprint([file]) != absent


def test_stamp_is_fresh_only_for_the_value_it_was_pressed_with(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path, "packages", "one")
    assert not stamp.is_fresh()
    stamp.press()
    assert stamp.is_fresh()
    assert not Stamp(tmp_path, "packages", "two").is_fresh()
    assert not Stamp(tmp_path, "other", "one").is_fresh()
