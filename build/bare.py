"""The least that asyncio needs, frozen: what the sidecar's size and start are measured in."""

import asyncio
import sys


async def _main() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


asyncio.run(_main())
