"""What makes two schemas derive the same state: a digest of data and of code.

A function's digest covers its bytecode, its constants (nested functions too) and, one after another, the
plain functions it names from its own package, so a change in a materializer's own callee is seen. It
leaves alone what it can't see (a library's code, a file): raise `Schema.version` for those. File names
and line numbers don't count, so moving code keeps the state; another Python minor version compiles other
bytecode and rebuilds it, which costs time and changes nothing.
"""

from __future__ import annotations

import hashlib
from types import CodeType, FunctionType

from sidecar.core.json import JsonObject, digest


def fingerprint(description: JsonObject) -> str:
    """Return the digest of a schema's description, 16 hex digits."""
    return digest(description)[:16]


def code_digest(function: object) -> str:
    """Return the digest of what a function does, 16 hex digits."""
    hasher = hashlib.sha256()
    seen: set[CodeType] = set()
    pending = [function]
    while pending:
        current = pending.pop()
        if not isinstance(current, FunctionType) or current.__code__ in seen:
            continue
        seen.add(current.__code__)
        names = _feed(hasher, current.__code__)
        package = current.__module__.partition(".")[0]
        for name in sorted(names):
            callee = current.__globals__.get(name)
            if isinstance(callee, FunctionType) and callee.__module__.startswith(package):
                pending.append(callee)
    return hasher.hexdigest()[:16]


def _feed(hasher: hashlib._Hash, code: CodeType) -> set[str]:
    names = set(code.co_names)
    hasher.update(code.co_code)
    hasher.update(repr((code.co_names, code.co_varnames, code.co_freevars)).encode())
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _feed(hasher, constant)
        elif isinstance(constant, frozenset):
            hasher.update(repr(sorted(map(repr, constant))).encode())
        else:
            hasher.update(repr(constant).encode())
    return names
