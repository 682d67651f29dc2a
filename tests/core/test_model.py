"""Where a model's complaint is, in terms of what was sent."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic import ValidationError as ModelError

from sidecar.core.json import JsonObject
from sidecar.core.model import first_problem, problems


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    level: Literal["low", "high"]
    names: list[str] = []


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    number: int | float = 0
    inner: Inner | None = None
    either: list[str] | dict[str, str] | None = None
    any: dict[str, JsonValue] = {}


def _problems(value: JsonObject) -> ModelError:
    with pytest.raises(ModelError) as caught:
        Outer.model_validate(value)
    return caught.value


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"number": "x"}, "/args/number"),
        ({"number": {}}, "/args/number"),
        ({"inner": 5}, "/args/inner"),
        ({"inner": {}}, "/args/inner/level"),
        ({"inner": {"level": "mid"}}, "/args/inner/level"),
        ({"inner": {"level": "low", "names": ["a", 1]}}, "/args/inner/names/1"),
        ({"inner": {"level": "low", "more": 1}}, "/args/inner/more"),
        ({"either": 5}, "/args/either"),
        ({"either": ["a", {}]}, "/args/either/1"),
        ({"either": {"a/b": 1}}, "/args/either/a~1b"),
        ({"other": 1}, "/args/other"),
        ({"other": 1, "number": "x"}, "/args/number"),
    ],
)
def test_a_path_leads_to_the_value_whatever_unions_were_tried(value: JsonObject, path: str) -> None:
    """S4: pydantic names the members of a union too, which are no places."""
    assert first_problem(value, _problems(value), "args")[0] == path


def test_each_problem_has_a_place_and_a_message() -> None:
    value: JsonObject = {"inner": {"names": 5}, "other": 1}
    found = problems(value, _problems(value))
    assert [path for path, _ in found] == ["/inner/level", "/inner/names", "/other"]
    assert all(message for _, message in found)
