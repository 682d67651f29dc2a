"""What makes two schemas derive the same state: a digest of data and of code.

A function's digest covers its bytecode, its constants (nested functions too), its defaults and what
it closes over and, one after another, what it names in its own package: plain functions, also those
of a module of it, and plain data. So a change in a materializer's callee, or in a constant beside
it, is seen. It leaves alone what it can't see (a library's code, methods, a file): raise
`Schema.version` for those. File names and line numbers don't count, so moving code keeps the state;
another Python minor version compiles other bytecode and rebuilds it, which costs time and changes
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType

from sidecar.core.json import JsonObject, digest


def fingerprint(description: JsonObject) -> str:
    """Return the digest of a schema's description, 16 hex digits."""
    return digest(description)[:16]


def code_digest(function: object) -> str:
    """Return the digest of what a function does, 16 hex digits."""
    hasher = hashlib.sha256()
    seen: set[FunctionType] = set()
    pending = [function]
    while pending:
        current = pending.pop()
        if not isinstance(current, FunctionType):
            hasher.update(_data(current).encode())
        elif current not in seen:
            seen.add(current)
            names = _feed(hasher, current.__code__)
            pending.extend(_values(current, [name for name in sorted(names) if name[:2] != "__"]))
    return hasher.hexdigest()[:16]


def _values(function: FunctionType, names: list[str]) -> Iterator[object]:
    """Yield what a function's names stand for, where it can be seen, and what it carries."""
    package = function.__module__.partition(".")[0]
    modules = [function.__globals__]
    for name in names:
        found = function.__globals__.get(name)
        if isinstance(found, ModuleType) and _inside(found.__name__, package):
            modules.append(vars(found))
    for name in names:
        for module in modules:
            found = module.get(name)
            found = getattr(found, "__wrapped__", found)
            if not isinstance(found, FunctionType):
                yield _named(name, found)
            elif _inside(found.__module__, package):
                yield found
    yield function.__defaults__
    yield function.__kwdefaults__
    for cell in function.__closure__ or ():
        yield cell.cell_contents


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _named(name: str, value: object) -> str:
    shown = _data(value)
    return f"{name}={shown}" if shown else ""


def _data(value: object) -> str:
    """Return plain data as text that is the same in every process; nothing for other values."""
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return f"{type(value).__name__}:{value!r};"
    if isinstance(value, set | frozenset):
        return f"set({''.join(sorted(map(_data, value)))})"
    if isinstance(value, list | tuple):
        return f"list({''.join(map(_data, value))})"
    if isinstance(value, dict):
        return f"map({''.join(_data(key) + _data(item) for key, item in value.items())})"
    return ""


def _feed(hasher: hashlib._Hash, code: CodeType) -> set[str]:
    names = set(code.co_names)
    hasher.update(code.co_code)
    hasher.update(repr((code.co_names, code.co_varnames, code.co_freevars)).encode())
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _feed(hasher, constant)
        else:
            hasher.update(_data(constant).encode())
    return names
