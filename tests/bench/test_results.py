from pathlib import Path

import pytest

from tests.bench.results import Missing, Results, Spread, read, write


def test_a_spread_is_of_values_that_were_measured() -> None:
    assert Spread.of([float(one) for one in range(100, 0, -1)]) == Spread(1.0, 50.5, 95.0, 100)
    assert Spread.of([3.0]) == Spread(3.0, 3.0, 3.0, 1)


def test_peers_measured_apart_are_one_figure() -> None:
    results = Results({}, complete=True)
    results.add("app", "get", 10, "ms", {"sidecar": Spread.of([1.0])})
    results.add("app", "get", 10, "ms", {"sqlite": Spread.of([2.0])})
    results.add("app", "get", 20, "ms", {"sqlite": Spread.of([3.0])})
    assert [sorted(one.peers) for one in results.figures] == [["sidecar", "sqlite"], ["sqlite"]]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    results = Results({"seed": "7"}, complete=True)
    results.add("app", "get → live", 10, "ms", {"sidecar": Spread.of([1.25, 2.5])})
    results.missing.append(Missing("items", "livestore", "no npm"))
    write(results, tmp_path / "latest.json")
    assert read(tmp_path / "latest.json") == results


def test_figures_keep_four_digits(tmp_path: Path) -> None:
    results = Results({}, complete=True)
    results.add("app", "get", 10, "ms", {"sidecar": Spread.of([1.23456789])})
    write(results, tmp_path / "latest.json")
    assert read(tmp_path / "latest.json").figures[0].peers["sidecar"].p50 == pytest.approx(
        1.235, abs=1e-9
    )
