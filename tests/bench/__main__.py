"""Measure RxDB, LiveStore, the floors and the sidecar in one run; hold the ratios to budgets."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from tests.bench import budgets, chart, report
from tests.bench.machine import ROOT
from tests.bench.results import Results, read, write
from tests.bench.run import GROUPS, QUICK, WHOLE, run

RESULTS = Path(__file__).with_name("results")
"""Where a complete run is kept, and committed."""

PARTIAL = ROOT / "build" / "work" / "bench"
"""Where any other is."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, or read what was measured; report, and check if asked.

    Returns:
        The exit code: 1 when a budget is broken.
    """
    options = _parser().parse_args(arguments)
    try:
        results = read(options.results) if options.results else _measure(options)
    except (OSError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    verdicts = budgets.check(results, budgets.load())
    said = ""
    for verdict in (one for one in verdicts if not one.outside):
        if verdict.budget.says != said:
            said = verdict.budget.says
            print(f"\n{said}")
        print(f"  {verdict}")
    broken = sum(verdict.broken for verdict in verdicts)
    measured = sum(verdict.ratio is not None for verdict in verdicts)
    outside = sum(verdict.outside for verdict in verdicts)
    print(f"\n{measured} ratios measured, {broken} broken, {outside} not part of this run")
    return 1 if options.check and (broken or not measured) else 0


def _measure(options: argparse.Namespace) -> Results:
    extent = QUICK if options.quick else WHOLE
    if options.sizes:
        sizes = options.sizes
        extent = replace(extent, app=sizes, growth=sizes, moving=sizes)
    results = asyncio.run(run(options.only, extent, quick=options.quick, source=options.source))
    folder = RESULTS if results.complete else PARTIAL
    folder.mkdir(parents=True, exist_ok=True)
    write(results, folder / "latest.json")
    verdicts = budgets.check(results, budgets.load())
    (folder / "latest.md").write_text(report.markdown(results, verdicts), encoding="utf-8")
    (folder / "latest.svg").write_text(chart.svg(results), encoding="utf-8")
    print(f"\nkept in {folder.relative_to(ROOT)}/latest.{{json,md,svg}}")
    return results


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a budget is broken")
    parser.add_argument(
        "--results", type=Path, metavar="FILE", help="check a recorded run; measure nothing"
    )
    parser.add_argument(
        "--only",
        type=_groups,
        default=GROUPS,
        metavar="GROUPS",
        help=f"some of {','.join(GROUPS)}",
    )
    parser.add_argument(
        "--sizes", type=_sizes, metavar="N,N", help="documents in app, growth and moving"
    )
    parser.add_argument(
        "--quick", action="store_true", help="small and few: whether it works, not how fast"
    )
    parser.add_argument(
        "--source", action="store_true", help="serve from source though there is a bundle"
    )
    return parser


def _groups(text: str) -> tuple[str, ...]:
    asked = text.split(",")
    if unknown := [name for name in asked if name not in GROUPS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: there are {', '.join(GROUPS)}")
    return tuple(name for name in GROUPS if name in asked)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(one.replace("_", "")) for one in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
