"""What a pydantic model says of a wrong value, as JSON pointers."""

from __future__ import annotations

from pydantic import ValidationError as ModelError

from sidecar.core.json import Json, pointer


def problems(value: Json, error: ModelError, *parents: str | int) -> list[tuple[str, str]]:
    """Return a JSON pointer and a message for each thing wrong, in the model's order.

    Pydantic's own locations also name the members of the unions it tried, which are no places in
    the value: those are left out.

    Args:
        value: What was validated.
        error: What the model raised.
        parents: Keys and indexes that lead to the value.
    """
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        (
            pointer(*parents, *_place(value, one["loc"], missing=one["type"] == "missing")),
            one["msg"].removeprefix("Value error, "),
        )
        for one in found
    ]


def first_problem(value: Json, error: ModelError, *parents: str | int) -> tuple[str, str]:
    """Return the first of the problems; of a union, what is wrong inside the member that fits best.

    Args:
        value: What was validated.
        error: What the model raised.
        parents: Keys and indexes that lead to the value.
    """
    found = problems(value, error, *parents)
    below = found[0][0] + "/"
    return next((one for one in found if one[0].startswith(below)), found[0])


def _place(value: Json, loc: tuple[str | int, ...], *, missing: bool) -> list[str | int]:
    path: list[str | int] = []
    for part in loc:
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            continue
        path.append(part)
    return [*path, loc[-1]] if missing else path
