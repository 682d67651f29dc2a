"""Decide what only the whole source can tell: ids that occur again, and references to nothing.

Rules for an id that occurs more than once among a collection's valid documents, in file order:

1. The same content again is a repetition.
2. Of two contents that both carry RxDB's time of the last write, the newer stands: a live source
   hands out a document again when the app has changed it meanwhile.
3. Of a local document, which carries no time, the later content stands; a deletion stands too, and
   then there is none.
4. Any other content is an error of the later document.

A reference is good when it names a document of the source that is itself imported, or one the store
has already. Documents made invalid by a reference make those invalid that refer to them, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from sidecar.migration.normalize import Issue
from sidecar.migration.staging import Item, Kind, Staging, State

Present = Callable[[str, Sequence[str]], set[str]]
"""Given a collection and source ids: those whose documents the store has."""

_ASKED_AT_ONCE: Final = 500

_AGAIN: Final = """
state = 'valid' AND (collection, local, sourceId) IN (
    SELECT collection, local, sourceId FROM item WHERE state = 'valid'
    GROUP BY collection, local, sourceId HAVING count(*) > 1
) ORDER BY collection, local, sourceId, n
"""

_UNSATISFIED: Final = """
FROM wanted JOIN item ON item.n = wanted.n AND item.state = 'valid'
WHERE NOT EXISTS (
    SELECT 1 FROM item AS target
    WHERE target.collection = wanted.collection AND target.local = 0
    AND target.sourceId = wanted.sourceId AND target.state = 'valid' AND target.kind = 'live'
) AND NOT EXISTS (
    SELECT 1 FROM known
    WHERE known.collection = wanted.collection AND known.sourceId = wanted.sourceId
)
"""

_UNASKED: Final = f"""
SELECT DISTINCT wanted.collection, wanted.sourceId {_UNSATISFIED}
AND NOT EXISTS (
    SELECT 1 FROM asked
    WHERE asked.collection = wanted.collection AND asked.sourceId = wanted.sourceId
)
ORDER BY wanted.collection LIMIT {_ASKED_AT_ONCE}
"""


@dataclass(slots=True)
class Verdict:
    """What becomes of documents that share an id.

    Attributes:
        repeated: Those another one stands for.
        wrong: Those that contradict it, with the reason.
    """

    repeated: list[int] = field(default_factory=list)
    wrong: list[tuple[int, Issue]] = field(default_factory=list)


def judge(same_id: Iterable[Item]) -> Verdict:
    """Return what becomes of the valid documents of one id, given in file order."""
    verdict = Verdict()
    standing, *later = same_id
    for item in later:
        same = (item.kind, item.digest) == (standing.kind, standing.digest)
        if item.kind is Kind.LOCAL:
            verdict.repeated.append(standing.n)
            standing = item
            continue
        dated = item.written is not None and standing.written is not None
        if not same and dated and item.written != standing.written:
            newer = (item.written or 0) > (standing.written or 0)
            verdict.repeated.append(standing.n if newer else item.n)
            standing = item if newer else standing
        elif same:
            verdict.repeated.append(item.n)
        else:
            message = f"document {standing.n} of the source has this id too, and differs"
            verdict.wrong.append((item.n, Issue("", message)))
    return verdict


def settle_repeats(staging: Staging) -> None:
    """Decide about ids that occur again."""
    for verdict in _verdicts(staging):
        for n in verdict.repeated:
            staging.set_state(n, State.REPEATED)
        for n, issue in verdict.wrong:
            staging.set_state(n, State.INVALID)
            staging.add_issues(n, "error", [issue])
    staging.execute("UPDATE item SET state = 'repeated' WHERE state = 'valid' AND digest IS NULL")


def settle_references(staging: Staging, present: Present) -> None:
    """Decide about references, until no decision changes another.

    Args:
        staging: Its items are settled but for their references.
        present: Asked for ids that the source can't satisfy.
    """
    while True:
        while unasked := list(staging.rows(_UNASKED)):
            for collection, rows in groupby(unasked, key=lambda row: str(row[0])):
                ids = [str(id_) for _, id_ in rows]
                found = present(collection, ids)
                for id_ in ids:
                    staging.remember("asked", collection, id_)
                    if id_ in found:
                        staging.remember("known", collection, id_)
        added = staging.execute(
            "INSERT INTO issue SELECT wanted.n, 'error', wanted.path, 'it refers to ' || "
            f"wanted.collection || ' ' || wanted.sourceId || ', which is not there' {_UNSATISFIED}"
        )
        if added == 0:
            return
        staging.execute(
            "UPDATE item SET state = 'invalid' WHERE state = 'valid' "
            "AND n IN (SELECT n FROM issue WHERE severity = 'error')"
        )


def _verdicts(staging: Staging) -> Iterator[Verdict]:
    again = staging.items(_AGAIN)
    for _, same in groupby(again, key=_identity):
        yield judge(same)


def _identity(item: Item) -> tuple[str, bool, str | None]:
    return item.collection, item.kind is Kind.LOCAL, item.source_id
