"""Documents on their way into the store: what changes, and what is kept of it."""

from __future__ import annotations

from sidecar.core.column import Kind
from sidecar.core.json import JsonObject
from sidecar.migration.normalize import normalize

TIMES = {Kind.TIMESTAMP: ["createdAt"]}


def test_a_date_that_rxdb_made_an_empty_object_is_warned_about_and_kept_as_original() -> None:
    """M6, M8: RxDB stores a Date given to insert() as {}; its document is not to blame."""
    found = normalize({"id": "a", "createdAt": {}}, TIMES)
    assert found.document == {"id": "a"}
    assert found.original == {"createdAt": {}}
    assert [one.path for one in found.warnings] == ["/createdAt"]


def test_an_object_in_a_dates_place_stays_for_validation_to_name() -> None:
    """M6: what no date ever was is a wrong type."""
    document: JsonObject = {"id": "a", "createdAt": {"year": 2024}}
    assert normalize(document, TIMES).document == document
