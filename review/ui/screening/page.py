"""Screening: one report, its words, and a decision by one key.

This page is drawn anew after every decision, so it reads one report and a few counts and draws few
elements. The report's id is part of every button's key and of what the button does, so that no
press decides a report nobody has read; see `review.ui.stale_press`.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from review import outdated
from review.errors import DecisionError, NotFoundError, OutdatedError
from review.events.screening import STAGES
from review.model import Decision, Place, Report, Stage, Standing, Vote, VoteValue
from review.people import same_person
from review.protocol.model import Protocol, Reason
from review.records import service as records
from review.records.event_sentences import vote_words
from review.screening import service as screening
from review.ui import (
    drafts,
    elements,
    key_queue,
    page_address,
    paper_card,
    session,
    stale_press,
    typing_guard,
)
from review.ui.errors import careful, tell
from review.ui.keys import Shortcuts
from review.workspace import Workspace

# What the session remembers. Comments, because Streamlit would draw a bare string of a page.
EXCLUDING = "screen_excluding"  # the report whose exclusion reasons are laid out
SHOWN = "screen_shown"  # stage and report that undo brought back; it goes before the queue
LAST = "screen_last"  # what was done last, in words
STAGE = "screen_stage"  # the stage being screened


def note_key(report: str, stage: Stage) -> str:
    """Where the note on a report is kept while it is written."""
    return f"note-{stage}-{report}"


@careful
@stale_press.once
def vote(
    seen: outdated.Shown,
    report: str,
    stage: Stage,
    reviewer: str,
    value: VoteValue,
    reason: str,
    replace: bool,
) -> None:
    """Store a vote on the report that was on the screen when its button was drawn."""
    ws = session.workspace()
    note = str(st.session_state.get(note_key(report, stage), ""))
    try:
        done = screening.cast(
            ws, report, stage, reviewer, value,
            reason=reason, note=note, replace=replace, shown=seen,
        )  # fmt: skip
    except OutdatedError:
        show_anew(ws, report, stage)
        raise
    except DecisionError as error:
        tell(str(error))  # a press that came twice: nothing to repair
        return
    finally:
        st.session_state.pop(EXCLUDING, None)
    st.session_state[LAST] = f"{vote_words(done.data, ws.protocol)} · {report}"
    if done.data.after_final:
        st.session_state[LAST] += f" · {Standing.AFTER}"
        stands = finals_words(ws, screening.settled_by(ws, report, stage, reviewer))
        tell(f"Final decision on {report}: {stands}. Your vote is kept: {Standing.AFTER}.")
    drafts.used(note_key(report, stage))
    st.session_state.pop(SHOWN, None)
    page_address.put("report")


def show_anew(ws: Workspace, report: str, stage: Stage) -> None:
    """Show a report again that is another one now, with the note that was typed on it."""
    try:
        now = records.get(ws, report).id
    except NotFoundError:
        return  # withdrawn; the queue goes on
    st.session_state[SHOWN] = (stage, now)
    drafts.follow(note_key(report, stage), note_key(now, stage))


@careful
@stale_press.once
def reopen(event: str, report: str, reviewer: str) -> None:
    """Take one's own final vote back, so that what it settled is open again."""
    records.take_back(session.workspace(), event, reviewer)
    st.session_state[LAST] = f"Final decision taken back · {report}"


@careful
@stale_press.once
def undo(reviewer: str, stage: Stage) -> None:
    """Take back the newest vote and bring its report back."""
    ws = session.workspace()
    st.session_state.pop(EXCLUDING, None)
    undone = screening.undo_last(ws, reviewer)
    if undone is None:
        tell("There is no vote of yours to take back.")
        return
    report = undone.data.report
    st.session_state[LAST] = f"Taken back: {vote_words(undone.data, ws.protocol)} · {report}"
    if undone.data.stage is stage:
        st.session_state[SHOWN] = (stage, report)
        st.session_state[note_key(report, stage)] = undone.data.note
        page_address.put("report")


@stale_press.once
def lay_out_reasons(report: str) -> None:
    """Show the reasons in place of the decisions."""
    st.session_state[EXCLUDING] = report


