"""The table of a move's states."""

from pathlib import Path
from typing import get_args

import pytest

from sidecar.core.errors import MigrationError
from sidecar.core.migration import STEPS, MigrationState, Step, after


def test_every_state_has_its_steps() -> None:
    """M4: the table names each state and each step, and leads to states it knows."""
    states = set(get_args(MigrationState))
    assert set(STEPS) == states
    assert {state for steps in STEPS.values() for state in steps.values()} | {"idle"} == states
    assert {step for steps in STEPS.values() for step in steps} == set(get_args(Step))


def test_every_state_is_reached_from_the_first() -> None:
    """And from each the way leads on to another move."""
    reached: set[MigrationState] = {"idle"}
    while more := {to for one in reached for to in STEPS[one].values()} - reached:
        reached |= more
    assert reached == set(STEPS)
    assert all(
        steps if state != "cleaned" else [*steps] == ["begin"] for state, steps in STEPS.items()
    )


def test_the_guide_s_diagram_is_the_table() -> None:
    """docs/architecture.md shows each state with its steps, as they are."""
    shown = [
        f"{state:<13} {', '.join(f'{step} → {to}' for step, to in steps.items())}"
        for state, steps in STEPS.items()
    ]
    text = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text()
    assert "\n".join(["```", *shown, "```"]) in text


def test_what_is_done_before_the_switch_can_be_left() -> None:
    """M11: each state up to the switch, and the switch itself, has a way back."""
    for state in ("backing-up", "reading", "importing", "verifying", "dual", "switched"):
        assert "roll-back" in STEPS[state]


@pytest.mark.parametrize(("state", "step"), [("idle", "switch"), ("cleaned", "roll-back")])
def test_a_step_from_elsewhere_is_refused(state: MigrationState, step: Step) -> None:
    """The error names the state and what can be done there."""
    with pytest.raises(MigrationError, match=state) as refused:
        after(state, step)
    assert refused.value.data == {"state": state}
    assert refused.value.hint
