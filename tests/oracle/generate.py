"""Schemas, documents and queries from a seed; the same seed makes the same cases.

It makes what both sides define; `README.md` lists what it leaves out, and why.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sidecar.core.json import Json, JsonObject

KEY: Final = "id"


@dataclass(frozen=True)
class Case:
    """A collection and the queries over it."""

    schema: JsonObject
    documents: list[JsonObject]
    queries: list[JsonObject]


class Generator:
    """A source of cases.

    Args:
        seed: Decides all of them.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._indexed: list[str] = []
        self._whole = False
        self._documents: list[JsonObject] = []
        self._operands: dict[str, Callable[[str, int], Json]] = {
            "$eq": lambda path, _: self._near(path),
            "$ne": lambda path, _: self._near(path),
            **dict.fromkeys(("$gt", "$gte", "$lt", "$lte"), self._bound),
            "$in": lambda path, _: self._several(path),
            "$nin": lambda path, _: self._several(path),
            "$exists": lambda _, __: self._random.choice([True, False, True, False, 0, 1, "", {}]),
            "$type": lambda _, __: self._type(),
            "$mod": lambda _, __: self._random.choice(_MODULI),
            "$size": lambda _, __: self._random.choice([0, 1, 2, 3, 1.0, 0.5]),
            "$regex": lambda _, __: self._random.choice(_PATTERNS),
            "$not": lambda path, depth: self._conditions(path, depth - 1),
            "$elemMatch": lambda path, depth: self._element(path, depth - 1),
        }

    def case(self, queries: int) -> Case:
        """Return a case with so many queries."""
        schema = self._schema()
        ids = self._random.sample(_IDS, self._random.randrange(1, 15))
        self._documents = [self._document(id) for id in ids]
        return Case(schema, self._documents, [self._query() for _ in range(queries)])

    def _schema(self) -> JsonObject:
        indexes: list[Json] = []
        for _ in range(self._random.choice([0, 1, 1, 2, 3])):
            fields = self._random.sample(sorted(_DECLARED), self._random.choice([1, 1, 2, 3]))
            index: Json = fields[0] if len(fields) == 1 else list[Json](fields)
            if index not in indexes:
                indexes.append(index)
        used = [field for one in indexes for field in (one if isinstance(one, list) else [one])]
        self._indexed = sorted({str(field) for field in used})
        # Where indexed fields may be missing, RxDB's storages contradict each other all the time.
        self._whole = self._random.random() < 0.7
        return {
            "version": 0,
            "primaryKey": KEY,
            "type": "object",
            "properties": {KEY: {"type": "string", "maxLength": 20}, **_DECLARED, **_NESTED},
            "indexes": indexes,
        }

    def _document(self, id: str) -> JsonObject:
        document: JsonObject = {KEY: id}
        for field in (*_DECLARED, *_FREE):
            way = self._random.random()
            is_indexed = field in self._indexed
            if way < 0.25 and not (is_indexed and self._whole):
                continue
            if is_indexed or (field in _DECLARED and way < 0.8):
                document[field] = self._random.choice(_VALUES[field])
            elif field == "items" and way < 0.8:
                document[field] = [self._value(2) for _ in range(self._random.randrange(4))]
            else:
                document[field] = self._value(3)
        return document

    def _query(self) -> JsonObject:
        query: JsonObject = {"selector": self._selector(3)}
        if self._random.random() < 0.6:
            terms = self._random.choice([1, 1, 2, 3])
            fields = [self._path(sorting=True) for _ in range(terms)]
            query["sort"] = [
                {field: self._random.choice(["asc", "desc"])} for field in dict.fromkeys(fields)
            ]
        if self._random.random() < 0.3:
            query["skip"] = self._random.randrange(4)
        if self._random.random() < 0.4:
            query["limit"] = self._random.randrange(6)
        return query

    def _selector(self, depth: int) -> JsonObject:
        selector: JsonObject = {}
        for _ in range(self._random.choice([0, 1, 1, 1, 2, 3])):
            if depth > 0 and self._random.random() < 0.25:
                count = self._random.choice([0, 1, 2, 2, 3])
                inner = [self._selector(depth - 1) for _ in range(count)]
                selector[self._random.choice(["$and", "$or", "$nor"])] = list[Json](inner)
            else:
                path = self._path()
                selector[path] = self._condition(path, depth)
        return selector

    def _condition(self, path: str, depth: int) -> Json:
        if self._random.random() < 0.2:
            plain = self._near(path)
            return {"$eq": None} if path == KEY and plain is None else plain
        return self._conditions(path, depth)

    def _conditions(self, path: str, depth: int, without: str = "") -> JsonObject:
        nested = _NESTING if depth <= 0 else ()
        names = [name for name in self._operands if name not in (*nested, without)]
        chosen = self._random.sample(names, self._random.choice([1, 1, 1, 2]))
        conditions = {name: self._operands[name](path, depth) for name in chosen}
        if "$regex" in conditions and self._random.random() < 0.4:
            conditions["$options"] = self._random.choice(["", "i", "m", "s", "u", "im", "isu"])
        return conditions

    def _element(self, path: str, depth: int) -> JsonObject:
        if self._random.random() < 0.5:
            return self._conditions(path, depth, without="$not")
        below = self._random.choice(_KEYS)
        inner: JsonObject = {below: self._condition(f"{path}.{below}", depth)}
        if depth > 0 and self._random.random() < 0.2:
            inner = {self._random.choice(["$or", "$and", "$nor"]): [inner, self._selector(0)]}
        return inner

    def _path(self, *, sorting: bool = False) -> str:
        roots = [KEY, *_DECLARED, *_FREE, *self._indexed, *self._indexed]
        root = self._random.choice(roots)
        if root not in _FREE and not (sorting and self._random.random() < 0.05):
            return root
        below = self._random.choice([0, 0, 0, 1, 1, 2])
        segments = [*_KEYS, "0", "1", *(["length"] if sorting else [])]
        return ".".join([root, *(self._random.choice(segments) for _ in range(below))])

    def _near(self, path: str) -> Json:
        """Return a value that some document has there, or any other."""
        if self._random.random() < 0.05:
            return None
        held = _held(self._documents, path.split("."))
        if held and self._random.random() < 0.7:
            found = self._random.choice(held)
        elif path in _VALUES and self._random.random() < 0.8:
            found = self._random.choice(_VALUES[path])
        else:
            found = self._value(2)
        return found

    def _bound(self, path: str, _: int) -> Json:
        return self._value(1) if self._random.random() < 0.1 else self._near(path)

    def _several(self, path: str) -> Json:
        return [self._near(path) for _ in range(self._random.randrange(4))]

    def _type(self) -> Json:
        if self._random.random() < 0.2:
            return list[Json](self._random.sample(_TYPES, 2))
        return self._random.choice(_TYPES)

    def _value(self, depth: int) -> Json:
        if depth == 0 or self._random.random() < 0.6:
            return self._random.choice(_SCALARS)
        items = [self._value(depth - 1) for _ in range(self._random.randrange(4))]
        if self._random.random() < 0.5:
            return items
        return {self._random.choice(_KEYS): item for item in items}


