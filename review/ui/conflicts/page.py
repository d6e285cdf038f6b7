"""Conflicts: votes that disagree, and the final vote that settles them."""

from __future__ import annotations

from html import escape

import streamlit as st

from review.events.screening import STAGES
from review.model import Report, Stage, Standing, Vote, VoteValue
from review.outdated import Shown
from review.records.event_sentences import reason_label
from review.screening import conflicts as conflicts_service
from review.screening import reviewer_agreement
from review.screening import service as screening
from review.screening.conflicts import Conflict, Kind, Role
from review.ui import (
    drafts,
    elements,
    key_queue,
    navigation,
    own_marks,
    paper_card,
    session,
    stale_press,
    typing_guard,
)
from review.ui.cache import remembered
from review.ui.conflicts import coding_comparison, thread
from review.ui.errors import careful, tell
from review.ui.keys import Shortcuts

ws = session.workspace()
AT = "conflicts-at"
EXCLUDING = "conflicts-excluding"
KINDS = {Kind.DECISION: "On the decision", Kind.REASON: "On the reason"}
VOTES = {VoteValue.INCLUDE: "Include", VoteValue.EXCLUDE: "Exclude", VoteValue.MAYBE: "Maybe"}


@careful
@stale_press.once
def settle(
    shown: Shown,
    report: str,
    stage: Stage,
    reviewer: str,
    is_party: bool,
    value: VoteValue,
    reason: str = "",
) -> None:
    """Cast the final vote on the conflict that was on the screen, or change one's own."""
    st.session_state.pop(EXCLUDING, None)
    note = str(st.session_state.get(note_key(report, stage)) or "")
    write = conflicts_service.change_own if is_party else conflicts_service.settle
    write(session.workspace(), report, stage, reviewer, value, reason, note=note, shown=shown)
    drafts.used(note_key(report, stage))
    tell(f"Your vote is changed: {report}." if is_party else f"Settled: {report}.")


def note_key(report: str, stage: Stage) -> str:
    """Where the note on a final vote is kept while it is written."""
    return f"settle-note-{stage}-{report}"


@careful
@stale_press.once
def undo(reviewer: str) -> None:
    """Take back one's newest vote; a conflict it settled comes back."""
    done = screening.undo_last(session.workspace(), reviewer)
    if done and done.data.final:
        key = note_key(done.data.report, done.data.stage)
        st.session_state[key] = st.session_state.get(key) or done.data.note
    tell(f"Taken back on {done.data.report}." if done else "There is no vote to take back.")


@stale_press.once
def keep(name: str, value: object) -> None:
    """Remember which conflict is shown, or that its reasons are laid out."""
    st.session_state[name] = value


def votes(one: Conflict, report: Report) -> str:
    """Who said what, as a table; on which record, where the report has several."""
    several = len(report.record_ids) > 1
    rows = "".join(
        f"<tr><th>{escape(v.reviewer)}</th><td><b>{VOTES[v.vote]}</b>"
        f"{': ' + escape(reasons_of(v)) if v.reason else ''}"
        f"{f'<br>{escape(v.note)}' if v.note else ''}"
        f'<br><span class="rt-muted">{escape(about(v, several))}</span></td></tr>'
        for v in one.votes
    )
    return f'<table class="rt-grouped rt-votes"><tbody>{rows}</tbody></table>'


def reasons_of(vote: Vote) -> str:
    """The reasons of an exclusion in words, the one that counts first."""
    return "; also ".join(reason_label(one, ws.protocol) for one in vote.reasons)


def about(vote: Vote, several: bool) -> str:
    """Where and when a vote was cast, and what it is worth where not every vote counts."""
    found = [elements.local_time(vote.time)]
    if several:
        found.append(f"on {vote.record}")
    if vote.final:
        found.append("final decision")
    if vote.standing is not Standing.COUNTS:
        found.append(str(vote.standing))
    return " · ".join(found)


