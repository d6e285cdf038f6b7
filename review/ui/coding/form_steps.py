"""Finishing one's coding form, where several people code each report."""

from __future__ import annotations

import streamlit as st

from review.coding import forms
from review.coding.service import CodingSheet
from review.coding_rule import CodingPlace
from review.outdated import Shown, shown
from review.ui import navigation, session, stale_press
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.ui.keys import Shortcuts

FINISH = "Shift+G"


@careful
@stale_press.once
def finish(seen: Shown, report: str, reviewer: str) -> None:
    """Lay one's form open to comparison."""
    forms.finish(session.workspace(), report, reviewer, shown=seen)
    tell(f"Your coding of {report} is finished.")


@careful
@stale_press.once
def reopen(seen: Shown, report: str, reviewer: str) -> None:
    """Open one's form again."""
    forms.reopen(session.workspace(), report, reviewer, shown=seen)


def draw(keys: Shortcuts, found: CodingSheet, reviewer: str) -> None:
    """Where the form stands, and the button that finishes it or opens it again."""
    form, report = found.form, found.report.id
    if not form.several:
        return
    given = (report, shown(session.workspace(), found.report), report, reviewer)
    if form.place is not CodingPlace.CODING:
        st.caption(f"{count_of(form.coders, 'coder')} have finished this report.")
        if form.disputed:
            params = {"view": "codes", "report": report}
            navigation.link("Compare the forms", "conflicts", params)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="rt-form-steps"):
        if form.own:
            st.caption("Your form is finished, and closed until it is opened again.")
            st.button(
                "Open it again", key=f"reopen-{report}", type="tertiary",
                on_click=reopen, args=given,
            )  # fmt: skip
            return
        st.button(
            "Finish coding", key=f"finish-{report}", shortcut=keys.take(FINISH, "finish coding"),
            on_click=finish, args=given,
        )  # fmt: skip
        st.caption(plain(f"{form.coders} people code each report, and nobody sees another's codes "
                         "before all have finished."))  # fmt: skip


def progress() -> None:
    """How many reports are to code, to compare and coded by all."""
    places = forms.places(session.workspace())
    st.markdown(" · ".join(f"**{n:,}** {place}" for place, n in places.items()), width="content")
    if places[CodingPlace.COMPARE]:
        navigation.link("Compare", "conflicts", {"view": "codes"})
