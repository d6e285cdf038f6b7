"""Duplicates: let the rules join what is surely the same, and judge the rest pair by pair."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from review.dedupe import service as dedupe
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
ONE_STUDY = "two reports of one study"  # why the two halves of that answer were written
KINDS = (EventKind.MERGE, EventKind.KEEP_APART, EventKind.LINK)


@careful
def answer(pair: dedupe.PairView, verdict: str, reviewer: str) -> None:
    """Store what the reviewer said of the pair that was on the screen."""
    ws = session.workspace()
    sides = (pair.left.id, pair.right.id)
    if verdict == "study":  # linked, and settled that they are not one text
        dedupe.keep_apart(ws, *sides, reviewer, ONE_STUDY)
        done = dedupe.link(ws, *sides, reviewer, ONE_STUDY)
    elif verdict == "same":
        done = dedupe.merge(ws, *sides, reviewer)
    else:
        done = dedupe.keep_apart(ws, *sides, reviewer)
    st.session_state[LAST] = event_words(done, ws.protocol)


@careful
def undo(reviewer: str) -> None:
    """Take back the newest answer."""
    ws = session.workspace()
    undone = records.take_back_last(ws, reviewer, KINDS)
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


def judge(ws: Workspace, pairs: list[dedupe.PairView], reviewer: str) -> None:
    """One pair, and what it is."""
    keys = Keys()
    later: list[str] = st.session_state.get(LATER, [])
    waiting = [p for p in pairs if p.id not in later] or pairs
    if not waiting:
        parts.nothing_here(
            "No pair is waiting for a judgement. Screening can begin, or go on.",
            "Go to screening",
            "screen",
        )
        with st.bottom, st.container(width=parts.PAGE_WIDTH):
            undo_button(keys, "none", reviewer)
        return
    pair = waiting[0]
    st.markdown(f"Are these the same text? {parts.plain(pair.why)}")
    heads = tuple(f"{side.report} · {side.record.source}" for side in (pair.left, pair.right))
    st.html(differences.side_by_side(pair.left.record, pair.right.record, (heads[0], heads[1])))
    with (
        st.bottom,
        st.container(width=parts.PAGE_WIDTH),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        for label, key, verdict in (
            ("Same text", "S", "same"),
            ("Different", "D", "different"),
            ("Two reports, one study", "T", "study"),
        ):
            st.button(
                label,
                shortcut=keys.take(key, label),
                key=f"{verdict}-{pair.id}",
                on_click=answer,
                args=(pair, verdict, reviewer),
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
        st.caption(st.session_state.get(LAST, ""), width="content")


def undo_button(keys: Keys, shown: str, reviewer: str) -> None:
    """Undo, bound to what is on the screen."""
    st.button(
        "Undo",
        shortcut=keys.take("U", "undo"),
        key=f"undo-duplicates-{shown}",
        type="tertiary",
        on_click=undo,
        args=(reviewer,),
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
        with st.container(horizontal=True, vertical_alignment="center"):
            pairs = dedupe.unsure(ws)
            found = dedupe.merges(ws)
            names = {
                "judge": f"To judge · {len(pairs):,}",
                "merges": f"Merges · {sum(m.active for m in found):,}",
            }
            view = parts.views(names, "duplicates_view")
            st.button("Find duplicates", on_click=find, icon=":material/compare_arrows:")
        outcome(jobs.panel(JOB))
        if view == "merges":
            merges(ws, found, reviewer)
        else:
            judge(ws, pairs, reviewer)


draw()
