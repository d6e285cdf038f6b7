"""The row of decisions under the card, and what stands on the report already."""

from __future__ import annotations

import streamlit as st

from review import outdated
from review.model import Decision, Place, Report, Stage, Vote, VoteValue
from review.people import same_person
from review.screening import service as screening
from review.screening.preferences import DecisionKeys
from review.ui import (
    drafts,
    elements,
    session,
    typing_guard,
)
from review.ui.keys import Shortcuts
from review.ui.screening import actions, card_tools, reasons
from review.workspace import Workspace


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
    what = elements.plain(actions.finals_words(ws, finals))
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
                on_click=actions.reopen,
                args=(actions.item(report.id, stage), vote.event, report.id, reviewer),
            )
    return True


def decisions(
    keys: Shortcuts,
    report: Report,
    stage: Stage,
    reviewer: str,
    earlier: list[Vote],
    own: DecisionKeys,
) -> None:
    """The row of decisions; or, once Exclude was pressed, the row of reasons."""
    replace = bool(earlier)
    here = actions.item(report.id, stage)
    context = (outdated.shown(session.workspace(), report), report.id, stage, reviewer)
    if actions.excluding(report.id):
        reasons.draw(keys, here, context, replace, own)
        note(keys, report.id, stage)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="rt-decide"):
        st.button(
            "Include",
            shortcut=keys.take(own.include, "include"),
            key=f"include-{stage}-{report.id}",
            type="primary",
            on_click=actions.vote,
            args=(here, *context, VoteValue.INCLUDE, "", replace),
        )
        st.button(
            "Exclude",
            shortcut=keys.take(own.exclude, "exclude"),
            key=f"exclude-{stage}-{report.id}",
            on_click=actions.lay_out_reasons,
            args=(here, report.id),
        )
        st.button(
            "Maybe",
            shortcut=keys.take(own.maybe, "maybe"),
            key=f"maybe-{stage}-{report.id}",
            on_click=actions.vote,
            args=(here, *context, VoteValue.MAYBE, "", replace),
        )
        card_tools.postpone_button(keys, here, context, own.postpone)
        undo_button(keys, report.id, stage, reviewer, own.undo)
        note(keys, report.id, stage)


def note(keys: Shortcuts, report: str, stage: Stage) -> None:
    """The note that goes with the vote; what was typed stays until a vote has taken it."""
    keys.take("N", "note")
    with (
        st.container(key=typing_guard.NOTE, width="content"),
        st.popover("Note :gray-badge[N]", type="tertiary"),
    ):
        st.text_area(
            "Note on this vote",
            key=drafts.field(actions.note_key(report, stage)),
            help="Kept with the vote. Escape leaves the field, so that the keys work again.",
            on_change="ignore",
            persist_state="session",
        )


def undo_button(keys: Shortcuts, report: str, stage: Stage, reviewer: str, key: str = "U") -> None:
    """Undo, with the report on the screen in its key like any other decision."""
    st.button(
        "Undo",
        shortcut=keys.take(key, "undo"),
        key=f"undo-{stage}-{report}",
        type="tertiary",
        on_click=actions.undo,
        args=(actions.item(report, stage), reviewer, stage),
    )
