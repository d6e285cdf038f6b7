"""What to do next when a reviewer's queue is empty; and changing the stage."""

from __future__ import annotations

import streamlit as st

from review.model import Place, Stage
from review.screening import assignment
from review.screening import service as screening
from review.ui import (
    elements,
    navigation,
    page_address,
    stale_press,
)
from review.ui.keys import Shortcuts
from review.ui.screening import actions, decision_bar, pilot_end
from review.workspace import Workspace


def all_done(
    keys: Shortcuts,
    ws: Workspace,
    stage: Stage,
    reviewer: str,
    progress: screening.Progress,
    undo: str = "U",
) -> None:
    """What to do when this reviewer's queue is empty."""
    if pilot_end.draw(ws, stage, reviewer):
        pass
    elif stage is Stage.TITLE_ABSTRACT and not progress.total:
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
    elif ws.protocol.assignment.mode == "lists" and (left := assignment.too_few(ws, stage)):
        elements.nothing_here(
            f"You have voted on everything on your lists. "
            f"{elements.count_of(len(left), 'report')} given to fewer people than the stage asks "
            "for: whoever leads the review gives them to somebody.",
            "Open Team",
            "team",
            {"stage": str(stage)},
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
            f"{_ended(progress)} "
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
    if stage is Stage.TITLE_ABSTRACT and progress.stopped:
        navigation.link("The stop, and a random check of the rest", "stopping")
    stale_press.at(actions.item("end", stage))
    with st.container(horizontal=True):
        decision_bar.undo_button(keys, "end", stage, reviewer, undo)


def _ended(progress: screening.Progress) -> str:
    """Why nothing of title and abstract is left."""
    if not progress.stopped:
        return "You have voted on every report at title and abstract."
    left = elements.count_of(progress.stopped, "report")
    return f"Title and abstract screening was stopped, with {left} not screened."


def keep_stage() -> None:
    """Write the stage into the address; what belonged to the other stage goes."""
    page_address.become({"stage": st.session_state[actions.STAGE]})
    for name in (actions.EXCLUDING, actions.SHOWN, actions.LAST):
        st.session_state.pop(name, None)


def go_to(stage: Stage) -> None:
    """Switch the stage."""
    st.session_state[actions.STAGE] = str(stage)
    keep_stage()
