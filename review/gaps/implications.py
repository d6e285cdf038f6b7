"""The text "Implications for research", from the ledger of gaps and nothing else. Pure.

After EPICOT (Brown et al. 2006, BMJ 333:804-806): the evidence there is, what is missing of whom,
with what and on what, and a time stamp. Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from review.gaps.ledger import Bar, GapRow, GapStatus, Ledger, PlaceKind, Priority
from review.gaps.model import Gap

NEEDED = {
    Gap.NOT_SEARCHED: "A search that covers it, before anything is said of it.",
    Gap.SEARCHED_NONE: "A first study.",
    Gap.UNDECIDED: "Decisions on the reports that still wait.",
    Gap.RETRACTED: "A study to take the place of what was retracted.",
    Gap.FORMS_ONLY: "A study with a stated design.",
    Gap.REVIEWS_ONLY: "A primary study.",
    Gap.MECHANISM_ONLY: "Studies in people.",
    Gap.UNCONTROLLED_ONLY: "A controlled study in people.",
    Gap.ONE_CONTROLLED: "A second, larger controlled study.",
    Gap.SYNTHESIS_MISSING: "A systematic review of the studies there are.",
    Gap.OUTDATED: "An update of the newest review.",
}
"""What would close a gap of each kind."""

UNDER = {
    Bar.CONFIRMED: "by confirmed codings alone",
    Bar.LOW_RISK: "by studies of low risk of bias alone",
    Bar.RECENT: "by the last ten years alone",
    Bar.AGREED: "without codings that coders do not agree on",
}
"""A bar as the end of a sentence."""


def text(found: Ledger, title: str, looked: str, when: date, version: str) -> str:
    """The whole text.

    Args:
        title: of the review.
        looked: how much of it was looked at, in words.
        when: the day it is worked out.
        version: of the protocol in force.
    """
    rows = [row for row in found.open if _is_said(row)]
    cells = len(found.open) - len(rows)
    searched = max((row.searched for row in found.rows if row.searched), default=None)
    when_searched = (
        f"The searches that bear on it last ran to their end on {day(searched.date())}."
        if searched
        else "No search of the protocol has run to its end yet."
    )
    lines = [
        "# Implications for research",
        "",
        f"{safe(title)}. Worked out on {day(when)} from the ledger of gaps, protocol version "
        f"{version}. {looked}. {when_searched}",
    ]
    for priority in Priority:
        of_it = [row for row in rows if row.priority is priority]
        if not of_it:
            continue
        head = f"{priority.capitalize()} priority" if priority else "Without a priority"
        lines += ["", f"## {head}", *(line for row in of_it for line in ("", _item(row)))]
    if not rows:
        lines += ["", "The ledger has no open gap."]
    if cells:
        lines += ["", f"The ledger lists {_number(cells, 'more empty or thin cell')} of the map."]
    lines += _listed("Set aside", found, GapStatus.SET_ASIDE)
    lines += _listed("Closed by evidence", found, GapStatus.CLOSED)
    return "\n".join(lines) + "\n"


def _is_said(row: GapRow) -> bool:
    """Whole rows and claims, and the cells that the team holds to be urgent."""
    return row.place.kind is not PlaceKind.CELL or bool(row.priority)


def _item(row: GapRow) -> str:
    parts = [f"- **{safe(row.label.rstrip('.'))}** ({row.gap}). {safe(row.rule)}"]
    if row.gap is not None:
        parts.append(f"Needed: {safe(needed(row))}")
    parts.append(robustness(row))
    if row.claims:
        parts.append(f"Bears on {_number(len(row.claims), 'claim')}: {', '.join(row.claims)}.")
    if row.looked:
        parts.append(_looked(row))
    if row.note:
        parts.append(f"Note ({safe(row.words['note'].who)}): {safe(row.note)}")
    return " ".join(part for part in parts if part)


def needed(row: GapRow) -> str:
    """What would close a gap, as the end of a sentence; ``""`` where it is closed."""
    words = row.needs or (NEEDED[row.gap] if row.gap else "")
    return f"{words[:1].lower()}{words[1:]}"


def robustness(row: GapRow) -> str:
    """Whether the gap stays under each bar, as sentences; of an empty place it stays anyhow."""
    if row.gap is None or not row.evidence.studies:
        return ""
    same = [UNDER[bar] for bar, gap in row.bars.items() if gap is row.gap]
    said = [f"It is the same {_joined(same)}."] if same else []
    said += [
        f"It is “{gap}” {UNDER[bar]}."
        for bar, gap in row.bars.items()
        if gap is not None and gap is not row.gap
    ]
    said += [f"It is none {UNDER[bar]}." for bar, gap in row.bars.items() if gap is None]
    return " ".join(said)


def _looked(row: GapRow) -> str:
    done = [f"{safe(one.label)}, {day(one.when.date())}" for one in row.looked if one.when]
    never = sum(1 for one in row.looked if not one.when)
    parts = [f"Searched: {'; '.join(done)}."] if done else []
    if never:
        parts.append(f"{_number(never, 'search', 'searches')} that cover it never ran to the end."
                     if never > 1 else "1 search that covers it never ran to the end.")  # fmt: skip
    return " ".join(parts)


def _listed(head: str, found: Ledger, status: GapStatus) -> list[str]:
    rows = [row for row in found.rows if row.status is status]
    if not rows:
        return []
    lines = ["", f"## {head}", ""]
    for row in rows:
        said = row.words.get("status")
        why = f": {safe(said.text)} ({safe(said.who)})" if said and said.text else ""
        by = f" by {', '.join(row.closed_by)}" if row.closed_by else ""
        lines.append(f"- {safe(row.label.rstrip('.'))}{by if status is GapStatus.CLOSED else why}")
    return lines


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _number(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def day(when: date) -> str:
    """``27 November 2026``."""
    return f"{when.day} {when:%B %Y}"


def safe(words: str) -> str:
    """Text from outside on one line, with nothing in it that Markdown would read."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", " ".join(words.split()))