def merged(one: Conflict) -> None:
    """How a merge made the conflict, in words."""
    joins = "; ".join(
        f"{' and '.join(m.records)} by {m.actor} on {elements.local_time(m.time)}"
        for m in one.merges
    )
    decided = "".join(f"<li>{escape(said(v))}</li>" for v in one.deciding)
    st.html(
        f"<p><b>It became a conflict by a merge.</b> Merged as the same text: {escape(joins)}. "
        f"What was decided on each before disagrees:</p><ul>{decided}</ul>"
    )
    st.caption(
        "A final vote settles it. When the merge is taken back on Duplicates, each record has its "
        "own decision again."
    )


def said(vote: Vote) -> str:
    """What one vote decided on which record, by whom and when."""
    reason = f": {reasons_of(vote)}" if vote.reason else ""
    kind = "Final decision" if vote.final else "Vote"
    time = elements.local_time(vote.time)
    return f"{vote.record}: {VOTES[vote.vote]}{reason}. {kind} of {vote.reviewer}, {time}"


def key_of(one: Conflict) -> str:
    """The conflict, in keys of buttons."""
    return f"{one.stage}-{one.report}"


def asks_why(one: Conflict) -> bool:
    """Whether the reasons for excluding are laid out."""
    return one.kind is Kind.REASON or bool(st.session_state.get(EXCLUDING) == key_of(one))


def item(one: Conflict) -> str:
    """What is on the screen, as its buttons know it."""
    return f"{key_of(one)} {'reasons' if asks_why(one) else 'decisions'}"


def buttons(one: Conflict, report: Report, reviewer: str, more: bool) -> None:
    """The final vote; an exclusion says why."""
    keys = Shortcuts()
    place, shown, asking = key_of(one), item(one), asks_why(one)
    seen = conflicts_service.shown_of(ws, one, report)
    may = conflicts_service.role(ws, one.stage, one.votes, reviewer)
    looks_on = may is Role.LOOKS_ON
    decided = (shown, seen, one.report, one.stage, reviewer, may is Role.PARTY)
    if may is Role.PARTY:
        st.caption("You are a party to this conflict: a press changes your own vote.")
    elif looks_on:
        settler = elements.plain(ws.protocol.assignment.referee)
        st.caption(f"The protocol names {settler} as the referee who settles.")
    with st.container(horizontal=True, key="rt-settle"):
        if one.kind is Kind.DECISION:
            st.button(
                "Include", key=f"settle-include-{place}", type="primary", on_click=settle,
                shortcut=keys.take("I", "include"), args=(*decided, VoteValue.INCLUDE),
                disabled=looks_on,
            )  # fmt: skip
            if not asking:
                st.button(
                    "Exclude", key=f"settle-exclude-{place}", shortcut=keys.take("E", "exclude"),
                    on_click=keep, args=(shown, EXCLUDING, place), disabled=looks_on,
                )  # fmt: skip
        if more:
            st.button(
                "Next", key=f"settle-next-{place}", shortcut=keys.take("N", "next"),
                on_click=keep, args=(shown, AT, st.session_state.get(AT, 0) + 1),
            )  # fmt: skip
        if screening.may_undo(ws, reviewer):
            st.button(
                "Undo", key=f"settle-undo-{place}", type="tertiary",
                shortcut=keys.take("U", "undo"), on_click=undo, args=(shown, reviewer),
            )  # fmt: skip
        keys.take("D", "discuss")
        if not looks_on:
            keys.take("W", "note")
            note_field(one, "your vote" if may is Role.PARTY else "the final vote")
    if asking:
        reasons(one, decided, keys, looks_on)
    key_queue.draw(keys.taken, ".rt-id", scope=place, anywhere="U", local="WD")


def note_field(one: Conflict, on: str) -> None:
    """What is to be kept with the vote."""
    with (
        st.container(key=typing_guard.WRITE, width="content"),
        st.popover("Note :gray-badge[W]", type="tertiary"),
    ):
        st.text_area(
            f"Note on {on}", key=drafts.field(note_key(one.report, one.stage)),
            help="Kept with the vote. Escape leaves the field, so that the keys work.",
            on_change="ignore", persist_state="session",
        )  # fmt: skip


