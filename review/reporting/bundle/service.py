"""Writing a bundle, making a review of one, and checking one: what pages and commands call."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from review import __version__, backups, disk
from review import protocol as protocols
from review.config import Config, database_url
from review.errors import DecisionError, FileError, NewerReviewError, ProtocolError, ReviewError
from review.events.bundles import BundleAsked
from review.progress import NOBODY, Watch
from review.protocol.loading import CODEBOOK_FILE, PROTOCOL_FILE
from review.reporting.bundle import archive as archives
from review.reporting.bundle import contents, figures, readable
from review.reporting.bundle.archive import Archive
from review.screening.service import votes_still_blind
from review.sources import registry
from review.spreadsheet import whole_file
from review.store import Store, backup_folder, bundle_rows, log, visible_codes, visible_votes
from review.store import backups as copies
from review.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """A bundle that was written: how large it is, and how many events it holds."""

    path: Path
    size: int
    events: int
    blind: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A review made of a bundle.

    Attributes:
        database: where it is, as a URL.
        data: folder of its protocol and codebook.
        events: in its log.
        before: the copy of the review that stood there.
        differences: figures of the bundle that another version of the program works out otherwise.
    """

    database: str
    data: Path
    events: int
    before: Path | None = None
    differences: tuple[str, ...] = ()


def write(
    ws: Workspace, path: Path, actor: str, watch: Watch = NOBODY, *, full_texts: bool = True
) -> Written:
    """Write the whole review into one file, which holds the votes of everybody.

    That it was asked for is in the log, and so in the bundle. Others go on working meanwhile.

    Args:
        full_texts: whether the attached PDFs go along, which few may hand on.

    Raises:
        FileError: the file cannot be written.
        Cancelled: on request; there is no file.
    """
    blind = votes_still_blind(ws)
    with whole_file(path) as temporary:
        with ws.store.write() as conn:
            log.append(
                conn,
                actor,
                [BundleAsked(file=path.name, blind=blind)],
                protocol=ws.protocol.version,
            )
        with bundle_rows.moment(ws.store, watch) as copy:
            with archives.writing(temporary, watch) as out:
                contents.write(replace(ws, store=copy), out, watch, full_texts=full_texts)
            with copy.read() as conn:
                number, _newest = bundle_rows.last_event(conn)
    return Written(path, path.stat().st_size, number, blind)


def why_not(ws: Workspace) -> str:
    """Why a page hands out no bundle now, in a sentence; "" where it does.

    A bundle holds what everybody said, so nobody gets one while somebody has still to vote or to
    code without knowing it. Whoever holds the database itself can write one by the command.
    """
    with ws.store.read() as conn:
        votes = visible_votes.still_blind(conn)
        codes = visible_codes.still_blind(conn)
    # Not how many: that would tell whoever looks when another votes.
    parts = [what for n, what in ((votes, "votes"), (codes, "codes")) if n]
    if not parts:
        return ""
    return (
        f"There is no bundle here now: it would hold {' and '.join(parts)} that somebody must not "
        "know before their own. Finish these reports first. Whoever leads the review and holds its "
        "database writes one by: python -m review bundle FILE.zip"
    )


def write_for(
    ws: Workspace, path: Path, reviewer: str, watch: Watch = NOBODY, *, full_texts: bool = True
) -> Written:
    """As `write`, for somebody who works on pages.

    Raises:
        DecisionError: it would show what is still blind (`why_not`).
    """
    if why := why_not(ws):
        raise DecisionError(why)
    return write(ws, path, reviewer, watch, full_texts=full_texts)


def check(path: Path, watch: Watch = NOBODY) -> tuple[int, list[str]]:
    """Look through a bundle: its checksums, its log, and every number in it worked out anew.

    Returns:
        The number of events, and what is not as the bundle says.

    Raises:
        FileError: it cannot be used as a bundle.
    """
    with _opened(path, watch, whole=True) as found:
        return found.events, found.differences


