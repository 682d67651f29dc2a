"""Every error a caller can meet, in one tree.

    SidecarError
    ├── CallerError            what was asked can't be done; asking again won't help
    │   ├── ValidationError      E_VALIDATION          arguments of a wrong shape or value
    │   ├── ConflictError        E_CONFLICT            the document is not what the caller expected
    │   ├── UnknownEventError    E_UNKNOWN_EVENT       no event of that name
    │   ├── UnknownCollectionError E_UNKNOWN_COLLECTION no collection of that name
    │   ├── QueryError           E_QUERY               a query that means nothing here
    │   ├── ReadOnlyError        E_READ_ONLY           SQL that is no read
    │   ├── QueryTimeoutError    E_TIMEOUT             a query past its deadline
    │   ├── TooLargeError        E_TOO_LARGE           a message or result past its cap
    │   ├── MigrationError       E_MIGRATION           a source that can't be migrated as it is
    │   └── NotFoundError        E_NOT_FOUND           no such document, subscription or migration
    ├── StoreError             the machine or the store; the caller did nothing wrong
    │   ├── BusyError            E_BUSY                try again
    │   ├── LockedError          E_LOCKED              another process holds the store
    │   ├── StorageError         E_STORAGE             the disk refused
    │   ├── CorruptError         E_CORRUPT             the file is damaged or no store
    │   └── ShuttingDownError    E_SHUTTING_DOWN       the server ends
    └── StartError             only before the server is ready
        ├── UsageError           E_USAGE               a wrong option
        ├── SchemaError          E_SCHEMA              the app's schema module can't be used
        └── WrongKeyError        E_WRONG_KEY           the store is encrypted with another key

`number` is the JSON-RPC code, `exit_code` what a process ends with. Code that meets one of these
reads its attributes; nobody parses a message.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import JsonValue


class SidecarError(Exception):
    """The root. Its message is one sentence for a person; `data` is for programs.

    Args:
        message: What is wrong, naming the value.
        hint: What to do next; the class's own hint when not given.
        **data: JSON values that locate the failure (`path`, `index`, `collection`, …).
    """

    code: ClassVar[str] = "E_INTERNAL"
    number: ClassVar[int] = -32603
    exit_code: ClassVar[int] = 1
    default_hint: ClassVar[str] = "This is a fault of the sidecar; its log has the details."

    def __init__(self, message: str, *, hint: str | None = None, **data: JsonValue) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint
        self.data: dict[str, JsonValue] = data

    def located(self, **data: JsonValue) -> SidecarError:
        """Return the same error with more `data`, which never replaces what is there."""
        return type(self)(self.message, hint=self.hint, **{**data, **self.data})

    def to_wire(self) -> dict[str, JsonValue]:
        """Return the JSON-RPC error object `{code, message, data: {code, hint, …}}`."""
        return {
            "code": self.number,
            "message": self.message,
            "data": {**self.data, "code": self.code, "hint": self.hint},
        }


class CallerError(SidecarError):
    """What was asked can't be done; asking again won't help."""


class ValidationError(CallerError):
    """Arguments of a wrong shape or value; `path` is a JSON pointer into them."""

    code = "E_VALIDATION"
    number = -32000
    default_hint = "Correct the value that `path` names."


class ConflictError(CallerError):
    """The document is not what the caller expected; `current` is its row, or null."""

    code = "E_CONFLICT"
    number = -32001
    default_hint = "Read the document again and repeat the change on what it is now."


class UnknownEventError(CallerError):
    """No event of that name in this schema."""

    code = "E_UNKNOWN_EVENT"
    number = -32002
    default_hint = "`sidecar schema` lists the events."


class UnknownCollectionError(CallerError):
    """No collection of that name, declared or defined."""

    code = "E_UNKNOWN_COLLECTION"
    number = -32003
    default_hint = "Define it with v1.CollectionDefined, or see `sidecar schema` for its name."


class QueryError(CallerError):
    """A query that means nothing here; `path` is a JSON pointer into it."""

    code = "E_QUERY"
    number = -32004
    default_hint = "Correct what `path` names; docs/queries.md tells of members and operators."


class ReadOnlyError(CallerError):
    """SQL that is no read."""

    code = "E_READ_ONLY"
    number = -32005
    default_hint = "Queries only read. Change data by committing an event."


class QueryTimeoutError(CallerError):
    """A query past its deadline."""

    code = "E_TIMEOUT"
    number = -32006
    default_hint = "Narrow the query, add a limit, or declare an index on the fields it filters by."


class TooLargeError(CallerError):
    """A message or result past its cap, in bytes."""

    code = "E_TOO_LARGE"
    number = -32007
    default_hint = "Ask for fewer rows or fields (limit, fields), or send less at once."


class MigrationError(CallerError):
    """A source that can't be migrated as it is."""

    code = "E_MIGRATION"
    number = -32012
    default_hint = "Nothing was imported. Mend the source and migrate again."


class NotFoundError(CallerError):
    """No such document, subscription or migration."""

    code = "E_NOT_FOUND"
    number = -32013
    default_hint = "It may have been removed; query for it first."


class StoreError(SidecarError):
    """The machine or the store; the caller did nothing wrong."""


class BusyError(StoreError):
    """Too much is waiting already."""

    code = "E_BUSY"
    number = -32008
    default_hint = "Try again in a moment."


class LockedError(StoreError):
    """Another process holds the store."""

    code = "E_LOCKED"
    number = -32009
    exit_code = 3
    default_hint = (
        "Close the other app that uses this data directory, or choose another --data-dir."
    )


class StorageError(StoreError):
    """The disk refused; nothing of the transaction was stored."""

    code = "E_STORAGE"
    number = -32010
    default_hint = "Check free space and permissions of the data directory, then try again."


class CorruptError(StoreError):
    """The file is damaged or is no store."""

    code = "E_CORRUPT"
    number = -32011
    exit_code = 4
    default_hint = "Keep the file, and restore a backup into a fresh data directory."


class ShuttingDownError(StoreError):
    """The server ends; what it acknowledged is stored."""

    code = "E_SHUTTING_DOWN"
    number = -32014
    default_hint = "Connect again when the server is back."


class StartError(SidecarError):
    """Only before the server is ready; never on the wire."""


class UsageError(StartError):
    """A wrong option."""

    code = "E_USAGE"
    exit_code = 2
    default_hint = "See `sidecar serve --help`."


class SchemaError(StartError):
    """The app's schema module can't be used."""

    code = "E_SCHEMA"
    exit_code = 5
    default_hint = "Correct the module that --schema names."


class WrongKeyError(StartError):
    """The store is encrypted with another key, or with none."""

    code = "E_WRONG_KEY"
    exit_code = 6
    default_hint = "Give the key this store was made with (--key-stdin)."


WIRE_ERRORS: tuple[type[SidecarError], ...] = (
    ValidationError,
    ConflictError,
    UnknownEventError,
    UnknownCollectionError,
    QueryError,
    ReadOnlyError,
    QueryTimeoutError,
    TooLargeError,
    BusyError,
    LockedError,
    StorageError,
    CorruptError,
    MigrationError,
    NotFoundError,
    ShuttingDownError,
)
"""The errors a peer can get, by descending JSON-RPC number: the one table."""

START_ERRORS: tuple[type[SidecarError], ...] = (UsageError, SchemaError, WrongKeyError)

ERRORS: tuple[type[SidecarError], ...] = WIRE_ERRORS + START_ERRORS
