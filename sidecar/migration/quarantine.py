"""Documents that could not be imported, and how one leaves the quarantine: repaired (M6)."""

from __future__ import annotations

import orjson

from sidecar.core.errors import NotFoundError, ValidationError
from sidecar.core.event import NewEvent
from sidecar.core.json import JsonObject
from sidecar.migration import events
from sidecar.migration.move import Standing
from sidecar.migration.records import Kind as RecordKind
from sidecar.migration.records import Record
from sidecar.migration.stored import Stored
from sidecar.migration.survey import prepare
from sidecar.migration.targets import Targets
from sidecar.store import Store

_CLIENT = "repair"
"""Not the move's own: RxDB does not have the repaired form, so a rollback brings it there."""


def repair(store: Store, standing: Standing, seq: int, document: JsonObject) -> str:
    """Import the corrected form of a quarantined document, and take it out of the quarantine.

    Args:
        store: The store.
        standing: The move, whose ids decide about the document's.
        seq: The document's `seq` in the quarantine.
        document: Its corrected form, as RxDB would have it.

    Returns:
        Its id in the store.

    Raises:
        NotFoundError: The quarantine has no such document.
        ValidationError: The form is not good yet; `path` names the first place.
        ConflictError: The store has a document of this id.
    """
    stored = Stored(store)
    held = stored.in_quarantine(seq)
    if held is None or held.collection == events.LOCALS:
        raise NotFoundError(
            f"the quarantine has no document {seq}",
            hint="`sidecar migrate quarantine` lists them.",
            seq=seq,
        )
    targets = Targets(store, {}, remap=standing.ids == "remap")
    record = Record(RecordKind.DOCUMENT, held.collection, orjson.dumps(document), 0)
    ready = prepare(record, document, targets)
    problems = ready.errors + [
        events.orphaned(path, collection, wanted)
        for path, collection, wanted in ready.needs
        if not stored.present(collection, [targets.remapped(collection, wanted)])
    ]
    if problems or ready.id is None:
        first = problems[0]
        raise ValidationError(
            f"{first.path or 'the document'}: {first.message}",
            path=f"/document{first.path}",
            problems=[{"path": one.path, "message": one.message} for one in problems],
        )
    target = targets[held.collection]
    brought = [
        events.document_event(target, ready.source_id, ready),
        *(
            events.attachment_event(target.name, ready.id, name, attachment)
            for name, attachment in ready.attachments.items()
            if attachment.get("data") is not None
        ),
        NewEvent("v1.QuarantineResolved", {"seq": seq}),
    ]
    store.commit(brought, client_id=_CLIENT).result()
    return ready.id
