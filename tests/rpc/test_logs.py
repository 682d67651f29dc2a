from __future__ import annotations

import json
import logging

from sidecar.rpc.logs import JsonLines


def test_a_record_is_one_line_of_json() -> None:
    """With what `extra` gave, and the traceback in it."""
    record = logging.makeLogRecord(
        {"name": "a.b", "levelname": "ERROR", "msg": "%s\n", "args": (1,)}
    )
    record.request = "r1"
    record.odd = {1, 2}
    error = RuntimeError("why")
    record.exc_info = (type(error), error, None)
    text = JsonLines().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert (line["level"], line["logger"], line["message"]) == ("error", "a.b", "1\n")
    assert line["request"] == "r1"
    assert line["odd"] == "{1, 2}"
    assert "RuntimeError: why" in line["traceback"]
    assert line["time"].endswith("Z")
