"""Where the documents of each collection go: its table, its primary key, its import event.

A collection is known by, first match wins: a declared table; a collection the store has; a schema
record of the source; a primary key the caller names; and last the guess that its key is `id`, which
must then hold for every document.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Protocol

from sidecar.core.collection import collection_table
from sidecar.core.column import Kind, Missing
from sidecar.core.errors import MigrationError, UnknownCollectionError, ValidationError
from sidecar.core.json import Json, JsonObject, pointer
from sidecar.core.schema import AnyEvent, Schema
from sidecar.core.table import Table

_NAMESPACE: Final = uuid.UUID("5f0c1f4e-7c55-4b0e-9a55-6f1d0f2a9e11")
"""Remapped ids are UUIDs of version 5 in this namespace, so a second run makes the same ones."""

_ADDED_BY_IMPORT: Final = frozenset({"sourceId", "original"})


class Collections(Protocol):
    """The collections a store has."""

    @property
    def schema(self) -> Schema:
        """The app's schema."""

    def collection(self, name: str) -> Table:
        """Return a table, declared or defined.

        Raises:
            UnknownCollectionError: There is none of that name.
        """


@dataclass(frozen=True)
class Target:
    """Where one collection's documents go.

    Attributes:
        table: Its table, as the store has it or will define it.
        importer: The typed import event of a declared table, or None.
        definition: The arguments of `v1.CollectionDefined`, or None where the store needs none.
        guessed: Whether the primary key is a guess.
        references: Fields that hold the id of another collection's document, or a list of such.
        checked: Those of them that must name a document that exists.
    """

    table: Table
    importer: AnyEvent | None = None
    definition: JsonObject | None = None
    guessed: bool = False
    references: Mapping[str, str] = field(default_factory=dict)
    checked: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The collection's name."""
        return self.table.name

    @property
    def key(self) -> str:
        """The field that names a document."""
        return self.table.primary_key

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Fields a document must have: what its import event requires, references not null."""
        event = [] if self.importer is None else self.importer.args.model_fields.items()
        needed = [name for name, described in event if described.is_required()]
        needed += [name for name in self.checked if not self.table.columns[name].nullable]
        return tuple(name for name in dict.fromkeys(needed) if name != self.key)

    @cached_property
    def of_kind(self) -> Mapping[Kind, Sequence[str]]:
        """The table's columns by kind."""
        columns = self.table.columns.items()
        return {kind: [name for name, one in columns if one.kind is kind] for kind in Kind}

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """JSON pointers of the checked references."""
        return {name: pointer(name) for name in self.checked}

    @cached_property
    def taken_for_granted(self) -> Sequence[str]:
        """Nested fields that the table says every document has."""
        columns = self.table.columns
        return [
            name
            for name in self.of_kind[Kind.JSON]
            if not columns[name].nullable and isinstance(columns[name].default, Missing)
        ]

    def typed(self, document: JsonObject) -> bool:
        """Return whether the typed event can carry a document: not one with its own extra names."""
        return self.importer is not None and _ADDED_BY_IMPORT.isdisjoint(document)


