"""A migration from a file, start to end: read and validate, back up, import, verify (M4).

The order is what keeps data whole: the source is read to its last byte before anything is written,
a backup of it is verified before anything is imported, and the import reads that backup.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

import orjson

from sidecar.core.errors import MigrationError
from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.core.migration import Step
from sidecar.migration.backup import in_backup_order, write_backup
from sidecar.migration.backups import DIRECTORY
from sidecar.migration.events import LOCALS
from sidecar.migration.feed import Feed
from sidecar.migration.formats import decoded
from sidecar.migration.importer import Importer
from sidecar.migration.move import CLIENT, Move
from sidecar.migration.progress import Meter
from sidecar.migration.records import Kind as RecordKind
from sidecar.migration.records import Record, UnstorableError
from sidecar.migration.result import Backup, MigrationResult, Progress, Told, Verification
from sidecar.migration.settle import settle_references, settle_repeats
from sidecar.migration.source import on_disk, scratch
from sidecar.migration.staging import Item, Kind, Staging, State
from sidecar.migration.stored import Stored
from sidecar.migration.survey import raw_hash, survey
from sidecar.migration.tally import counts, validation
from sidecar.migration.targets import Targets
from sidecar.migration.verify import Verifier
from sidecar.store import Store
from sidecar.store.vault import Readable

_ERRORS_TOLD: Final = 20

_TO_FOLLOW: Final = """
(state = 'conflict' OR digest IS NULL AND state = 'repeated' AND NOT EXISTS (
    SELECT 1 FROM item AS other WHERE (other.collection, other.local, other.sourceId)
    = (item.collection, item.local, item.sourceId) AND other.state IN ('imported', 'unchanged')
))
"""
"""What the store has otherwise, and local documents that the source has no more."""


def migrate(
    store: Store,
    source: Readable | JsonObject,
    *,
    ids: Literal["preserve", "remap"] = "preserve",
    dry_run: bool = False,
    strict: bool = False,
    primary_keys: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    move: str | None = None,
) -> MigrationResult:
    """Bring an RxDB export into a store, with nothing lost; the same again changes nothing.

    Args:
        store: An open store.
        source: A file, or the content of one.
        ids: Keep the source's ids, or give documents of declared tables new ones (M7).
        dry_run: Write nothing: no backup, no event.
        strict: Stop before the import when a document is invalid.
        primary_keys: Primary keys of collections the schema does not declare.
        progress: Told how far it is, on this thread.
        cancelled: Asked whether to end; what was imported stays, and the next run goes on.
        move: The store's move that this is the import of: its state goes along, up to `dual`.

    Raises:
        MigrationError: A source that can't be read as it is, invalid documents when `strict`, or
            cancelled.
        StorageError: The disk refused.
        BusyError: A migration of this store is running.
    """
    began = time.perf_counter()
    meter = Meter(progress, cancelled)
    advance = _silent if move is None or dry_run else partial(_advance, Move(store), move)
    with (
        scratch(store.data_dir) as directory,
        closing(Staging(directory / "staging.db", store.vault.throwaway())) as staging,
    ):
        targets = Targets(store, primary_keys or {}, remap=ids == "remap")
        path = on_disk(source, directory, store.vault)
        steps = _Steps(store, path, targets, staging, meter)
        advance("read", ids=ids)
        source_format = steps.read(strict=strict)
        backup = None if dry_run else steps.back_up()
        advance("import", backup=_wire(backup), schemas=targets.schemas())
        importer = steps.bring_in(backup)
        if not dry_run:
            steps.release()
        if move is not None and not dry_run:
            steps.follow(Feed(store, Move(store).standing(move)), directory)
        advance("verify")
        verification = None if dry_run else steps.verify()
        result = MigrationResult(
            format=source_format,
            ids=ids,
            dry_run=dry_run,
            collections=counts(staging),
            validation=validation(staging),
            conflicts=importer.conflicts.first,
            conflicts_total=importer.conflicts.total,
            backup=backup,
            verification=verification,
            phases=meter.phases,
            duration_ms=round((time.perf_counter() - began) * 1000, 1),
        )
        advance("follow", report=_wire(result))
        return result


def verify(
    store: Store,
    source: Readable | JsonObject,
    *,
    ids: Literal["preserve", "remap"] = "preserve",
    since: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Verification:
    """Compare a source with a store, and import nothing (M9).

    Args:
        store: An open store.
        source: A file, or the content of one.
        ids: How its documents' ids came into the store.
        since: Documents that the store changed after this `seq` are not counted as different.
        progress: Told how far it is, on this thread.
        cancelled: Asked whether to end.

    Raises:
        MigrationError: A source that can't be read as it is, or cancelled.
        StorageError: The disk refused.
        BusyError: A migration of this store is running.
    """
    meter = Meter(progress, cancelled)
    with (
        scratch(store.data_dir) as directory,
        closing(Staging(directory / "staging.db", store.vault.throwaway())) as staging,
    ):
        targets = Targets(store, {}, remap=ids == "remap")
        steps = _Steps(store, on_disk(source, directory, store.vault), targets, staging, meter)
        steps.read(strict=False)
        # What should be there: all that is valid.
        staging.execute("UPDATE item SET state = 'imported' WHERE state = 'valid'")
        return steps.verify(since)


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps of one migration, over what they share."""

    store: Store
    path: Readable
    targets: Targets
    staging: Staging
    meter: Meter

    def read(self, *, strict: bool) -> str:
        """Read the whole source and decide about each document; return its format."""
        source_format = survey(self.path, self.targets, self.staging, self.meter)
        self.staging.index()
        settle_repeats(self.staging)
        settle_references(self.staging, self._present)
        if strict:
            _refuse_invalid(self.staging)
        return source_format

    def back_up(self) -> Backup:
        """Write and verify the backup."""
        directory = self.store.data_dir / DIRECTORY
        return write_backup(
            directory, self.path, self.staging, self.targets, self.meter, self.store.vault
        )

    def bring_in(self, backup: Backup | None) -> Importer:
        """Import from the backup; without one, decide only."""
        importer = Importer(
            self.store, self.targets, self.staging, self.meter, dry_run=backup is None
        )
        with self.meter.phase("importing", self._total()):
            if backup is None:
                importer.run(_together(self.path, self.staging.items("1 ORDER BY n")))
                return importer
            items = in_backup_order(self.staging, self.targets)
            importer.run(_together(self.store.vault.find(Path(backup.path)), items))
            told: JsonObject = {
                name: one.model_dump(mode="json") for name, one in counts(self.staging).items()
            }
            importer.complete(told, backup.path)
        return importer

    def release(self) -> None:
        """Take out of the quarantine what this source has in a good form."""
        stored = Stored(self.store)
        for held in list(stored.quarantine()):
            collection = "" if held.collection == LOCALS else held.collection
            good = self.staging.count(
                "SELECT count(*) FROM item WHERE collection = ? AND sourceId = ? "
                "AND state IN ('imported', 'unchanged')",
                (collection, held.source_id),
            )
            still_bad = self.staging.count(
                "SELECT count(*) FROM item WHERE raw = ? AND state = 'invalid'",
                (raw_hash(held.document.encode()),),
            )
            if good and not still_bad:
                event = NewEvent("v1.QuarantineResolved", {"seq": held.seq})
                self.store.commit([event], client_id=CLIENT).result()

    def follow(self, feed: Feed, directory: Path) -> None:
        """Let the feed decide about what the store has otherwise: it may have it from RxDB."""
        path = directory / "again.ndjson"
        conflicts = list(self.staging.items(f"{_TO_FOLLOW} ORDER BY n"))
        if not conflicts:
            return
        with self.store.vault.writing(path) as file, self.path.open("rb") as source:
            for item in conflicts:
                source.seek(item.offset)
                file.write(_line(item, source.read(item.length)))
        feed.push(self.store.vault.find(path))
        stored = Stored(self.store)
        for item in conflicts:
            if item.digest is not None and stored.digest(item) == item.digest:
                self.staging.set_state(item.n, State.IMPORTED)
        self.staging.flush()

    def verify(self, since: int | None = None) -> Verification:
        """Compare source and store."""
        with self.meter.phase("verifying", self._total()):
            verifier = Verifier(
                self.store, self.path, self.targets, self.staging, self.meter, since
            )
            return verifier.run()

    def _total(self) -> int:
        return self.staging.count("SELECT count(*) FROM item")

    def _present(self, collection: str, source_ids: Sequence[str]) -> set[str]:
        by_id = {self.targets.remapped(collection, one): one for one in source_ids}
        return {by_id[one] for one in Stored(self.store).present(collection, list(by_id))}


