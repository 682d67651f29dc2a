"""Client documents: what a window keeps for itself, such as a selection or a draft (S11).

An app declares a shape in which every member has a default::

    class UiState(Shape):
        selectedPersonaId: str | None = None
        searchText: str = ""

    ui_state = ClientDocument("uiState", UiState)

    schema = Schema("my-app", ..., client_documents=[ui_state])

That is a table of documents `{id, value}`, one for each id that was ever set (a session's id, as a
rule), and the event `v1.uiState.Set {id, value, partial?}`, which never leaves the device. Whole, a
value replaces the stored one; partial, its top-level members replace those of the stored one.
What is neither given nor stored is the default, so a stored value always has every member, and one
that was set before a member was added gets it when the state is derived again.
"""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, create_model
from pydantic import ValidationError as ModelError

from sidecar.core.builtin import Text
from sidecar.core.column import json, text
from sidecar.core.errors import SchemaError
from sidecar.core.event import Event
from sidecar.core.json import JsonObject
from sidecar.core.model import first_problem
from sidecar.core.schema import Args, EventDef
from sidecar.core.state import State, Statements
from sidecar.core.table import Table


class DocumentSet(Args):
    """A new value, or with `partial` new values of some of its members."""

    id: Text
    value: BaseModel
    partial: bool = False


class ClientDocument:
    """A kind of document that a client keeps for itself.

    Args:
        name: The table's name.
        shape: What a value holds; each member has a default.
        version: Of the event. After a change that refuses values of before, raise it and declare an
            upcast from the event's old name.

    Attributes:
        default: The value where none is stored.
        table: Documents `{id, value}`.
        set: The event that sets one.

    Raises:
        SchemaError: A member without a default, or with one that is of another shape.
    """

    def __init__(self, name: str, shape: type[BaseModel], *, version: int = 1) -> None:
        self.name: Final = name
        self.default: Final = _default(name, shape)
        self.table: Final = Table(
            name, {"id": text(primary_key=True), "value": json(shape, default=self.default)}
        )
        self.set: Final = _set(self.table, self.default, shape, version)


def _default(name: str, shape: type[BaseModel]) -> JsonObject:
    default: JsonObject = {}
    try:
        # Without warnings: whether the shape takes it is what comes next.
        default = shape().model_dump(mode="json", warnings=False)
        shape.model_validate(default)
    except ModelError as error:
        where, message = first_problem(default, error)
        raise SchemaError(
            f"client document {name}: {where}: {message}",
            hint="Give each member of its shape a default that the shape takes.",
        ) from error
    return default


def _set(
    table: Table, default: JsonObject, shape: type[BaseModel], version: int
) -> EventDef[DocumentSet]:
    def materialize(args: DocumentSet, _: Event, state: State) -> Statements:
        document = state.get(table.name, args.id) if args.partial else None
        stored = document.get("value") if document else None
        # Not the shape's own defaults: a factory of one would not be pure (S2).
        given = args.value.model_dump(mode="json", include=args.value.model_fields_set)
        value = {**(stored if isinstance(stored, dict) else default), **given}
        return table.upsert({"id": args.id, "value": value})

    args = create_model(
        table.name[:1].upper() + table.name[1:] + "Set",
        __base__=DocumentSet,
        __doc__=DocumentSet.__doc__,
        value=(shape, ...),
    )
    return EventDef(f"v{version}.{table.name}.Set", args, materialize, synced=False)
