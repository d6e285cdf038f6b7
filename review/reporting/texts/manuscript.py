"""The frame of a paper: what the log knows in its place, the rest marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from review.reporting.texts.manuscript_tables import TABLES, Read, lines
from review.reporting.texts.methods import Known, lowered
from review.reporting.texts.words import safe, to_write

PICTURE = "flow"
"""Name of the picture of the flow diagram."""


def manuscript(
    title: str,
    known: Known,
    methods: str,
    implications: str,
    appendices: Sequence[str],
    read: Read | None = None,
) -> str:
    """The whole paper, as far as the log knows it.

    Args:
        title: of the review.
        methods, implications: these texts, each with its heading.
        appendices: further texts, each with its heading.
        read: reads the tables; without it their captions stand alone.
    """
    said = [
        f"# {safe(title)}: {to_write('kind of review')}",
        "",
        to_write("authors, affiliations and correspondence"),
        "",
        "## Abstract",
        "",
        to_write("structured abstract, by the PRISMA 2020 checklist for abstracts"),
        "",
        "## Introduction",
        "",
        f"{to_write('why the review was needed')} {safe(known('question').text)}",
        "",
        lowered(methods).rstrip(),
        "",
        "## Results",
        "",
        "### Study selection",
        "",
        f"{safe(known('flow').text)} (Figure 1)",
        "",
        f"![Figure 1. PRISMA 2020 flow diagram]({PICTURE})",
        "",
        *_tables(known, read),
        "",
        "### Results of syntheses",
        "",
        f"{safe(known('map_counts').text)} {safe(known('robustness').text)} "
        + to_write("results of studies and syntheses, heterogeneity, reporting bias, certainty"),
        "",
        "## Discussion",
        "",
        to_write("interpretation, and limits of the evidence"),
        "",
        f"How far the work is: {safe(known('unfinished').text)} "
        f"{to_write('limits of how the review was done')}",
        "",
        lowered(implications, by=2).rstrip(),
        "",
        "## Other information",
        "",
        f"{safe(known('protocol').text)} {safe(known('amendments').text)} "
        f"{safe(known('availability').text)}",
        "",
        to_write("registration, support, competing interests, and where data and code can be had"),
    ]
    for letter, text in zip("ABCDEFGH", appendices, strict=False):
        head, _, rest = lowered(text).partition("\n")
        said += ["", "---", "", f"## Appendix {letter}. {head.lstrip('# ')}", rest.rstrip()]
    return "\n".join(said) + "\n"


def _tables(known: Known, read: Read | None) -> list[str]:
    """The tables that belong here, each of which the log knows something."""
    said = ["### Tables", ""]
    there = [(planned, fact) for planned in TABLES if (fact := known(planned.fact)).text]
    for number, (planned, fact) in enumerate(there, 1):
        said += lines(number, planned, fact.text, read)
    return said