def _together(
    path: Readable, items: Iterator[Item]
) -> Iterator[tuple[Record, Json | UnstorableError, Item]]:
    """Yield each document of a file with its item; both come in the same order."""
    documents = (
        (record, value)
        for record, value in decoded(path)
        if record.kind in {RecordKind.DOCUMENT, RecordKind.LOCAL}
    )
    for (record, value), item in zip(documents, items, strict=True):
        yield record, value, item


def _line(item: Item, raw: bytes) -> bytes:
    kind = b"local" if item.kind is Kind.LOCAL else b"document"
    text = raw.replace(b"\r", b" ").replace(b"\n", b" ")
    return (
        b'{"collection":' + orjson.dumps(item.collection or None) + b',"' + kind + b'":' + text
    ) + b"}\n"


def _silent(step: Step, **told: Json) -> None:
    pass


def _advance(move: Move, migration: str, step: Step, **told: Json) -> None:
    move.advance(step, migration, **told)


def _wire(told: Told | None) -> JsonObject | None:
    return None if told is None else told.model_dump(mode="json", by_alias=True)


def _refuse_invalid(staging: Staging) -> None:
    found = validation(staging)
    if not found.errors_total:
        return
    first = found.errors[0]
    raise MigrationError(
        f"{found.errors_total} errors in the source; the first: {first.collection} "
        f"{first.id or 'without id'}: {first.message}",
        hint="Nothing was imported. Without --strict such documents go to the quarantine.",
        errors=[one.model_dump(mode="json") for one in found.errors[:_ERRORS_TOLD]],
        total=found.errors_total,
    )
