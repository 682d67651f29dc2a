"""Things by their dotted names, as attributes that a prompt can complete."""

from __future__ import annotations

from typing import NoReturn


class Namespace:
    """Names, and what is below them: `events.PersonaCreated`, `events.v1.PersonaCreated`.

    Args:
        path: How the user wrote what leads here.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._below: dict[str, object] = {}

    def put(self, name: str, value: object) -> None:
        """Add a thing under a dotted name, with the namespaces between."""
        first, _, rest = name.partition(".")
        if not rest:
            self._below[first] = value
            return
        inner = self._below.setdefault(first, Namespace(f"{self._path}.{first}"))
        if isinstance(inner, Namespace):
            inner.put(rest, value)

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._below[name] if name in self._below else self._missing(name)

    def _missing(self, name: str) -> NoReturn:
        message = f"{self._path} has no {name}; it has {', '.join(sorted(self._below))}"
        raise AttributeError(message, name=name, obj=self)

    def __dir__(self) -> list[str]:
        return sorted(self._below)

    def __repr__(self) -> str:
        return f"<{self._path}: {', '.join(sorted(self._below)) or 'empty'}>"
