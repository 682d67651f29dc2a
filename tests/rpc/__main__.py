"""Run for long what the tests run for seconds, and print figures.

`machine` takes random steps, `--through` windows of the Python client or of the bridge, and
raises what was wrong, shrunk; `sleep` commits while a window reads
nothing; `churn` begins and ends live queries.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import hypothesis
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rpc.live_machine import BridgeMachine, LiveMachine, silence
from tests.rpc.pressure import Figures, come_and_go, sleep_through
from tests.rpc.processes import Started, started

_EACH = 200
"""Steps of one machine."""


def machine(machine: type[LiveMachine], steps: int, seed: int) -> None:
    """Run machines until they took so many steps; the same seed runs the same."""
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    began = time.monotonic()
    wanted = settings(
        max_examples=10,
        stateful_step_count=_EACH,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    while machine.tally["steps"] < steps:
        seeded = hypothesis.seed(chance.randrange(2**32))(machine)
        run_state_machine_as_test(seeded, settings=wanted)
        done = ", ".join(f"{count:,} {what}" for what, count in machine.tally.items())
        print(f"{time.monotonic() - began:,.0f} s: {done}", flush=True)


async def press(work: Callable[[Started, int], Awaitable[Figures]], times: int) -> None:
    """Press on a server of its own."""
    with tempfile.TemporaryDirectory() as directory, started(Path(directory)) as server:
        done = await work(server, times)
    print(
        f"{times:,} in {done.seconds:.1f} s, {times / done.seconds:,.0f} a second; "
        f"{done.messages:,} messages; resident {done.before / 1e6:.1f} MB, "
        f"{done.most / 1e6:.1f} MB at most later"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.rpc", description=__doc__)
    parser.add_argument("what", choices=["machine", "sleep", "churn"])
    parser.add_argument("--times", type=int, default=100_000, help="steps, commits, live queries")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="of the steps")
    parser.add_argument(
        "--through", choices=["client", "bridge"], default="client", help="windows of the machine"
    )
    options = parser.parse_args()
    if options.what == "machine":
        with silence():
            machines = {"client": LiveMachine, "bridge": BridgeMachine}
            machine(machines[options.through], options.times, options.seed)
    else:
        work = {"sleep": sleep_through, "churn": come_and_go}[options.what]
        asyncio.run(press(work, options.times))
