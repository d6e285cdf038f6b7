"""The five-step scale of claims, as HTML and in words. Pure: text in, safe text out."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from review.gaps.claims import ClaimState
from review.gaps.directions import Side

LEVELS = (
    "no primary study confirmed",
    "mechanism or animals only",
    "people, without a control",
    "one controlled study",
    "several controlled studies",
)
"""What each level means, in a few words; the rules are in `review.gaps.claims`."""

NOT_TESTED = "not tested"


def scale(level: int | None, suggested: int | None) -> str:
    """Four steps up from G0: full ones are confirmed, open ones would be reached by suggestions.

    A step is told by its fill and its number, not by colour alone.
    """
    if level is None:
        return f'<span class="rt-scale"><em>{NOT_TESTED}</em></span>'
    top = max(suggested or 0, level)
    steps = "".join(f'<i class="{_step(n, level, top)}"></i>' for n in range(1, 5))
    return (
        f'<span class="rt-scale" role="img" aria-label="{escape(words(level, suggested))}">'
        f"<b>G{level}</b>{steps}{f'<small>G{top}</small>' if top > level else ''}</span>"
    )


def _step(n: int, level: int, top: int) -> str:
    if n <= level:
        return "rt-full"
    return "rt-open" if n <= top else "rt-none"


def words(level: int | None, suggested: int | None) -> str:
    """A level as a sentence."""
    if level is None:
        return "Not tested."
    said = f"Level G{level}: {LEVELS[level]}"
    if suggested is not None and suggested > level:
        said += f"; G{suggested} ({LEVELS[suggested]}) if all suggestions were confirmed"
    return said + "."


SIDES = {
    Side.SUPPORTS: ("supports it", "support it"),
    Side.AGAINST: ("speaks against it", "speak against it"),
    Side.MIXED: ("found both", "found both"),
    Side.UNCLEAR: ("does not say which way", "do not say which way"),
}
"""What one study does, and what several do."""


SIDE_HEADS = {
    Side.SUPPORTS: "that support it",
    Side.AGAINST: "that speak against it",
    Side.MIXED: "that found both",
    Side.UNCLEAR: "that do not say which way",
}
"""Heads of their lists."""

SIDE_SIGNS = {Side.SUPPORTS: "+", Side.AGAINST: "−", Side.MIXED: "±", Side.UNCLEAR: "?"}
"""Told apart without colour."""


def side_mark(side: Side | None) -> str:
    """What the evidence says, under its level; nothing where there is none."""
    if side is None:
        return ""
    return f'<span class="rt-side"><b aria-hidden="true">{SIDE_SIGNS[side]}</b> {side}</span>'


def flags(state: ClaimState) -> list[str]:
    """What is to be minded of a claim's evidence, in words."""
    said: list[str] = []
    if n := len(state.retracted_reports):
        said.append(f"{n:,} retracted {'report' if n == 1 else 'reports'}, counted nowhere")
    if n := len(state.excluded_reports):
        said.append(f"{n:,} of the papers named for it excluded since")
    if state.only_suggested:
        said.append("only suggested, nothing confirmed")
    return said


def direction(state: ClaimState) -> str:
    """What the confirmed studies say of a claim, as a sentence.

    ``Mixed: 2 studies support it, 1 speaks against it.``
    """
    if state.direction is None:
        return "Nothing confirmed." if state.claim.expects else "Not asked of this claim."
    parts = []
    for place, (side, found) in enumerate(state.sides.items()):
        number = len(found.studies)
        one, several = SIDES[side]
        noun = f" {'study' if number == 1 else 'studies'}" if not place else ""
        parts.append(f"{number:,}{noun} {one if number == 1 else several}")
    return f"{str(state.direction).capitalize()}: {', '.join(parts)}."


def legend() -> str:
    """What the levels mean."""
    items = "".join(f"<span><b>G{n}</b> {escape(text)}</span>" for n, text in enumerate(LEVELS))
    return (
        f'<div class="rt-levels">{items}</div><div class="rt-legend rt-map-legend">'
        '<span><i class="rt-rung rt-full"></i> confirmed</span>'
        '<span><i class="rt-rung rt-open"></i> reached if all suggestions were confirmed</span>'
        "</div>"
    )


CONTROLLED, WITHOUT, HOPED, BARE = "controlled", "uncontrolled", "suggested", "none"
"""Parts of the claims by their evidence, as an address names them."""

COUNTED = {
    CONTROLLED: "Confirmed controlled study",
    WITHOUT: "No confirmed controlled study",
    HOPED: "Controlled study, if all suggestions were confirmed",
    BARE: "No primary study seen",
}
"""The same in words, for a chooser."""


def counted(states: Sequence[ClaimState]) -> dict[str, tuple[str, ...]]:
    """The testable claims by their evidence: a key of `COUNTED` -> their ids."""
    best = {
        s.claim.id: (s.level, max(s.level, s.suggested_level or 0))
        for s in states
        if s.level is not None
    }
    return {
        CONTROLLED: tuple(id_ for id_, (level, _) in best.items() if level >= 3),
        WITHOUT: tuple(id_ for id_, (level, _) in best.items() if level < 3),
        HOPED: tuple(id_ for id_, (_, hoped) in best.items() if hoped >= 3),
        BARE: tuple(id_ for id_, (_, hoped) in best.items() if not hoped),
    }


def headline_parts(states: Sequence[ClaimState]) -> dict[str, str]:
    """The parts of the sentence over the claims: a key of `COUNTED` -> words with its number."""
    n = {key: len(ids) for key, ids in counted(states).items()}
    tested = sum(s.level is not None for s in states)
    said = {CONTROLLED: f"{n[CONTROLLED]} of {tested} testable claims rest on a confirmed "
            "controlled study"}  # fmt: skip
    if n[HOPED] > n[CONTROLLED]:
        said[HOPED] = f"{n[HOPED]} would if all suggestions were confirmed"
    if n[BARE]:
        said[BARE] = f"for {n[BARE]} no primary study was seen at all"
    return said


def headline(states: Sequence[ClaimState]) -> str:
    """The sentence over the claims."""
    return "; ".join(headline_parts(states).values())