@stale_press.once
def put_reasons_away() -> None:
    """Show the decisions again."""
    st.session_state.pop(EXCLUDING, None)


def choose(ws: Workspace, stage: Stage, reviewer: str) -> tuple[Report | None, list[Vote]]:
    """The report to show, and this reviewer's votes on it at this stage.

    A report named in the address goes first (it may have been voted on: the vote can be changed),
    then one that undo brought back, then the queue.
    """
    named = page_address.get("report")
    shown = st.session_state.get(SHOWN)
    if not named and shown and shown[0] is stage:
        named = shown[1]
    if not named:
        return screening.next_report(ws, stage, reviewer), []
    report = records.get(ws, named)
    votes = screening.own_votes(ws, report.id, reviewer)
    return report, [v for v in votes if v.stage is stage]


def criteria(protocol: Protocol, words: paper_card.Words) -> str:
    """Eligibility beside the card, and what the marks mean."""
    lists = []
    for kind, head in (("include", "Include when"), ("exclude", "Exclude when")):
        items = "".join(f"<li>{escape(c.text)}</li>" for c in protocol.criteria if c.kind == kind)
        if items:
            lists.append(f"<h3>{head}</h3><ul>{items}</ul>")
    return (
        f'<aside class="rt-criteria">{"".join(lists)}<h3>Marked words</h3>'
        f"{paper_card.legend(words)}</aside>"
    )


def progress_bar(progress: screening.Progress) -> str:
    """How far this reviewer is, as a line and a bar."""
    done = progress.total - progress.waiting
    share = done / progress.total if progress.total else 0
    last = st.session_state.get(LAST, "")
    return (
        '<div class="rt-progress">'
        f"<span><b>{done:,}</b> of {progress.total:,} · {progress.waiting:,} left</span>"
        f'<span class="rt-muted">{escape(last)}</span></div>'
        f'<div class="rt-bar"><i style="width:{share:.2%}"></i></div>'
    )


def finals_words(ws: Workspace, finals: list[Vote]) -> str:
    """Final votes in words, with who and when."""
    return "; ".join(
        f"{vote_words(v, ws.protocol)}, by {v.reviewer} on {elements.local_time(v.time)}"
        for v in finals
    )


def disputed(report: Report, stage: Stage) -> bool:
    """Whether votes at a stage disagree, on the decision or on the reason."""
    if report.place is Place.REASONS_DIFFER:
        return (report.title_abstract is Decision.INCLUDE) is (stage is Stage.FULL_TEXT)
    decided = report.full_text if stage is Stage.FULL_TEXT else report.title_abstract
    return decided is Decision.CONFLICT


def settled(ws: Workspace, report: Report, stage: Stage, reviewer: str) -> bool:
    """Say what stands where a final vote has settled the report; whether one has."""
    finals = screening.settled_by(ws, report.id, stage, reviewer)
    if not finals:
        return False
    what = elements.plain(finals_words(ws, finals))
    if disputed(report, stage):
        st.markdown(
            f"**In conflict since records were merged.** Final decision: {what}. A vote here does "
            "not count; a final vote on Conflicts settles it."
        )
        return True
    own = [v for v in finals if same_person(v.reviewer, reviewer)]
    whose = "you take" if own else f"{elements.plain(finals[-1].reviewer)} takes"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**Settled.** {what}. A vote here comes after the settlement and does not count, "
            f"unless {whose} the final decision back."
        )
        for vote in own[-1:]:
            st.button(
                "Take the final decision back",
                key=f"reopen-{stage}-{report.id}",
                type="tertiary",
                on_click=reopen,
                args=(item(report.id, stage), vote.event, report.id, reviewer),
            )
    return True


def excluding(report: str) -> bool:
    """Whether the reasons are laid out in place of the decisions."""
    return bool(st.session_state.get(EXCLUDING) == report)


def item(report: str, stage: Stage) -> str:
    """What is on the screen, as its buttons know it."""
    return f"{stage} {report} {'reasons' if excluding(report) else 'decisions'}"


