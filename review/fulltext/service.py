"""What pages and commands ask of full texts: their states, their files, and the words in these."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from review import disk, outdated
from review.coding import quotes
from review.errors import DecisionError, FileError, NotFoundError, StoreError
from review.events import Event, FullTextAttached, FullTextStated, VoteCast
from review.events.full_text import Said
from review.fulltext import files, open_copy
from review.fulltext.limits import limits
from review.fulltext.matching import Known, Match, Reports
from review.fulltext.pdf_text import DAMAGED, PdfText
from review.fulltext.states import FullTextState, is_said, state_of
from review.model import Decision, Place, Stage, Vote, VoteValue
from review.outdated import Shown
from review.progress import NOBODY, Watch
from review.screening import service as screening
from review.store import active_decisions, full_texts, log, reports
from review.workspace import Workspace

NEVER_BACKED_UP = (
    "Copies of the database hold what is known of each file, not the files: these lie in {folder}. "
    "A bundle (page Report) holds both."
)

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_APOSTROPHES = "'\u2018\u2019\u02bc"

SAID_BEFORE = "the same file, attached before"
"""How the report of a file was found that is attached already."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that holds the full text of a report.

    Attributes:
        path: where it is kept on this machine, if it is.
        how: how its report was found, ``""`` where a person named it.
        event: that attached it.
    """

    report: str
    sha256: str
    name: str
    path: Path
    bytes: int
    pages: int
    how: str
    reviewer: str
    time: datetime
    event: str

    @property
    def is_here(self) -> bool:
        """Whether the file is on this machine."""
        return self.path.is_file()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the full text of one report is.

    Attributes:
        why: what people wrote with what the state follows from: the statement that counts, or the
            votes that say that it was not retrieved.
        has_file: whether a file is attached, whatever the state.
    """

    report: str
    state: FullTextState
    why: str = ""
    has_file: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of one file of many.

    Attributes:
        match: what it was found to be.
        done: the event that attached it; None where a person is to say whose it is, or it is none.
        problem: why it cannot be attached.
        sha256: of a file that is kept and waits for its report.
    """

    name: str
    match: Match = Match()
    done: Event[FullTextAttached] | None = None
    problem: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A page on which words were found: its number, from 1, and how often."""

    page: int
    times: int


def attachments(ws: Workspace, report: str = "") -> list[Attachment]:
    """The files that count, oldest first, of all reports or of one.

    A file that two reports had which were merged is told once.
    """
    found: dict[tuple[str, str], Attachment] = {}
    with ws.store.read() as conn:
        for row in full_texts.attached(conn, report):
            found.setdefault((row.report, row.sha256), _attachment(ws, row))
    return list(found.values())


def standings(ws: Workspace, report: str = "") -> list[Standing]:
    """Where the full texts are: of the reports whose full text is sought, or of the one named."""
    with ws.store.read() as conn:
        has_file = {row.report for row in full_texts.attached(conn, report)}
        said = {row.report: row for row in full_texts.said(conn, report)}
        rows = full_texts.decided(conn, report)
        # Decided, so nobody votes on them blind any more.
        gone = [row.id for row in rows if row.full_text == Decision.NOT_RETRIEVED]
        votes = active_decisions.votes_of(conn, gone)
    found = []
    for row in rows:
        word = said.get(row.id)
        state = state_of(
            Decision(row.title_abstract), Decision(row.full_text), Place(row.place),
            Said(word.state) if word else None, row.id in has_file,
        )  # fmt: skip
        why = word.why if word and is_said(state, Said(word.state)) else ""
        if state is FullTextState.NOT_RETRIEVED:
            why = _why_not(votes.get(row.id, ()))
        found.append(Standing(row.id, state, why, row.id in has_file))
    return found


def _why_not(votes: Sequence[Vote]) -> str:
    """The notes of the votes at full text, the final one alone where there is one."""
    here = [vote for vote in votes if vote.stage is Stage.FULL_TEXT]
    counting = [vote for vote in here if vote.final][-1:] or here
    return "; ".join(dict.fromkeys(note for vote in counting if (note := vote.note.strip())))


