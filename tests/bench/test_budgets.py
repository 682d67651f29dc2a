import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.budgets import Budget, Verdict, check, load
from tests.bench.machine import ROOT
from tests.bench.results import OURS, Missing, Results, Spread, write

BUDGET = Budget("as fast", "app", ("find all",), "p50", 0.5, beside=("dexie",))


def took(p50: float) -> Spread:
    return Spread(p50 / 2, p50, p50 * 3, 10)


def results(*, complete: bool = True, **peers: float) -> Results:
    made = Results({}, complete)
    made.add("app", "find all", 10_000, "ms", {name: took(p50) for name, p50 in peers.items()})
    return made


def verdict(measured: Results, budget: Budget = BUDGET) -> Verdict:
    (one,) = check(measured, [budget])
    return one


@pytest.mark.parametrize(("ours", "broken"), [(1.0, False), (5.0, False), (5.1, True)])
def test_a_budget_is_broken_above_its_ratio(ours: float, broken: bool) -> None:
    assert verdict(results(sidecar=ours, dexie=10.0)).broken == broken


def test_a_broken_budget_says_by_how_much() -> None:
    said = str(verdict(results(sidecar=20.0, dexie=10.0)))
    assert said.startswith("BROKEN: find all at 10,000: 2 of dexie in p50")
    assert "4.00 times the budget" in said


def test_the_times_of_several_floors_are_added() -> None:
    floors = replace(BUDGET, beside=("echo", "sqlite"), at_most=2.5)
    assert verdict(results(sidecar=6.0, echo=1.0, sqlite=2.0), floors).ratio == 2.0


def test_a_budget_compares_the_statistic_it_names() -> None:
    measured = Results({}, complete=True)
    slow_at_times = Spread(1.0, 1.0, 9.0, 10)
    measured.add("app", "find all", 10_000, "ms", {OURS: slow_at_times, "dexie": took(3.0)})
    assert verdict(measured, replace(BUDGET, statistic="p95")).ratio == 1.0


def test_sizes_of_one_workload_are_compared_with_each_other() -> None:
    measured = Results({}, complete=True)
    measured.add("live", "change", 1, "ms", {OURS: took(2.0)})
    measured.add("live", "change", 10_000, "ms", {OURS: took(5.0)})
    budget = Budget("flat", "live", ("change",), "p50", 1.5, beside_size=1, sizes=(10_000,))
    one = verdict(measured, budget)
    assert (one.ratio, one.broken) == (2.5, True)
    assert "sidecar at 1 in p50" in str(one)


def test_every_workload_of_a_group_is_meant_by_a_star() -> None:
    measured = results(sidecar=1.0, dexie=10.0)
    measured.add("app", "count", 10_000, "ms", {OURS: took(9.0), "dexie": took(1.0)})
    verdicts = check(measured, [replace(BUDGET, workloads=("*",))])
    assert [(one.workload, one.broken) for one in verdicts] == [
        ("find all", False),
        ("count", True),
    ]


def test_a_complete_run_without_the_figure_breaks_the_budget() -> None:
    assert verdict(results(sidecar=1.0)).broken
    assert verdict(Results({}, complete=True)).broken
    assert verdict(Results({}, complete=True), replace(BUDGET, workloads=("*",))).broken


def test_a_peer_that_was_not_reached_breaks_nothing_and_is_told() -> None:
    measured = results(sidecar=1.0)
    measured.missing.append(Missing("app", "dexie", "no IndexedDB"))
    one = verdict(measured)
    assert (one.broken, one.ratio) == (False, None)
    assert "no IndexedDB" in str(one)


def test_our_own_refusal_excuses_nothing() -> None:
    measured = Results({}, complete=True)
    measured.missing.append(Missing("app", OURS, "E_TIMEOUT", "find all", 10_000))
    assert verdict(measured).broken


def test_what_a_partial_run_leaves_out_breaks_nothing() -> None:
    assert not verdict(Results({}, complete=False)).broken


def test_the_budgets_name_workloads_that_the_pages_measure() -> None:
    pages = ROOT / "electron-bridge" / "tests" / "bench"
    source = "".join(file.read_text(encoding="utf-8") for file in pages.glob("*/*.ts"))
    for budget in load():
        for workload in budget.workloads:
            assert workload == "*" or f'"{workload}"' in source


def test_the_command_fails_when_a_recorded_run_breaks_a_budget(tmp_path: Path) -> None:
    codes = {}
    for name, ours in {"kept": 1.0, "broken": 30.0}.items():
        file = tmp_path / f"{name}.json"
        write(results(complete=False, sidecar=ours, dexie=10.0), file)
        command = [sys.executable, "-m", "tests.bench", "--check", "--results", str(file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        codes[name] = done.returncode
        assert ("BROKEN: find all at 10,000: 3 of dexie" in done.stdout) == (name == "broken")
    assert codes == {"kept": 0, "broken": 1}
