"""The statements of the source document against their evidence."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from review.gaps import service as gaps
from review.gaps.claim_comparison import Compared
from review.gaps.claims import ClaimState
from review.gaps.column_groups import CLASS
from review.gaps.filters import ADDRESS, Filters, to_address
from review.gaps.filters import words as filter_words
from review.protocol.codebook import Dimension
from review.ui import (
    coverage_line,
    elements,
    evidence_filters,
    evidence_levels,
    finding_words,
    navigation,
    number_tables,
    page_address,
    paper_lists,
    scrolling,
    session,
)
from review.ui.cache import remembered
from review.ui.claims import map_link
from review.ui.elements import count_of, plain
from review.ui.gap_map import map_sentences
from review.ui.number_tables import Number
from review.ui.search import recall_panel
from review.workspace import Workspace

ws = session.workspace()
ARRIVED = "claims-arrived"  # the claim that the address named, and the how-manyth time
NAMES = ("claim", "group", "level", "seen", "order", *ADDRESS)
ORDERS = {"": "As in the source document", "level": "Weakest evidence first"}
LEVELS = (*(f"G{n}" for n in range(5)), evidence_levels.NOT_TESTED)
GROUPS = {group.id: group.label for group in ws.protocol.claim_groups}


def level_of(state: ClaimState) -> str:
    """The level as the filter names it."""
    return evidence_levels.NOT_TESTED if state.level is None else f"G{state.level}"


def arrive() -> None:
    """Set the choices from the address, when it came from elsewhere."""
    said = page_address.arrived("claims", NAMES, "claims-order")
    if said is not None:
        evidence_filters.arrive("claims", said, ws.protocol.codebook)
        st.session_state["claims-open"] = said.get("claim", "")
        st.session_state[ARRIVED] = (
            said.get("claim", ""),
            st.session_state.get(ARRIVED, ("", 0))[1] + 1,
        )
        group, level = said.get("group"), said.get("level")
        st.session_state["claims-group"] = group if group in GROUPS else None
        st.session_state["claims-level"] = level if level in LEVELS else None
        seen = said.get("seen")
        st.session_state["claims-seen"] = seen if seen in evidence_levels.COUNTED else None
        order = said.get("order", "")
        st.session_state["claims-order"] = order if order in ORDERS else ""


def choose(states: Sequence[ClaimState], filters: Filters) -> list[ClaimState]:
    """Draw what claims to show, and return those."""
    group = None
    if GROUPS:
        group = st.pills(
            "Section",
            list(GROUPS),
            key="claims-group",
            format_func=lambda g: f"{plain(GROUPS[g])} {sum(s.claim.group == g for s in states)}",
        )
    level = st.pills(
        "Confirmed level",
        list(LEVELS),
        key="claims-level",
        format_func=lambda name: f"{name}: {sum(level_of(s) == name for s in states)}",
    )
    counted = evidence_levels.counted(states)
    seen = st.pills(
        "Evidence",
        [name for name, ids in counted.items() if ids],
        key="claims-seen",
        format_func=lambda name: f"{evidence_levels.COUNTED[name]}: {len(counted[name])}",
    )
    by = st.segmented_control(
        "Order", list(ORDERS), key="claims-order", format_func=ORDERS.__getitem__, required=True
    )
    chosen = str(st.session_state.get("claims-open", ""))
    keep = {"claim": chosen, "group": str(group or ""), "level": str(level or "")}
    keep |= {"seen": str(seen or ""), "order": str(by or "")}
    page_address.keep("claims", keep | to_address(filters))
    left = [
        s
        for s in states
        if (group is None or s.claim.group == group)
        and (level is None or level_of(s) == level)
        and (seen is None or s.claim.id in counted[seen])
    ]
    return sorted(left, key=strength) if by else left


def strength(state: ClaimState) -> tuple[int, int]:
    """How strong the evidence is; what cannot be tested comes last."""
    if state.level is None:
        return (9, 0)
    return (state.level, state.suggested_level or 0)


def show(claim: str) -> None:
    """Open a claim, or close it when it is open."""
    st.session_state["claims-open"] = "" if st.session_state["claims-open"] == claim else claim


def line(state: ClaimState) -> None:
    """One claim: its level and its words; the open one with all behind it."""
    claim = state.claim
    here = st.session_state["claims-open"] == claim.id
    with st.container(key=f"rt-claim-{claim.id}", gap="xsmall"):
        left, right = st.columns([1, 4.6], vertical_alignment="top", wrap=False)
        left.html(
            evidence_levels.scale(state.level, state.suggested_level)
            + evidence_levels.side_mark(state.direction)
        )
        kind = "" if claim.testable else f" *({plain(claim.kind)})*"
        with right.container(gap=None):
            st.button(
                f"{plain(claim.text)}{kind} :small[{plain(claim.id)}]",
                key=f"claim-{claim.id}",
                type="tertiary",
                on_click=show,
                args=(claim.id,),
            )
            if flags := evidence_levels.flags(state):
                st.caption(plain(f"⚑ {'; '.join(flags)}"))
        if here:
            details(state)


def papers_named(state: ClaimState, which: str) -> tuple[str, ...]:
    """Papers named when the claim was written: those that are counted, or the others."""
    counted = state.bearing
    left = (one for one in state.named_reports if one not in state.excluded_reports)
    return tuple(one for one in left if (one in counted) == (which == "counted"))


def tested_of(review: Workspace, claim: str, filters: Filters) -> tuple[Compared, ...]:
    """What the studies of a claim tested, worked out once."""
    state = next(s for s in remembered(review, gaps.claims, filters) if s.claim.id == claim)
    return gaps.tested(review, state, filters)


def compared(state: ClaimState) -> None:
    """What the confirmed studies tested, beside what is claimed."""
    lines = []
    numbers: list[dict[str, str | Number]] = []
    book = ws.protocol.codebook
    for one in remembered(ws, tested_of, state.claim.id, evidence_filters.chosen("claims")):
        dimension = book.dimension(one.dimension)

        def named(value: str, known: Dimension = dimension) -> str:
            return plain(map_sentences.label(known, value))

        claimed = ", ".join(named(v) for v in one.claimed) or "nothing said"
        tested = [
            f"{named(v)} ({n}{', not claimed' if v in one.beyond else ''})"
            for v, n in one.tested.items()
        ]
        if one.not_coded:
            tested.append(f"not coded ({one.not_coded})")
        counts = {**one.tested, **dict.fromkeys(one.untested, 0), "": one.not_coded}
        for value, n in counts.items():
            if value or n:
                said = map_sentences.label(dimension, value) if value else "not coded"
                head = f"{dimension.label}, {said}"
                numbers.append(
                    {
                        "What": dimension.label,
                        "Value": said,
                        "Claimed": "yes" if value in one.claimed else "",
                        "Confirmed studies": Number(n, head, one.reports.get(value, ())),
                    }
                )
        words = f"| {plain(dimension.label)} | {claimed} | {', '.join(tested) or 'no study'} "
        lines.append(f"{words}| {', '.join(named(v) for v in one.untested)} |")
    if lines:
        head = "| | Claimed | Tested, confirmed studies | Claimed, tested by none |"
        with st.container(key=f"rt-tested-{state.claim.id}"):
            st.markdown("\n".join([head, "|---|---|---|---|", *lines]))
        fold = st.expander("Open these numbers", key="claims-tested", on_change="rerun")
        if fold.open:
            with fold:
                number_tables.draw(ws, numbers, f"tested-{state.claim.id}")


def details(state: ClaimState) -> None:
    """Why a claim stands where it does, what would raise it, and its papers."""
    claim = state.claim
    facts = [
        ("Evidence level", plain(evidence_levels.words(state.level, state.suggested_level))),
        ("Because", plain(state.rule)),
        ("What it says", plain(evidence_levels.direction(state))),
        ("Would raise the level", plain(" ".join((state.next_level, state.needs)).strip())),
        ("Least evidence asked", plain(claim.minimum)),
        ("In the source document", plain(claim.where)),
        ("Seen when it was written", f"{plain(claim.picture)} (a hint, not a finding)"),
    ]
    flags = evidence_levels.flags(state)
    if flags:
        facts.insert(0, ("Mind", plain(f"{'; '.join(flags)}.")))
    st.button(
        "Close", shortcut="Esc", key="claim-close", type="tertiary", on_click=show, args=(claim.id,)
    )
    st.markdown("\n".join(f"- **{name}:** {text}" for name, text in facts))
    compared(state)
    sides = [
        (
            f"Primary studies, confirmed, {evidence_levels.SIDE_HEADS[side]}",
            found.reports,
            paper_lists.CONFIRMED,
        )
        for side, found in state.sides.items()
    ] or [("Primary studies, confirmed", state.reports, paper_lists.CONFIRMED)]
    groups = (
        *sides,
        ("Primary studies, only suggested", state.suggested_reports, paper_lists.SUGGESTED),
        ("Reviews, confirmed", state.reviews, paper_lists.CONFIRMED),
        ("Reviews, only suggested", state.suggested_reviews, paper_lists.SUGGESTED),
        ("Named when the claim was written, counted above", papers_named(state, "counted"), "·"),
        ("Named when the claim was written, not counted", papers_named(state, ""), "·"),
        ("Named when the claim was written, excluded since", state.excluded_reports, "·"),
        ("Retracted, counted nowhere", state.retracted_reports, paper_lists.RETRACTED),
    )
    for place, (head, ids, mark) in enumerate(groups):
        words = f"{head}: {count_of(len(ids), 'report')}"
        paper_lists.papers(ws, ids, mark, words, f"claim-{place}", shown=6)
    finding_words.listed(ws.protocol.codebook, state.findings, "Findings on it")
    if state.missing_papers:
        missing = ", ".join(state.missing_papers)
        st.caption(plain(f"Named when the claim was written and not in the review: {missing}."))
    more = count_of(len(state.outside_reports), "more report")
    paper_lists.papers(
        ws, state.outside_reports, "·",
        f"{more} without the exposure of the question, counted apart", "claim-outside", shown=6,
    )  # fmt: skip
    hidden = f"Hidden by the filters: {count_of(len(state.hidden_reports), 'report')}"
    paper_lists.papers(ws, state.hidden_reports, "·", hidden, "claim-hidden", shown=6)
    if not any(ids for _, ids, _ in groups):
        st.markdown("No report of the review bears on it yet.")
    with st.container(horizontal=True):
        designs = ws.protocol.codebook.dimension("study_design").groups
        controlled = [
            CLASS + name
            for name, members in designs.items()
            if name and any(v.evidence == "controlled" for v in members)
        ]
        for outcome in claim.outcome[:3]:
            dimension = ws.protocol.codebook.dimension("outcome")
            label = dimension.value(outcome).label
            cell = {"row": outcome}
            if controlled and "controlled" in dimension.kinds(outcome):
                cell["column"] = controlled[0]
            to_map = map_link.of_claim(claim, ws.protocol.frame.exposure, filters)
            cell |= evidence_filters.address(to_map) | {"claim": claim.id}
            navigation.link(f"Map: {plain(label)}", "gap-map", cell)


with elements.page(
    "Claims",
    "Statements of the source document, put to the test. None of them is advice; "
    "nothing here tells anyone to take anything.",
):
    arrive()
    filters = evidence_filters.chosen("claims")
    states = remembered(ws, gaps.claims, filters)
    recall_panel.retracted(ws)
    st.header(evidence_levels.headline(states), anchor=False)
    coverage_line.draw(ws)
    if under := filter_words(filters, ws.protocol.codebook):
        hidden = sorted(set().union(*(state.hidden_reports for state in states)))
        coverage_line.filters(under, hidden)
    evidence_filters.draw("claims", ws.protocol.codebook, appraised=bool(gaps.risk_of_bias(ws)))
    st.html(evidence_levels.legend())
    left = choose(states, filters)
    if st.session_state.get("claims-order"):
        for state in left:
            line(state)
    else:
        for group, name in (*GROUPS.items(), ("", "Others")):
            members = [s for s in left if s.claim.group == group]
            if members and GROUPS:
                st.markdown(f"### {plain(name)}")
            for state in members:
                line(state)
    named, time = st.session_state.get(ARRIVED, ("", 0))
    scrolling.to(f"rt-claim-{named}" if named else "", time)
    if not left:
        st.markdown("No claim is in this section at this level. Choose another level.")
