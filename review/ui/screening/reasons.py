"""Why a report is excluded: a digit decides for one reason, Shift and a digit ticks several."""

from __future__ import annotations

import streamlit as st

from review import outdated
from review.model import Stage, VoteValue
from review.protocol.model import Reason
from review.screening.preferences import DecisionKeys
from review.ui import elements, session, stale_press
from review.ui.keys import SHIFT, Shortcuts
from review.ui.screening import actions


def ticked(report: str) -> tuple[str, ...]:
    """The reasons ticked for a report so far; the first counts in the flow diagram."""
    of, reasons = st.session_state.get(actions.TICKED, ("", ()))
    return tuple(reasons) if of == report else ()


@stale_press.while_shown
def tick(report: str, reason: str, shown: bool) -> None:
    """Tick a reason, or take its tick away.

    Args:
        shown: whether it was ticked on the screen.
    """
    found = [one for one in ticked(report) if one != reason]
    st.session_state[actions.TICKED] = (report, (*found, *(() if shown else (reason,))))


def draw(
    keys: Shortcuts,
    here: str,
    context: tuple[outdated.Shown, str, Stage, str],
    replace: bool,
    own: DecisionKeys,
) -> None:
    """One button a reason. Where some are ticked, the first of these counts."""
    _, report, stage, _ = context
    fitting = [r for r in session.workspace().protocol.reasons if stage in r.stages]
    so_far = ticked(report)
    with st.container(horizontal=True, gap="xsmall", key="rt-reasons"):
        for reason in in_key_order(fitting):
            first, *also = dict.fromkeys((*so_far, reason.id))
            st.button(
                elements.plain(reason.label),
                shortcut=keys.take(reason.key, reason.label),
                key=f"reason-{reason.id}-{stage}-{report}",
                on_click=actions.vote,
                args=(here, *context, VoteValue.EXCLUDE, first, replace, tuple(also)),
            )
        if so_far or stage is Stage.TITLE_ABSTRACT:
            first, *also = so_far or ("",)
            st.button(
                "Exclude for the ticked reasons" if so_far else "No reason",
                type="primary" if so_far else "secondary",
                shortcut=keys.take(
                    own.exclude, "exclude as ticked" if so_far else "exclude without a reason"
                ),
                key=f"reason--{stage}-{report}",
                on_click=actions.vote,
                args=(here, *context, VoteValue.EXCLUDE, first, replace, tuple(also)),
            )
        st.button(
            "Back",
            shortcut="Esc",
            key=f"back-{stage}-{report}",
            type="tertiary",
            on_click=actions.put_reasons_away,
            args=(here,),
        )
    ticks(keys, here, report, in_key_order(fitting), so_far)


def ticks(
    keys: Shortcuts, here: str, report: str, fitting: list[Reason], so_far: tuple[str, ...]
) -> None:
    """The same reasons to tick, where several hold; said in their order."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="rt-ticks"):
        labels = {r.id: r.label for r in fitting}
        words = [elements.plain(labels[one]) for one in so_far if one in labels]
        st.caption(
            f"Counts: {words[0]}{'; also ' + ', '.join(words[1:]) if words[1:] else ''}"
            if words
            else "Several reasons? Tick the one that counts first:",
            width="content",
        )
        for reason in fitting:
            is_on = reason.id in so_far
            st.button(
                f"{'☑' if is_on else '☐'} {reason.key}",
                help=elements.plain(reason.label),
                shortcut=keys.take(f"{SHIFT}{reason.key}", f"tick {reason.label}"),
                key=f"tick-{reason.id}-{report}",
                type="tertiary",
                on_click=tick,
                args=(here, report, reason.id, is_on),
            )


def in_key_order(found: list[Reason]) -> list[Reason]:
    """Reasons as their keys lie on the keyboard: 1 to 9, then 0."""
    return sorted(found, key=lambda r: int(r.key) or 10)
