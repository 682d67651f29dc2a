"""Read a source to its end and stage what each of its documents is; write nothing anywhere else.

Invariants:

1. A file that is not well formed to its last byte is an error here, before anything is imported.
2. Each document, tombstone and local document is one item of the staging, valid or not.
3. Decoding, normalizing and remapping are functions of the record alone: an import that reads the
   same bytes again gets the same documents.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from sidecar.core.errors import MigrationError
from sidecar.core.json import Json, JsonObject, digest, pointer
from sidecar.migration.formats import decoded, detect
from sidecar.migration.normalize import Issue, Normalized, is_tombstone, last_write, normalize
from sidecar.migration.progress import Meter
from sidecar.migration.records import Kind as RecordKind
from sidecar.migration.records import Record, UnstorableError
from sidecar.migration.staging import Item, Kind, Staging, State
from sidecar.migration.targets import Target, Targets, remap_document, unguessable
from sidecar.migration.validate import attachments, errors, source_id, warnings
from sidecar.store.vault import Readable, length


@dataclass(slots=True)
class Ready:
    """A record as the store would take it.

    Attributes:
        kind: What it is.
        source_id: Id in the source, or None.
        id: Id in the store, or None.
        content: What is kept: a document, a tombstone's document, a local document's data.
        original: Former forms (M8).
        attachments: A live document's attachments by id.
        needs: Path, collection and source id of each document it refers to and can't be without.
        written: RxDB's time of the last write, or None.
        gone: Whether a local document was deleted.
        errors: Why it can't be imported.
        warnings: What a person may want to look at.
    """

    kind: Kind
    source_id: str | None = None
    id: str | None = None
    content: JsonObject = field(default_factory=dict)
    original: JsonObject = field(default_factory=dict)
    attachments: dict[str, JsonObject] = field(default_factory=dict)
    needs: list[tuple[str, str, str]] = field(default_factory=list)
    written: float | None = None
    gone: bool = False
    errors: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)


def survey(path: Readable, targets: Targets, staging: Staging, meter: Meter) -> str:
    """Stage every item of a source; return its format.

    Args:
        path: The file.
        targets: Gets the source's collections.
        staging: Gets its items, issues, references and the places of what else it says.
        meter: Told the bytes read.

    Raises:
        MigrationError: Malformed, in no known format, or a primary key that is not known.
        StorageError: The disk refused.
    """
    name = detect(path)
    keyless: set[str] = set()
    with meter.phase("reading", length(path), "bytes"):
        n = 0
        for record, value in decoded(path):
            meter.reached(record.offset)
            if record.kind is RecordKind.SCHEMA and record.collection is not None:
                targets.add_schema(record.collection, _plain(record, value))
                staging.add_about(record)
            elif record.kind is RecordKind.ABOUT:
                staging.add_about(record)
            else:
                n += 1
                ready = prepare(record, value, targets)
                _stage(staging, n, record, ready)
                if ready.source_id is None and ready.kind is not Kind.LOCAL:
                    keyless.add(record.collection or "")
        staging.flush()
    if guessed := [one for one in keyless if targets[one].guessed]:
        raise unguessable(guessed)
    return name


def prepare(
    record: Record, value: Json | UnstorableError, targets: Targets, *, check: bool = True
) -> Ready:
    """Return a record as the store would take it.

    Args:
        record: The record.
        value: What it decodes to.
        targets: The source's collections.
        check: Find what is wrong with it, too; not needed again once that is known.
    """
    if record.kind is RecordKind.LOCAL:
        return _local(value)
    target = targets[record.collection or ""]
    if isinstance(value, UnstorableError):
        issue = Issue(value.path, value.message)
        return Ready(Kind.LIVE, _readable_id(value.value, target), errors=[issue])
    if not isinstance(value, dict):
        return Ready(Kind.LIVE, errors=[Issue("", "it is no object")])
    if is_tombstone(value):
        return _tombstone(value, target, targets)
    return _live(value, target, targets, check=check)


def attachment_sha(attachment: JsonObject) -> bytes:
    """Return the SHA-256 of an attachment's bytes."""
    return hashlib.sha256(base64.b64decode(str(attachment["data"]))).digest()


def raw_hash(raw: bytes) -> bytes:
    """Return the hash that tells one text from another."""
    return hashlib.blake2b(raw, digest_size=16).digest()


def _live(value: JsonObject, target: Target, targets: Targets, *, check: bool) -> Ready:
    found: Normalized = normalize(value, target.of_kind)
    name = source_id(value, target)
    ready = Ready(Kind.LIVE, name, written=last_write(value))
    ready.errors = errors(found, target) if check else []
    if ready.errors or name is None:
        return ready
    ready.id = targets.remapped(target.name, name)
    ready.content = remap_document(found.document, target, targets)
    ready.original = found.original
    ready.attachments = attachments(found)
    ready.needs = [
        (path, target.checked[field_name], wanted)
        for field_name, path in target.paths.items()
        if isinstance(wanted := found.document.get(field_name), str)
    ]
    ready.warnings = warnings(found, target) if check else []
    return ready


def _tombstone(value: JsonObject, target: Target, targets: Targets) -> Ready:
    name = source_id(value, target)
    if name is None:
        issue = Issue(pointer(target.key), f"this tombstone has no {target.key}")
        return Ready(Kind.TOMBSTONE, errors=[issue])
    return Ready(
        Kind.TOMBSTONE, name, targets.remapped(target.name, name), value, written=last_write(value)
    )


def _local(value: Json | UnstorableError) -> Ready:
    if isinstance(value, UnstorableError):
        return Ready(Kind.LOCAL, errors=[Issue(value.path, value.message)])
    found = value if isinstance(value, dict) else {}
    name, data, gone = found.get("id"), found.get("data"), found.get("deleted") is True
    data = {} if gone else data
    if not isinstance(name, str) or not name or not isinstance(data, dict):
        return Ready(Kind.LOCAL, errors=[Issue("", "it is no local document {id, data}")])
    return Ready(Kind.LOCAL, name, name, data, gone=gone)


def _stage(staging: Staging, n: int, record: Record, ready: Ready) -> None:
    valid = not ready.errors
    staging.add(
        Item(
            n,
            ready.kind,
            record.collection or "",
            ready.source_id,
            ready.id,
            record.offset,
            len(record.raw),
            raw_hash(record.raw),
            bytes.fromhex(digest(ready.content)) if valid and not ready.gone else None,
            ready.written,
            State.VALID if valid else State.INVALID,
        )
    )
    staging.add_issues(n, "error", ready.errors)
    staging.add_issues(n, "warning", ready.warnings)
    for name, attachment in ready.attachments.items():
        if attachment.get("data") is not None:
            staging.add_attachment(n, name, attachment_sha(attachment))
    for path, collection, wanted in ready.needs:
        staging.add_wanted(n, path, collection, wanted)


def _readable_id(value: Json, target: Target) -> str | None:
    """Return the id of a document the store can't hold, where that is text at least."""
    name = source_id(value, target) if isinstance(value, dict) else None
    try:
        return None if name is None else name.encode().decode()
    except UnicodeEncodeError:
        return None


def _plain(record: Record, value: Json | UnstorableError) -> Json:
    if isinstance(value, UnstorableError):
        raise MigrationError(
            f"the schema of {record.collection} can't be kept: {value.message}",
            collection=record.collection,
            offset=record.offset,
        )
    return value
