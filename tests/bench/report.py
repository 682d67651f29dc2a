"""Results as a person reads them: tables of Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tests.bench.budgets import Verdict
from tests.bench.peers import STORES, TITLES
from tests.bench.results import OURS, Figure, Results, Spread

_GROUPS = {
    "average": "RxDB's own workload",
    "app": "An app's memories",
    "items": "LiveStore's own workload",
    "live": "One change under live queries",
    "rendering": "From a click to the screen",
    "resources": "The machine's resources",
    "moving": "The move from RxDB",
}

_NOTES = {
    "average": """
`runPerformanceTests` of RxDB's `test-utils`, step by step: four collections, 3,000 documents, the
database opened anew between the parts.""",
    "app": """
Documents of about 600 bytes. *Reopen* is a new connection to the server, which runs on. Queries
are ones not asked before; answers were compared, document by document. The sidecar's commits are
on disk when they are done; RxDB's on Dexie may still be in the browser's buffers, and in memory
nothing is stored. The bare SQLite ran after the others, in a process without a socket.""",
    "items": """
From a change's commit to the new live result, without React. A *commit* of ours is on disk;
LiveStore's is in the window, and *kept* once its leader has it. A *cold start* comes after a
changed schema and derives the state from the log. The sidecar starts by being spawned, LiveStore
in a page or process that is there.""",
    "live": """
From the commit to the new result in the window, of the one live query that shows it.""",
    "rendering": """
A memory of a list of 20 rows is renamed, until React has it in the DOM wherever it belongs: in the
list alone, among other live queries, or in as many other lists. *One row changed* is without React,
under a live query of all memories. *On the wire* are bytes of messages, both ways.""",
    "resources": """
Resident memory of the server, its size on disk, and its start on an empty and a full store beside
`python3 -c "import asyncio"` and, packaged, the least that asyncio needs, frozen the same way.""",
    "moving": """