def _held(values: Sequence[Json], path: Sequence[str]) -> list[Json]:
    for field in path:
        level = [*values, *(one for value in values if isinstance(value, list) for one in value)]
        values = [value[field] for value in level if isinstance(value, dict) and field in value]
    return [*values, *(one for value in values if isinstance(value, list) for one in value)]


_WIDE: Final = ["😀", "\ue000", "\ufb01", "\ufffd", "a😀", "a\uff01", "❤\ufe0f", "🦊z", "\uff01z"]
_TEXTS: Final = [
    *("", "a", "A", "ab", "b", "B", "10", "9", "true", "é", "ß", "日本", "a\n"),
    *_WIDE,
]
_SPACED: Final = [
    *("a b", "line\nline", "\u00a0", "_", "K", "ſ", "İ", "ı", "-1", " 7 ", "0x10", "null"),
]
_IDS: Final = [
    *("a", "A", "b", "aa", "ab", "10", "9", "1", "é", "z", "日本", "p-1", "P_1", "Z"),
    *("😀", "\ue000", "\ufb01", "\ufffd", "a😀", "a\uff01", "🦊", "\uff01", "❤\ufe0f"),
]
_SCALARS: Final[list[Json]] = [
    *(None, None, True, False, 0, -0.0, 1, -1, 2, 3, 10, 1.5, -2.5, 50, 100, 1e21, 2**53, 0.1),
    *_TEXTS,
    *_SPACED,
]
_KEYS: Final = ["a", "b", "k", "é", "0"]
_FREE: Final = ["items", "meta", "mixed", "other", "Ünï"]
_DECLARED: Final[JsonObject] = {
    "name": {"type": "string", "maxLength": 20},
    "note": {"type": "string", "maxLength": 20},
    "age": {"type": "integer", "minimum": -1000, "maximum": 1000, "multipleOf": 1},
    "score": {"type": "number", "minimum": -1000, "maximum": 1000, "multipleOf": 0.25},
    "active": {"type": "boolean"},
}
_NESTED: Final[JsonObject] = {
    "items": {"type": "array", "items": {}},
    "meta": {"type": "object", "properties": {"a": {"type": "string"}}},
}
_VALUES: Final[dict[str, list[Json]]] = {
    KEY: list[Json](_IDS),
    "name": list[Json](_TEXTS),
    "note": list[Json](["x", "y", "z", *_WIDE]),
    "age": [0, 1, 2, 3, 7, 10, -5, 50, 1000, 2.0],
    "score": [0, -0.0, 0.25, 0.5, 1, 1.5, -2.5, -1000, 100, 7.75],
    "active": [True, False],
}
_NESTING: Final = ("$not", "$elemMatch")
_MODULI: Final[list[Json]] = [
    *([2, 0], [2, 1], [3, 1], [10, 0], [0, 0], [-2, 0], [2, -1], [1.5, 0], [0.5, 0]),
    *(["2", 0], [None, 0], [True, 0], [4, 0.5]),
]
_TYPES: Final[list[Json]] = [
    *("string", "number", "int", "long", "double", "decimal", "bool", "boolean", "array"),
    *("object", "null", "undefined", "date", "regex", 1, 2, 3, 4, 8, 10, 16, 18, "nothing"),
]
_PATTERNS: Final[list[Json]] = [
    *("", "a", "^a", "b$", "^$", "[A-Z]", r"\d", r"^\d+$", r"\w", r"\s", r"\bline$", "^line", "."),
    *("^.$", "^..$", "k", "s", "i", "(?<n>a)b", "(?<=a)b", "(?<!a)b", "(?!a)", "a|b", r"\uD83D"),
    *(r"\u{1F600}", "[\ue000-\uffff]", "😀", "[😀]", "é", "[^a]", r"^\W$", "(a)|(b)", r"(.)\1"),
]
