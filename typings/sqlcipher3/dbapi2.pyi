from sqlite3 import Connection as _Connection
from sqlite3 import Cursor as Cursor
from sqlite3 import Error as Error
from sqlite3 import IntegrityError as IntegrityError
from sqlite3 import Warning as Warning

class Connection(_Connection):
    def set_key(self, key: str) -> None: ...
    def reset_key(self, key: str) -> None: ...

def connect(
    database: str,
    *,
    timeout: float = ...,
    isolation_level: str | None = ...,
    check_same_thread: bool = ...,
    cached_statements: int = ...,
    uri: bool = ...,
) -> Connection: ...