def state(
    ws: Workspace, report: str, said: Said, reviewer: str, why: str = "",
    *, shown: Shown | None = None,
) -> Event[FullTextStated]:  # fmt: skip
    """Say how the full text of a report was got, or what it waits for.

    Raises:
        OutdatedError: the report is not what was ``shown`` any more. So in all that follows.
        NotFoundError: no such report.
    """
    _refuse_nobody(reviewer)
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, shown)
        word = FullTextStated(
            record=on.lead, report=on.report, reviewer=reviewer, state=said, why=why.strip()
        )
        (done,) = log.append(conn, reviewer, [word], protocol=outdated.version_read(ws, shown))
    return done


def not_retrieved(
    ws: Workspace, report: str, reviewer: str, why: str = "",
    *, reason: str = "", replace: bool = False, shown: Shown | None = None,
) -> Event[VoteCast]:  # fmt: skip
    """Say that the full text cannot be had: a vote by the protocol's reason that counts as that.

    So the flow diagram counts it once, under the same rule as any other vote.

    Args:
        reason: which one, where the protocol has several.

    Raises:
        DecisionError: the protocol has no such reason, or as `screening.cast` says.
    """
    known = [r.id for r in ws.protocol.reasons if r.counts_as == "not_retrieved"]
    if not known or (reason and reason not in known):
        raise DecisionError(
            "The protocol has no such reason with counts_as: not_retrieved. Add one to it first."
        )
    return screening.cast(
        ws, report, Stage.FULL_TEXT, reviewer, VoteValue.EXCLUDE,
        reason=reason or known[0], note=why.strip(), replace=replace, shown=shown,
    )  # fmt: skip


def attach(
    ws: Workspace, report: str, name: str, content: bytes, reviewer: str,
    *, how: str = "", shown: Shown | None = None,
) -> Event[FullTextAttached]:  # fmt: skip
    """Attach a PDF to a report; the file and the event are on disk when this returns.

    A file that is attached to the report already changes nothing.

    Args:
        how: by what the report was found, ``""`` where a person named it.

    Raises:
        FileError: it is no PDF, damaged, or too large.
        NotFoundError: no such report.
    """
    _refuse_nobody(reviewer)
    with ws.store.read() as conn:
        outdated.membership(conn, report, shown)  # refused before anything is kept
    sha256, text = _kept(ws, name, content)
    return _attach_kept(ws, report, name, sha256, len(content), text, reviewer, how, shown)


def attach_file(ws: Workspace, report: str, file: Path, reviewer: str) -> Event[FullTextAttached]:
    """The same with a file of this machine.

    Raises:
        FileError: it cannot be read, or as `attach` says.
    """
    return attach(ws, report, file.name, _read(file), reviewer)


def attach_kept(
    ws: Workspace, report: str, name: str, sha256: str, reviewer: str
) -> Event[FullTextAttached]:
    """Attach a file that is `asked` about, as a person said whose it is.

    Raises:
        NotFoundError: there is no such file or report.
    """
    _refuse_nobody(reviewer)
    text = files.words(ws.config.local, sha256, limits())
    size = files.path(ws.config.local, sha256).stat().st_size
    return _attach_kept(ws, report, name, sha256, size, text, reviewer, "", None)


