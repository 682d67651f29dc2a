"""`sidecar query`: read documents, or anything SQL can read."""

from __future__ import annotations

import click

from sidecar.cli.backend import open_backend
from sidecar.cli.input import json_object, pairs, read_argument, scalar
from sidecar.cli.options import Target, examples, output_option, store_options
from sidecar.cli.output import Format, print_json, print_line, print_rows
from sidecar.cli.plan import print_plan
from sidecar.client import QueryResult
from sidecar.core.json import JsonObject


@click.command(
    "query",
    epilog=examples(
        """
        sidecar query '{"from": "personas", "selector": {"isActive": true}, "first": true}'
        sidecar query '{"from": "memoryEntities", "sort": [{"name": "asc"}], "limit": 3}' -o table
        sidecar query --sql 'SELECT name FROM personas WHERE id = :id' --param id=p1
        sidecar query --explain '{"from": "memoryEntities", "selector": {"type": "fact"}}'
        echo '{"from": "personas", "count": true}' | sidecar query -
        """
    ),
)
@click.argument("query", required=False)
@click.option("--sql", help="Run a read in SQL instead of QUERY.")
@click.option(
    "--param",
    "params",
    metavar="NAME=VALUE",
    multiple=True,
    help="Value of :NAME in the SQL: JSON where it is a number, true, false, null or quoted,"
    " else text. Repeatable.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Don't run the query: tell its SQL, SQLite's plan, and the index that it lacks."
    " As JSON with -o json.",
)
@output_option("json")
@store_options
def command(
    target: Target,
    query: str | None,
    sql: str | None,
    params: tuple[str, ...],
    explain: bool,
    output: Format,
) -> None:
    """Run a query once and print what it finds.

    QUERY is JSON: {from, selector?, sort?, skip?, limit?, after?, fields?, distinct?, groupBy?,
    aggregate?, first?, fallback?, count?}; "-" reads it from stdin. docs/queries.md tells of each.
    """
    wanted = _wanted(query, sql, params)
    with open_backend(target) as backend:
        if not explain:
            _print(backend.query(wanted), output)
            return
        explained = backend.explain(wanted)
    if output == "table" or _by_default("output"):
        print_plan(explained)
    elif output == "ndjson":
        print_line(explained)
    else:
        print_json(explained)


def _by_default(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is click.core.ParameterSource.DEFAULT


def _wanted(query: str | None, sql: str | None, params: tuple[str, ...]) -> JsonObject:
    if query is not None and sql is None and not params:
        return json_object(read_argument(query), "QUERY")
    if sql is not None and query is None:
        named = {name: scalar(value) for name, value in pairs(params, "--param").items()}
        return {"sql": sql, "params": dict(named)}
    raise click.UsageError("Give either QUERY, or --sql and its --param.")


def _print(result: QueryResult, output: Format) -> None:
    if "rows" in result:
        print_rows(result["rows"], output)
    elif "count" in result:
        print_line(result["count"])
    elif output == "table":
        row = result["row"]
        print_rows([] if row is None else [row], output)
    elif output == "ndjson":
        print_line(result["row"])
    else:
        print_json(result["row"])
