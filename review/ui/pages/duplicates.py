"""Duplicates: let the rules join what is surely the same, and judge the rest pair by pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from html import escape

import streamlit as st

from review.dedupe import service as dedupe
from review.dedupe.service import Pair
from review.model import EventKind
from review.records import service as records
from review.records.words import event_words
from review.ui import differences, jobs, parts, session
from review.ui.keys import Keys
from review.ui.trouble import careful, tell
from review.workspace import Workspace

JOB = "dedupe"
LATER = "duplicates_later"  # session: pairs put off
LAST = "duplicates_last"  # session: what was done last, in words
SHOWN = "duplicates_shown"  # session: pair on the screen that has no answer yet
ONE_STUDY = "two reports of one study"  # why the two halves of that answer were written

Answer = tuple[str, str, str]
SAME, DIFFERENT, STUDY, STUDIES = "same", "different", "study", "studies"
OF_TEXTS: tuple[Answer, ...] = (
    ("Same text", "S", SAME),
    ("Different", "D", DIFFERENT),
    ("Two reports, one study", "T", STUDY),
)
OF_STUDIES: tuple[Answer, ...] = (
    ("One study", "T", STUDY),
    ("Different studies", "D", STUDIES),
    ("Same text", "S", SAME),
)
"""What can be said of two records: words on the button, its key, what is stored."""


def meant(shown: str) -> bool:
    """Whether a press is for what is on the screen; it takes one press and no second.

    For a moment the browser holds the buttons of two pairs, and one key presses both.
    """
    if st.session_state.get(SHOWN) != shown:
        return False
    del st.session_state[SHOWN]
    return True


@careful
def answer(pair: dedupe.PairView, verdict: str, reviewer: str, *, settles_text: bool) -> None:
    """Store what the reviewer said of the pair that was on the screen.

    Args:
        settles_text: whether one study also says that these are two texts.
    """
    if not meant(pair.id):
        return
    a, b = pair.left.id, pair.right.id
    ws = session.workspace()
    if verdict == STUDY:
        if settles_text:
            dedupe.keep_apart(ws, a, b, reviewer, ONE_STUDY)
        done = dedupe.link(ws, a, b, reviewer, ONE_STUDY if settles_text else "")
    elif verdict == SAME:
        done = dedupe.merge(ws, a, b, reviewer)
    elif verdict == STUDIES:
        done = dedupe.not_linked(ws, a, b, reviewer)
    else:
        done = dedupe.keep_apart(ws, a, b, reviewer)
    st.session_state[LAST] = event_words(done, ws.protocol)


@careful
def undo(shown: str, reviewer: str) -> None:
    """Take back the newest answer."""
    if not meant(shown):
        return
    ws = session.workspace()
    undone = records.take_back_last(ws, reviewer, dedupe.DECISIONS)
    if undone is None:
        tell("There is no decision of yours on duplicates to take back.")
        return
    if undone.kind is EventKind.LINK and undone.payload.get("why") == ONE_STUDY:
        records.take_back_last(ws, reviewer, [EventKind.KEEP_APART])  # its other half
    st.session_state[LAST] = f"Taken back: {event_words(undone, ws.protocol)}"


@careful
def take_back(event: str, reviewer: str) -> None:
    """Take back the merge chosen in the list."""
    dedupe.undo(session.workspace(), event, reviewer)
    tell("The merge is taken back. Its records are reports of their own again.")


def put_off(pair: str) -> None:
    """Show another pair first."""
    if not meant(pair):
        return
    st.session_state.setdefault(LATER, []).append(pair)


@careful
def find() -> None:
    """Compare the records behind the page."""
    ws = session.workspace()

    def work(job: jobs.Job) -> dedupe.DedupeResult:
        job.progress(0, None, "comparing records")
        return dedupe.dedupe(ws)

    jobs.registry().start(JOB, "Finding duplicates", work)


def outcome(job: jobs.Job | None) -> None:
    """What the last run came to."""
    if job is None or job.running:
        return
    if job.state is jobs.JobState.FAILED:
        st.error(parts.plain(job.error))
        return
    found: dedupe.DedupeResult = job.result
    if not found.compared:
        st.caption("Nothing new to compare: every record has been compared under these rules.")
        return
    st.caption(
        f"{parts.count_of(found.compared, 'record')} compared, "
        f"{parts.count_of(found.merged, 'merge')} made, "
        f"{parts.count_of(found.unsure, 'pair')} left to judge."
    )


def first_time(standing: dedupe.Standing) -> None:
    """What to do while no records have ever been compared."""
    if standing.new:
        parts.nothing_here(
            f"The {parts.count_of(standing.new, 'record')} of this review have not been compared "
            "yet. Find duplicates before anyone screens, so that nobody reads a paper twice.",
            "Find duplicates",
            on_click=find,
        )
    else:
        parts.nothing_here("There are no records to compare yet.", "Find records", "search")


def nothing_waits(standing: dedupe.Standing, what: str) -> None:
    """What to do when nothing is left to judge.

    Args:
        what: what nothing is left of, such as ``pair``.
    """
    if standing.new:
        parts.nothing_here(
            f"No {what} is waiting for a judgement, but {parts.count_of(standing.new, 'record')} "
            "came in since records were last compared.",
            "Compare the new ones",
            on_click=find,
        )
    else:
        parts.nothing_here(
            f"No {what} is waiting for a judgement. Screening can begin, or go on.",
            "Go to screening",
            "screen",
        )


def judge(
    ws: Workspace, waiting: Sequence[Pair], question: str, answers: Sequence[Answer], reviewer: str
) -> None:
    """One pair, and what it is: the first that the reviewer has not put off."""
    later: list[str] = st.session_state.get(LATER, [])
    shown = next((p for p in waiting if p.id not in later), waiting[0])
    st.session_state[SHOWN] = shown.id  # before its words go out: no press of the last pair's
    (pair,) = dedupe.side_by_side(ws, [shown])
    st.html(
        f'<p class="rt-question">{question} <span class="rt-muted">{escape(pair.why)}</span>'
        f'<span class="rt-id rt-pair-id" hidden>{pair.id}</span></p>'
    )
    heads = (f"{pair.left.report} · {pair.left.record.source}",
             f"{pair.right.report} · {pair.right.record.source}")  # fmt: skip
    st.html(differences.side_by_side(pair.left.record, pair.right.record, heads))
    keys = Keys()
    settles_text = answers is OF_TEXTS
    with bar():
        for label, key, verdict in answers:
            st.button(
                label,
                shortcut=keys.take(key, label),
                key=f"{verdict}-{pair.id}",
                on_click=answer,
                args=(pair, verdict, reviewer),
                kwargs={"settles_text": settles_text},
            )
        st.button(
            "Later",
            shortcut=keys.take("L", "later"),
            key=f"later-{pair.id}",
            type="tertiary",
            on_click=put_off,
            args=(pair.id,),
        )
        undo_button(keys, pair.id, reviewer)
        st.caption(parts.plain(st.session_state.get(LAST, "")), width="content")


@contextmanager
def bar() -> Iterator[None]:
    """The row of answers, always in one place."""
    with (
        st.bottom,
        st.container(width=parts.PAGE_WIDTH),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        yield


def undo_button(keys: Keys, shown: str, reviewer: str) -> None:
    """Undo, bound to what is on the screen."""
    st.button(
        "Undo",
        shortcut=keys.take("U", "undo"),
        key=f"undo-duplicates-{shown}",
        type="tertiary",
        on_click=undo,
        args=(shown, reviewer),
    )


def merges(ws: Workspace, found: list[dedupe.MergeView], reviewer: str) -> None:
    """All merges with who and why; choosing one shows its words and takes it back."""
    if not found:
        parts.nothing_here("No records have been joined yet.")
        return
    per_page = 50
    page = 1
    if len(found) > per_page:
        page = st.pagination(-(-len(found) // per_page), key="merges_page")
    shown = found[(page - 1) * per_page : page * per_page]
    event = st.dataframe(
        {
            "When": [parts.local_time(datetime.fromisoformat(m.time)) for m in shown],
            "Report": [", ".join(m.reports) for m in shown],
            "By": [m.actor for m in shown],
            "Why": [m.why for m in shown],
            "Counts": ["yes" if m.active else "taken back" for m in shown],
        },
        column_config={"Why": st.column_config.TextColumn(width="large")},
        hide_index=True,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        key=f"merges_table_{page}",
    )
    row = parts.chosen_row(event)
    if row is None or row >= len(shown):
        st.caption("Choose a row to see both records and to take the merge back.")
        return
    merge = shown[row]
    first, second = (records.record(ws, r) for r in merge.records)
    st.html(differences.side_by_side(first, second, merge.records))
    if merge.active:
        st.button(
            "Take this merge back",
            key=f"take-back-{merge.event}",
            on_click=take_back,
            args=(merge.event, reviewer),
        )


def draw() -> None:
    """The page."""
    ws = session.workspace()
    reviewer = session.require_reviewer()
    with parts.page(
        "Duplicates",
        "The rules join only what is surely the same text; you judge what they leave open. "
        "Nothing is deleted, and every merge can be taken back.",
    ):
        standing = dedupe.standing(ws)
        job = jobs.registry().get(JOB)
        busy = job is not None and job.running
        with st.container(horizontal=True, vertical_alignment="center"):
            names = {
                "judge": f"Same text? · {len(standing.pairs):,}",
                "studies": f"One study? · {len(standing.links):,}",
                "merges": f"Merges · {standing.merges:,}",
            }
            view = parts.views(names, "duplicates_view")
            if standing.compared:
                fresh = f"Compare {parts.count_of(standing.new, 'new record')}"
                st.button(
                    fresh if standing.new else "Find duplicates",
                    key="find-duplicates",
                    on_click=find,
                    type="primary" if standing.new else "secondary",
                    icon=":material/compare_arrows:",
                    disabled=busy,
                )
        outcome(jobs.panel(JOB))
        if view == "merges":
            merges(ws, dedupe.merges(ws), reviewer)
        elif not standing.compared:
            if not busy:
                first_time(standing)
        elif view == "studies":
            study(ws, standing, reviewer)
        else:
            texts(ws, standing, reviewer)


def texts(ws: Workspace, standing: dedupe.Standing, reviewer: str) -> None:
    """Pairs that may be one text, the most doubtful first."""
    if standing.pairs:
        judge(ws, standing.pairs, "Are these the same text?", OF_TEXTS, reviewer)
        return
    nothing_waits(standing, "pair")
    st.session_state[SHOWN] = "none"
    with bar():
        undo_button(Keys(), "none", reviewer)


def study(ws: Workspace, standing: dedupe.Standing, reviewer: str) -> None:
    """Reports that may come from one study, the likeliest first."""
    if standing.links:
        judge(ws, standing.links, "Do these report one study?", OF_STUDIES, reviewer)
        return
    nothing_waits(standing, "link")
    st.session_state[SHOWN] = "none"
    with bar():
        undo_button(Keys(), "none", reviewer)


draw()