def attach_many(
    ws: Workspace,
    given: Collection[tuple[str, bytes | Path]],
    reviewer: str,
    watch: Watch = NOBODY,
) -> list[Placed]:
    """Attach files to the reports they are of, as far as that is plain; nothing is guessed.

    Args:
        given: name and content of each, or where it lies; one at a time is read.
        watch: is told how many are done; where it stops the work, what was attached stays.

    Returns:
        What became of each that was come to; files whose report is not plain are kept and `asked`
        about.
    """
    _refuse_nobody(reviewer)
    with ws.store.read() as conn:
        rows = full_texts.identities(conn)
        held = {row.sha256: row.event for row in full_texts.attached(conn)}
    known = Reports(
        Known(r.report, r.doi or "", r.pmid or "", "; ".join(r.authors or ()), r.year, r.title)
        for r in rows
    )
    placed: list[Placed] = []
    for n, (given_name, content) in enumerate(given):
        name = files.plain_name(given_name)
        watch.at(n, len(given))
        if watch.cancelled():
            return placed
        try:
            placed.append(_placed(ws, known, held, name, content, reviewer))
        except FileError as error:
            placed.append(Placed(name, problem=str(error)))
        except (OSError, StoreError) as error:  # a full disk: the others would fare no better
            why = disk.sentence(error) if isinstance(error, OSError) else str(error)
            placed.append(Placed(name, problem=f"Stopped at {name}. {why}"))
            return placed
    watch.at(len(given), len(given))
    return placed


def _placed(
    ws: Workspace, known: Reports, held: Mapping[str, str],
    name: str, content: bytes | Path, reviewer: str,
) -> Placed:  # fmt: skip
    whole = _read(content) if isinstance(content, Path) else content
    sha256, text = _kept(ws, name, whole)
    match = known.match(name, text.pages)
    if not match.report and (before := held.get(sha256)):
        with ws.store.read() as conn:
            done = cast(Event[FullTextAttached], log.get(conn, before))
        return Placed(name, Match(done.data.report, SAID_BEFORE), done, sha256=sha256)
    if not match.report:
        files.ask(ws.config.local, sha256, name, match.candidates)
        return Placed(name, match, sha256=sha256)
    try:
        done = _attach_kept(
            ws, match.report, name, sha256, len(whole), text, reviewer, match.how, None
        )
    except NotFoundError:  # the run that brought it was withdrawn meanwhile
        files.ask(ws.config.local, sha256, name, ())
        return Placed(name, sha256=sha256)
    return Placed(name, match, done, sha256=sha256)


def asked(ws: Workspace) -> list[Placed]:
    """The files that are kept and whose report a person is to say, in order of name."""
    waiting = files.asked(ws.config.local)
    with ws.store.read() as conn:
        there = reports.known(conn, {id_ for _, ids in waiting.values() for id_ in ids})
        held = {row.sha256 for row in full_texts.attached(conn)}
    found = [
        Placed(name, Match(candidates=tuple(id_ for id_ in ids if id_ in there)), sha256=sha256)
        for sha256, (name, ids) in waiting.items()
        if sha256 not in held
    ]
    return sorted(found, key=lambda one: (one.name, one.sha256))


def ask_no_more(ws: Workspace, sha256: str) -> None:
    """Leave a file without a report; it is kept until a `purge`."""
    files.ask_no_more(ws.config.local, sha256)


def in_folder(folder: Path) -> list[tuple[str, bytes | Path]]:
    """The PDFs of a folder and the folders in it, for `attach_many`.

    Raises:
        FileError: there is no such folder.
    """
    if not folder.is_dir():
        raise FileError(f"There is no folder {folder}.")
    found = sorted(
        p
        for p in folder.rglob("*")
        if p.suffix.lower() == ".pdf" and p.is_file() and not p.name.startswith("._")
    )  # what macOS puts beside files of other systems begins so
    return [(p.name, p) for p in found]


def text(ws: Workspace, sha256: str) -> PdfText:
    """The words of a file by page; read once for each checksum.

    Raises:
        NotFoundError: the file is not on this machine.
    """
    return files.words(ws.config.local, sha256, limits())


def open_address(ws: Workspace, report: str) -> str:
    """The open copy that the sources of a report know; ``""`` where there is none."""
    with ws.store.read() as conn:
        return open_copy.address(full_texts.raw_entries(conn, report))


