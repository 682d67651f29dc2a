"""What is known of a query that live queries share."""

from __future__ import annotations

from sidecar.core.query import parse_query
from sidecar.live.step import Step
from sidecar.rpc.shared import Shared
from sidecar.store import Result


def _result(head: int, *ids: str) -> Result:
    rows = [f'{{"id":"{id}"}}' for id in ids]
    return Result("rows", head, frozenset(["things"]), rows, ids, "id")


def test_a_run_leaves_no_step_that_led_elsewhere() -> None:
    """L1: a client that stands where the last step ended would take it as up to date."""
    shared = Shared(b"", parse_query({"from": "things"}))
    standing = shared.stand(_result(1, "a", "b"))
    step = shared.step = Step(standing, standing, None)
    assert shared.stand(_result(2, "a", "b")) is standing
    assert shared.step is step, "it still ends at the standing"
    shared.stand(_result(3, "b"))
    assert shared.step is None
