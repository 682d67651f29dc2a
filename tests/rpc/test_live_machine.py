"""Windows of one server, whatever they do: L1, L5, L7 over the wire, by client and bridge."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rpc.bridge_window import BRIDGE
from tests.rpc.live_machine import BridgeMachine, LiveMachine, silence

needs_bridge = pytest.mark.skipif(
    shutil.which("node") is None or not (BRIDGE / "node_modules" / "tsdown").is_dir(),
    reason="The bridge's packages are not installed: npm ci",
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("machine", "derandomize"),
    [
        pytest.param(LiveMachine, True, id="client, the same steps"),
        pytest.param(LiveMachine, False, id="client, new steps"),
        pytest.param(BridgeMachine, False, id="bridge, new steps", marks=needs_bridge),
    ],
)
def test_what_windows_hold_is_the_query_run_afresh(
    machine: type[LiveMachine], derandomize: bool
) -> None:
    before = machine.tally.copy()
    each = settings(max_examples=8, stateful_step_count=40, derandomize=derandomize)
    with silence():
        run_state_machine_as_test(machine, settings=each)
    done = machine.tally - before
    assert done["compared"] > done["told"] > 0
