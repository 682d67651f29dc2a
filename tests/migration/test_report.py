"""The report as a person reads it."""

from sidecar.core.json import Json
from sidecar.migration import format_report, migrate
from sidecar.store import Store


def test_ids_cannot_steer_the_terminal(store: Store) -> None:
    """M9: an id may hold any character; the report shows control characters as escapes."""
    result = migrate(store, {"personas": [{"id": "\x1b[2J\u202e"}], "version": "1.0"})
    report = format_report(result)
    assert "\\u001b[2J\\u202e" in report
    assert "\x1b" not in report


def test_columns_without_a_number_are_left_out(store: Store) -> None:
    """M9: an ordinary migration has an ordinary table."""
    personas: list[Json] = [{"id": "p", "name": "Ada", "personality": {}, "settings": {}}]
    report = format_report(migrate(store, {"name": "personas", "schemaHash": "", "docs": personas}))
    assert report.splitlines()[2].split() == ["collection", "read", "imported"]
    assert report.splitlines()[3].split() == ["personas", "1", "1"]


def test_long_lists_say_how_much_they_leave_out(store: Store) -> None:
    """M9: totals are exact, lists are short."""
    personas: list[Json] = [{"id": f"p{n}"} for n in range(300)]
    result = migrate(store, {"name": "personas", "schemaHash": "", "docs": personas})
    assert (len(result.validation.errors), result.validation.errors_total) == (200, 300)
    report = format_report(result)
    assert "Errors: 300" in report
    assert "… and 280 more" in report
