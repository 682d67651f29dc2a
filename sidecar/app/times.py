"""The times of a document that its event leaves out."""

from __future__ import annotations

from sidecar.core.json import JsonObject


def stamped(args: JsonObject, at: int, *names: str) -> JsonObject:
    """Return a document with the event's time in those of the named fields it gives no value.

    Args:
        args: The event's arguments, which are the document.
        at: The event's time, in milliseconds.
        names: Fields that hold a time; 0 is one, null is none.
    """
    return {**args, **{name: at for name in names if args.get(name) is None}}
