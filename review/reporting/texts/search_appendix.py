"""The appendix on searching: every run with its string as sent, date and counts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.model import SearchRun, is_citation_search, is_look_up, is_similarity_search
from review.reporting.texts.words import code, count, day, safe, table, to_write


@dataclass(frozen=True, slots=True)
class SearchTold:
    """A run that counts, with what is known of it.

    Attributes:
        platform: the database and the way it was reached.
        label: of the search in the protocol, "" where it has none.
        query: the string of the protocol's search, "" for others.
        limits: limits and why, "" when nobody said anything.
        understood: the search as the source itself read it, in a line of its own language; "" where
            it did not say.
    """

    run: SearchRun
    platform: str
    label: str = ""
    query: str = ""
    limits: str = ""
    understood: str = ""


@dataclass(frozen=True, slots=True)
class ItemTold:
    """What people stated of an item of PRISMA-S."""

    number: int
    name: str
    text: str


def appendix(runs: Sequence[SearchTold], stated: Sequence[ItemTold], review: str) -> str:
    """The appendix.

    Args:
        runs: in the order in which they ran.
        stated: items that people answered.
        review: its title.
    """
    shown = [one for one in runs if not is_look_up(one.run.source)]
    lines = [
        "# Search appendix",
        "",
        f"{safe(review)}. {count(len(shown), 'search run or import', 'search runs and imports')} "
        f"that {'counts' if len(shown) == 1 else 'count'}, as the log has them; dates are in UTC.",
    ]
    if shown:
        head = ("Run", "Search", "Source", "Date", "Records", "New here")
        lines += ["", *table(head, map(_row, shown))]
    for one in shown:
        lines += ["", f"## {safe(one.run.id)}: {safe(one.label or one.run.search)}", ""]
        lines += _told(one)
    if stated:
        lines += ["", "## Stated by the reviewers", ""]
        lines += [f"- Item {one.number}, {safe(one.name)}: {safe(one.text)}" for one in stated]
    return "\n".join(lines) + "\n"


def _row(one: SearchTold) -> tuple[str, ...]:
    run = one.run
    came = f"{run.received:,}" if run.promised is None else f"{run.received:,} of {run.promised:,}"
    return (
        safe(run.id),
        safe(one.label or run.search),
        safe(one.platform),
        f"{run.started:%Y-%m-%d}",
        came,
        f"{run.added:,}",
    )


def _told(one: SearchTold) -> list[str]:
    run = one.run
    lines = []
    if run.online:
        when = f"{day(run.started)}, {run.started:%H:%M} UTC"
        lines += [f"{safe(one.platform)}, {when}; ended: {run.status}. {safe(run.why)}".strip(), ""]
        if is_citation_search(run.source):
            lines += ["Citations of included reports were followed.", ""]
        elif is_similarity_search(run.source):
            lines += ["A ranked list of similar works, which cannot be repeated exactly.", ""]
        if one.query:
            lines += ["The string of the protocol:", "", *code(one.query), ""]
        lines += ["As sent:", "", *code(run.request)]
        if one.understood:
            lines += ["", "As the source itself puts it:", "", *code(one.understood)]
    else:
        lines += [
            f"Imported from a file on {day(run.started)}: {safe(run.request or run.search)}. "
            f"{to_write('the string as it was run, the platform, and the day of the search')}",
        ]
    lines += ["", f"Limits: {safe(one.limits)}." if one.limits else to_write("limits, or none")]
    return lines
