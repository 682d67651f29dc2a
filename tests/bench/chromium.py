"""Run the part of a benchmark that is a page, in one headless Chromium."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator

import orjson

from sidecar.core.json import Json
from tests.bench.peers import ROOT


async def drive(driver: str, plan: Json) -> AsyncIterator[bytes]:
    """Have a driver of `electron-bridge/tests/bench` carry out a plan; yield each line it says.

    The line that names the browser is printed. The driver's temporary files go when it ends.

    Raises:
        RuntimeError: The driver failed; its error is on stderr.
    """
    # A browser that was interrupted may still write.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = await asyncio.create_subprocess_exec(
            *("node", "tests/bench/run.mjs", driver),
            cwd=ROOT / "electron-bridge",
            env={**os.environ, "TMPDIR": folder},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**24,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(orjson.dumps(plan))
            process.stdin.close()
            browser = orjson.loads(await process.stdout.readline() or b"{}").get("browser")
            print(f"  Chromium {browser}", flush=True)
            async for line in process.stdout:
                yield line
            if await process.wait() != 0:
                raise RuntimeError("the browser's part failed; its error is above")
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
