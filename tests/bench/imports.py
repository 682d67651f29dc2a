"""The import of a file of 100,000 documents by `sidecar migrate`: its rate and its peak memory."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from tests.bench.data import memory, persona
from tests.bench.measure import report
from tests.bench.peers import ROOT

_SIZES = (10_000, 100_000)
_PERSONAS = 200


async def run() -> None:
    """Print rate and memory for both sizes, and how memory grew between them."""
    peaks: list[float] = []
    for size in _SIZES:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "export.json"
            _export(file, size)
            seconds, peak = await asyncio.to_thread(_migrate, file, Path(folder) / "store")
        peaks.append(peak)
        documents = size + _PERSONAS
        memory_text = f"peak {peak:.0f} MiB" if peak else "peak memory is not known here"
        rate = f"{documents / seconds:,.0f} documents/s"
        report(f"import, backup, verify {documents:,}", rate, f"{seconds:.1f} s, {memory_text}")
    if all(peaks):
        grown = f"{peaks[1] / peaks[0]:.2f} times the memory"
        report("ten times the documents take", grown)


def _export(file: Path, size: int) -> None:
    """Write what RxDB's `exportJSON()` of a database writes.

    Document by document: a child's peak memory counts from what this process has at the fork.
    """
    collections = (
        ("personas", (persona(number) for number in range(_PERSONAS))),
        ("memoryEntities", (memory(number, _PERSONAS) for number in range(size))),
    )
    with file.open("wb") as out:
        out.write(b'{"name":"bench","instanceToken":"","collections":[')
        for index, (name, documents) in enumerate(collections):
            out.write(b"," if index else b"")
            out.write(b'{"name":"%s","schemaHash":"","docs":[' % name.encode())
            for number, document in enumerate(documents):
                out.write((b"," if number else b"") + orjson.dumps(document))
            out.write(b"]}")
        out.write(b"]}")


def _migrate(file: Path, data_dir: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "sidecar", "migrate", str(file), "--data-dir", str(data_dir)]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    if not hasattr(os, "wait4"):
        if process.wait() != 0:
            raise RuntimeError("the migration failed; its error is above")
        return time.perf_counter() - start, 0.0
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError("the migration failed; its error is above")
    kibibytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return time.perf_counter() - start, kibibytes / 1024
