"""What a migration's decisions add up to, for its result."""

from __future__ import annotations

from typing import Final, Literal

from sidecar.migration.result import LISTED, Counts, Finding, Validation
from sidecar.migration.staging import Staging

_COUNTED: Final = {
    "valid": "imported",
    "imported": "imported",
    "unchanged": "unchanged",
    "repeated": "repeated",
    "conflict": "conflicts",
    "invalid": "quarantined",
}
"""Counter by state. `valid` is the end of a document in a dry run of an empty store."""


def counts(staging: Staging) -> dict[str, Counts]:
    """Return what became of the source's documents, by collection."""
    found: dict[str, Counts] = {}
    for collection, kind, state, number in staging.rows(
        "SELECT collection, kind, state, count(*) FROM item GROUP BY 1, 2, 3 ORDER BY min(n)"
    ):
        assert isinstance(number, int)
        one = found.setdefault(str(collection), Counts())
        counter = _COUNTED[str(state)]
        if kind != "live" and counter in {"imported", "unchanged"}:
            counter = "tombstones" if kind == "tombstone" else "local_documents"
        one.read += number
        setattr(one, counter, getattr(one, counter) + number)
    for collection, number in staging.rows(
        "SELECT collection, count(*) FROM attachment JOIN item USING (n) "
        "WHERE state IN ('imported', 'unchanged') GROUP BY 1"
    ):
        assert isinstance(number, int)
        found[str(collection)].attachments = number
    return found


def validation(staging: Staging) -> Validation:
    """Return what is wrong with the source's documents."""
    return Validation(
        errors=_findings(staging, "error"),
        errors_total=_total(staging, "error"),
        warnings=_findings(staging, "warning"),
        warnings_total=_total(staging, "warning"),
    )


Severity = Literal["error", "warning"]


def _findings(staging: Staging, severity: Severity) -> list[Finding]:
    rows = staging.rows(
        "SELECT collection, sourceId, path, message FROM issue JOIN item USING (n) "
        "WHERE severity = ? ORDER BY n LIMIT ?",
        (severity, LISTED),
    )
    return [
        Finding(
            collection=str(collection) if collection else None,
            id=None if source_id is None else str(source_id),
            path=str(path),
            message=str(message),
        )
        for collection, source_id, path, message in rows
    ]


def _total(staging: Staging, severity: Severity) -> int:
    return staging.count("SELECT count(*) FROM issue WHERE severity = ?", (severity,))
