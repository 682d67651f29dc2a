"""The licences of what a bundle has in it, one folder for each, in `LICENSES/`."""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path
from typing import Final

FOLDER: Final = "LICENSES"

NATIVE: Final = {
    "libcrypto*": "openssl",
    "libssl*": "openssl",
    "libffi*": "libffi",
    "libgcc_s*": "libgcc",
    "libsqlite3*": "sqlite",
    "sqlite3.dll": "sqlite",
    "libz.*": "zlib",
    "libpython*": "Python",
    "python3*.dll": "Python",
    "Python": "Python",
    "vcruntime*": "Python",
    "api-ms-win-*": "Python",
    "ucrtbase.dll": "Python",
}
"""Libraries beside Python's packages, and whose licence each is under."""

LINKED: Final = ("sqlite", "sqlcipher", "openssl", "zlib")
"""What is inside other libraries: sqlcipher3's, and Python's zlib."""

_TEXT: Final = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)

Entry = tuple[str, str, str]
"""As in PyInstaller's tables: the name in the folder, the file, its kind."""


class UnlicensedError(Exception):
    """Something in the bundle has no licence that could go with it."""


def licences_of(pure: Iterable[Entry], binaries: Iterable[Entry], texts: Path) -> list[Entry]:
    """Return the files of the licences of all that is in a bundle.

    Args:
        pure: Its Python modules.
        binaries: Its libraries.
        texts: Has `NAME.txt` for what brings no text of its own.

    Raises:
        UnlicensedError: Nothing tells the licence of a module or a library.
    """
    named = packages_distributions()
    standard = sys.stdlib_module_names
    found = {"Python": [_python()], "pyinstaller": list(_of(distribution("pyinstaller"), texts))}
    found |= {name: [texts / f"{name}.txt"] for name in LINKED}
    libraries = [name.replace("\\", "/") for name, _, _ in binaries]
    modules = {name.partition(".")[0] for name, _, _ in pure}
    modules |= {re.split(r"[/.]", name)[0] for name in libraries if "/" in name or ".abi3" in name}
    for module in sorted(modules - {"sidecar"}):
        if module in named:
            for owner in named[module]:
                found[owner] = list(_of(distribution(owner), texts))
    for name in libraries:
        if "/" not in name:
            under = next((of for pattern, of in NATIVE.items() if fnmatch(name, pattern)), None)
            module = name.partition(".")[0]
            if under is not None:
                found.setdefault(under, [texts / f"{under}.txt"])
            elif module not in named and module not in standard:
                raise UnlicensedError(f"{name}: build/licences.py does not know whose it is")
    missing = sorted(name for name, files in found.items() if not files)
    if missing:
        raise UnlicensedError(f"no licence of {', '.join(missing)}: add build/licences/NAME.txt")
    return [
        (f"{FOLDER}/{name}/{file.name}", str(file), "DATA")
        for name, files in sorted(found.items())
        for file in files
    ]


def _of(owner: Distribution, texts: Path) -> Iterator[Path]:
    files = [file for file in owner.files or () if ".dist-info" in str(file)]
    own = [Path(str(owner.locate_file(file))) for file in files if _TEXT.search(str(file))]
    kept = texts / f"{owner.metadata['Name']}.txt"
    yield from own or ([kept] if kept.exists() else [])


def _python() -> Path:
    stdlib = Path(sysconfig.get_path("stdlib"))
    places = [stdlib / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt"]
    return next(place for place in places if place.exists())