def decisions(
    keys: Shortcuts, report: Report, stage: Stage, reviewer: str, earlier: list[Vote]
) -> None:
    """The row of decisions; or, once Exclude was pressed, the row of reasons."""
    replace = bool(earlier)
    here = item(report.id, stage)
    context = (outdated.shown(session.workspace(), report), report.id, stage, reviewer)
    if excluding(report.id):
        reasons(keys, here, context, replace)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="rt-decide"):
        st.button(
            "Include",
            shortcut=keys.take("I", "include"),
            key=f"include-{stage}-{report.id}",
            type="primary",
            on_click=vote,
            args=(here, *context, VoteValue.INCLUDE, "", replace),
        )
        st.button(
            "Exclude",
            shortcut=keys.take("E", "exclude"),
            key=f"exclude-{stage}-{report.id}",
            on_click=lay_out_reasons,
            args=(here, report.id),
        )
        st.button(
            "Maybe",
            shortcut=keys.take("M", "maybe"),
            key=f"maybe-{stage}-{report.id}",
            on_click=vote,
            args=(here, *context, VoteValue.MAYBE, "", replace),
        )
        undo_button(keys, report.id, stage, reviewer)
        note(keys, report.id, stage)


def reasons(
    keys: Shortcuts, here: str, context: tuple[outdated.Shown, str, Stage, str], replace: bool
) -> None:
    """Why it is excluded: one digit a reason."""
    _, report, stage, _ = context
    fitting = [r for r in session.workspace().protocol.reasons if stage in r.stages]
    with st.container(horizontal=True, gap="xsmall", key="rt-reasons"):
        for reason in in_key_order(fitting):
            st.button(
                elements.plain(reason.label),
                shortcut=keys.take(reason.key, reason.label),
                key=f"reason-{reason.id}-{stage}-{report}",
                on_click=vote,
                args=(here, *context, VoteValue.EXCLUDE, reason.id, replace),
            )
        if stage is Stage.TITLE_ABSTRACT:
            st.button(
                "No reason",
                shortcut=keys.take("E", "exclude without a reason"),
                key=f"reason--{stage}-{report}",
                on_click=vote,
                args=(here, *context, VoteValue.EXCLUDE, "", replace),
            )
        st.button(
            "Back",
            shortcut="Esc",
            key=f"back-{stage}-{report}",
            type="tertiary",
            on_click=put_reasons_away,
            args=(here,),
        )
        note(keys, report, stage)


def note(keys: Shortcuts, report: str, stage: Stage) -> None:
    """The note that goes with the vote; what was typed stays until a vote has taken it."""
    keys.take("N", "note")
    with (
        st.container(key=typing_guard.NOTE, width="content"),
        st.popover("Note :gray-badge[N]", type="tertiary"),
    ):
        st.text_area(
            "Note on this vote",
            key=drafts.field(note_key(report, stage)),
            help="Kept with the vote. Escape leaves the field, so that the keys work again.",
            on_change="ignore",
            persist_state="session",
        )


def in_key_order(found: list[Reason]) -> list[Reason]:
    """Reasons as their keys lie on the keyboard: 1 to 9, then 0."""
    return sorted(found, key=lambda r: int(r.key) or 10)


def undo_button(keys: Shortcuts, report: str, stage: Stage, reviewer: str) -> None:
    """Undo, with the report on the screen in its key like any other decision."""
    st.button(
        "Undo",
        shortcut=keys.take("U", "undo"),
        key=f"undo-{stage}-{report}",
        type="tertiary",
        on_click=undo,
        args=(item(report, stage), reviewer, stage),
    )


def correct(stage: Stage, report: str) -> None:
    """Bring back a report that one key has decided and another, pressed with it, is about."""
    st.session_state[SHOWN] = (stage, report)
    page_address.put("report")


def hold_keys(keys: Shortcuts, stage: Stage) -> None:
    """Count keys pressed in a row, each for the report it was pressed on."""

    def late(report: str, _key: str) -> None:
        if report:
            correct(stage, report)

    key_queue.draw(keys.taken, ".rt-id", late, scope=str(stage), anywhere="U", local="N")


