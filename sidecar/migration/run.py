"""A migration from a file, start to end: read and validate, back up, import, verify (M4)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from sidecar.core.errors import MigrationError
from sidecar.core.json import Json, JsonObject
from sidecar.migration.backup import in_backup_order, write_backup
from sidecar.migration.formats import decoded
from sidecar.migration.importer import Importer
from sidecar.migration.progress import Meter
from sidecar.migration.records import Kind as RecordKind
from sidecar.migration.records import Record, UnstorableError
from sidecar.migration.result import (
    LISTED,
    Counts,
    Finding,
    MigrationResult,
    Progress,
    Validation,
)
from sidecar.migration.settle import settle_references, settle_repeats
from sidecar.migration.source import on_disk, scratch
from sidecar.migration.staging import Item, Staging
from sidecar.migration.stored import Stored
from sidecar.migration.survey import survey
from sidecar.migration.targets import Targets
from sidecar.migration.verify import Verifier
from sidecar.store import Store

BACKUPS = "backups"


def migrate(
    store: Store,
    source: Path | JsonObject,
    *,
    ids: Literal["preserve", "remap"] = "preserve",
    dry_run: bool = False,
    strict: bool = False,
    primary_keys: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MigrationResult:
    """Bring an RxDB export into a store, with nothing lost; the same again changes nothing.

    Nothing is imported before the whole source has been read and a backup of it verified.

    Args:
        store: An open store.
        source: A file, or the content of one.
        ids: Keep the source's ids, or give documents of declared tables new ones (M7).
        dry_run: Write nothing: no backup, no event.
        strict: Stop before the import when a document is invalid.
        primary_keys: Primary keys of collections the schema does not declare.
        progress: Told how far it is, on this thread.
        cancelled: Asked whether to end; what was imported stays, and the next run goes on.

    Raises:
        MigrationError: A source that can't be read as it is, invalid documents when `strict`, or
            cancelled.
        StorageError: The disk refused.
        BusyError: A migration of this store is running.
    """
    began = time.perf_counter()
    meter = Meter(progress, cancelled)
    with scratch(store.data_dir) as directory:
        path = on_disk(source, directory)
        staging = Staging(directory / "staging.db")
        try:
            targets = Targets(store, primary_keys or {}, remap=ids == "remap")
            source_format = survey(path, targets, staging, meter)
            _settle(store, staging, targets)
            if strict:
                _refuse_invalid(staging)
            backup = None
            if not dry_run:
                backup = write_backup(store.data_dir / BACKUPS, path, staging, targets, meter)
            importer = Importer(store, targets, staging, meter, dry_run=dry_run)
            with meter.phase("importing", _total(staging)):
                kept = path if backup is None else Path(backup.path)
                items = staging.items("1 ORDER BY n")
                if backup is not None:
                    items = in_backup_order(staging, targets)
                importer.run(_together(kept, items))
                counts = _counts(staging)
                if backup is not None:
                    told: JsonObject = {name: one.model_dump() for name, one in counts.items()}
                    importer.complete(told, backup.path)
            verification = None
            if not dry_run:
                with meter.phase("verifying", _total(staging)):
                    verification = Verifier(store, path, targets, staging, meter).run()
            return MigrationResult(
                format=source_format,
                ids=ids,
                dry_run=dry_run,
                collections=counts,
                validation=_validation(staging),
                conflicts=importer.conflicts.first,
                conflicts_total=importer.conflicts.total,
                backup=backup,
                verification=verification,
                phases=meter.phases,
                duration_ms=round((time.perf_counter() - began) * 1000, 1),
            )
        finally:
            staging.close()


def _settle(store: Store, staging: Staging, targets: Targets) -> None:
    stored = Stored(store)

    def present(collection: str, source_ids: Sequence[str]) -> set[str]:
        by_id = {targets.remapped(collection, one): one for one in source_ids}
        return {by_id[one] for one in stored.present(collection, list(by_id))}

    staging.index()
    settle_repeats(staging)
    settle_references(staging, present)


def _together(
    path: Path, items: Iterator[Item]
) -> Iterator[tuple[Record, Json | UnstorableError, Item]]:
    kept = (
        (record, value)
        for record, value in decoded(path)
        if record.kind in {RecordKind.DOCUMENT, RecordKind.LOCAL}
    )
    for (record, value), item in zip(kept, items, strict=True):
        yield record, value, item


def _total(staging: Staging) -> int:
    return staging.count("SELECT count(*) FROM item")


def _counts(staging: Staging) -> dict[str, Counts]:
    counts: dict[str, Counts] = {}
    rows = staging.rows(
        "SELECT collection, kind, state, count(*) FROM item GROUP BY 1, 2, 3 ORDER BY min(n)"
    )
    for collection, kind, state, number in rows:
        assert isinstance(number, int)
        one = counts.setdefault(str(collection), Counts())
        in_store = state in {"imported", "unchanged", "valid"}
        one.read += number
        if kind == "local" and in_store:
            one.local_documents += number
        elif kind == "tombstone" and in_store:
            one.tombstones += number
        else:
            setattr(one, _COUNTED[str(state)], getattr(one, _COUNTED[str(state)]) + number)
    for collection, number in staging.rows(
        "SELECT collection, count(*) FROM attachment JOIN item USING (n) "
        "WHERE state IN ('imported', 'unchanged') GROUP BY 1"
    ):
        assert isinstance(number, int)
        counts[str(collection)].attachments = number
    return counts


_COUNTED = {
    "valid": "imported",
    "imported": "imported",
    "unchanged": "unchanged",
    "repeated": "repeated",
    "conflict": "conflicts",
    "invalid": "quarantined",
}


def _validation(staging: Staging) -> Validation:
    def listed(severity: str) -> list[Finding]:
        rows = staging.rows(
            "SELECT collection, sourceId, path, message FROM issue JOIN item USING (n) "
            "WHERE severity = ? ORDER BY n LIMIT ?",
            (severity, LISTED),
        )
        return [
            Finding(
                collection=str(collection) if collection else None,
                id=None if id_ is None else str(id_),
                path=str(path),
                message=str(message),
            )
            for collection, id_, path, message in rows
        ]

    def total(severity: str) -> int:
        return staging.count("SELECT count(*) FROM issue WHERE severity = ?", (severity,))

    return Validation(
        errors=listed("error"),
        errors_total=total("error"),
        warnings=listed("warning"),
        warnings_total=total("warning"),
    )


def _refuse_invalid(staging: Staging) -> None:
    found = _validation(staging)
    if not found.errors_total:
        return
    first = found.errors[0]
    raise MigrationError(
        f"{found.errors_total} errors in the source; the first: {first.collection} "
        f"{first.id or 'without id'}: {first.message}",
        hint="Nothing was imported. Without --strict such documents go to the quarantine.",
        errors=[one.model_dump(mode="json") for one in found.errors[:20]],
        total=found.errors_total,
    )
