"""The sections on methods and selection, from facts alone. Pure."""

from __future__ import annotations

from collections.abc import Callable

from review.reporting.texts.words import Fact, safe, to_write

Known = Callable[[str], Fact]
"""Works out what is known under a name."""

SECTIONS = (
    ("Protocol and registration", ("protocol", "amendments"), "register and number, or none"),
    ("Question", ("question",), ""),
    ("Eligibility criteria", ("eligibility",), ""),
    ("Information sources and search", ("sources", "strategies", "limits", "updates"), ""),
    ("Selection process", ("deduplication", "selection", "piloting", "agreement"), ""),
    ("Data collection", ("collection", "outcomes", "variables"),
     "whether authors were asked to confirm data"),
    ("Risk of bias", ("appraisal",), ""),
    ("Synthesis", ("grouping", "display", "directions"),
     "effect measures, and why studies were or were not pooled"),
)  # fmt: skip
"""Heading -> the facts under it, in order, and what beside them only people can write."""

LABELS = {"outcomes": "Outcomes looked for", "variables": "Other variables"}
"""Facts that are lists, with the words they begin with."""


def methods(known: Known, automation: str) -> str:
    """The methods section.

    Args:
        automation: the text on automation, which ends it.
    """
    lines = ["# Methods"]
    for head, names, rest in SECTIONS:
        lines += ["", f"## {head}", ""]
        said = [_said(name, known(name)) for name in names]
        said = [words for words in said if words]
        if rest or not said:
            said.append(to_write(rest or head.lower()))
        lines.append(" ".join(said))
    return "\n".join(lines) + f"\n\n{lowered(automation)}"


def _said(name: str, fact: Fact) -> str:
    if not fact.text:
        return ""
    label = LABELS.get(name, "")
    return safe(f"{label}: {fact.text}" if label else fact.text)


def automation(known: Known) -> str:
    """All help of machines, after RAISE (Flemyng et al. 2025,
    https://doi.org/10.1186/s13750-025-00374-5) and PRISMA-trAIce
    (https://doi.org/10.2196/80247): which tool and version, for what, how people and machines
    shared the work, and how far people agreed.
    """
    lines = ["# Use of automation", ""]
    parts = [
        ("Duplicates", known("deduplication"),
         "Pairs that are not surely the same text are shown to people, and each merge can be taken "
         "back."),
        ("Order of screening", known("ordering"), ""),
        ("Stopping", known("stopping"), ""),
        ("Looking back", known("looking_back"), ""),
        ("Codes", known("suggestions"), ""),
    ]  # fmt: skip
    told = [(head, fact, rest) for head, fact, rest in parts if fact.text]
    if not told:
        lines.append("The log holds no help of machines in selection or coding.")
    else:
        lines.append(
            "Machines proposed and people decided: nothing that a machine said counted as a "
            "decision by itself."
        )
    for head, fact, rest in told:
        lines += ["", f"- **{head}.** {safe(fact.text)}{f' {safe(rest)}' if rest else ''}"]
    lines += [
        "",
        to_write("any other tool, such as a language model, with version, date, prompt and use")
        + " "
        + to_write("limits of these tools in this review, and interests of the authors in them"),
        "",
    ]
    return "\n".join(lines)


def lowered(markdown: str, by: int = 1) -> str:
    """The same text with its headings deeper, to stand within another."""
    inside = False
    lines = []
    for line in markdown.splitlines():
        inside ^= line.startswith("```")
        lines.append(f"{'#' * by}{line}" if line.startswith("#") and not inside else line)
    return "\n".join(lines) + "\n"