In brackets, documents in a second. A move of ours ends with a backup and each document compared;
RxDB's export and import compare nothing and hand over objects in one page. A peak is the most
resident memory a server had since it was started for the move. *Rollback* writes what was changed
in the store into RxDB; beside it, RxDB's own `bulkUpsert` of as many. At the *switch* a list
changes over from RxDB to the store while the app writes 200 documents a second.""",
}

_COUNTED = {"items": "events in the log", "live": "live queries"}


def markdown(results: Results, verdicts: Sequence[Verdict]) -> str:
    """Return the report of a run."""
    parts = [
        "# Benchmark results",
        (
            "Written by `python3 build/dev.py bench`. Times are p50 (min … p95) in milliseconds; "
            "a ratio above 1 says how many times as long the peer took."
        ),
        "\n".join(f"- {name}: {told}" for name, told in results.about.items()),
        "![Medians of every workload, on a logarithmic scale](latest.svg)",
        *_budgets(verdicts),
        *(part for group in _GROUPS for part in _group(results, group)),
        *_growth(results),
        *_missing(results),
    ]
    return "\n\n".join(parts) + "\n"


def slope(points: Iterable[tuple[int, float]]) -> float:
    """Return the exponent k of cost ~ size^k that fits best: 0 is constant, 1 is linear.

    Args:
        points: At least two sizes, each with its cost.
    """
    logs = [(math.log(size), math.log(cost)) for size, cost in points]
    x_mean = sum(x for x, _ in logs) / len(logs)
    y_mean = sum(y for _, y in logs) / len(logs)
    over = sum((x - x_mean) * (y - y_mean) for x, y in logs)
    return over / sum((x - x_mean) ** 2 for x, _ in logs)


def _budgets(verdicts: Sequence[Verdict]) -> list[str]:
    parts = ["## Budgets", "The sidecar's figure in times of what each promise names."]
    for budget in dict.fromkeys(one.budget for one in verdicts if not one.outside):
        beside = " + ".join(TITLES[peer] for peer in budget.beside)
        rows = [
            [
                one.workload + (f", {one.size:,}" if one.size else ""),
                one.why if one.ratio is None else f"{one.ratio:.3g}",
                "**broken**" if one.broken else "kept" if one.ratio is not None else "not measured",
            ]
            for one in verdicts
            if one.budget == budget
        ]
        against = beside or f"the sidecar at {budget.beside_size:,}"
        head = [f"{budget.statistic} beside {against}", f"at most {budget.at_most:g}", ""]
        parts += [f"**{budget.says[0].upper()}{budget.says[1:]}**", _table(head, rows)]
    return parts


def _group(results: Results, group: str) -> list[str]:
    figures = list(results.of(group))
    if not figures:
        return []
    parts = [f"## {_GROUPS[group]}", _NOTES[group].strip()]
    for size in dict.fromkeys(one.size for one in figures):
        some = [one for one in figures if one.size == size]
        if group != "live" and size:
            parts.append(f"**{size:,} {_COUNTED.get(group, 'documents')}**")
        if group != "live":
            parts.append(_figures(some))
    if group == "live":
        parts.append(_figures(figures, sized=True))
    return parts


def _figures(figures: Sequence[Figure], *, sized: bool = False) -> str:
    """Return a table of figures: a column per peer, then the ratios to the stores among them."""
    peers = [peer for peer in TITLES if any(peer in one.peers for one in figures)]
    stores = [peer for peer in peers if peer in STORES]
    head = ["workload", *(TITLES[one] for one in peers), *(f"{TITLES[s]} : us" for s in stores)]
    rows = [
        [
            _named(one, sized=sized),
            *(_spread(one.peers.get(peer), one) for peer in peers),
            *(_ratio(one.peers.get(peer), one.peers.get(OURS)) for peer in stores),
        ]
        for one in figures
    ]
    return _table(head, rows)


def _growth(results: Results) -> list[str]:
    figures = list(results.of("growth"))
    if not figures:
        return []
    sizes = sorted({one.size for one in figures})
    rows = []
    for workload in dict.fromkeys(one.workload for one in figures):
        found = {one.size: one.peers[OURS].p50 for one in figures if one.workload == workload}
        k = f"{slope(found.items()):.2f}" if len(found) > 1 else ""
        rows.append([workload, *(_number(found.get(size)) for size in sizes), k])
    return [
        "## How costs grow",
        (
            "The sidecar's medians by the number of documents. The slope k of cost ~ documents^k: "
            "0 costs the same in any store, 1 grows with it."
        ),
        _table(["workload", *(f"{size:,}" for size in sizes), "slope"], rows),
    ]


def _missing(results: Results) -> list[str]:
    if not results.missing:
        return []
    lines = [
        f"- {one.group}, {TITLES.get(one.peer, one.peer)}"
        + (f", {one.workload}" if one.workload else "")
        + (f", {one.size:,}" if one.size else "")
        + f": {one.why}"
        for one in results.missing
    ]
    return ["## Not measured", "\n".join(lines)]


def _named(figure: Figure, *, sized: bool) -> str:
    unit = "" if figure.unit == "ms" else f" ({figure.unit})"
    return f"{figure.workload}{f', {figure.size:,} live queries' if sized else ''}{unit}"


def _spread(spread: Spread | None, of: Figure) -> str:
    if spread is None:
        return ""
    if of.group == "moving" and of.unit == "ms" and of.size:
        return f"{_number(spread.p50)} ({_number(of.size / spread.p50 * 1000)})"
    if spread.times == 1 or of.unit != "ms":
        return _number(spread.p50)
    return f"{_number(spread.p50)} ({_number(spread.min)} … {_number(spread.p95)})"


def _ratio(theirs: Spread | None, ours: Spread | None) -> str:
    return f"{theirs.p50 / ours.p50:.2g}" if theirs and ours else ""


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *("--:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])
