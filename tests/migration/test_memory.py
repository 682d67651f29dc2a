"""Memory does not grow with the file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT_BYTES = 20_000

RUN = """
import pathlib, resource, sys
from sidecar.app import schema
from sidecar.migration import migrate
from sidecar.store import Store
with Store.open(pathlib.Path(sys.argv[1]), schema) as store:
    result = migrate(store, pathlib.Path(sys.argv[2]))
assert result.verification.passed
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(directory: Path, megabytes: int) -> int:
    """Return the peak memory of migrating a file of so many megabytes, in the system's unit."""
    directory.mkdir()
    path = directory / "source.json"
    persona = {"id": "p", "name": "Ada", "personality": {}, "settings": {}}
    text = "lorem ipsum \u00e9" * (DOCUMENT_BYTES // 14)
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"personas":[{json.dumps(persona)}],"memoryEntities":[')
        for n in range(megabytes * 1_000_000 // DOCUMENT_BYTES):
            one = {"id": f"m{n}", "personaId": "p", "name": "m", "content": {"text": text, "n": n}}
            file.write(f"{',' if n else ''}{json.dumps(one, ensure_ascii=False)}")
        file.write('],"metadata":{},"exportedAt":1,"version":"1.0"}')
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(directory / "data"), str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    return int(ran.stdout)


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform == "win32", reason="no peak memory in the standard library")
def test_a_file_ten_times_as_large_takes_about_the_same_memory(tmp_path: Path) -> None:
    """M3: 100 MB against 10 MB, the whole way through backup, import and verification."""
    small, large = peak(tmp_path / "small", 10), peak(tmp_path / "large", 100)
    assert large / small < 1.25, (small, large)
