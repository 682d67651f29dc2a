"""A migration's result as plain text, for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sidecar.migration.result import (
    Counts,
    Difference,
    Finding,
    MigrationResult,
    Verification,
)

_SHOWN = 20
_COLUMNS = (
    "read",
    "imported",
    "unchanged",
    "repeated",
    "conflicts",
    "quarantined",
    "tombstones",
    "attachments",
    "local_documents",
)


def format_report(result: MigrationResult) -> str:
    """Return the report of a migration: lines of text, widths fitted to what they hold."""
    lines: list[str] = [_headline(result), ""]
    lines += _table(
        ["collection", *(name.replace("_documents", "") for name in _COLUMNS)],
        [_row(name or "(database)", counts) for name, counts in result.collections.items()],
    )
    validation = result.validation
    lines += _findings("Errors", validation.errors, validation.errors_total)
    lines += _findings("Warnings", validation.warnings, validation.warnings_total)
    lines += _differences(
        "Conflicts (left as the store has them)", result.conflicts, result.conflicts_total
    )
    if result.backup is not None:
        lines += ["", f"Backup  {result.backup.path}"]
        lines += [f"        {result.backup.bytes} bytes, sha256 {result.backup.sha256}"]
    if result.verification is not None:
        lines += ["", *format_verification(result.verification)]
    lines += [
        "",
        "Time    " + ", ".join(f"{one.name} {one.duration_ms:.0f} ms" for one in result.phases),
    ]
    return "\n".join(lines) + "\n"


def _headline(result: MigrationResult) -> str:
    total = sum(counts.read for counts in result.collections.values())
    done = sum(counts.imported for counts in result.collections.values())
    seconds = result.duration_ms / 1000
    if result.dry_run:
        return (
            f"Dry run: {done} of {total} documents ({result.format}) would be imported. "
            "Nothing was written, no backup either."
        )
    return f"Migrated {done} of {total} documents ({result.format}) in {seconds:.1f} s."


def _row(name: str, counts: Counts) -> list[str]:
    return [name, *(str(getattr(counts, column)) for column in _COLUMNS)]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, without columns that are zero throughout."""
    kept = [
        index
        for index, name in enumerate(head)
        if index == 0 or name in {"read", "imported"} or any(row[index] != "0" for row in rows)
    ]
    widths = [max(len(row[index]) for row in [head, *rows]) for index in kept]
    for row in [head, *rows]:
        cells = [row[index] for index in kept]
        first = cells[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        yield "  ".join([first, *rest])


def _findings(title: str, found: Iterable[Finding], total: int) -> Iterator[str]:
    shown = [
        f"{one.collection or '(database)'} {one.id or '(no id)'} {one.path}: {one.message}"
        for one in found
    ]
    return _listed(title, shown, total)


def _differences(title: str, found: Iterable[Difference], total: int) -> Iterator[str]:
    shown = [
        f"{one.collection} {one.id}: {one.kind} {', '.join(one.fields)}".rstrip() for one in found
    ]
    return _listed(title, shown, total)


def _listed(title: str, shown: Sequence[str], total: int) -> Iterator[str]:
    if not total:
        return
    yield ""
    yield f"{title}: {total}"
    for line in shown[:_SHOWN]:
        yield f"  {_printable(line)}"
    if total > min(_SHOWN, len(shown)):
        yield f"  … and {total - min(_SHOWN, len(shown))} more"


def _printable(line: str) -> str:
    """Return a line that no terminal takes for a command: ids may hold any character."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in line)


def format_verification(found: Verification) -> Iterator[str]:
    """Yield the lines of a verification."""
    compared = sum(one.compared for one in found.collections)
    identical = sum(one.identical for one in found.collections)
    verdict = "passed" if found.passed else "FAILED"
    wrong = sum(one.different + one.missing for one in found.collections)
    extra = sum(one.only_in_store for one in found.collections)
    yield f"Verification {verdict}"
    yield (
        f"  {compared} documents compared by hash: {identical} identical, differences {wrong}, "
        f"only in the store {extra}"
    )
    for line in _differences("  Differences", found.differences, found.differences_total):
        yield f"  {line}" if line else line
    for check in [found.health, *found.features, *found.references]:
        yield f"  {'ok    ' if check.passed else 'FAILED'} {check.name}: {check.message}"
    if found.performance is not None:
        queries = ", ".join(
            f"{one.name} {one.duration_ms:.1f} ms ({one.error or f'{one.rows} rows'})"
            for one in found.performance.queries
        )
        within = "within" if found.performance.within_budget else "over"
        yield (
            f"  {found.performance.total_ms:.1f} ms for the seed's three queries, {within} "
            f"{found.performance.budget_ms:.0f} ms: {queries}"
        )
