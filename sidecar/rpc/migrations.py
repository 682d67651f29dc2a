"""The move of a server's store, and imports beside it: one window feeds it, one import runs.

1. The connection that began the move feeds it until it closes; then another may.
2. Pushes, the switch and the way back take turns, so a push is wholly before a step or behind it.
3. A copy to verify by is no move: it has a head it was begun at, and no state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from sidecar.core.errors import BusyError, MigrationError, NotFoundError
from sidecar.core.json import JsonObject
from sidecar.rpc.spool import Spool
from sidecar.rpc.work import Tell, Work
from sidecar.store import Store
from sidecar.store.vault import Readable

if TYPE_CHECKING:  # the migration's modules are imported when one runs
    from sidecar.migration.feed import Feed
    from sidecar.migration.move import Move, Standing
    from sidecar.migration.result import MigrationResult, Progress, Verification

SPOOL: Final = "spool"

Ids = Literal["preserve", "remap"]
Source = Path | JsonObject | str
"""A file, an export's content, or the id records were pushed for."""


class Migrations:
    """Moves RxDB into one store.

    Args:
        store: Where the documents go.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._spool = Spool(store.data_dir / SPOOL, store.vault)
        self._turn = asyncio.Lock()
        self._copies: dict[str, int] = {}
        self._feeder: str | None = None
        self._feed: Feed | None = None
        self._work = Work()

    async def begin(self, window: str, *, verify: bool) -> JsonObject:
        """Begin the move or join it, or begin a copy to verify by.

        Args:
            window: The connection, which feeds the move from now on.
            verify: Whether it is for such a copy.

        Raises:
            BusyError: Another connection feeds it.
        """
        async with self._turn:
            if verify:
                name = await asyncio.to_thread(self._spool.begin)
                self._copies[name] = self._store.head
                return {"migration": name, "state": "idle", "total": 0, "checkpoints": {}}
            self._take(window)
            return await asyncio.to_thread(self._join)

    def leave(self, window: str) -> None:
        """Let another connection feed the move."""
        if self._feeder == window:
            self._feeder = self._feed = None

    async def release(self, window: str) -> None:
        """Let another connection feed the move, after what this one pushed before."""
        async with self._turn:
            self.leave(window)

    async def push(
        self, window: str, migration: str, records: Sequence[str], checkpoints: JsonObject | None
    ) -> JsonObject:
        """Take records, in the order of the calls; durable when it returns.

        Raises:
            BusyError: Another connection feeds the move.
            MigrationError: It takes none where it stands, or they are none.
            NotFoundError: It is no migration.
            StorageError: The disk refused.
        """
        async with self._turn:
            if migration in self._copies:
                total = await asyncio.to_thread(self._spool.push, migration, records)
                return {"received": len(records), "total": total, "conflicts": 0}
            self._take(window)
            return await asyncio.to_thread(self._put, migration, records, checkpoints)

    async def run(
        self,
        source: Source,
        *,
        ids: Ids,
        dry_run: bool,
        strict: bool,
        primary_keys: Mapping[str, str],
        tell: Tell,
    ) -> MigrationResult:
        """Migrate, telling how far it is.

        It is cancelled with the task that awaits it; what was imported by then stays.

        Raises:
            BusyError: Another migration runs.
            MigrationError: The source can't be migrated.
            NotFoundError: Nothing was pushed for it.
        """
        if isinstance(source, str):
            standing = await asyncio.to_thread(self._move().standing, source)
            if standing.report is not None and standing.state in _IMPORTED:
                return standing.report
            path: Readable | JsonObject = self._spool.path(source)
        else:
            path = source
        move = source if isinstance(source, str) else None

        def work(report: Callable[[Progress], None]) -> MigrationResult:
            from sidecar.migration import migrate  # noqa: PLC0415 - see above

            return migrate(
                self._store,
                path,
                ids=ids,
                dry_run=dry_run,
                strict=strict,
                primary_keys=primary_keys,
                progress=report,
                cancelled=self._work.is_cancelled,
                move=move,
            )

        result = await self._work.run(work, tell)
        if move is not None and not dry_run:
            self._spool.remove(move)
        return result

    async def verify(self, source: Source, tell: Tell) -> Verification:
        """Compare a source with the store.

        Raises:
            BusyError: A migration runs.
            MigrationError: The source can't be read.
            NotFoundError: Nothing was pushed for it.
        """
        move = self._move()
        standing = await asyncio.to_thread(move.standing)
        copy = source if isinstance(source, str) else None
        if copy is not None and copy not in self._copies:
            raise NotFoundError(
                "no copy was begun to verify by",
                hint='Begin one: `migrate.begin` with purpose "verify".',
                migration=copy[:100],
            )
        since = None if copy is None else self._copies[copy]
        if since is not None and standing.switched is not None:
            since = min(since, standing.switched)
        path = self._spool.path(source) if isinstance(source, str) else source

        def work(report: Callable[[Progress], None]) -> Verification:
            from sidecar.migration.run import verify  # noqa: PLC0415 - see above

            return verify(
                self._store,
                path,
                ids=standing.ids,
                since=since,
                progress=report,
                cancelled=self._work.is_cancelled,
            )

        found = await self._work.run(work, tell)
        if copy is not None:
            del self._copies[copy]
            self._spool.remove(copy)
            if standing.state == "dual" and standing.report is not None:
                report = standing.report.model_copy(update={"verification": found})
                told = report.model_dump(mode="json", by_alias=True)
                await asyncio.to_thread(move.advance, "compare", standing.migration, report=told)
        return found

    async def status(self) -> JsonObject:
        """Return where the move stands."""
        return await asyncio.to_thread(self._status)

    async def cut_over(self, migration: str) -> JsonObject:
        """Switch the app to the store.

        Raises:
            MigrationError: It is not where it can, or what was compared last differs.
            NotFoundError: It is another move.
        """

        def work() -> JsonObject:
            from sidecar.migration.move import switch  # noqa: PLC0415 - see above

            switch(self._move(), migration)
            return self._status()

        async with self._turn:
            return await asyncio.to_thread(work)

    async def changes(self, migration: str, after: int | None, limit: int) -> JsonObject:
        """Return what the app changed in the store since the switch.

        Raises:
            MigrationError: It has not switched.
            NotFoundError: It is another move.
        """

        def work() -> JsonObject:
            from sidecar.migration.returning import Returning  # noqa: PLC0415 - see above

            standing = self._move().standing(migration)
            start = standing.synced if standing.state == "rolled-back" else standing.switched
            if standing.state == "rolled-back" and standing.switched is None:
                start = self._store.head
            if start is None:
                raise MigrationError(
                    f"a migration that is {standing.state} has nothing to bring back",
                    hint="The app has not switched: RxDB has all there is.",
                    state=standing.state,
                )
            head = self._store.head
            page = Returning(self._store, standing).page(
                start if after is None else max(after, start), limit
            )
            return {"changes": [*page.changes], "after": page.after, "head": head}

        return await asyncio.to_thread(work)

    async def roll_back(self, migration: str, through: int | None) -> JsonObject:
        """Return to RxDB, or begin to.

        Raises:
            MigrationError: There is no way back.
            NotFoundError: It is another move.
        """
        await self._work.end()

        def work() -> JsonObject:
            from sidecar.migration.returning import Returning  # noqa: PLC0415 - see above

            move = self._move()
            standing = move.standing(migration)
            if standing.state not in {"rolling-back", "rolled-back"}:
                standing = move.advance("roll-back", migration)
                self._spool.remove(migration)
            if through is not None:
                through_head = min(through, self._store.head)
                if standing.state == "rolled-back":
                    came = standing.switched is not None and through_head > (standing.synced or 0)
                else:
                    came = not Returning(self._store, standing).page(through_head, 1).changes
                if came:
                    move.advance("return", migration, through=through_head)
            return self._status()

        async with self._turn:
            return await asyncio.to_thread(work)

    async def clean_up(self, migration: str) -> JsonObject:
        """End the move for good.

        Raises:
            MigrationError: It has not switched, or its backup is not whole any more.
            NotFoundError: It is another move.
        """

        def work() -> JsonObject:
            from sidecar.migration.backups import is_whole  # noqa: PLC0415 - see above

            move = self._move()
            standing = move.standing(migration)
            if standing.state == "switched" and (
                standing.backup is None or not is_whole(standing.backup, self._store.vault)
            ):
                raise MigrationError(
                    "the backup is not as it was when it was verified",
                    hint="RxDB's data is the only other copy: keep it, or back it up again.",
                )
            move.reach("clean", migration)
            return self._status()

        async with self._turn:
            return await asyncio.to_thread(work)

    async def repair(self, seq: int, document: JsonObject) -> str:
        """Import the corrected form of a quarantined document; return its id.

        Raises:
            NotFoundError: The quarantine has no such document.
            ValidationError: The form is not good yet.
            ConflictError: The store has a document of this id.
        """

        def work() -> str:
            from sidecar.migration.quarantine import repair  # noqa: PLC0415 - see above

            return repair(self._store, self._move().standing(), seq, document)

        async with self._turn:
            return await asyncio.to_thread(work)

    def cancel(self) -> None:
        """Cancel the migration that runs, if any."""
        self._work.cancel()

    def _take(self, window: str) -> None:
        if self._feeder not in {None, window}:
            raise BusyError(
                "another window feeds the migration",
                hint="Wait: when its connection closes, this one may.",
            )
        self._feeder = window

    def _move(self) -> Move:
        from sidecar.migration.move import Move  # noqa: PLC0415 - see above

        return Move(self._store)

    def _join(self) -> JsonObject:
        standing = self._move().begin()
        self._feed, name = None, standing.migration
        if standing.state in _COPYING:
            self._spool.begin(name)
        self._spool.keep({name, *self._copies})
        return {
            "migration": name,
            "state": standing.state,
            "total": self._spool.total(name),
            "checkpoints": self._spool.checkpoints(name),
        }

    def _put(
        self, migration: str, records: Sequence[str], checkpoints: JsonObject | None
    ) -> JsonObject:
        move = self._move()
        standing = move.standing(migration)
        conflicts = 0
        if standing.state in _FOLLOWING:
            conflicts = self._follow(standing, records)
        elif standing.state in _COPYING:
            if standing.state == "reading":
                move.advance("copy", migration)
            self._spool.push(migration, records)
        else:
            raise MigrationError(
                f"a migration that is {standing.state} takes no records",
                hint="`migrate.status` tells where it is.",
                state=standing.state,
            )
        if checkpoints:
            self._spool.check(migration, checkpoints)
        total = self._spool.total(migration)
        return {"received": len(records), "total": total, "conflicts": conflicts}

    def _follow(self, standing: Standing, records: Sequence[str]) -> int:
        from sidecar.migration.feed import Feed  # noqa: PLC0415 - see above

        if self._feed is None:
            self._feed = Feed(self._store, standing)
        if not records:
            return 0
        with self._spool.page(records) as path:
            return self._feed.push(path)

    def _status(self) -> JsonObject:
        from sidecar.migration.stored import Stored  # noqa: PLC0415 - see above

        standing = self._move().standing()
        backup, report = standing.backup, standing.report
        quarantined = Stored(self._store).number("SELECT count(*) AS found FROM _quarantine")
        return {
            "migration": standing.migration or None,
            "state": standing.state,
            "ids": standing.ids,
            "backup": None if backup is None else backup.model_dump(mode="json", by_alias=True),
            "report": None if report is None else report.model_dump(mode="json", by_alias=True),
            "switched": standing.switched,
            "quarantined": quarantined,
            "feeding": self._feeder is not None,
        }


_COPYING: Final = frozenset({"backing-up", "reading"})
_FOLLOWING: Final = frozenset({"dual", "switched"})
_IMPORTED: Final = frozenset({"dual", "switched", "rolling-back", "rolled-back", "cleaned"})