def reasons(
    one: Conflict,
    decided: tuple[str, Shown, str, Stage, str, bool],
    keys: Shortcuts,
    looks_on: bool,
) -> None:
    """Exclude, for one of the protocol's reasons; those given by the voters are named."""
    st.markdown("**Exclude, because**")
    given = {reason for v in one.votes for reason in v.reasons}
    with st.container(horizontal=True, gap="xsmall", key="rt-reasons"):
        for reason in ws.protocol.reasons:
            if one.stage not in reason.stages:
                continue
            st.button(
                f"{elements.plain(reason.label)}{' (given)' if reason.id in given else ''}",
                key=f"settle-{reason.id}-{one.stage}-{one.report}",
                shortcut=keys.take(reason.key, reason.label),
                on_click=settle,
                args=(*decided, VoteValue.EXCLUDE, reason.id),
                disabled=looks_on,
            )


def agreement() -> None:
    """How far reviewers agree; each number of reports opens them."""
    found = [one for one in remembered(ws, reviewer_agreement.agreement) if one.compares]
    if not found:
        return
    st.header("Agreement", anchor=False)
    st.caption(
        "By what each said first, without the other's vote in sight. Include, exclude and maybe "
        "are three answers. Kappa is low by itself where nearly all is excluded."
    )
    for one in (part for whole in found for part in whole.in_parts):
        st.markdown(elements.plain(reviewer_agreement.headline(one)))
        if one.reports:
            navigation.link("Open these reports", "records", elements.ids_param(one.reports))
            words = [f"- {elements.plain(reviewer_agreement.pair_words(p))}" for p in one.pairs]
            st.markdown("\n".join(words))


def empty(reviewer: str) -> None:
    """What to do when nobody disagrees."""
    elements.nothing_here(
        "No votes disagree. Conflicts come up where several people vote on one report (the "
        "protocol says how many, under stages), and where reports are merged that were decided "
        "differently.",
        "Screen",
        "screen",
    )
    stale_press.at("none")
    if screening.may_undo(ws, reviewer):
        st.button(
            "Undo my last vote", key="settle-undo", type="tertiary",
            on_click=undo, args=("none", reviewer),
        )  # fmt: skip


reviewer = session.require_reviewer()
with elements.page(
    "Conflicts",
    "Votes and codes that disagree. Others' votes are shown here only, and only where they do.",
):
    if ws.protocol.coding.reviewers_per_report > 1:
        views = {"votes": "Votes", "codes": "Codes"}
        if elements.views(views, "conflicts-view") == "codes":
            coding_comparison.draw(reviewer)
            st.stop()
    found = conflicts_service.conflicts(ws)
    if not found:
        empty(reviewer)
        agreement()
        st.stop()
    counts = {kind: sum(1 for c in found if c.kind is kind) for kind in Kind}
    kind = st.segmented_control(
        "Kind", list(Kind), key="conflicts-kind", required=True, label_visibility="collapsed",
        persist_state="session",
        default=Kind.DECISION if counts[Kind.DECISION] else Kind.REASON,
        format_func=lambda k: f"{KINDS[k]}: {counts[k]}",
    )  # fmt: skip
    left = [c for c in found if c.kind == kind]
    if not left:
        st.markdown("No conflict of this kind.")
        st.stop()
    one = left[int(st.session_state.get(AT, 0)) % len(left)]
    stale_press.at(item(one))
    card, side = st.columns([1.7, 1], gap="large")
    report = conflicts_service.report_of(ws, one)
    words = own_marks.words(ws, session.reviewer())
    card.html(f'<span class="rt-id">{one.report}</span>' + paper_card.card(report.lead, words))
    with side:
        st.caption(f"{STAGES[one.stage].capitalize()} · {elements.count_of(len(left), 'conflict')}")
        if one.merges:
            # What disagrees is in the words, and the table may be long.
            merged(one)
            buttons(one, report, reviewer, len(left) > 1)
            st.html(votes(one, report))
        else:
            st.html(votes(one, report))
            buttons(one, report, reviewer, len(left) > 1)
        thread.draw(ws, one, report, reviewer, item(one))
    agreement()
