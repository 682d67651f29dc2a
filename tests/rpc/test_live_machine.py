"""Windows of one server, whatever they do: L1, L5 and L7 over the wire, through the client."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rpc.live_machine import LiveMachine, silence


@pytest.mark.timeout(300)
@pytest.mark.parametrize("derandomize", [True, False], ids=["the same steps", "new steps"])
def test_what_windows_hold_is_the_query_run_afresh(derandomize: bool) -> None:
    before = LiveMachine.tally.copy()
    each = settings(max_examples=8, stateful_step_count=40, derandomize=derandomize)
    with silence():
        run_state_machine_as_test(LiveMachine, settings=each)
    done = LiveMachine.tally - before
    assert done["compared"] > done["told"] > 0
