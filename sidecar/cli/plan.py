"""How a query is run, for a person: its SQL, SQLite's plan as a tree, and the index it lacks."""

from __future__ import annotations

import sys

import orjson

from sidecar.cli.output import MAX_WIDTH
from sidecar.client import ExplanationJson


def print_plan(explained: ExplanationJson) -> None:
    """Print an explanation over several lines."""
    from rich.console import Console  # noqa: PLC0415 - 60 ms that nothing else here needs
    from rich.text import Text  # noqa: PLC0415 - as above
    from rich.tree import Tree  # noqa: PLC0415 - as above

    console = Console(highlight=False, width=None if sys.stdout.isatty() else MAX_WIDTH)
    console.print(Text("SQL", "bold"))
    console.print(Text(explained["sql"]), soft_wrap=True)
    if explained["params"]:
        console.print(Text(f"with {orjson.dumps(explained['params']).decode()}"), soft_wrap=True)
    console.print()
    root = Tree(Text("Plan", "bold"))
    above = [root]
    for step in explained["plan"]:
        detail = step.lstrip(" ")
        del above[(len(step) - len(detail)) // 2 + 1 :]
        above.append(above[-1].add(Text(detail)))
    console.print(root)
    console.print()
    missing, used = explained["missingIndex"], ", ".join(explained["indexes"]) or "none"
    if missing is None and explained["fullScan"]:
        used += "; every row may be looked at"
    console.print(Text("Indexes ", "bold").append(used, "not bold"))
    if missing is not None:
        console.print(Text("Missing ", "bold").append(missing["reason"], "not bold"))
        fields = ", ".join(orjson.dumps(field).decode() for field in missing["fields"])
        index = f"({fields})" if len(missing["fields"]) > 1 else fields
        hint = f'Declare it: Table("{missing["collection"]}", …, indexes=[{index}])'
        console.print(Text(f"        {hint}"), soft_wrap=True)