def all_done(
    keys: Shortcuts, ws: Workspace, stage: Stage, reviewer: str, progress: screening.Progress
) -> None:
    """What to do when this reviewer's queue is empty."""
    if stage is Stage.TITLE_ABSTRACT and not progress.total:
        elements.nothing_here(
            "There are no reports to screen yet. Run the searches of the protocol first.",
            "Go to search",
            "search",
        )
    elif progress.conflicts:
        elements.nothing_here(
            f"You have voted on everything at this stage. "
            f"{elements.count_of(progress.conflicts, 'conflict')} left to settle.",
            "Settle conflicts",
            "conflicts",
        )
    elif progress.unsure:
        elements.nothing_here(
            f"You have voted on every full text. On "
            f"{elements.count_of(progress.unsure, 'report')} the votes say maybe: "
            "open one and vote again once it is clear.",
            "Classify reports",
            "records",
            {"status": str(Place.CLASSIFICATION)},
        )
    elif progress.others:
        elements.nothing_here(
            f"You have voted on everything at this stage. "
            f"{elements.count_of(progress.others, 'report')} left for another reviewer.",
            "See which",
            "records",
            elements.ids_param(screening.waiting_for_others(ws, stage, reviewer)),
        )
    elif stage is Stage.TITLE_ABSTRACT:
        elements.nothing_here(
            f"You have voted on every report at title and abstract. "
            f"{elements.count_of(progress.included, 'report')} went on to full text.",
            "Screen full texts",
            on_click=lambda: go_to(Stage.FULL_TEXT),
        )
    elif not progress.total:
        elements.nothing_here(
            "No report has passed title and abstract yet.",
            "Screen titles and abstracts",
            on_click=lambda: go_to(Stage.TITLE_ABSTRACT),
        )
    else:
        elements.nothing_here(
            f"You have voted on every full text. "
            f"{elements.count_of(progress.included, 'report')} included in the review.",
            "Code what they found",
            "code",
        )
    stale_press.at(item("end", stage))
    with st.container(horizontal=True):
        undo_button(keys, "end", stage, reviewer)


def keep_stage() -> None:
    """Write the stage into the address; what belonged to the other stage goes."""
    page_address.become({"stage": st.session_state[STAGE]})
    for name in (EXCLUDING, SHOWN, LAST):
        st.session_state.pop(name, None)


def go_to(stage: Stage) -> None:
    """Switch the stage."""
    st.session_state[STAGE] = str(stage)
    keep_stage()


def draw() -> None:
    """The page."""
    ws = session.workspace()
    reviewer = session.require_reviewer()
    keys = Shortcuts()
    with st.container(width=elements.PAGE_WIDTH):
        elements.unseen_title("Screen")
        page_address.follow("stage", STAGE, [str(s) for s in Stage])
        with st.container(horizontal=True, vertical_alignment="center"):
            stage = Stage(
                st.segmented_control(
                    "Stage",
                    [str(s) for s in Stage],
                    required=True,
                    format_func=lambda s: STAGES[Stage(s)].capitalize(),
                    key=STAGE,
                    on_change=keep_stage,
                    label_visibility="collapsed",
                )
                or Stage.TITLE_ABSTRACT
            )
            progress = screening.progress(ws, stage, reviewer)
            st.html(progress_bar(progress))
        report, earlier = choose(ws, stage, reviewer)
        if report is None:
            all_done(keys, ws, stage, reviewer, progress)
            hold_keys(keys, stage)
            return
        stale_press.at(item(report.id, stage))
        words = paper_card.words_of(ws.protocol.highlights)
        reading, beside = st.columns([2, 1], gap="medium")
        reading.html(
            f'<span class="rt-id">{report.id}</span>' + paper_card.card(report.lead, words)
        )
        beside.html(criteria(ws.protocol, words))
    with st.bottom, st.container(width=elements.PAGE_WIDTH):
        final = settled(ws, report, stage, reviewer)
        if plain := [v for v in earlier if not v.final]:
            said = elements.plain(vote_words(plain[-1], ws.protocol))
            worth = f" ({plain[-1].standing})" if final else ""
            st.caption(f"Your vote so far: {said}{worth}. Another one replaces it.")
        decisions(keys, report, stage, reviewer, earlier)
    hold_keys(keys, stage)


draw()
