"""The databases that tests run against.

`db_url` gives a test one empty database, and runs it twice: on SQLite and on PostgreSQL.
PostgreSQL is the server named by ``REVIEW_TEST_PG_URL`` or, without it, a server of our own made
from the binaries that Debian and Ubuntu put under ``/usr/lib/postgresql``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from psycopg import sql

from review.store import Store
from tests import templates

# Nothing here outlives the tests, so nothing needs to be safe on disk.
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy URL of an empty database, as ``REVIEW_DB`` takes it."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'review.db').as_posix()}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(db_url: str) -> Iterator[Store]:
    """An open database with the tables of a review and nothing in them."""
    templates.begin_with(db_url, "tables", _make_tables)
    store = Store(db_url)
    store.upgrade()
    yield store
    store.close()


def _make_tables(url: str) -> None:
    store = Store(url)
    store.upgrade()
    store.close()


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """SQLAlchemy URL of an empty PostgreSQL database.

    One database serves all tests and is emptied for each: that takes about a sixth of the time
    that making and dropping a database does.
    """
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        # A connection that a test left open would hold locks, and the emptying would wait for it.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    return postgres_database.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """URL of a database made for this run of the tests; a given server's own are not touched."""
    given = os.environ.get("REVIEW_TEST_PG_URL", "").replace("+psycopg", "", 1)
    with given_server(given) if given else own_server() as server:
        name = f"review_test_{os.getpid()}"
        database = sql.Identifier(name)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
            templates.allow(server)
            try:
                yield server.rsplit("/", 1)[0] + f"/{name}"
            finally:
                templates.drop(server)
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


@contextmanager
def given_server(url: str) -> Iterator[str]:
    """Use a server that runs already; its user must be allowed to make databases."""
    yield url


@contextmanager
def own_server() -> Iterator[str]:
    """Run a PostgreSQL server of our own on a free port of this machine.

    PostgreSQL refuses to run as root, so root runs it as the user ``postgres``.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=_version)
    if not programs:
        unavailable("PostgreSQL is not installed", "REVIEW_REQUIRE_PG")
    programs_folder = programs[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="review-postgres-"))
    as_root = os.geteuid() == 0
    if as_root:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, port = folder / "data", free_port()

    def run(program: str, *arguments: str) -> None:
        command = [str(programs_folder / program), "-D", str(data), *arguments]
        if as_root:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True)
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    settings = {**SERVER_SETTINGS, "unix_socket_directories": str(folder), "port": str(port)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    try:
        run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")
        # Its words go to a file: kept open, this process's own output would never end.
        run("pg_ctl", "--wait", f"--log={folder / 'log'}", f"--options={options}", "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _version(program: Path) -> float:
    return float(program.parent.parent.name)


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def unavailable(reason: str, variable: str) -> NoReturn:
    """Skip the test, or fail it where the environment variable says that nothing may be missing."""
    if os.environ.get(variable) == "1":
        pytest.fail(f"{reason}, and {variable}=1 requires it", pytrace=False)
    pytest.skip(reason)
