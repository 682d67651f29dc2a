"""What a collection's JSON schema, as RxDB has it, says of a document.

It means what RxDB's validators make of it: draft 7, closed at the top, with the primary key
required, formats checked, and patterns of JavaScript. Keywords of RxDB's own (`ref`, `final`,
`indexes`, …) say nothing of a document by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from sidecar.core.errors import ValidationError
from sidecar.core.json import Json, JsonObject, pointer
from sidecar.core.regex import is_regex, regex_matches

if TYPE_CHECKING:
    import jsonschema_rs

_MOST_ERRORS: Final = 20
"""Errors of one document that are told."""


class DocumentSchema:
    """The JSON schema of a collection's documents.

    Args:
        collection: The collection's name.
        primary_key: Its primary key field.
        json_schema: The schema as the app wrote it; an empty one takes every document.
    """

    def __init__(self, collection: str, primary_key: str, json_schema: JsonObject) -> None:
        self._collection = collection
        self._primary_key = primary_key
        self._json_schema = json_schema

    def errors(self, document: JsonObject) -> list[Json]:
        """Return what is wrong with a document, each `{path, message, keyword}`; the first few.

        `path` is a JSON pointer into the document; of what is missing, to where it should be.

        Raises:
            ValidationError: The schema is no JSON schema.
        """
        if not self._json_schema:
            return []
        return list(islice(self._errors(document), _MOST_ERRORS))

    def _errors(self, document: JsonObject) -> Iterator[Json]:
        for error in self._validator.iter_errors(document):
            for below in _below(error):
                yield {
                    "path": pointer(*error.instance_path, *below),
                    "message": error.message,
                    "keyword": error.kind.name,
                }

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft7Validator:
        # Imported only where a schema is used: it costs 13 ms.
        import jsonschema_rs  # noqa: PLC0415

        required = self._json_schema.get("required")
        named = (
            [*required, self._primary_key] if isinstance(required, list) else [self._primary_key]
        )
        closed: JsonObject = {
            **self._json_schema,
            "additionalProperties": False,
            # RxDB passes over paths.
            "required": [name for name in dict.fromkeys(map(str, named)) if "." not in name],
        }
        try:
            return jsonschema_rs.Draft7Validator(
                closed,
                mask="the value",
                offline=True,
                validate_formats=True,
                keywords={"pattern": _Pattern},
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            raise ValidationError(
                f"the JSON schema of {self._collection} can't be used: {error.message}",
                hint="Define the collection again with a schema that is one.",
                collection=self._collection,
            ) from error


class _Pattern:
    """`pattern` by JavaScript's own engine, with the flag u where the pattern can bear it."""

    def __init__(self, _parent: JsonObject, pattern: str, _path: list[str | int]) -> None:
        self._pattern = pattern
        self._flags = "u" if is_regex(pattern, "u") else ""
        if not is_regex(pattern, self._flags):
            raise ValueError(f"{pattern!r} is no regular expression of JavaScript")

    def validate(self, value: object) -> None:
        if isinstance(value, str) and not regex_matches(self._pattern, self._flags, value):
            raise ValueError(f"the value does not match {self._pattern}")


def _below(error: jsonschema_rs.ValidationError) -> list[list[str]]:
    """Return the members that are missing or too many, as paths below the error's; else its own."""
    match error.kind.name:
        case "required":
            return [[str(error.kind.value)]]
        case "additionalProperties":
            return [[str(name)] for name in error.kind.value]
        case _:
            return [[]]
