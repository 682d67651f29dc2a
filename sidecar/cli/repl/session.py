"""One session: a server, a client, the names, and the loop over statements."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager

import orjson
import platformdirs
from sqlite_utils import Database

from sidecar import __version__
from sidecar.app.load import DEFAULT, load_schema
from sidecar.cli.options import Target
from sidecar.cli.repl import pipe
from sidecar.cli.repl.child import child_server
from sidecar.cli.repl.console import Console
from sidecar.cli.repl.names import event_names, rpc_names, table_names
from sidecar.cli.repl.screen import Help
from sidecar.client import Client, NotRunningError
from sidecar.core.json import JsonObject
from sidecar.core.schema import Schema
from sidecar.store.driver import connect
from sidecar.store.store import FILE


def run_session(target: Target) -> int:
    """Run a session to its end; return the exit code."""
    return asyncio.run(_session(target))


async def _session(target: Target) -> int:
    schema = load_schema(target.schema or DEFAULT)
    async with _client(target) as (client, started):
        info = await client.server.info()
        if info["schema"] != schema.fingerprint:
            print(
                f"The server's schema is {info['app']} {info['schema']}, not {schema.name}"
                f" {schema.fingerprint}: `events` and `tables` may be wrong. Give its --schema.",
                file=sys.stderr,
            )
        with _database(target) as db:
            names: dict[str, object] = {
                "rpc": rpc_names(client, await client.discover()),
                "events": event_names(schema),
                "tables": table_names(schema, await _definitions(client)),
                "db": db,
                "help": Help(),
            }
            where = "a server started for this session" if started else f"server {info['pid']}"
            greeting = f"sidecar {__version__} · {info['app']} · {target.data_dir} ({where})"
            return await _loop(names, schema, greeting)


async def _loop(names: dict[str, object], schema: Schema, greeting: str) -> int:
    if not sys.stdin.isatty():
        console = Console(names, pipe.show)
        await console.run(pipe.Script(), stop_at_error=True)
        return 1 if console.failed else 0
    from sidecar.cli.repl.terminal import Prompt, show  # noqa: PLC0415 - scripts need no prompt

    console = Console(names, show)
    print(f"{greeting}\nhelp() shows what is here; Ctrl-D leaves.")
    history = platformdirs.user_state_path("sidecar", appauthor=False) / "repl_history"
    await console.run(Prompt(names, schema, history), stop_at_error=False)
    return 0


@asynccontextmanager
async def _client(target: Target) -> AsyncIterator[tuple[Client, bool]]:
    """Connect to the store's server, or to one started for the session."""
    async with AsyncExitStack() as stack:
        try:
            client = await stack.enter_async_context(Client.attach(target.data_dir))
        except NotRunningError:
            url, token = stack.enter_context(child_server(target))
            yield await stack.enter_async_context(Client.connect(url, token)), True
        else:
            yield client, False


@contextmanager
def _database(target: Target) -> Iterator[Database]:
    """Open the state for reading, by the one SQLite library that opens stores."""
    connection = connect(target.data_dir / FILE, key=target.key, read_only=True)
    with closing(connection):
        yield Database(connection)


async def _definitions(client: Client) -> list[JsonObject]:
    """Return the arguments by which the collections there are were defined at run time."""
    found = await client.query({"sql": "SELECT name, definition FROM _collections"})
    return [{"name": row["name"], **orjson.loads(str(row["definition"]))} for row in found["rows"]]
