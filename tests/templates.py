"""Databases that many tests begin with: each is made once, and copied for every test.

A copy of a file of SQLite, and of a database by PostgreSQL itself, takes a tenth of the time that
making the tables does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from review.store import Store

_files: dict[str, bytes] = {}
_databases: dict[str, tuple[str, ...]] = {}
"""URL of a server, as psycopg takes it -> the templates made on it."""


def begin_with(url: str, name: str, make: Callable[[str], None]) -> None:
    """Put into an empty database what a template holds; a review that is there is left alone.

    Args:
        url: SQLAlchemy URL of the database. Other connections to it are ended.
        name: name of the template, letters, digits and ``_``.
        make: fills the empty database of this URL, and closes it; called for the first test.
    """
    store = Store(url)
    in_memory = store.file is None and make_url(url).get_backend_name() == "sqlite"
    absent = store.is_absent()
    store.close()
    if in_memory or not absent:  # what is in memory is gone with its connection
        return
    if store.file is not None:
        _copy_file(store.file.path, name, make)
    else:
        _copy_database(make_url(url), name, make)


def _copy_file(file: Path, name: str, make: Callable[[str], None]) -> None:
    if name not in _files:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "review.db"
            make(f"sqlite:///{made.as_posix()}")
            assert [p.name for p in made.parent.iterdir()] == [made.name], "it was left open"
            _files[name] = made.read_bytes()
    file.write_bytes(_files[name])


def _copy_database(url: URL, name: str, make: Callable[[str], None]) -> None:
    server = next(s for s in _databases if _same_server(make_url(s), url))
    template = f"{url.database}_{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        if template not in _databases[server]:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(template)))
            _databases[server] += (template,)
            make(url.set(database=template).render_as_string(hide_password=False))
        of = {"it": sql.Identifier(str(url.database)), "template": sql.Identifier(template)}
        connection.execute(sql.SQL("DROP DATABASE {it} WITH (FORCE)").format(**of))
        connection.execute(sql.SQL("CREATE DATABASE {it} TEMPLATE {template}").format(**of))


def _same_server(one: URL, other: URL) -> bool:
    return (one.host, one.port, one.username) == (other.host, other.port, other.username)


def allow(server: str) -> None:
    """Let templates be made on a server of PostgreSQL, under its URL as psycopg takes it."""
    _databases[server] = ()


def drop(server: str) -> None:
    """Remove the templates from a server again."""
    with psycopg.connect(server, autocommit=True) as connection:
        for template in _databases.pop(server):
            name = sql.Identifier(template)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
