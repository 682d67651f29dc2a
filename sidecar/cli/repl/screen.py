"""What `help()` shows: one screen."""

from __future__ import annotations

import inspect
import pydoc

from sidecar.cli.repl.names import EventBuilder, RpcMethod, parameters
from sidecar.client import TypedQuery

SCREEN = """\
Python with top-level await, on a live sidecar.

  rpc     the server's methods           await rpc.query(tables.personas.where(isActive=True))
                                         await rpc.server.info()
  events  builders of the app's events   await rpc.commit(events.PersonaActivated(id="p1"))
  tables  queries of its collections,    tables.personas.order_by("name").limit(3)
          made by steps                  help(tables.personas) lists the steps
  db      sqlite_utils.Database, reads   list(db.query("select name from personas"))
          only                           db["personas"].schema

Live:     live = await rpc.subscribe(tables.personas)
          live.result["rows"]            always the newest
          async for result in live: …    waits for each newer one; Ctrl-C ends the loop
Look:     tables, events.PersonaCreated, rpc.query: a name alone tells what it is
          help(rpc.commit)               the whole of it
          await rpc.query.explain(tables.personas.where(name="Ada"))   how a query is run
          _                              the last value

Tab completes names, parameters, fields and, inside strings, collections and event names.
Enter on an unfinished statement begins a new line. Ctrl-C stops what runs. Ctrl-D leaves.
"""


class Help:
    """`help()` and `help` show the screen, `help(thing)` what a thing is."""

    def __call__(self, *things: object) -> None:
        """Show the screen, or tell of a thing."""
        for thing in things:
            if isinstance(thing, RpcMethod | EventBuilder):
                print(f"{thing}\n\n{thing.__doc__}")
            elif isinstance(thing, TypedQuery):
                print(f"{thing}\n\n{_steps(thing)}")
            else:
                # A packaged Python has no `help` of its own.
                pydoc.help(thing)
        if not things:
            print(SCREEN, end="")

    def __repr__(self) -> str:
        return SCREEN.rstrip()


def _steps(query: TypedQuery[object]) -> str:
    """Return what can follow on a query, one on a line."""
    steps = [getattr(query, name) for name in dir(query) if not name.startswith("_")]
    shown = [f".{one.__name__}{parameters(inspect.signature(one))}" for one in steps]
    width = max(map(len, shown))
    abouts = [(inspect.getdoc(one) or "").partition("\n")[0] for one in steps]
    return "\n".join(
        f"  {step:<{width}}  {about}" for step, about in zip(shown, abouts, strict=True)
    )