class Targets:
    """The targets of a source's collections, found as its records come.

    Args:
        store: The collections there are.
        primary_keys: Keys the caller names, by collection.
        remap: Whether documents of declared tables get new ids (M7).
    """

    def __init__(self, store: Collections, primary_keys: Mapping[str, str], *, remap: bool) -> None:
        self._store = store
        self._primary_keys = primary_keys
        self._remap = remap
        self._found: dict[str, Target] = {}
        self._schemas: JsonObject = {}

    def __getitem__(self, collection: str) -> Target:
        found = self._found.get(collection)
        if found is None:
            found = self._found[collection] = self._known(collection) or self._undeclared(
                collection, self._primary_keys.get(collection), {}
            )
        return found

    def add_schema(self, collection: str, json_schema: Json) -> None:
        """Take a collection's RxDB schema, which stands before its documents.

        Raises:
            MigrationError: It is no schema, or comes after documents that another key was read by.
        """
        if not isinstance(json_schema, dict):
            raise MigrationError(f"the schema of {collection} is no object", collection=collection)
        key = json_schema.get("primaryKey")
        key = key.get("key") if isinstance(key, dict) else key
        if not isinstance(key, str):
            raise MigrationError(
                f"the schema of {collection} names no primaryKey", collection=collection
            )
        self._schemas[collection] = json_schema
        target = self._known(collection) or self._undeclared(collection, key, json_schema)
        if collection not in self._store.schema.tables:
            target = replace(target, references=_refs(json_schema))
        if collection in self._found and self._found[collection].key != target.key:
            raise MigrationError(
                f"the schema of {collection} stands after its documents",
                hint="Put schema records before the documents of their collection.",
                collection=collection,
            )
        self._found[collection] = target

    def schemas(self) -> JsonObject:
        """Return the source's RxDB schemas by collection; `{}` for one that told none."""
        return {name: self._schemas.get(name, {}) for name in self._found}

    def remapped(self, collection: str, source_id: str) -> str:
        """Return the id a document of the source has in the store."""
        if not self._remap or collection not in self._store.schema.tables:
            return source_id
        return str(uuid.uuid5(_NAMESPACE, f"{collection}/{source_id}"))

    def in_order(self) -> list[Target]:
        """Return the targets so that a collection comes after those it refers to."""
        ordered: dict[str, Target] = {}

        def add(name: str, above: frozenset[str]) -> None:
            if name in self._found and name not in ordered and name not in above:
                for other in self._found[name].references.values():
                    add(other, above | {name})
                ordered[name] = self._found[name]

        for name in self._found:
            add(name, frozenset())
        return list(ordered.values())

    def _known(self, collection: str) -> Target | None:
        schema = self._store.schema
        if collection in schema.tables:
            table = schema.tables[collection]
            importer = None if table.imported is None else schema.find(table.imported)
            return Target(table, importer, references=table.references, checked=table.references)
        try:
            return Target(self._store.collection(collection))
        except UnknownCollectionError:
            return None

    def _undeclared(self, collection: str, key: str | None, json_schema: JsonObject) -> Target:
        guessed = key is None
        key = self._primary_keys.get(collection, key or "id")
        others = [*self._store.schema.tables, *self._found]
        same = [one for one in others if one.lower() == collection.lower() and one != collection]
        if same:
            raise MigrationError(
                f"collections {same[0]} and {collection} differ in case only, which SQLite's "
                "tables can't",
                collection=collection,
            )
        described: JsonObject = {
            "type": "object",
            "primaryKey": key,
            "properties": {key: {"type": "string"}},
        }
        if json_schema:
            described = {**json_schema, "indexes": _app_indexes(json_schema, key)}
        try:
            table = collection_table(collection, key, described)
        except ValidationError as error:
            raise MigrationError(
                f"{collection!r} can't be a collection here: {error.message}",
                hint=error.hint,
                collection=collection,
            ) from error
        definition: JsonObject = {"name": collection, "primaryKey": key, "jsonSchema": described}
        return Target(table, definition=definition, guessed=guessed, references=_refs(json_schema))


def remap_document(document: JsonObject, target: Target, targets: Targets) -> JsonObject:
    """Return a document with its own id and its references as the store has them (M7)."""
    changed = dict(document)
    key = document[target.key]
    if isinstance(key, str):
        changed[target.key] = targets.remapped(target.name, key)
    for name, collection in target.references.items():
        value = document.get(name)
        if isinstance(value, str):
            changed[name] = targets.remapped(collection, value)
        elif isinstance(value, list):
            changed[name] = [
                targets.remapped(collection, one) if isinstance(one, str) else one for one in value
            ]
    return changed


def unguessable(collections: Iterable[str]) -> MigrationError:
    """Return the error of collections whose primary key nobody named."""
    names = sorted(collections)
    return MigrationError(
        f"the primary key of {', '.join(names)} is not known: not every document has a string `id`",
        hint=f"Name it: --primary-key {names[0]}=FIELD, or primary_keys={{{names[0]!r}: 'FIELD'}}.",
        collections=[*names],
    )


def _app_indexes(json_schema: JsonObject, key: str) -> list[Json]:
    """Return the indexes an app declared; RxDB puts `_deleted` before and the key after each."""
    declared = json_schema.get("indexes")
    found: list[Json] = []
    for one in declared if isinstance(declared, list) else []:
        fields: list[Json] = list(one) if isinstance(one, list) else [one]
        if fields[:1] == ["_deleted"]:
            fields = fields[1:-1] if fields[-1] == key else fields[1:]
        if fields and not any(str(field).startswith("_") for field in fields):
            found.append(fields)
    return found


def _refs(json_schema: JsonObject) -> dict[str, str]:
    """Return the fields that RxDB's `ref` declares to hold ids."""
    properties = json_schema.get("properties")
    found: dict[str, str] = {}
    for name, described in properties.items() if isinstance(properties, dict) else ():
        target = described.get("ref") if isinstance(described, dict) else None
        if isinstance(target, str):
            found[name] = target
    return found
