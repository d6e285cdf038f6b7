"""The sixteen items of PRISMA-S: what each asks, and what a person may answer. Pure.

The items are those of Rethlefsen et al., PRISMA-S: an extension to the PRISMA statement for
reporting literature searches in systematic reviews, Systematic Reviews 10, 39 (2021),
https://doi.org/10.1186/s13643-020-01542-z, Table 1; what each asks is told in words of our own.
The peer review of item 14 is one by PRESS (McGowan et al. 2016,
https://doi.org/10.1016/j.jclinepi.2016.01.021): who read the strategy, when, and what it changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the checklist.

    Attributes:
        asks: what is to be reported, in one sentence.
        recorded: whether the tool writes down what it can know of it.
        may_be_none: whether a person may say that none was done.
    """

    number: int
    name: str
    asks: str
    recorded: bool = False
    may_be_none: bool = True


PEER_REVIEW = 14

ITEMS: Mapping[int, Item] = {
    item.number: item
    for item in (
        Item(
            1,
            "Database name",
            "Name every database that was searched and the platform it was searched on.",
            recorded=True,
            may_be_none=False,
        ),
        Item(
            2,
            "Multi-database searching",
            "Where several databases were searched at once on one platform, name the platform and "
            "each of them.",
        ),
        Item(
            3,
            "Study registries",
            "Name the registries of trials and studies that were searched.",
            recorded=True,
        ),
        Item(
            4,
            "Online resources and browsing",
            "Describe which web sites, tables of contents or proceedings were looked through on "
            "purpose, and how.",
        ),
        Item(
            5,
            "Citation searching",
            "Say whether works that cite, or are cited by, relevant reports were looked at, and "
            "how they were found.",
            recorded=True,
        ),
        Item(
            6,
            "Contacts",
            "Say whether authors, experts, manufacturers or others were asked for studies or data.",
        ),
        Item(7, "Other methods", "Describe any other source, or way of searching, that was used."),
        Item(
            8,
            "Full search strategies",
            "Give the strategy for each source, copied exactly as it was run; those of imported "
            "files must be pasted here.",
            recorded=True,
            may_be_none=False,
        ),
        Item(
            9,
            "Limits and restrictions",
            "State each limit, such as dates, languages or designs, and why it was set; or that "
            "there was none.",
            recorded=True,
        ),
        Item(
            10,
            "Search filters",
            "Cite published search filters that were used, and say whether they were changed.",
        ),
        Item(
            11,
            "Prior work",
            "Cite earlier reviews whose search strategies were used again, in part or whole.",
        ),
        Item(
            12,
            "Updates",
            "Say how the searches were kept up to date: run again, or by alerts.",
            recorded=True,
        ),
        Item(
            13,
            "Dates of searches",
            "Give the day on which each search was run last; for imported files, the day of the "
            "search itself.",
            recorded=True,
            may_be_none=False,
        ),
        Item(
            PEER_REVIEW,
            "Peer review",
            "Say who else checked the search strategy before it was run, when, and what was "
            "changed for it.",
        ),
        Item(
            15,
            "Total records",
            "Count the records that each database and each other source brought.",
            recorded=True,
            may_be_none=False,
        ),
        Item(
            16,
            "Deduplication",
            "Describe how duplicates were found and removed, and with which software.",
            recorded=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class PeerReview:
    """The answer to item 14 in its parts.

    Attributes:
        by: who read the strategy, such as a librarian's name and place.
        on: day of the review.
        changed: what was changed for it; ``""`` for nothing.
    """

    by: str
    on: date | None = None
    changed: str = ""

    @property
    def words(self) -> str:
        """``Reviewed by J. Doe on 2026-03-02. Changed: a synonym was added.``"""
        when = f" on {self.on.isoformat()}" if self.on else ""
        said = self.changed.strip()
        changed = f"Changed: {said}" if said else "Nothing was changed."
        changed += "" if changed[-1] in ".!?" else "."
        return f"Reviewed by {self.by.strip()}{when}. {changed}"

    def details(self) -> dict[str, str]:
        """The parts as the log keeps them."""
        on = self.on.isoformat() if self.on else ""
        return {"by": self.by.strip(), "on": on, "changed": self.changed.strip()}


def peer_review(details: Mapping[str, str]) -> PeerReview:
    """The parts as the log has kept them; empty ones where there are none."""
    on = details.get("on", "")
    return PeerReview(
        details.get("by", ""), date.fromisoformat(on) if on else None, details.get("changed", "")
    )
