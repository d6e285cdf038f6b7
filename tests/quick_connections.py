"""What makes connections of tests quicker than those of reviews that people keep."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache


class _Statements(LRUCache[Any, Any]):
    """Statements that were put into SQL, for all databases of a kind.

    An engine keeps its own, under its dialect, which is as long as one test for us; our databases
    of a kind are all spoken to alike.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


_statements = _Statements(3000)


@event.listens_for(Engine, "engine_connect")
def _on_connection(conn: Connection) -> None:
    conn.execution_options(compiled_cache=_statements)
    if conn.dialect.name == "sqlite":
        driver: Any = conn.connection.driver_connection
        driver.execute("PRAGMA synchronous = OFF")  # nothing here outlives the tests
