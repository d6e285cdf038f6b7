"""Importing files of references, each as one run of the search log.

A file is read to its end before anything is stored, so one that cannot be read leaves no trace.
Then its entries go in part by part, each part in one transaction with the votes it holds; others
get to write in between. A small file is one part, and so goes in whole or not at all. A run that
was cancelled, or that a crash cut short, holds whole parts only and says so; importing the file
again adds the rest, because what is stored is known by its content
(`review.search.entry_identity`).
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from review import disk
from review.coding.suggestions import refresh_suggestions, waiting
from review.errors import Cancelled, FileError, Mistake, ReviewError, StoreError
from review.model import Record, RunStatus, SearchRun
from review.progress import NOBODY, Progress, Watch
from review.screening.votes import Taken, take_in
from review.search import run_lock
from review.search.content_intake import Brought, Intake
from review.search.entry_identity import Before, Entry, Stored, identified
from review.search.run_writer import locks
from review.search.runs import close_interrupted
from review.sources.file_account import FileAccount
from review.sources.file_reading import FileContent, bytes_of, iter_bytes
from review.store import Connection, backup_folder, records
from review.workspace import Workspace

logger = logging.getLogger(__name__)

PART = 500
"""Entries stored in one transaction."""

PART_OF_LARGE = 100
"""The same of a large file: a vote that is cast meanwhile waits for one part."""

COPYING = "pages of the review copied first"

LARGE_FILE = 2_000_000
"""Bytes from which on the review is copied before a file is imported."""

PAUSE_SECONDS = 0.05
"""Between two parts: a writer who waits for SQLite looks again only now and then."""

LONGEST_SEARCH = 200
"""Characters of a file's name that the search log keeps."""

AGAIN = "Import the file again for the rest; what is stored is known then."


class ImportStep(StrEnum):
    """What an import does at the moment, in words that follow a count."""

    READING = "lines read"
    STORING = "entries stored"
    SUGGESTING = "new records with suggestions worked out"