def hits(pages: Sequence[str], wanted: str) -> list[Hit]:
    """The pages on which some words stand, however their lines are broken and whatever the case."""
    pattern = search_pattern(wanted)
    if pattern is None:
        return []
    counted = ((n, len(pattern.findall(page))) for n, page in enumerate(pages, 1))
    return [Hit(n, times) for n, times in counted if times]


def search_pattern(wanted: str) -> re.Pattern[str] | None:
    """The pattern that finds some words; None for no words.

    Dashes and apostrophes find each other. A hyphen between letters may be missing: where a line
    ends with one, nobody can tell whether the word has it.
    """
    parts = unicodedata.normalize("NFC", wanted).split()
    return re.compile(r"\s+".join(map(_spelt, parts)), re.IGNORECASE) if parts else None


def _spelt(word: str) -> str:
    signs = []
    for n, sign in enumerate(word):
        if sign in _DASHES:
            within = word[:n][-1:].isalpha() and word[n + 1 : n + 2].isalpha()
            signs.append(f"[{_DASHES}]{'?' if within else ''}")
        elif sign in _APOSTROPHES:
            signs.append(f"[{_APOSTROPHES}]")
        else:
            signs.append(re.escape(sign))
    return "".join(signs)


def quoted(page: str, number: int, selected: str) -> str:
    """Selected words of a page as they stand there, with their place; ``""`` where they do not.

    ``“Sleep improved.” (page 4)``
    """
    place = quotes.find(selected, "", page)
    if place is None:
        return ""
    words = " ".join(page[place.start : place.end].split())
    return f"“{words}” (page {number})"


def purge(ws: Workspace) -> int:
    """Remove the files that no report has any more: taken back, or never given one.

    Returns:
        How many; a file whose removal is regretted is attached anew.
    """
    kept = files.kept(ws.config.local)  # first, or a file attached meanwhile would go
    with ws.store.read() as conn:
        held = {row.sha256 for row in full_texts.attached(conn)}
    gone = [paths for sha, paths in kept.items() if sha not in held]
    for paths in gone:
        for one in paths:
            one.unlink(missing_ok=True)
    return len(gone)


def where_kept(ws: Workspace) -> str:
    """A sentence on where the files are, as copies of the review do not hold them."""
    return NEVER_BACKED_UP.format(folder=files.folder(ws.config.local))


def _kept(ws: Workspace, name: str, content: bytes) -> tuple[str, PdfText]:
    at_most = limits()
    files.check(name, content, at_most)
    sha256 = files.keep(ws.config.local, content)
    found = files.words(ws.config.local, sha256, at_most, again=True)
    if found.problem == DAMAGED:
        raise FileError(f"{name} {DAMAGED}.")
    return sha256, found


def _attach_kept(
    ws: Workspace, report: str, name: str, sha256: str, size: int, found: PdfText,
    reviewer: str, how: str, shown: Shown | None,
) -> Event[FullTextAttached]:  # fmt: skip
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, shown)
        for row in full_texts.attached(conn, on.report):
            if row.sha256 == sha256:
                return cast(Event[FullTextAttached], log.get(conn, row.event))
        file = FullTextAttached(
            record=on.lead, report=on.report, reviewer=reviewer, sha256=sha256,
            name=files.plain_name(name), size=size, pages=found.total, how=how,
        )  # fmt: skip
        (done,) = log.append(conn, reviewer, [file], protocol=outdated.version_read(ws, shown))
    files.ask_no_more(ws.config.local, sha256)
    return done


def _attachment(ws: Workspace, row: Any) -> Attachment:
    return Attachment(
        row.report, row.sha256, row.name, files.path(ws.config.local, row.sha256), row.size,
        row.pages, row.how, row.reviewer, row.at, row.event,
    )  # fmt: skip


def _read(file: Path) -> bytes:
    try:
        files.check_size(file.name, file.stat().st_size, limits())
        return file.read_bytes()
    except OSError as error:
        raise FileError(f"{file} cannot be read: {error.strerror}.") from error


def _refuse_nobody(reviewer: str) -> None:
    if not reviewer.strip():
        raise DecisionError("Say who you are first.")
