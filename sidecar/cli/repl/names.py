"""What a session has at hand: `rpc`, `events` and `tables`."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import cast

from sidecar.cli.repl.namespace import Namespace
from sidecar.cli.shape import event_text, members
from sidecar.client import Client, NewEventJson, Tables
from sidecar.core.collection import collection_table
from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import AnyEvent, Schema

RpcCall = Callable[..., Awaitable[object]]

KEYWORD = inspect.Parameter.KEYWORD_ONLY


class RpcMethod(Namespace):
    """A method of the server; methods below it are attributes (`migrate.push`).

    Args:
        path: `rpc.` and the method's name.
        call: Calls it.
        signature: What it takes.
        about: What it does, for `help`.
    """

    def __init__(
        self, path: str, call: RpcCall, signature: inspect.Signature, about: str | None
    ) -> None:
        super().__init__(path)
        self._call = call
        self.__signature__ = signature
        self.__doc__ = about

    def __call__(self, *params: object, **named: object) -> Awaitable[object]:
        """Call the method; errors as in `Client.call`."""
        return self._call(*params, **named)

    def __repr__(self) -> str:
        summary = (self.__doc__ or "").partition("\n")[0]
        return f"<{self._path}{parameters(self.__signature__)}: {summary}>"


class EventBuilder:
    """Builds one kind of event for `rpc.commit`, checking its arguments here already."""

    def __init__(self, path: str, event: AnyEvent) -> None:
        schema = event.args.model_json_schema()
        self._event = event
        self._path = path
        self.__doc__ = event_text(event)
        taken = [
            inspect.Parameter(
                one.name,
                KEYWORD,
                default=inspect.Parameter.empty if one.required else None,
                annotation=one.shape,
            )
            for one in members(schema)
            if one.name.isidentifier()
        ]
        self.__signature__ = inspect.Signature(taken)

    def __call__(self, **args: Json) -> NewEventJson:
        """Return the event; raise ValidationError when its arguments are wrong."""
        self._event.validate(args)
        return {"name": self._event.name, "args": args}

    def __repr__(self) -> str:
        return f"<{self._path}{parameters(self.__signature__)}: makes a {self._event.name}>"


def rpc_names(client: Client, document: JsonObject) -> Namespace:
    """Return the server's methods: the client's own, typed ones, and the rest by `rpc.discover`."""
    root = Namespace("rpc")
    methods = cast("list[JsonObject]", document.get("methods", []))
    for method in sorted(methods, key=lambda method: str(method["name"])):
        name = str(method["name"]).removeprefix("rpc.")
        typed = _typed(client, name)
        if typed is not None:
            signature, about = inspect.signature(typed), inspect.getdoc(typed)
            root.put(name, RpcMethod(f"rpc.{name}", typed, signature, about))
        else:
            root.put(name, _discovered(client, f"rpc.{name}", method))
    return root


def parameters(signature: inspect.Signature) -> str:
    """Return a signature's parameters by name alone: `(query, since?, *paths)`."""
    stars: dict[object, str] = {
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    listed = [
        stars.get(one.kind, "") + one.name + ("" if one.default is one.empty else "?")
        for one in signature.parameters.values()
    ]
    return f"({', '.join(listed)})"


def event_names(schema: Schema) -> Namespace:
    """Return builders of an app's events: by full name, and the newest version without it."""
    root = Namespace("events")
    for name, event in sorted(schema.events.items(), key=lambda item: _version(item[0])):
        short = name.partition(".")[2] or name
        root.put(name, EventBuilder(f"events.{name}", event))
        root.put(short, EventBuilder(f"events.{short}", event))
    return root


def table_names(schema: Schema, definitions: Iterable[JsonObject]) -> Tables:
    """Return queries of an app's tables, and of the collections that were defined at run time.

    Args:
        schema: The app's.
        definitions: Arguments of `v1.CollectionDefined`.
    """
    defined = [
        collection_table(
            str(one["name"]), str(one["primaryKey"]), cast("JsonObject", one.get("jsonSchema", {}))
        )
        for one in definitions
    ]
    return Tables([*defined, *schema.tables.values()])


def _typed(client: Client, name: str) -> RpcCall | None:
    found: object = client
    # `query` is a method, which has none below it.
    for part in name.removeprefix("query.").split("."):
        found = getattr(found, part, None)
    return cast("RpcCall", found) if inspect.ismethod(found) else None


def _discovered(client: Client, path: str, method: JsonObject) -> RpcMethod:
    """Return a method the client has no own one for, with what OpenRPC says of it."""
    name = str(method["name"])

    async def call(**params: Json) -> Json:
        return await client.call(name, params)

    signature = inspect.Signature(
        [
            inspect.Parameter(
                str(param["name"]),
                KEYWORD,
                default=inspect.Parameter.empty if param.get("required") else None,
            )
            for param in cast("list[JsonObject]", method.get("params", []))
            if str(param["name"]).isidentifier()
        ]
    )
    about = f"{method.get('summary', '')}\n\n{method.get('description', '')}".rstrip()
    return RpcMethod(path, cast("RpcCall", call), signature, about)


def _version(name: str) -> tuple[int, str]:
    first = name.partition(".")[0]
    return (int(first[1:]) if first[:1] == "v" and first[1:].isdigit() else 0, name)
