"""A smaller case with the same difference: documents, fields, terms of the query taken away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from sidecar.core.json import Json, JsonObject
from tests.oracle.generate import KEY, Case

Item = TypeVar("Item")


async def shrink(case: Case, differs: Callable[[Case], Awaitable[bool]]) -> Case:
    """Return a case from which nothing can be taken without losing the difference.

    Args:
        case: A case of one query that differs.
        differs: Asks both sides.
    """
    candidates = _smaller(case)
    while (candidate := next(candidates, None)) is not None:
        if await differs(candidate):
            case = candidate
            candidates = _smaller(case)
    return case


def _smaller(case: Case) -> Iterator[Case]:
    (query,) = case.queries
    for documents in _without_items(case.documents):
        yield replace(case, documents=documents)
    for smaller in _less(query):
        if isinstance(smaller, dict) and "selector" in smaller:
            yield replace(case, queries=[smaller])
    indexes = case.schema["indexes"]
    assert isinstance(indexes, list)
    for fewer in _without_items(indexes):
        yield replace(case, schema={**case.schema, "indexes": fewer})
    for at, document in enumerate(case.documents):
        for smaller in _less(document):
            if isinstance(smaller, dict) and smaller.get(KEY) == document[KEY]:
                documents = [*case.documents[:at], smaller, *case.documents[at + 1 :]]
                yield replace(case, documents=documents)


def _less(value: Json) -> Iterator[Json]:
    """Yield a value with one part less, the greatest parts first."""
    if isinstance(value, list):
        yield from _without_items(value)
        for at, item in enumerate(value):
            for smaller in _less(item):
                yield [*value[:at], smaller, *value[at + 1 :]]
    elif isinstance(value, dict):
        for key in value:
            yield _without(value, key)
        for key, item in value.items():
            for smaller in _less(item):
                yield {**value, key: smaller}


def _without(value: JsonObject, key: str) -> JsonObject:
    return {name: item for name, item in value.items() if name != key}


def _without_items(values: Sequence[Item]) -> Iterator[list[Item]]:
    half = len(values) // 2
    if half > 1:
        yield list(values[:half])
        yield list(values[half:])
    for at in range(len(values)):
        yield [*values[:at], *values[at + 1 :]]
