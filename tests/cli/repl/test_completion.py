"""What the prompt offers."""

from __future__ import annotations

import pytest

from sidecar.app import schema
from sidecar.cli.repl.completion import complete
from sidecar.cli.repl.names import event_names, table_names


class Remote:
    """Stands where the server's methods stand at a real prompt."""

    async def query(self, query: object) -> None:
        """Run a query once."""


NAMES: dict[str, object] = {
    "rpc": Remote(),
    "events": event_names(schema),
    "tables": table_names(schema, [{"name": "notes", "primaryKey": "id"}]),
}


def offered(text: str) -> list[str]:
    return [one.text for one in complete(text, NAMES, schema)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rpc.", "query"),
        ("x = await rpc.qu", "query"),
        ("events.Persona", "PersonaCreated"),
        ("events.v1.Persona", "PersonaCreated"),
        ("tables.", "memoryEntities"),
        ("tables.no", "notes"),
        ("tab", "tables"),
        ("awa", "await"),
        ("pri", "print"),
        ("events.PersonaCreated(", "personality="),
        ("events.PersonaCreated(id='p1', na", "name="),
        ("tables.personas.", "where"),
        ("await rpc.query(tables.personas.where(is", "isActive="),
        ("tables.personas.where(isActive=True, ", "name="),
        ("tables.personas.where({'name': ')'}).", "order_by"),
        ("tables.personas.where(id='p1').limit(3).ord", "order_by"),
        ("tables.personas.order_by('name').where(", "lastUsed="),
        ("tables.personas.order_by('name').order_by(", "direction="),
        ("tables.personas.group_by('name').", "aggregate"),
        ("tables.personas.group_by('name').aggregate(n={}).", "limit"),
        ("tables.personas.order_by('las", "lastUsed"),
        ("tables.personas.where({'name': {'$il", "$ilike"),
        ('rpc.query({"fr', "from"),
        ('rpc.query({"from": "', "personas"),
        ("rpc.query({'from': 'mem", "memoryEntities"),
        ('rpc.query({"from": "personas", "selector": {"is', "isActive"),
        ('rpc.query(tables.personas.where({"last', "lastUsed"),
        ('rpc.query({"selector": {"a": {"$g', "$gte"),
        ('rpc.commit({"name": "v1.PersonaA', "v1.PersonaActivated"),
    ],
)
def test_the_prompt_offers_what_could_come_next(text: str, expected: str) -> None:
    """Methods, events, tables, parameters, fields, operators: each where it could stand."""
    assert expected in offered(text)


@pytest.mark.parametrize(
    ("text", "unexpected"),
    [
        ("events.PersonaCreated(id='p1', ", "id="),
        ('rpc.query({"from": "', "isActive"),
        ("tables.", "__class__"),
        ("'a string ended'.", "personas"),
        ("nothing.known.", "query"),
        ("tables.personas.where(isActive=True, ", "isActive="),
        ("tables.personas.where(", "self="),
        ("tables.memoryEntities.where(imp", "import"),
        ("tables.personas.distinct('name').", "where"),
        ("tables.personas.count().", "limit"),
    ],
)
def test_the_prompt_does_not_offer_what_could_not(text: str, unexpected: str) -> None:
    """Given parameters, fields in place of collections, private names, guesses."""
    assert unexpected not in offered(text)


def test_completion_runs_no_code() -> None:
    """A call before the dot is not made to find out what it gives."""
    called: list[int] = []
    assert complete("f().", {"f": lambda: called.append(1)}, schema) == []
    assert called == []


def test_a_candidate_replaces_what_was_typed_of_it() -> None:
    """`length` counts the characters of the word, so that nothing doubles."""
    (one,) = complete('rpc.query({"from": "pers', NAMES, schema)
    assert (one.text, one.length) == ("personas", 4)
