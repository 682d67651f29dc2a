"""What is wrong with a document, before the store is asked (M6).

An error keeps a document out of its table: it goes to quarantine. A document is invalid

1. without an id: a string that is not empty, in its primary key;
2. without a field its import event requires (`name` of a persona), or a reference that must not be
   null;
3. with a value of another type than its column's, or a field name of the engine's;
4. with a reference to a document that does not exist or is itself invalid: that takes the whole
   source and is decided in `settle`.

A warning only tells: an object an app takes for granted is left out (`settings` of a persona), a
date could not be read, an attachment's data is not in the source.
"""

from __future__ import annotations

import base64
import binascii

from pydantic import ValidationError as ModelError

from sidecar.core.column import Missing
from sidecar.core.documents import check_name
from sidecar.core.errors import ValidationError
from sidecar.core.json import Json, JsonObject, pointer
from sidecar.migration.normalize import Issue, Normalized
from sidecar.migration.targets import Target


def source_id(document: JsonObject, target: Target) -> str | None:
    """Return the id a document has in the source, or None."""
    name = document.get(target.key)
    return name if isinstance(name, str) and name else None


def errors(found: Normalized, target: Target) -> list[Issue]:
    """Return what keeps a document out of its table; nothing means the store will take it."""
    document = found.document
    issues: list[Issue] = []
    if source_id(document, target) is None:
        issues.append(Issue(pointer(target.key), f"it has no {target.key}"))
    issues += [
        Issue(pointer(name), f"it has no {name}")
        for name in target.required
        if document.get(name) in (None, "")
    ]
    named = {one.path for one in issues}
    issues += [one for one in _wrong_types(document, target) if one.path not in named]
    issues += _attachment_errors(found.attachments)
    return issues or _refused_by_event(document, target)


def warnings(found: Normalized, target: Target) -> list[Issue]:
    """Return what a person may want to look at in a valid document."""
    missing = [
        Issue(pointer(name), f"it has no {name}")
        for name in target.taken_for_granted
        if found.document.get(name) is None
    ]
    stubs = [
        Issue(pointer("_attachments", name), "the source does not have the data")
        for name, one in attachments(found).items()
        if one.get("data") is None
    ]
    return [*found.warnings, *missing, *stubs]


def attachments(found: Normalized) -> dict[str, JsonObject]:
    """Return a valid document's attachments by id."""
    given = found.attachments if isinstance(found.attachments, dict) else {}
    return {name: one for name, one in given.items() if isinstance(one, dict)}


def _wrong_types(document: JsonObject, target: Target) -> list[Issue]:
    issues: list[Issue] = []
    for name, value in document.items():
        column = target.table.columns.get(name)
        if column is not None and value is not None:
            if isinstance(column.encode(value), Missing):
                path = pointer(name)
                issues.append(Issue(path, column.mismatch(value, path).message))
            continue
        try:
            check_name(name, "")
        except ValidationError as error:
            issues.append(Issue(str(error.data["path"]), error.message))
    return issues


def _refused_by_event(document: JsonObject, target: Target) -> list[Issue]:
    if target.importer is None or not target.typed(document):
        return []
    try:
        target.importer.args.model_validate(document)
    except ModelError:
        pass  # told in the store's words, below
    else:
        return []
    try:
        target.importer.validate(document)
    except ValidationError as error:
        return [Issue(str(error.data["path"]).removeprefix("/args"), error.message)]
    return []


def _attachment_errors(attachments: Json) -> list[Issue]:
    if attachments is None:
        return []
    if not isinstance(attachments, dict):
        return [Issue("/_attachments", "it is no object")]
    return [
        Issue(pointer("_attachments", name), "it is no attachment with a type and base64 data")
        for name, one in attachments.items()
        if not name or not isinstance(one, dict) or not _readable(one)
    ]


def _readable(attachment: JsonObject) -> bool:
    data, digest = attachment.get("data"), attachment.get("digest", "")
    if not isinstance(attachment.get("type"), str) or not isinstance(digest, str):
        return False
    if data is None:
        return True  # told as missing, by a warning: the document is not to blame
    try:
        base64.b64decode(data if isinstance(data, str) else "?", validate=True)
    except binascii.Error:
        return False
    return True
