"""`sidecar doctor`: what an installation is made of, and what would keep a server from starting."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from sidecar import __version__
from sidecar.cli.options import Target, examples, store_options
from sidecar.cli.output import print_json
from sidecar.cli.report import describe
from sidecar.core.errors import CorruptError, SidecarError, StorageError
from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import Schema

if TYPE_CHECKING:
    from sidecar.store.driver import Connection

_TOLD: Final = ("ENABLE_FTS5", "HAS_CODEC", "TEMP_STORE", "THREADSAFE")
"""The options of SQLite that are told to a person."""

_SPARE: Final = 64 << 20
"""Free bytes below which a disk counts as full, beside a copy of the store."""


@dataclass
class _Examination:
    """What is asked about, and what was found wrong so far."""

    target: Target
    schema: Schema | None = None
    errors: list[SidecarError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def warn(self, message: str, hint: str) -> None:
        self.warnings.append(f"{message}. {hint}")


@click.command(
    "doctor",
    epilog=examples(
        """
        sidecar doctor
        sidecar doctor --data-dir ./data --json
        """
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@store_options
def command(target: Target, as_json: bool) -> int:
    """Tell what there is, and what keeps a server from starting.

    Looks at the program, SQLite, the paths and their permissions, the disk, the app's schema, the
    store, its encryption and who holds it. Changes nothing, needs no store, and works beside a
    running server. The exit code is the one a server would end with: 0 when nothing is wrong.
    """
    examination = _Examination(target)
    found: JsonObject = {name: {} for name in _LOOKS}
    for name, look in _LOOKS.items():
        try:
            found[name] = look(examination)
        except SidecarError as failure:
            examination.errors.append(failure)
    if as_json:
        errors: list[Json] = [
            {"code": one.code, "message": one.message, "hint": one.hint}
            for one in examination.errors
        ]
        print_json({**found, "errors": errors, "warnings": examination.warnings})
    else:
        for line in _lines(found):
            click.echo(line)
        for warning in examination.warnings:
            click.echo(f"Warning: {warning}", err=True)
        for error in examination.errors:
            click.echo(describe(error), err=True)
    return examination.errors[0].exit_code if examination.errors else 0


def _program(_: _Examination) -> Json:
    return {
        "version": __version__,
        "packaged": bool(getattr(sys, "frozen", False)),
        "executable": sys.executable,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _sqlite(_: _Examination) -> Json:
    from sidecar.store.driver import about  # noqa: PLC0415 - only what runs is imported

    library = about()
    return {
        "version": library.version,
        "sqlcipher": library.sqlcipher,
        "options": list(library.options),
    }


def _paths(examination: _Examination) -> Json:
    folder = examination.target.data_dir.absolute()
    names = {"store": "store.db", "logs": "logs", "backups": "backups", "spool": "spool"}
    paths: JsonObject = {"dataDir": str(folder)}
    return paths | {name: str(folder / path) for name, path in names.items()}


def _permissions(examination: _Examination) -> Json:
    folder = examination.target.data_dir
    there = _nearest(folder)
    writable = os.access(there, os.W_OK | os.X_OK) and there.is_dir()
    if not writable:
        examination.errors.append(StorageError(f"{there} is no directory that can be written"))
    modes: JsonObject = {"writable": writable}
    for name, path in (("dataDir", folder), ("store", folder / "store.db")):
        if not path.exists():
            continue
        mode = path.stat().st_mode
        modes[name] = stat.filemode(mode)
        if name == "store" and not os.access(path, os.R_OK | os.W_OK):
            examination.errors.append(StorageError(f"{path} can't be read and written"))
        if name == "dataDir" and os.name != "nt" and mode & 0o077:
            examination.warn(f"other users can look into {path}", f"chmod 700 {path}")
    return modes


def _disk(examination: _Examination) -> Json:
    folder = examination.target.data_dir
    usage = shutil.disk_usage(_nearest(folder))
    store = folder / "store.db"
    needed = _SPARE + (store.stat().st_size if store.exists() else 0)
    if usage.free < needed:
        examination.errors.append(
            StorageError(
                f"the disk has {usage.free >> 20:,} MiB left",
                hint=f"Make room: a rebuild may need {needed >> 20:,} MiB.",
            )
        )
    return {"freeBytes": usage.free, "totalBytes": usage.total}


def _lock(examination: _Examination) -> Json:
    from sidecar.cli.served import attached  # noqa: PLC0415 - only what runs is imported

    folder = examination.target.data_dir
    with attached(folder) as served:
        if served is not None:
            info = served.info()
            return {"held": True, "pid": info["pid"], "version": info["version"]}
    from sidecar.store.store import is_locked  # noqa: PLC0415 - as above

    return {"held": is_locked(folder)}


def _schema(examination: _Examination) -> Json:
    from sidecar.app.load import DEFAULT, load_schema  # noqa: PLC0415 - only what runs is imported

    source = examination.target.schema or DEFAULT
    examination.schema = schema = load_schema(source)
    return {"source": source, "app": schema.name, "fingerprint": schema.fingerprint}


def _store(examination: _Examination) -> Json:
    from sidecar.store.driver import (  # noqa: PLC0415 - as above
        DriverError,
        connect,
        looks_encrypted,
        translate,
    )

    path = examination.target.data_dir / "store.db"
    if not path.exists():
        return {"exists": False}
    about: JsonObject = {
        "exists": True,
        "bytes": path.stat().st_size,
        "encrypted": looks_encrypted(path),
    }
    # Whoever has it open has a log beside it; without one, none need be made to read it.
    alone = not path.with_name(path.name + "-wal").exists()
    key = examination.target.key
    try:
        with closing(connect(path, key=key, read_only=True, immutable=alone)) as store:
            _look_into(examination, store, path, about)
    except DriverError as error:
        examination.errors.append(translate(error))
    except SidecarError as error:
        examination.errors.append(error)
    return about


def _look_into(examination: _Examination, store: Connection, path: Path, about: JsonObject) -> None:
    from sidecar.store.rebuild import get_meta, recognize  # noqa: PLC0415 - as above

    (about["journal"],) = store.execute("PRAGMA journal_mode").fetchone()
    (sound,) = store.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        raise CorruptError(f"{path} is damaged: {sound}")
    if examination.schema is not None:
        recognize(store, path, examination.schema)
    for name in ("format", "app", "fingerprint"):
        about[name] = get_meta(store, name)
    (about["head"],) = store.execute("SELECT coalesce(max(seq), 0) FROM _events").fetchone()
    about["unknownEvents"] = int(get_meta(store, "unknown") or 0)
    if examination.schema is not None and about["fingerprint"] != examination.schema.fingerprint:
        examination.warn(
            "the store's state was made by another schema",
            "It is rebuilt from the event log when a server or a command opens the store.",
        )
    if about["unknownEvents"]:
        examination.warn(
            f"{about['unknownEvents']:,} events are unknown to the schema that made the state",
            "They are kept, and applied by a version that knows them.",
        )


def _nearest(path: Path) -> Path:
    """Return a directory, or the nearest above it that there is."""
    return next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())


_LOOKS: Final[dict[str, Callable[[_Examination], Json]]] = {
    "program": _program,
    "sqlite": _sqlite,
    "paths": _paths,
    "permissions": _permissions,
    "disk": _disk,
    "lock": _lock,
    "schema": _schema,
    "store": _store,
}


def _lines(found: JsonObject) -> Iterator[str]:
    for section, about in found.items():
        for number, (name, value) in enumerate(cast("JsonObject", about).items()):
            match value:
                case bool():
                    shown = "yes" if value else "no"
                case int():
                    shown = f"{value:,}"
                case list():
                    shown = " ".join(str(one) for one in value if str(one).startswith(_TOLD))
                case _:
                    shown = str(value)
            yield f"{'' if number else section:<13}{name:<15}{shown}"
