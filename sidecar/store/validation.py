"""What a batch may leave behind: documents that fit their collection's JSON schema.

Asked for with a commit, and once all of it is materialized: what one event lacks a later one may
bring. A replay does not ask, for what is in the log has been taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from sidecar.core.builtin import document_inserted, document_patched
from sidecar.core.errors import ValidationError
from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.store.catalog import Catalog
from sidecar.store.materialize import Materializer


def check_documents(state: Materializer, events: Sequence[NewEvent]) -> None:
    """Refuse documents that a batch inserted or patched and that don't fit.

    Args:
        state: The state after the batch.
        events: The batch, which was applied.

    Raises:
        ValidationError: With `index`, `collection`, `id` and `errors` of the first such document,
            and in `others` the same of each one more.
    """
    touched = {
        place: index
        for index, one in enumerate(events)
        if (place := _place(state.catalog, one)) is not None
    }
    wrong: list[JsonObject] = []
    for (collection, id), index in touched.items():
        row = state.row(collection, id)
        errors = [] if row is None else state.catalog.defined[collection].errors(row[1])
        if errors:
            wrong.append({"index": index, "collection": collection, "id": id, "errors": errors})
    if wrong:
        first = wrong[0]
        raise ValidationError(
            f"{first['collection']} {first['id']!r} does not fit the collection's JSON schema",
            hint="`errors` names what is wrong, and where in the document.",
            **first,
            others=list[Json](wrong[1:]),
        )


def _place(catalog: Catalog, event: NewEvent) -> tuple[str, str] | None:
    """Return the collection and the id of a document event's document, where it has a schema."""
    args = event.args
    collection = str(args.get("collection"))
    if collection not in catalog.defined:
        return None
    if event.name == document_patched.name:
        return collection, str(args["id"])
    document = args.get("document")
    if event.name != document_inserted.name or not isinstance(document, dict):
        return None
    return collection, str(document[catalog.table(collection).primary_key])
