"""Loading an app's own schema, as `--schema module:attr` or `--schema file.py` names it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

from sidecar.core.errors import SchemaError
from sidecar.core.schema import Schema

DEFAULT = "sidecar.app:schema"

_FILE_MODULE: Final = "sidecar_app_schema"


def load_schema(name: str = DEFAULT) -> Schema:
    """Return the schema that `module:attr`, `file.py` or `file.py:attr` names.

    Args:
        name: Where it is; the attribute is `schema` when none is given.

    Raises:
        SchemaError: Nothing there, an error in the module, or no `Schema`.
    """
    # A Windows path has a colon of its own: only one behind .py or a module name separates.
    whole = name.endswith(".py") or ":" not in name
    place, _, attribute = (name, "", "") if whole else name.rpartition(":")
    module = _file(Path(place)) if place.endswith(".py") else _module(place)
    found = getattr(module, attribute or "schema", None)
    if not isinstance(found, Schema):
        raise SchemaError(
            f"{name} is no Schema",
            hint="Name it as module:attr or file.py; the attribute is `schema` by default.",
        )
    return found


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:  # an app's module may fail in any way
        raise SchemaError(f"{name} can't be imported: {_told(error)}") from error


def _file(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(_FILE_MODULE, path)
    if not path.is_file() or specification is None or specification.loader is None:
        raise SchemaError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(specification)
    # Known by its name, or dataclasses and models with postponed annotations can't resolve them.
    sys.modules[_FILE_MODULE] = module
    try:
        specification.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # an app's module may fail in any way
        del sys.modules[_FILE_MODULE]
        raise SchemaError(f"{path} can't be loaded: {_told(error)}") from error
    return module


def _told(error: BaseException) -> str:
    # Many an exception's text says nothing without its type: KeyError('x'), SystemExit(0).
    return f"{type(error).__name__}: {error}"
