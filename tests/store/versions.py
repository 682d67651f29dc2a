"""Other versions of PJAIS's schema, as an app has them over the years."""

from __future__ import annotations

from collections.abc import Iterable

from sidecar.app import schema as pjais
from sidecar.core.builtin import BUILTIN_EVENTS
from sidecar.core.schema import AnyEvent, Schema, UpcastDef

_ENGINES = {one.name for one in BUILTIN_EVENTS}


def version(
    number: int,
    *,
    events: Iterable[AnyEvent] = (),
    without: Iterable[str] = (),
    upcasts: Iterable[UpcastDef] = (),
) -> Schema:
    """Return PJAIS's schema as another version.

    Args:
        number: The version.
        events: Events it has besides.
        without: Names of events it doesn't have.
        upcasts: Conversions of old events to new ones.
    """
    left_out = _ENGINES | {*without}
    own = [one for one in pjais.events.values() if one.name not in left_out]
    return Schema(
        pjais.name,
        version=number,
        tables=pjais.tables.values(),
        events=[*own, *events],
        upcasts=list(upcasts),
    )
