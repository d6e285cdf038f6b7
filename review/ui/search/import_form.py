"""Importing files of references: the upload, the job behind the page, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import streamlit as st
from streamlit.typing import UploadedFile

from review import separate_process
from review.errors import Cancelled, FileError, Mistake
from review.model import RunStatus
from review.progress import Progress, Watch
from review.screening.votes import import_summary
from review.search import service as searching
from review.search.importing import ImportResult, VotesWanted
from review.sources import file_formats
from review.sources.file_preview import FilePreview, first_entries, preview
from review.ui import drafts, elements, jobs, navigation, session
from review.ui.errors import careful, tell
from review.ui.search import column_mapping, first_look

IMPORT = "import"
LARGE_FILE = 500_000
"""Bytes from which on a file is read and stored by a process of its own: a thousand entries or so.
"""
SHOWN_MISTAKES = 50
ROUND = "import_round"
"""Session key that counts the imports: each begins with an empty list of files."""
LOOKS = "import_looks"
"""Session key of the first looks at the files that are chosen, by their id."""

LOST = "import_lost"
"""Session key that says that chosen files are no longer on the server."""
SOURCE = "upload_source"
"""Key of the field for the source of the records."""
FIRST = "import_first_entries"
"""Session key of the first entries of a table whose columns were chosen."""

BRING, LEAVE = "Bring them in", "Leave them out"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A file that is about to be imported.

    Attributes:
        columns: for a table whose heads do not tell, what each column holds.
    """

    name: str
    data: bytes
    columns: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What came of one file: a result, or why it could not be read."""

    name: str
    result: ImportResult | None = None
    error: str = ""


def file_import(reviewer: str) -> None:
    """Choose files, say what must be said of them, import them and see what came of it."""
    running = next(iter(jobs.registry().running(IMPORT)), None)
    if running is not None:
        jobs.progress(running)
        if running.session == jobs.here():
            return
    turn = st.session_state.setdefault(ROUND, 0)
    files = _files(turn)
    looks = [(file, look) for file in files for look in [_look(file)] if look is not None]
    columns = {
        file.file_id: column_mapping.columns_of(look, file.name, f"column-{file.file_id}")
        for file, look in looks
        if not look.told
    }
    for file, look in looks:
        shown = _by_columns(file, columns[file.file_id]) if file.file_id in columns else look
        if look.brought:
            st.info(f"{elements.plain(file.name)}: {look.brought}")
        if shown.records or shown.mistakes:
            first_look.entries(shown, file.name, expanded=len(looks) == 1)
    votes = VotesWanted()
    if any(look.votes for _file, look in looks):
        votes = _votes(reviewer, any(look.nameless for _file, look in looks))
    chosen = [
        Chosen(PurePath(file.name).name, file.getvalue(), columns.get(file.file_id))
        for file, _look in looks
    ]
    untitled = any("title" not in held.values() for held in columns.values())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.text_input(
            "Source of the records",
            key=drafts.field(SOURCE),
            persist_state="session",
            placeholder="Such as Embase; the file's name if empty",
            help="Records that people found on websites, at organisations or by citation searching "
            "are other methods in the flow diagram: begin with “Websites: ”, “Organisations: ” or "
            "“Citation searching: ”.",
            width=360,
        )
        st.button(
            "Import",
            type="primary",
            on_click=start,
            args=(chosen, str(source or "").strip(), votes, reviewer),
            # What it imports was bound when the page was drawn, so not before the files are there.
            disabled=untitled or not chosen or running is not None,
        )
    if running is not None:
        st.caption("One import goes on at a time; this one can begin when that has ended.")
        return
    job = jobs.registry().get(IMPORT, own=True) or next(
        reversed(jobs.registry().ended(IMPORT)), None
    )
    if job is not None:
        _ended(job)


def _files(turn: int) -> list[UploadedFile]:
    """The files that are chosen. The server forgets them when it is started anew.

    The browser goes on showing them, so that is said and the list is emptied.

    Args:
        turn: another one is an empty list.
    """
    state = st.session_state
    files = st.file_uploader(
        "Files of references",
        type=file_formats.endings(),
        help=elements.plain(
            f"{file_formats.labels()}; recognised by name and content. Tables of "
            f"{file_formats.known_tables()} are known by their heads."
        ),
        accept_multiple_files=True,
        key=f"upload-{turn}",
    )
    known = {file.file_id for file in files}
    if any(file.file_id not in known for file in state.get(f"upload-{turn}") or ()):
        state[ROUND], state[LOST] = turn + 1, True
        state[f"upload_source-{turn + 1}"] = state.get(f"upload_source-{turn}", "")
        st.rerun()
    if files:
        state.pop(LOST, None)
    elif state.get(LOST):
        st.warning(
            "The server was started anew and no longer has the files that were chosen here. "
            "Nothing of them was imported. Choose them again."
        )
    return files


def _look(file: UploadedFile) -> FilePreview | None:
    """A first look at a file, taken once; says why where it cannot be read at all."""
    known: dict[str, FilePreview | str] = st.session_state.setdefault(LOOKS, {})
    if file.file_id not in known:
        try:
            with st.spinner(f"Looking at {elements.plain(file.name)}"):
                known[file.file_id] = preview(file.getvalue(), PurePath(file.name).name)
        except FileError as error:
            known[file.file_id] = str(error)
    look = known[file.file_id]
    if isinstance(look, str):
        st.error(elements.plain(look))
        return None
    return look


def _by_columns(file: UploadedFile, columns: Mapping[str, str]) -> FilePreview:
    """The first entries of a table by what its columns are said to hold, read once a choice."""
    known: dict[object, FilePreview] = st.session_state.setdefault(FIRST, {})
    choice = (file.file_id, *columns.items())
    if choice not in known:
        known.clear()
        known[choice] = first_entries(file.getvalue(), PurePath(file.name).name, columns)
    return known[choice]


def _votes(reviewer: str, nameless: bool) -> VotesWanted:
    """Ask what to do with votes that another screening tool wrote into the files.

    Args:
        nameless: ask as well whose those are that name nobody.
    """
    with st.container(border=True):
        st.markdown(
            "**There are votes of another screening tool inside.** They come in as votes of the "
            "reviewers they name. What someone decided here is not changed by a file."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            what = st.segmented_control(
                "Votes", [BRING, LEAVE], default=BRING, required=True, key="import_votes",
                persist_state="session",
            )  # fmt: skip
            name = reviewer
            if nameless and what != LEAVE:
                name = st.text_input(
                    "Whose decisions are these?",
                    key=drafts.field(_whose(reviewer), first=reviewer),
                    persist_state="session",
                    max_chars=100,
                    width=280,
                    help="The reviewer of those votes that name nobody.",
                )
    return VotesWanted(what != LEAVE, name.strip())


@careful
def start(chosen: Sequence[Chosen], source: str, votes: VotesWanted, reviewer: str) -> None:
    """Import files behind the page; it goes on when the page is left."""
    ws = session.workspace()

    def work(job: jobs.Job) -> list[FileOutcome]:
        ended: list[FileOutcome] = []
        for file in chosen:
            job.begin(f"{file.name}: being read")
            try:
                result = separate_process.call_if(
                    len(file.data) > LARGE_FILE,
                    ws, searching.import_bytes, file.data, file.name, None, source or None,
                    columns=file.columns, votes=votes, actor=reviewer,
                    watch=_watch(job, file.name),
                )  # fmt: skip
            except Cancelled as stopped:
                ended.append(FileOutcome(file.name, error=str(stopped)))
                break
            except FileError as error:
                ended.append(FileOutcome(file.name, error=str(error)))
            else:
                ended.append(FileOutcome(file.name, result))
            if job.cancelled():
                break
        return ended

    title = f"Importing {elements.count_of(len(chosen), 'file')}"
    if other := jobs.registry().start_alone(IMPORT, title, work, own=True, by=reviewer):
        tell(jobs.in_the_way(other), "error")
        return
    jobs.registry().forget(session.SUGGESTING)
    st.session_state[ROUND] += 1
    st.session_state.pop(LOOKS, None)
    st.session_state.pop(FIRST, None)
    drafts.used(SOURCE, _whose(reviewer), values=["", reviewer])


def _whose(reviewer: str) -> str:
    return f"import_reviewer-{reviewer}"


def _watch(job: jobs.Job, name: str) -> Watch:
    """Tell a job how far the import of a file is, under the file's name."""

    def tell(now: Progress) -> None:
        job.words = name
        job.tell(now)

    return Watch(tell, job.cancelled)