def restore(
    path: Path,
    *,
    folder: Path | None = None,
    config: Config | None = None,
    database: str | None = None,
    watch: Watch = NOBODY,
) -> Restored:
    """Make a review of a bundle, whole or not at all.

    Args:
        folder: a new data folder for it; the database is in it unless ``database`` is given.
        config: instead of a folder, the review in whose place it is put. Its data folder keeps
            its files where they say the same, and is given them where there are none.
        database: URL of the database, instead of the one of folder or settings.

    Raises:
        FileError: the file cannot be used as a bundle, or the folder is not empty.
        StoreError: the database cannot be written.
    """
    with _opened(path, watch) as found:
        if found.differences and found.program == __version__:
            raise archives.refused(
                path.name,
                f"not all in it is what follows from its log. {found.differences[0].rstrip('.')}",
            )
        told = tuple(found.differences)
        if folder is not None:
            return replace(_into_folder(found, folder, database, watch), differences=told)
        assert config is not None
        if database:
            config = replace(config, db=database_url(database))
        return replace(_in_place(found, config, watch), differences=told)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A bundle read into a review of its own.

    Attributes:
        data: folder with its data files.
        local: folder with its attachments.
        store: its database, a temporary file.
    """

    name: str
    program: str
    data: Path
    local: Path
    store: Store
    version: str
    events: int
    differences: list[str]


@contextmanager
def _opened(path: Path, watch: Watch, *, whole: bool = False) -> Iterator[_Opened]:
    """A bundle whose files, log and numbers have been looked through.

    Args:
        whole: look through what it holds for reading too, where this program wrote it.
    """
    with (
        archives.reading(path, watch) as found,
        tempfile.TemporaryDirectory(prefix="review-bundle-") as name,
    ):
        base = Path(name)
        data, local = base / "data", base / "local"
        data.mkdir()
        local.mkdir()
        found.unpack(contents.DATA, data, contents.is_in_place)
        found.unpack(contents.ATTACHMENTS, local, contents.is_in_place)
        protocol = _protocol(found, data)
        with _store(found, watch) as store:
            ws = Workspace(Config(data=data, db=str(store.url)), store, protocol)
            with store.read() as conn:
                events, newest = bundle_rows.last_event(conn)
            said = (found.manifest.get("events"), found.manifest.get("last_event"))
            if (events, newest) != said:
                raise found.refused("its log is not as long as its manifest says")
            yield _Opened(
                name=path.name,
                program=str(found.manifest.get("program")),
                data=data,
                local=local,
                store=store,
                version=protocol.version,
                events=events,
                differences=_differences(found, ws, watch, whole),
            )


def _protocol(found: Archive, data: Path) -> Any:
    try:
        return protocols.load(data, registry.all_sources())
    except ProtocolError as error:
        raise found.refused(f"its protocol cannot be read: {error}") from error


@contextmanager
def _store(found: Archive, watch: Watch) -> Iterator[Store]:
    tables = {name: partial(found.open, path) for name, path in contents.ROWS.items()}
    revision = str(found.manifest.get("tables_revision"))
    with ExitStack() as open_until_the_end:
        try:
            made = bundle_rows.made(revision, tables, watch)
            store = open_until_the_end.enter_context(made)
        except (FileError, NewerReviewError) as error:
            raise found.refused(str(error).removesuffix(".")) from error
        yield store


def _differences(found: Archive, ws: Workspace, watch: Watch, whole: bool) -> list[str]:
    lines = [
        f"{path} lies where no file of a review does, so it is left out."
        for path in found.paths
        if not contents.is_in_place(path)
    ]
    told = {}
    for path in found.under(contents.FIGURES):
        if path.endswith(".json"):
            told[Path(path).stem] = found.json(path)
    try:
        lines += figures.differences(told, figures.figures(ws, watch))
        with ws.store.read() as conn:
            shape = (__version__, bundle_rows.revision(conn))
        if (
            whole
            and (found.manifest.get("program"), found.manifest.get("tables_revision")) == shape
        ):
            lines += readable.differences(found, ws, watch.step("tables worked out"))
        return lines
    except ReviewError:
        raise
    except Exception as error:  # a log that was tampered with can break any rule of the program
        logger.exception("figures of a bundle")
        raise found.refused(f"its numbers cannot be worked out: {error}") from error


def _into_folder(found: _Opened, folder: Path, database: str | None, watch: Watch) -> Restored:
    """A new data folder, which appears whole or not at all."""
    folder = folder.expanduser().resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileError(
            f"{folder} is there and not empty. Nothing was changed. Name a new folder, or empty it."
        )
    inside = f"sqlite:///{(folder / 'local' / 'review.db').as_posix()}"
    config = Config(data=folder, db=database_url(database) if database else inside)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder.parent) as name:
            made = Path(name) / "folder"
            shutil.copytree(found.data, made)
            shutil.copytree(found.local, made / "local")
            if not database:
                file = made / "local" / "review.db"
                copies.bring_back(f"sqlite:///{file.as_posix()}", found.store, watch)
            with suppress(FileNotFoundError):
                folder.rmdir()  # empty
            os.replace(made, folder)
    except shutil.Error as error:  # of several files: from where, where to, and why
        why = error.args[0][0][2]
        raise FileError(f"{folder} cannot be written: {why}. Nothing was changed.") from error
    except OSError as error:
        raise FileError(disk.sentence(error, folder)) from error
    before = None
    if database:
        try:
            before = _replace(found, config, watch)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    backup_folder.remember(config)
    return Restored(config.db, folder, found.events, before)


def _in_place(found: _Opened, config: Config, watch: Watch) -> Restored:
    """In the place of a review whose data folder says the same, or nothing."""
    files = [*_files_wanted(found, config.data), *_local_wanted(found, config)]
    try:
        for path, file in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, path)
        before = _replace(found, config, watch)
    except BaseException as error:
        for path, _file in files:  # none of them was there before
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise FileError(disk.sentence(error, config.data)) from error
        raise
    backup_folder.remember(config)
    return Restored(config.db, config.data, found.events, before)


def _files_wanted(found: _Opened, data: Path) -> list[tuple[Path, Path]]:
    """What is to be copied into a data folder that has no protocol yet.

    Raises:
        FileError: it has another protocol.
    """
    theirs = [data / PROTOCOL_FILE, data / CODEBOOK_FILE]
    if not any(path.exists() for path in theirs):
        return [(data / path, file) for path, file in contents.data_files(found.data)]
    try:
        same = protocols.load(data).version == found.version
    except (ProtocolError, OSError):
        same = False
    if not same:
        raise FileError(
            f"{data} holds another protocol or codebook than {found.name}, so numbers and pages "
            "would not be those of the bundle. Nothing was changed. Name a new folder for it: "
            "python -m review restore FILE.zip FOLDER"
        )
    return []


def _local_wanted(found: _Opened, config: Config) -> list[tuple[Path, Path]]:
    files = (path for path in found.local.rglob("*") if path.is_file())
    return [
        (target, file)
        for file in files
        if not (target := config.local / file.relative_to(found.local)).exists()
    ]


def _replace(found: _Opened, config: Config, watch: Watch) -> Path | None:
    """Put the review in the place of another, which is copied before."""
    earlier = backups.copied_before(config)
    copies.bring_back(config.db, found.store, watch)
    return earlier.path if earlier else None