@dataclass(frozen=True, slots=True)
class VotesWanted:
    """Whether the votes inside a file come in, and whose those are that name nobody.

    Attributes:
        reviewer: the name for votes without one; the importing person's when empty.
    """

    wanted: bool = True
    reviewer: str = ""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file.

    Attributes:
        new, known: records that are new, and that were known before.
        mistakes: the places of the file that could not be read.
        votes: what became of the votes inside it.
        unsuggested: records whose suggestions are still to be worked out.
        account: what the file held besides: fields nobody read, values not understood, encoding.
        brought: what became of what a file of our own holds besides records.
    """

    run: SearchRun
    new: int
    known: int
    mistakes: tuple[Mistake, ...]
    votes: Taken = field(default_factory=Taken)
    unsuggested: int = 0
    account: FileAccount = field(default_factory=FileAccount)
    brought: Brought = field(default_factory=Brought)

    @property
    def counts(self) -> str:
        """Entries found, kept, known and named, in a sentence that adds up."""
        found = self.account.entries
        lost = max(0, found - self.new - self.known)
        entries = "1 entry" if found == 1 else f"{found:,} entries"
        kept = f"{entries} found in the file: {self.new:,} new, {self.known:,} known before"
        return f"{kept}, {lost:,} left out and named by line." if found else ""


def import_file(
    ws: Workspace,
    path: Path,
    format: str | None = None,
    source: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    votes: VotesWanted | None = None,
    actor: str,
    watch: Watch = NOBODY,
) -> ImportResult:
    """Import a file of references, the votes in it too; suggestions are worked out afterwards.

    Args:
        format: as `review.sources.file_formats.FORMATS`; told from the file when None.
        source: name of the source the records come from. When None, that of the last import of the
            very same file, else made from the file's name, or the register's whose export it is.
        columns: for a table, which column holds which field, as for `read_bytes`.
        votes: votes without a name are the importing person's when None.
        watch: told how far each `ImportStep` is, and asked whether to stop. While the file is read,
            nothing is stored; after that the run ends as cancelled; and suggestions that are
            wanting are worked out later.

    Raises:
        UnknownColumns: a table of which no column is known to hold the title; it carries the heads.
        FileError: the file cannot be read at all.
        Cancelled: before anything was stored.
    """
    return import_bytes(
        ws, bytes_of(path), path.name, format, source,
        columns=columns, votes=votes, actor=actor, watch=watch,
    )  # fmt: skip


def import_bytes(
    ws: Workspace,
    data: bytes,
    name: str,
    format: str | None = None,
    source: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    votes: VotesWanted | None = None,
    actor: str,
    watch: Watch = NOBODY,
) -> ImportResult:
    """Import the content of a file, for instance an upload; as `import_file`."""
    close_interrupted(ws)
    mark = f"SHA-256 {hashlib.sha256(data).hexdigest()[:16]})"
    with ws.store.read() as conn:
        same = [run for run in records.runs(conn) if run.request.endswith(mark)]
    parts = iter_bytes(
        data, name, format, source or (same[0].source if same else None), columns,
        chunk=PART if len(data) <= LARGE_FILE else min(PART, PART_OF_LARGE),
        watch=watch.step(ImportStep.READING), keeps_source=not source and bool(same),
    )  # fmt: skip
    mapped = "".join(f"{head}={field or '-'}, " for head, field in (columns or {}).items())
    intake = _Intake(
        ws, actor, name, mapped + mark, frozenset(run.id for run in same),
        votes or VotesWanted(), watch,
    )  # fmt: skip
    if len(data) > LARGE_FILE:
        backup_folder.before(ws.store, ws.config, "before-import", watch.step(COPYING))
    intake.store(parts)
    return intake.result()


@dataclass(slots=True)
class _Intake:
    """One file while its entries go into the review.

    Attributes:
        mark: what the log says of the file besides its name and format.
        same: earlier imports of the very same file.
        before: what those of them found that read it in the same way; None before the first part.
    """

    ws: Workspace
    actor: str
    name: str
    mark: str
    same: frozenset[str]
    votes: VotesWanted
    watch: Watch
    before: Before | None = None
    run: str = ""
    done: int = 0
    new: list[str] = field(default_factory=list)
    known: int = 0
    mistakes: list[Mistake] = field(default_factory=list)
    taken: Taken = field(default_factory=Taken)
    account: FileAccount = field(default_factory=FileAccount)
    brought: Brought = field(default_factory=Brought)
    studies: dict[str, str] = field(default_factory=dict)

    def store(self, parts: Iterable[FileContent]) -> None:
        """Store part after part, and close the run however that ends.

        Raises:
            FileError: the file cannot be read; nothing is stored.
            Cancelled: before anything was stored.
        """
        with ExitStack() as held:
            try:
                for part in parts:
                    self.watch.stop_if_cancelled("Stopped before anything was stored.")
                    self._take(part, held)
                    self.watch.step(ImportStep.STORING).at(self.done, part.total)
                    if self.done < part.total:
                        time.sleep(PAUSE_SECONDS)
            except Cancelled:
                if not self.run:
                    raise
                self._stop(RunStatus.CANCELLED, "Stopped.")
            except KeyboardInterrupt:
                self._stop(RunStatus.CANCELLED, "Stopped from the keyboard.")
                raise
            except OSError as error:
                why = disk.sentence(error)
                self._stop(RunStatus.FAILED, why)
                raise FileError(f"{self.name} was not imported to its end. {why}") from error
            except ReviewError as error:
                self._stop(RunStatus.FAILED, str(error))
                raise
            except BaseException:
                logger.exception("import of %s", self.name)
                self._stop(RunStatus.FAILED, "Stopped by a fault of the program; see the log file.")
                raise

    def result(self) -> ImportResult:
        """Work out the suggestions that are wanting, and put together what came of the file."""
        with self.ws.store.read() as conn:
            run = records.get_run(conn, self.run)
        wanting = sorted({*self.new, *waiting(self.ws)})
        left = len(wanting)
        if run.status is not RunStatus.CANCELLED:
            left -= self._suggest(wanting)
        return ImportResult(
            run, len(self.new), self.known, tuple(self.mistakes), self.taken, left, self.account,
            self.brought,
        )  # fmt: skip

    def _take(self, part: FileContent, held: ExitStack) -> None:
        """Store one part with its votes; the last one closes the run as well."""
        self.mistakes += part.mistakes
        self.account = part.account
        with self.ws.store.write() as conn:
            part = self._identified(conn, part)
            run = self.run or self._begin(conn, part, held)
            added = records.add_records(conn, self.actor, run, part.records)
            self.new += added.new
            self.known += len(added.known)
            if self.votes.wanted and part.votes:
                self.taken += self._take_votes(conn, run, part)
            if part.contents:
                self._take_contents(conn, run, part)
            done = self.done + len(part.records) + len(part.mistakes)
            if done >= part.total:
                records.finish_run(conn, self.actor, run, *self._ending())
        self.run, self.done = run, done

    def _begin(self, conn: Connection, part: FileContent, held: ExitStack) -> str:
        request = f"{self.name} ({part.format}, {self.mark}"
        search = f"import of {self.name}"[:LONGEST_SEARCH]
        run = records.start_run(conn, self.actor, search, part.source, request)
        # Held before others can see the run, or they might close it as interrupted.
        held.enter_context(run_lock.held(locks(self.ws), run))
        return run

    def _identified(self, conn: Connection, part: FileContent) -> FileContent:
        """The part with the keys under which its records are stored, or will be."""
        if self.before is None:
            self.before = self._before(conn, part)
        # A file of our own has records of many sources, any other of one.
        of_source: dict[str, list[Record]] = defaultdict(list)
        for one in part.records:
            of_source[one.source].append(one)
        known = {
            (old.source, old.key): new
            for source, some in of_source.items()
            for old, new in zip(
                some, self._identified_of(conn, source, some, part.names), strict=True
            )
        }
        votes = tuple(
            replace(vote, record=known[part.source, vote.record].key) for vote in part.votes
        )
        contents = tuple(
            replace(
                content, records=tuple((id_, known[r.source, r.key]) for id_, r in content.records)
            )
            for content in part.contents
        )
        found = tuple(known[one.source, one.key] for one in part.records)
        return replace(part, records=found, votes=votes, contents=contents)

    def _identified_of(
        self,
        conn: Connection,
        source: str,
        found: Sequence[Record],
        names: Mapping[str, tuple[str, ...]],
    ) -> list[Record]:
        """Records of one source with these keys."""
        entries = [Entry.of(one, names.get(one.key, ())) for one in found]
        rows = records.by_keys(conn, source, {name for one in entries for name in one.names})
        taken = [one for one in entries if not rows.keys().isdisjoint(one.names)]
        rows |= records.by_keys(conn, source, {key for one in taken for key in one.marked})
        stored = {key: _stored(row) for key, row in rows.items()}
        return identified(entries, stored, self.before or Before())

    def _before(self, conn: Connection, part: FileContent) -> Before:
        """What earlier imports found of the very same file, if they read it in the same way."""
        read = f" ({part.format}, {self.mark}"
        runs = [
            run.id
            for run in records.runs(conn)
            if run.id in self.same and run.source == part.source and run.request.endswith(read)
        ]
        rows = records.brought_by(conn, part.source, runs) if runs else []
        return Before.of(runs, map(_stored, rows))

    def _take_votes(self, conn: Connection, run: str, part: FileContent) -> Taken:
        keys = {vote.record for vote in part.votes}
        known = records.ids_of(conn, {(part.source, key) for key in keys})
        return take_in(
            self.ws, conn, part.votes, {key: known[part.source, key] for key in keys}, run,
            same=self.same, nameless=self.votes.reviewer or self.actor, actor=self.actor,
        )  # fmt: skip

    def _take_contents(self, conn: Connection, run: str, part: FileContent) -> None:
        """Take in the reports of a file of our own, once their records are stored."""
        ids = records.ids_of(conn, {(one.source, one.key) for one in part.records})
        intake = Intake(
            self.ws, self.actor, run, self.same, self.name, self.votes.wanted, self.studies
        )
        found = intake.take_in(conn, part.contents, ids)
        self.brought += found
        self.taken += found.votes

    def _ending(self) -> tuple[RunStatus, str]:
        """How a file that was stored to its end ended, and why."""
        bad = len(self.mistakes)
        if not bad:
            return RunStatus.COMPLETE, ""
        places = "1 place" if bad == 1 else f"{bad} places"
        status = RunStatus.PARTIAL if self.new or self.known else RunStatus.FAILED
        return status, f"{places} of the file could not be read."

    def _stop(self, status: RunStatus, why: str) -> None:
        """Close a run before its end; there is none before the first part is stored.

        Where even that cannot be written, as on a full disk, the next start closes it.
        """
        if not self.run:
            return
        try:
            with self.ws.store.write() as conn:
                stored = records.get_run(conn, self.run).received
                kept = f"{stored:,} records were stored before. {AGAIN}"
                records.finish_run(conn, self.actor, self.run, status, f"{why} {kept}")
        except StoreError:
            logger.exception("closing %s", self.run)

    def _suggest(self, wanting: Sequence[str]) -> int:
        """Work out suggestions until that is stopped; tells for how many records it was done."""
        done = 0
        if self.watch.cancelled():
            return done

        def tell(now: Progress) -> None:
            nonlocal done
            done = now.done
            self.watch.step(ImportStep.SUGGESTING).tell(now)

        with suppress(Cancelled):
            refresh_suggestions(self.ws, wanting, Watch(tell, self.watch.cancelled))
        return done


def _stored(row: Any) -> Stored:
    return Stored(row.id, row.run, records.to_record(row._mapping))