def _ended(job: jobs.Job) -> None:
    """What came of the last import, file by file, and the next step."""
    if job.by and job.session != jobs.here():
        st.caption(
            f"The last import here was begun by {elements.plain(job.by)} on "
            f"{elements.local_time(job.started)}."
        )
    if job.error:
        st.error(elements.plain(job.error))
    ended: list[FileOutcome] = job.result or []
    for place, file in enumerate(ended):
        if file.result is None:
            st.error(elements.plain(f"{file.name}: {file.error}"))
        else:
            _result(file.name, file.result, place)
    results = [file.result for file in ended if file.result is not None]
    if any(result.unsuggested for result in results):
        _unsuggested(max(result.unsuggested for result in results))
    if any(result.new for result in results):
        navigation.link("Look for duplicates next", "duplicates")


def _result(name: str, found: ImportResult, place: int) -> None:
    """What came of one file that could be read."""
    counts = (
        f"{elements.plain(name)}: {elements.count_of(found.new, 'new record')}, "
        f"{found.known:,} known before."
    )
    said = [found.counts, *import_summary(found.votes), *found.brought.sentences()]
    lines = [counts, *map(elements.plain, filter(None, said))]
    stopped = found.run.status in (RunStatus.CANCELLED, RunStatus.FAILED)
    if stopped:
        lines.append(elements.plain(found.run.why))
    (st.warning if stopped else st.success)("  \n".join(lines))
    mistakes(found.mistakes, f"import_mistakes-{place}")
    first_look.account(found.account, name, f"import_account-{place}")


def mistakes(found: tuple[Mistake, ...], key: str) -> None:
    """Entries that could not be read, by line."""
    if not found:
        return
    count = elements.count_of(len(found), "place", "places")
    label = f"{count} of the file could not be read, or not as written"
    with st.expander(label, expanded=len(found) <= 5, key=key):
        shown = found[:SHOWN_MISTAKES]
        st.markdown("\n".join(f"- {elements.plain(str(m))}" for m in shown))
        if len(found) > len(shown):
            st.caption(f"and {len(found) - len(shown):,} more")


def _unsuggested(number: int) -> None:
    """Offer to work out the suggestions that were left when the work was stopped."""
    job = jobs.panel(session.SUGGESTING)
    if job is None:
        st.caption(
            f"{elements.count_of(number, 'record')} without suggestions of codes so far. They are "
            "worked out now, or when the review is opened next."
        )
        st.button("Work out suggestions", on_click=session.suggest, args=(session.workspace(),))
    elif job.state is jobs.JobState.DONE:
        st.caption("The suggestions are worked out.")
