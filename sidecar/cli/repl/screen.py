"""What `help()` shows: one screen."""

from __future__ import annotations

import builtins

from sidecar.cli.repl.names import EventBuilder, RpcMethod, TableName

SCREEN = """\
Python with top-level await, on a live sidecar.

  rpc     the server's methods           await rpc.query(tables.personas({"isActive": True}))
                                         await rpc.server.info()
  events  builders of the app's events   await rpc.commit(events.PersonaActivated(id="p1"))
  tables  queries of its collections     tables.personas(sort=[{"name": "asc"}], limit=3)
  db      sqlite_utils.Database, reads   list(db.query("select name from personas"))
          only                           db["personas"].schema

Live:     live = await rpc.subscribe(tables.personas())
          live.result["rows"]            always the newest
          async for result in live: …    waits for each newer one; Ctrl-C ends the loop
Look:     tables, events.PersonaCreated, rpc.query: a name alone tells what it is
          help(rpc.commit)               the whole of it
          _                              the last value

Tab completes names, parameters, fields and, inside strings, collections and event names.
Enter on an unfinished statement begins a new line. Ctrl-C stops what runs. Ctrl-D leaves.
"""


class Help:
    """`help()` and `help` show the screen, `help(thing)` what a thing is."""

    def __call__(self, *things: object) -> None:
        """Show the screen, or tell of a thing."""
        for thing in things:
            if isinstance(thing, RpcMethod | EventBuilder | TableName):
                print(f"{thing}\n\n{thing.__doc__}")
            else:
                builtins.help(thing)
        if not things:
            print(SCREEN, end="")

    def __repr__(self) -> str:
        return SCREEN.rstrip()
