"""Documents and selectors from a seed: thousands of them in the time hypothesis takes for a few.

A failing case names its seed, and the same seed makes the same case again.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from sidecar.core.column import Kind
from sidecar.core.json import Json, JsonObject
from tests.core.rows import THINGS
from tests.core.values import AWKWARD_NAMES, AWKWARD_TEXTS

_NUMBERS: list[Json] = [
    0,
    1,
    -1,
    2,
    50,
    50.0,
    50.5,
    -0.0,
    0.1 + 0.2,
    2**53,
    -(2**53),
    1e300,
    5e-324,
]
_INTEGERS: list[Json] = [0, 1, -1, 2, 50, 2**53, -(2**53), 1_700_000_000_000]
_COMPARISONS = ["$eq", "$gt", "$gte", "$in", "$lt", "$lte", "$ne", "$nin"]
_UNDECLARED = [*AWKWARD_NAMES, "a", "b", "x"]
_SELECTABLE = [name for name in _UNDECLARED if "." not in name and not name.startswith("$")]


class Sampler:
    """A source of test data.

    Args:
        seed: Decides all of it.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._kinds: dict[Kind, Callable[[], Json]] = {
            Kind.TEXT: self.text,
            Kind.INTEGER: lambda: self.random.choice(_INTEGERS),
            Kind.NUMBER: lambda: self.random.choice(_NUMBERS),
            Kind.BOOLEAN: lambda: self.random.random() < 0.5,
            Kind.TIMESTAMP: lambda: self.random.choice(_INTEGERS),
            Kind.JSON: lambda: self.container(2),
        }

    def text(self) -> Json:
        """Return an awkward text, alone or beside another."""
        text = self.random.choice(AWKWARD_TEXTS)
        return text if self.random.random() < 0.6 else text + self.random.choice(AWKWARD_TEXTS)

    def scalar(self) -> Json:
        """Return null, a boolean, a number or a text."""
        kind = self.random.choice([Kind.BOOLEAN, Kind.NUMBER, Kind.TEXT, None])
        return None if kind is None else self._kinds[kind]()

    def container(self, depth: int) -> Json:
        """Return an array or an object, of at most so many levels."""
        items = [self.value(depth - 1) for _ in range(self.random.randrange(4))]
        if self.random.random() < 0.5:
            return items
        return {self.random.choice(["a", "b", "x", "0", "é"]): item for item in items}

    def value(self, depth: int = 2) -> Json:
        """Return any value, of at most so many levels."""
        return self.scalar() if depth == 0 or self.random.random() < 0.6 else self.container(depth)

    def of_column(self, name: str) -> Json:
        """Return a value of a declared field."""
        column = THINGS.columns[name]
        if column.container is list:
            return [self.text() for _ in range(self.random.randrange(3))]
        return self._kinds[column.kind]()

    def document(self, id: str) -> JsonObject:
        """Return a document of `THINGS`: each field there, null or absent."""
        document: JsonObject = {"id": id}
        for name in THINGS.columns:
            way = self.random.random()
            if name != "id" and way < 0.7:
                document[name] = None if way < 0.1 else self.of_column(name)
        for _ in range(self.random.randrange(3)):
            document[self.random.choice(_UNDECLARED)] = self.value()
        return document

    def documents(self) -> list[JsonObject]:
        """Return up to seven documents, each with its own id."""
        ids = self.random.sample(["1", "2", "3", "a", "B", "😀", "é"], self.random.randrange(1, 8))
        return [self.document(id) for id in ids]

    def path(self) -> str:
        """Return a field, or a path below one."""
        root = self.random.choice([*THINGS.columns, *_SELECTABLE])
        below = self.random.choice(["", "", "", ".a", ".0", ".a.b", ".x.0", ".1.a"])
        return root + below

    def selector(self, held: list[JsonObject], depth: int = 2) -> JsonObject:
        """Return a selector whose operands often meet values of the documents."""
        way = self.random.random()
        if depth > 0 and way < 0.3:
            inner = [self.selector(held, depth - 1) for _ in range(self.random.randrange(4))]
            beside = self._term(held) if self.random.random() < 0.3 else {}
            return {self.random.choice(["$and", "$or"]): list[Json](inner), **beside}
        return {**self._term(held), **(self._term(held) if way > 0.7 else {})}

    def _term(self, held: list[JsonObject]) -> JsonObject:
        field = self.path()
        if self.random.random() < 0.1:
            return {field: self._plain(held, field)}
        names = self.random.sample(_COMPARISONS, self.random.choice([1, 1, 1, 2]))
        return {field: {name: self._operand(held, field, name) for name in names}}

    def _operand(self, held: list[JsonObject], field: str, operator: str) -> Json:
        if operator in ("$in", "$nin"):
            return [self._near(held, field) for _ in range(self.random.randrange(4))]
        return self._near(held, field)

    def _plain(self, held: list[JsonObject], field: str) -> Json:
        """Return an operand that stands for itself: no object of operators."""
        operand = self._near(held, field)
        return operand if not isinstance(operand, dict) else "a"

    def _near(self, held: list[JsonObject], field: str) -> Json:
        root = field.partition(".")[0]
        there = [document[root] for document in held if root in document]
        there += [item for value in there for item in _items(value)]
        if there and self.random.random() < 0.6:
            return self.random.choice(there)
        return self.value()


def _items(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
