from xml.etree import ElementTree

import pytest

from tests.bench.budgets import check, load
from tests.bench.chart import svg
from tests.bench.report import markdown, slope
from tests.bench.results import Missing, Results, Spread


def run() -> Results:
    results = Results({"machine": "a & b"}, complete=True)
    spreads = {"sidecar": Spread(1, 2, 3, 9), "dexie": Spread(10, 20, 30, 9)}
    results.add("app", "insert → <b>", 10_000, "ms", spreads)
    for size in (1_000, 10_000, 100_000):
        results.add("growth", "scan", size, "ms", {"sidecar": Spread.of([size / 1_000])})
    results.add("rendering", "on the wire", 10_000, "bytes", {"sidecar": Spread.of([1_178])})
    took = {"sidecar": Spread.of([5_000.0]), "importJSON": Spread.of([8_000.0])}
    results.add("moving", "live", 20_000, "ms", took)
    results.add("moving", "peak", 20_000, "MiB", {"sidecar": Spread.of([80.0])})
    results.add("moving", "gap", 0, "ms", {"sidecar": Spread.of([20.0])})
    results.missing.append(Missing("items", "livestore", "npm could not install it"))
    return results


@pytest.mark.parametrize(("power", "costs"), [(0, [5.0, 5.0, 5.0]), (1, [1.0, 10.0, 100.0])])
def test_a_slope_is_the_power_of_the_size(power: int, costs: list[float]) -> None:
    assert slope(zip((10, 100, 1_000), costs, strict=True)) == pytest.approx(power, abs=1e-9)


def test_the_report_has_spreads_ratios_slopes_and_what_is_missing() -> None:
    results = run()
    text = markdown(results, check(results, load()))
    assert "| insert → <b> | 2 (1 … 3) | 20 (10 … 30) | 10 |" in text
    assert "| scan | 1 | 10 | 100 | 1.00 |" in text
    assert "| on the wire (bytes) | 1,178 |" in text
    assert "| live | 5,000 (4,000) | 8,000 (2,500) |" in text
    assert "| peak (MiB) | 80 |" in text
    assert "| gap | 20 |" in text
    assert "- items, LiveStore, web: npm could not install it" in text


def test_the_chart_is_an_image_that_names_each_workload_and_ratio() -> None:
    drawn = ElementTree.fromstring(svg(run()))
    texts = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "insert → <b>" in texts
    assert "10×" in texts


def test_a_chart_of_nothing_is_an_image_still() -> None:
    assert ElementTree.fromstring(svg(Results({}, complete=False))) is not None
