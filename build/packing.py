"""What goes into the bundle, and what of its libraries a server never needs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

EXCLUDED: Final = [
    # Ours for whoever changes the sidecar.
    "sidecar.rpc.schema_export",
    "sidecar.rpc.vectors",
    # Plugins of pydantic, tests of uvloop, the command line of sqlite-utils and websockets.
    "hypothesis",
    "mypy",
    "sqlite_utils.cli",
    "tabulate",
    "uvloop._testbase",
    "websockets.cli",
    "websockets.legacy",
    # Of the standard library: what nothing here calls.
    "_posixshmem",
    "bz2",
    "ftplib",
    "lzma",
    "multiprocessing",
    "smtplib",
    "tkinter",
    "unittest",
    "xmlrpc",
    # GNU's, under a licence that asks of an app to have it too; the REPL has its own line editor.
    "readline",
    "rlcompleter",
]
"""Modules left out, with all below them."""

EXCLUDED_FILES: Final = [
    # Text in encodings of the Far East that is no Unicode.
    "*_codecs_*",
    "*_multibytecodec.*",
    # The REPL shows Python alone.
    "pygments.lexers.[!_p]*",
    "pygments.lexers._[!_m]*",
    "pygments.lexers.p[!y]*",
    "pygments.formatters.[!_]*",
    "pygments.styles.[!_d]*",
    # What installers note of a package; its licence is among LICENSES.
    "*.dist-info/*",
    "*.pyi",
    "*/py.typed",
    "*_uuid.*",
    "jsonschema/benchmarks/*",
    "libuuid*",
]
"""Names of modules, and files of the folder, left out."""


def is_excluded(name: str) -> bool:
    """Return whether an entry of PyInstaller's tables is left out."""
    return any(fnmatch(name.replace("\\", "/"), pattern) for pattern in EXCLUDED_FILES)


@dataclass(frozen=True)
class Packed:
    """An app's schema in the bundle.

    Attributes:
        name: What to give to `--schema` of the bundled sidecar; None without one.
        paths: Where its modules are.
        modules: Those to take in.
    """

    name: str | None = None
    paths: Sequence[str] = ()
    modules: Sequence[str] = ()

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> Packed:
        """Read the spec's own options."""
        parser = argparse.ArgumentParser()
        parser.add_argument("--schema")
        return cls.of(parser.parse_args(arguments).schema)

    @classmethod
    def of(cls, schema: str | None) -> Packed:
        """Return what `MODULE:ATTR`, `FILE.PY` or `FILE.PY:ATTR` names, seen from here."""
        if schema is None:
            return cls()
        # A Windows path has a colon of its own: only one behind .py or a module name separates.
        place, colon, attribute = schema.rpartition(":")
        if schema.endswith(".py") or not colon:
            place, attribute = schema, "schema"
        if place.endswith(".py"):
            file = Path(place).absolute()
            return cls(f"{file.stem}:{attribute}", [str(file.parent)], [file.stem])
        return cls(f"{place}:{attribute}", [str(Path.cwd())], [place])
