"""The tables of a manuscript: those of the report, cut to the columns that a page holds. Pure.

Each is cut after some rows with a line that says so: the whole table is a file of its own. Columns
without anything in them are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from review.author_names import study_name
from review.model import Record
from review.reporting.texts.words import count, safe, table

MOST_ROWS = 100
"""Rows that a manuscript takes of one table."""

NOTHING_THERE = "–"

Row = Mapping[str, object]
Cite = Callable[[str], str]
"""Id of a report -> how it is called in a table."""

Made = tuple[Sequence[str], list[Sequence[str]]]
"""Heads and rows of cells."""

Read = Callable[[str], tuple[Sequence[Row], Mapping[str, str]]]
"""Name of a table of the report -> its rows, and how each report in it is called (`short`)."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A table that belongs into the paper.

    Attributes:
        fact: what sums it up; where the log knows nothing of it there is no table.
        name: of the table of the report (`review.reporting.table_list`) it is made of.
        make: rows of that table -> heads and rows of this one.
        most: rows that the paper takes.
    """

    caption: str
    fact: str
    name: str
    make: Callable[[Sequence[Row], Cite], Made]
    most: int = MOST_ROWS


def short(report: str, lead: Record) -> str:
    """``Vale 2020 (P000001)``."""
    return f"{study_name(lead.authors, lead.title, lead.year)} ({report})"


def lines(number: int, planned: Planned, summary: str, read: Read | None) -> list[str]:
    """The table with its caption, as lines of Markdown; the caption alone without a reader."""
    said = [
        f"**Table {number}. {planned.caption}.** {safe(summary)} (`table {planned.name}`)",
        "",
    ]
    if read is None:
        return said
    rows, called = read(planned.name)
    heads, cells = planned.make(rows, lambda report: called.get(report, report))
    if not cells:
        return said
    kept = [n for n in range(len(heads)) if any(row[n] for row in cells)]
    said += table(
        [heads[n] for n in kept],
        ([safe(row[n]) or NOTHING_THERE for n in kept] for row in cells[: planned.most]),
    )
    if (more := len(cells) - planned.most) > 0:
        said += ["", f"{count(more, 'more row')} in the whole table."]
    return [*said, ""]


def _columns(*wanted: tuple[str, str]) -> Callable[[Sequence[Row], Cite], Made]:
    """These columns as they are, each with its head; what is called ``report`` is cited."""

    def make(rows: Sequence[Row], cite: Cite) -> Made:
        return [head for _name, head in wanted], [
            [cite(_text(row, name)) if name == "report" else _text(row, name) for name, _ in wanted]
            for row in rows
        ]

    return make


def _findings(rows: Sequence[Row], cite: Cite) -> Made:
    heads = ("Study", "Exposure", "Population", "Outcome", "Design", "n", "Direction", "Effect")
    return heads, [
        [
            cite(_text(row, "report")),
            *(_words(row, name) for name in ("exposure", "population", "outcome", "study_design")),
            _text(row, "n"),
            _text(row, "direction").replace("_", " "),
            " ".join(filter(None, (_text(row, n) for n in ("effect", "effect_unit",
                                                           "effect_interval")))),
        ]
        for row in rows
    ]  # fmt: skip


def _risk_of_bias(rows: Sequence[Row], cite: Cite) -> Made:
    """One row for each report and result: the overall judgement, and that of each domain."""
    judged: dict[tuple[str, str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for row in rows:
        key = (_text(row, "report"), _words(row, "form"), _text(row, "result"))
        said = (_text(row, "domain"), _words(row, "domain"), _text(row, "judgement"))
        judged[key].append(said)
    heads = ("Study", "Form", "Result", "Overall", "Domains")
    return heads, [
        [
            cite(report), form, result,
            "; ".join(said for id_, _words_, said in found if id_ == "overall"),
            "; ".join(f"{words}: {said}" for id_, words, said in found if id_ != "overall"),
        ]
        for (report, form, result), found in judged.items()
    ]  # fmt: skip


def _map(rows: Sequence[Row], _cite: Cite) -> Made:
    """Confirmed studies by row and column, columns without any left out; nothing without any."""
    filled = [row for row in rows if row.get("confirmed")]
    columns = dict.fromkeys(
        _words(row, "column") for row in rows if _text(row, "column") in
        {_text(one, "column") for one in filled}
    )  # fmt: skip
    numbers = {(_words(r, "row"), _words(r, "column")): _text(r, "confirmed") for r in filled}
    if not numbers:
        return (), []
    outcomes = dict.fromkeys(_words(row, "row") for row in rows)
    return ["Outcome", *columns], [
        [outcome, *(numbers.get((outcome, column), "0") for column in columns)]
        for outcome in outcomes
    ]


def _claims(rows: Sequence[Row], _cite: Cite) -> Made:
    return ("Claim", "Level", "Direction", "Reports"), [
        [
            f"{_text(row, 'claim')}: {_text(row, 'text')}",
            "not testable" if row.get("level") is None else f"G{row['level']}",
            _text(row, "direction"),
            str(len(list(filter(None, _text(row, "reports").split(";"))))),
        ]
        for row in rows
    ]


def _gaps(rows: Sequence[Row], _cite: Cite) -> Made:
    heads = ("Gap in", "Kind", "Why", "Confirmed studies")
    return heads, [
        [_text(row, "label"), _text(row, "gap"), _text(row, "rule"), _text(row, "confirmed")]
        for row in rows
        if _text(row, "status") == "open"
    ]


TABLES = (
    Planned(
        "Characteristics of included studies", "characteristics", "characteristics",
        _columns(("report", "Study"), ("study_design", "Design"), ("population", "Population"),
                 ("exposure", "Exposure"), ("outcome", "Outcomes"), ("retracted", "Retracted")),
    ),
    Planned(
        "Reports excluded on full text, with reasons", "excluded", "excluded_full_text",
        _columns(("report", "Report"), ("title", "Title"), ("doi", "DOI"),
                 ("reason_label", "Reason"), ("near_miss", "Near miss")),
    ),
    Planned("Findings of single studies", "findings", "findings", _findings),
    Planned("Risk of bias", "risk_of_bias", "risk_of_bias", _risk_of_bias),
    Planned("Studies by outcome and study design", "map_counts", "gap_map", _map),
    Planned("Claims by the evidence for them", "claim_levels", "claims", _claims),
    Planned("Gaps in the evidence", "gaps", "gap_ledger", _gaps, most=30),
)  # fmt: skip


def ids(rows: Iterable[Row]) -> set[str]:
    """The reports that rows name."""
    return {_text(row, "report") for row in rows} - {""}


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


def _words(row: Row, name: str) -> str:
    return _text(row, f"{name}_label") or _text(row, name)
