"""Parts of the page Team: sharing what lacks people evenly, and giving somebody a list."""

from __future__ import annotations

import re

import streamlit as st

from review.model import Stage
from review.screening import assignment
from review.screening.assignment import Giving, Sharing
from review.ui import drafts, elements, session
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.ui.team import planned
from review.workspace import Workspace

PEOPLE, WHO, LIST = "team-share-people", "team-give-to", "team-give-list"
NAMED = 30
"""Reports that are named in a line."""


def share_part(ws: Workspace, stage: Stage, reviewer: str) -> None:
    """Sharing evenly; the protocol does it by itself where it says so."""
    rule = ws.protocol.assignment
    if rule.mode == "shared":
        return
    st.header("Share evenly", anchor=False)
    known = assignment.people(ws) or [reviewer]
    between = st.multiselect(
        "Between", known, key=drafts.field(PEOPLE, first=list(rule.people)),
        persist_state="session", accept_new_options=True, placeholder="Choose, or write names",
        help="Each report goes to as many of them as the stage asks for, by a draw with the "
        "protocol's seed. What was given stays.",
    )  # fmt: skip
    st.button(
        "See what it will do", key="team-share-plan", on_click=plan_share, args=(stage, between)
    )
    found: Sharing | None = planned.at("share")
    if found is None:
        return
    given = {name: len(ids) for name, ids in found.given.items()}
    planned.draw(
        "share",
        f"Shared with seed {found.seed}",
        [f"**{plain(name)}** has {count_of(n, 'report')} more" for name, n in given.items()]
        or ["nothing changes: every report has its people"],
        f"Share out {count_of(sum(given.values()), 'vote')}",
        share,
        (found, between, reviewer),
        possible=bool(given),
    )


@careful
def plan_share(stage: Stage, between: list[str]) -> None:
    """Lay out what sharing would do."""
    planned.drop()
    planned.lay_out("share", assignment.plan_share(session.workspace(), stage, between))


@careful
def share(shown: Sharing, between: list[str], reviewer: str) -> None:
    """Share as it was shown."""
    planned.drop()
    assignment.share(session.workspace(), shown.stage, reviewer, between, shown.seed, shown=shown)
    tell("Shared. It can be undone below.")


def list_part(ws: Workspace, stage: Stage, reviewer: str) -> None:
    """Giving a list of reports to one person."""
    st.header("Give a list", anchor=False)
    known = assignment.people(ws) or [reviewer]
    who = st.selectbox(
        "To", known, index=None, key=WHO, accept_new_options=True,
        placeholder="Choose, or write a name",
    )  # fmt: skip
    st.text_area(
        "Reports", key=drafts.field(LIST), persist_state="session", height=90,
        placeholder="P000012, P000031",
        help="Ids of reports or records, parted by blanks, commas or lines. Records shows them, "
        "and exports lists of them.",
    )  # fmt: skip
    st.button(
        "See what it will do", key="team-give-plan", disabled=not who, on_click=plan_give,
        args=(stage, str(who or "")),
    )  # fmt: skip
    found: Giving | None = planned.at("give")
    if found is None:
        return
    kinds = [
        (f"{plain(found.reviewer)} is given", found.reports),
        ("of these, not waiting for votes now:", found.elsewhere),
        ("theirs already:", found.theirs),
        ("not known, and left out:", found.unknown),
    ]
    planned.draw(
        "give",
        f"A list for **{plain(found.reviewer)}**",
        [
            f"{words} **{count_of(len(some), 'report')}**: {plain(listed(some))}"
            for words, some in kinds
            if some
        ],
        f"Give {count_of(len(found.reports), 'report')}",
        give,
        (found, tuple(written()), reviewer),
        possible=bool(found.reports),
    )


def listed(ids: tuple[str, ...]) -> str:
    """Ids in a line, the first ones."""
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more


def written() -> list[str]:
    """The ids in the field."""
    return [one for one in re.split(r"[\s,;]+", str(st.session_state.get(LIST) or "")) if one]


@careful
def plan_give(stage: Stage, who: str) -> None:
    """Lay out what giving the list would do."""
    planned.drop()
    planned.lay_out("give", assignment.plan_assign(session.workspace(), stage, who, written()))


@careful
def give(shown: Giving, named: tuple[str, ...], reviewer: str) -> None:
    """Give the list as it was shown."""
    planned.drop()
    done = assignment.assign(
        session.workspace(), shown.stage, shown.reviewer, named, reviewer, shown
    )
    drafts.used(LIST)
    n = elements.count_of(len(done.data.records), "report")
    tell(f"{n} given to {done.data.reviewer}. It can be undone below.")
