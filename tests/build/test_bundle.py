"""The bundle as shipped: in awkward places, with nothing around it that a developer has."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from filelock import FileLock
from PyInstaller.archive.readers import CArchiveReader
from websockets.sync.client import connect

from dev import BUNDLE, ROOT, bundle_stamp
from licences import FOLDER, LINKED
from measure import program
from tests.cli.processes import persona
from tests.store.test_disk_full import small_disk

__all__ = ["small_disk"]

# The first test builds the bundle where `dev.py test` has not done so.
pytestmark = pytest.mark.timeout(600)

PATIENCE = 60
AWKWARD = "Üñí 日本's app (x86) & more"
KEY = "the key of a test"


@pytest.fixture(scope="session")
def built() -> Path:
    """The bundle's folder, made of what is here now."""
    (ROOT / "build" / "work").mkdir(exist_ok=True)
    with FileLock(ROOT / "build" / "work" / "bundle.lock"):
        if not bundle_stamp().is_fresh():
            dev = [sys.executable, str(ROOT / "build" / "dev.py"), "bundle"]
            subprocess.run(dev, check=True, timeout=550)
    return BUNDLE / "sidecar"


@pytest.fixture(scope="module")
def bundle(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The bundle's program, in a read-only folder with spaces and more in its name."""
    folder = tmp_path_factory.mktemp("bundle") / AWKWARD
    shutil.copytree(built, folder, symlinks=True)
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    yield program(folder, "sidecar")
    for path in folders:
        path.chmod(0o755)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "dätä of an app" / "not there yet"


def run(bundle: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run it to its end without a home, a path or a locale."""
    return subprocess.run(
        [str(bundle), *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=bare_environment(),
        timeout=PATIENCE,
        check=False,
    )


def bare_environment() -> dict[str, str]:
    """Return what a process can't do without."""
    return {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}


@contextmanager
def serving(bundle: Path, data_dir: Path, *options: str, stdin: str = "") -> Iterator[dict]:
    """Serve; give the ready line. It ends when stdin closes, with no process left."""
    process = subprocess.Popen(
        [str(bundle), "serve", "--data-dir", str(data_dir), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=bare_environment(),
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(stdin.encode())
        process.stdin.flush()
        line = json.loads(process.stdout.readline())
        assert line["type"] == "ready", line
        # What the app ends is the server itself, no launcher before it.
        assert line["pid"] == process.pid
        yield line
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
        assert process.stdout.read() == b""


def call(line: dict, method: str, params: object) -> dict:
    with connect(line["url"], subprotocols=["sidecar.v1", f"token.{line['token']}"]) as socket:
        socket.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
        return json.loads(socket.recv(PATIENCE))["result"]


def test_an_app_goes_through_its_life(bundle: Path, data_dir: Path, tmp_path: Path) -> None:
    """Version, doctor, migrate, query, serve: each has all it imports."""
    assert run(bundle, "--version").stdout.startswith("sidecar, version ")
    asked = run(bundle, "doctor", "--json", "--data-dir", str(data_dir))
    told = json.loads(asked.stdout)
    assert (asked.returncode, told["errors"]) == (0, [])
    assert told["program"]["packaged"] is True
    assert AWKWARD in told["program"]["executable"]
    assert not data_dir.exists()
    export = tmp_path / "éxport.json"
    ada = {**persona("p1", "Ada"), "createdAt": 1, "updatedAt": 1}
    export.write_text(
        json.dumps({"version": "1.0", "personas": [ada], "memoryEntities": [], "conversations": []})
    )
    migrated = run(bundle, "migrate", "run", str(export), "--json", "--data-dir", str(data_dir))
    assert migrated.returncode == 0, migrated.stderr
    assert json.loads(migrated.stdout)["verification"]["passed"] is True
    query = '{"from": "personas", "fields": ["name"]}'
    for output in ("json", "table"):
        found = run(bundle, "query", query, "-o", output, "--data-dir", str(data_dir))
        assert "Ada" in found.stdout, found.stderr
    with serving(bundle, data_dir) as line:
        assert call(line, "query", json.loads(query))["rows"] == [{"name": "Ada"}]
        assert call(line, "rpc.discover", {})["openrpc"]
        fields = {"id": {"type": "string"}, "n": {"type": "integer"}}
        schema = {"type": "object", "properties": fields}
        defined = {"name": "notes", "primaryKey": "id", "jsonSchema": schema}
        inserted = {"collection": "notes", "document": {"id": "a", "n": 1}}
        events = [
            {"name": "v1.CollectionDefined", "args": defined},
            {"name": "v1.DocumentInserted", "args": inserted},
        ]
        assert call(line, "commit", {"events": events, "validate": True})["head"] > 2
        selector = {"name": {"$regex": "^a(?=d)", "$options": "i"}}
        matched = call(line, "query", {"from": "personas", "selector": selector, "count": True})
        assert matched["count"] == 1
    check = run(bundle, "rebuild", "--check", "--data-dir", str(data_dir))
    assert check.returncode == 0, check.stderr


def test_the_repl_runs_in_it(bundle: Path, data_dir: Path) -> None:
    """Its server is the same program; `help` has its texts."""
    script = (
        "(await rpc.query(tables.personas))['rows']\ndb.table_names()[0]\nhelp(int.bit_length)\n"
    )
    made = run(bundle, "commit", "v1.PersonaCreated", json.dumps(persona("p1", "Ada")),
               "--data-dir", str(data_dir))  # fmt: skip
    assert made.returncode == 0, made.stderr
    ended = run(bundle, "repl", "--data-dir", str(data_dir), stdin=script)
    assert ended.returncode == 0, ended.stderr
    assert "Ada" in ended.stdout
    assert "Number of bits" in ended.stdout


def test_a_store_is_encrypted_in_it(bundle: Path, data_dir: Path) -> None:
    with serving(bundle, data_dir, "--key-stdin", stdin=f"{KEY}\n") as line:
        event = {"name": "v1.PersonaCreated", "args": persona("p1", "Ada")}
        assert call(line, "commit", {"events": [event]})["head"] == 1
    asked = ("query", '{"from": "personas"}', "--data-dir", str(data_dir))
    assert run(bundle, *asked).returncode == 6
    assert "Ada" in run(bundle, *asked, "--key-stdin", stdin=f"{KEY}\n").stdout
    decrypted = run(
        bundle, "rekey", "--key-stdin", "--decrypt", "--data-dir", str(data_dir), stdin=f"{KEY}\n"
    )
    assert decrypted.returncode == 0, decrypted.stderr
    assert "Ada" in run(bundle, *asked).stdout


def test_an_apps_schema_beside_it_is_loaded(bundle: Path, tmp_path: Path) -> None:
    """A file names modules of the sidecar, which are in the bundle."""
    own = tmp_path / "own.py"
    own.write_text(
        "from sidecar.core.column import text\n"
        "from sidecar.core.schema import Schema\n"
        "from sidecar.core.table import Table\n"
        "schema = Schema('own', version=1, tables=[Table('notes', {'id': text(primary_key=True)})],"
        " events=())\n"
    )
    shown = run(bundle, "schema", "--schema", str(own))
    assert shown.returncode == 0, shown.stderr
    assert "notes" in shown.stdout


def test_a_second_app_on_one_store_is_told_so(bundle: Path, data_dir: Path) -> None:
    """S12: its line, its exit code; the first one serves on."""
    with serving(bundle, data_dir) as line:
        second = run(bundle, "serve", "--data-dir", str(data_dir))
        assert second.returncode == 3
        assert json.loads(second.stdout)["code"] == "E_LOCKED"
        assert call(line, "server.info", {})["pid"] == line["pid"]


def test_a_full_disk_is_told(bundle: Path, small_disk: Path) -> None:
    """E_STORAGE in the one line, and a good store once there is room."""
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    data_dir = small_disk / "data"
    ended = run(bundle, "serve", "--data-dir", str(data_dir))
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["code"] == "E_STORAGE"
    ballast.unlink()
    with serving(bundle, data_dir) as line:
        assert line["head"] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes and signals")
@pytest.mark.parametrize("how", ["stdout", "kill"])
def test_what_an_app_breaks_off_can_be_started_again(
    bundle: Path, data_dir: Path, how: str
) -> None:
    """Stdout closed before the ready line, or SIGKILL before it: no lock is left behind."""
    process = subprocess.Popen(
        [str(bundle), "serve", "--data-dir", str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=bare_environment(),
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        if how == "stdout":
            process.stdout.close()
            process.stdin.close()
        else:
            process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
    with serving(bundle, data_dir) as line:
        assert line["head"] == 0


def test_each_part_has_its_licence(built: Path) -> None:
    """Every distribution that has a module in it, Python, and what is linked into libraries."""
    (inner,) = [path for path in (built / "_internal", built) if (path / FOLDER).is_dir()]
    licensed = {
        path.name
        for path in (inner / FOLDER).iterdir()
        if any(f.stat().st_size for f in path.iterdir())
    }
    archive = CArchiveReader(str(program(built, "sidecar")))
    (pyz,) = [name for name in archive.toc if name.endswith(".pyz")]
    modules = {name.partition(".")[0] for name in archive.open_embedded_archive(pyz).toc}
    modules |= {path.name.partition(".")[0] for path in inner.iterdir()}
    named = packages_distributions()
    owners = {owner for module in modules - {"sidecar"} for owner in named.get(module, ())}
    assert len(owners) > 20
    assert owners | {"Python", "pyinstaller", *LINKED} <= licensed
    assert not [path.name for path in inner.iterdir() if "readline" in path.name]
