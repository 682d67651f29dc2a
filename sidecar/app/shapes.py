"""What PJAIS keeps in its JSON columns."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

Number = int | float
"""A JSON number; naming both types keeps a whole one whole."""


class Shape(BaseModel):
    """Base of the shapes: strict types; members nobody declared are kept."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


class Personality(Shape):
    """How a persona is."""

    traits: list[str]
    temperament: str
    communicationStyle: str


class Settings(Shape):
    """How a persona treats what it learns; `memoryRetention` is a percentage."""

    memoryRetention: Number
    privacyLevel: Literal["low", "medium", "high"]
    autoLearn: bool


class Message(Shape):
    """One turn of a conversation; `timestamp` in milliseconds."""

    id: str
    role: Literal["user", "assistant", "system"]
    content: str
    timestamp: int
    metadata: dict[str, JsonValue] | None = None
