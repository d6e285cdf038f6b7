"""The tables of a review as plain rows: what exports write and pages may show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from typing import Protocol as Interface

from review.appraisal.forms import Form
from review.appraisal.judging import Settled
from review.coding.code_events import FINDING_COLUMNS, TAG_COLUMNS
from review.gaps.ledger import Ledger
from review.model import Decision, Finding, Record, Report, SearchRun, Standing, Tag, Vote
from review.protocol.codebook import Codebook
from review.protocol.model import Protocol
from review.reporting.flow_boxes import Drawing
from review.reporting.texts.files import Text
from review.retraction import Retraction
from review.values import keywords

BEFORE_CODES = (
    "report", "title", "retracted", "authors", "year", "journal", "volume", "issue", "pages", "doi",
    "pmid", "pmcid", "openalex_id", "isbn", "source", "title_abstract", "full_text", "reason",
    "also",
)  # fmt: skip
AFTER_CODES = (
    "place", "study", "records", "type", "language", "url", "keywords", "mesh", "labels",
    "abstract",
)  # fmt: skip
"""Columns of the table of reports; those of the codebook's dimensions stand between them."""

CODED = "coded_"
"""Before the name of a dimension that is called like another column of the table of reports."""

NOT_ASKED = "does not apply"
"""In the place of the value of a dimension that the codebook does not ask of a report."""

FIRST_DIMENSIONS = ("study_design", "outcome", "exposure", "population")
"""Dimensions that come first in the table of reports; all others of the codebook follow."""

VOTE_COLUMNS = ("report", "stage", "reviewer", "vote", "reason", "note", "time", "standing", "also")
VOTES_NOTE = (
    "Votes in force; the standing says where one does not count. Those replaced or taken back are "
    "in the export of all votes."
)
EXTRACTION_COLUMNS = (
    "report", "study", "arm", "field", "value", "unit", "state", "quote", "quote_place", "note",
    "consensus", "reviewer", "time",
)  # fmt: skip
APPRAISAL_COLUMNS = ("report", "form", "domain", "judgement", "result")
RUN_COLUMNS = (
    "id", "search", "source", "request", "started", "finished", "promised", "received", "added",
    "cost_usd", "outcome", "why", "actor",
)  # fmt: skip
MERGE_COLUMNS = (
    "event", "kind", "record_a", "record_b", "actor", "time", "score", "why", "counts",
)  # fmt: skip
CODEBOOK_COLUMNS = (
    "dimension",
    "value",
    "label",
    "group",
    "parent",
    "definition",
    "example",
    "retired",
    "standard",
    "evidence",
    "kinds",
)

ABOUT_COLUMNS = ("name", "value")

Row = Mapping[str, object]

Said = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
"""Report -> kind of what people say (`review.report_content.KINDS`) -> what was said."""


@dataclass(frozen=True, slots=True)
class Table:
    """A named table; cells are text, numbers or None.

    Attributes:
        rows: gone through once, as those of many reports are read meanwhile.
        marked: rows with something in this column are to be seen at once.
        note: what is to be known of the table as a whole, "" for nothing.
    """

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Row]
    marked: str = ""
    note: str = ""


class Reports(Interface):
    """Reports in order of id that can be gone through any number of times; the lead of each is the
    report as it is shown, with its abstract."""

    @property
    def ids(self) -> Sequence[str]:
        """Their ids, known without reading them."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Report]: ...

    def narrowed(self, kept: Collection[str]) -> Reports:
        """Those of them that are named."""

    def passed(self) -> Reports:
        """Those of them that were included on title and abstract."""


@dataclass(frozen=True, slots=True)
class ExportData:
    """All that the exports of a review need, read at one moment.

    Attributes:
        records: report -> its records with their ids, oldest first.
        merges: merges, links and pairs kept apart, as rows with `MERGE_COLUMNS`.
        read_drawing: reads the flow diagram of the whole review, also where few reports are
            written.
        reasons: exclusion reason -> words for it.
        chosen: report -> field -> record that a person wants it shown from.
        retracted: reports that were retracted.
        read_ledger: works out the ledger of gaps of the whole review.
        read_text: writes a text of the report (`review.reporting.texts.files.TEXTS`).
        about: what must be known to judge the numbers: coverage, filters, versions; name -> value.
        appraisals: forms for risk of bias, each with the reports settled with it; the first form of
            all where none was used.
        extracted: values of the extraction table, as rows with `EXTRACTION_COLUMNS`.
        read_said: reads what people said of reports, given the events of votes, tags and findings
            that are wanted.
        read_tables: works out the sheets of the workbook, of the data it is given; None for
            `all_tables`.
        protocol: the protocol in force; ``adopted`` the time, actor and version of each that the
            review has followed, oldest first.
    """

    reports: Reports
    records: Mapping[str, Sequence[tuple[str, Record]]]
    votes: Sequence[Vote]
    tags: Sequence[Tag]
    findings: Sequence[Finding]
    merges: Sequence[Row]
    runs: Sequence[SearchRun]
    codebook: Codebook
    read_drawing: Callable[[], Drawing]
    reasons: Mapping[str, str]
    chosen: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    retracted: Mapping[str, Retraction] = field(default_factory=dict)
    read_ledger: Callable[[], Ledger] | None = None
    read_text: Callable[[str], Text] | None = None
    about: Mapping[str, object] = field(default_factory=dict)
    appraisals: Sequence[tuple[Form, Sequence[Settled]]] = ()
    extracted: Sequence[Row] = ()
    protocol: Protocol | None = None
    adopted: Sequence[tuple[str, str, str]] = ()
    read_said: Callable[[Collection[str]], Said] | None = None
    read_tables: Callable[[ExportData], Iterable[Table]] | None = None

    def said(self) -> Said:
        """Report -> kind -> votes, tags, findings and notes, as files of our own carry them.

        Read anew with every call (`review.store.report_content`).
        """
        if self.read_said is None:
            return {}
        events = {v.event for v in self.votes}
        events |= {t.event for t in self.tags} | {f.event for f in self.findings}
        return self.read_said(events)

    def run_rows(self) -> list[Row]:
        """The search runs, as rows with `RUN_COLUMNS`."""
        return [_run_row(run) for run in self.runs]

    def confirmed(self) -> dict[str, dict[str, list[str]]]:
        """Tags that people gave: report -> dimension -> values, each once, in order."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for tag in self.tags:
            values = found[tag.report][tag.dimension]
            if tag.value not in values:
                values.append(tag.value)
        return found

    def further_reasons(self) -> dict[str, list[str]]:
        """Report -> reasons that the votes behind its exclusion hold beside the one that counts."""
        among = {vote.report for vote in self.votes if vote.also}
        excluded = {r.id: r for r in self.reports.narrowed(among) if r.excluded} if among else {}
        found: dict[str, list[str]] = defaultdict(list)
        for vote in self.votes:
            on = excluded.get(vote.report)
            if on is None or vote.standing is not Standing.COUNTS or vote.stage is not on.left_at:
                continue
            found[on.id] += [r for r in vote.also if r not in (on.reason, *found[on.id])]
        return found

    def narrowed(self, reports: Collection[str]) -> ExportData:
        """The same for these reports alone; the search runs stay, since they found them."""
        kept = set(reports)
        few = self.reports.narrowed(kept)
        members = {id_ for report in few for id_ in report.record_ids}
        return replace(
            self,
            reports=few,
            votes=[v for v in self.votes if v.report in kept],
            tags=[t for t in self.tags if t.report in kept],
            findings=[f for f in self.findings if f.report in kept],
            appraisals=[(f, [s for s in said if s.report in kept]) for f, said in self.appraisals],
            extracted=[row for row in self.extracted if row["report"] in kept],
            merges=[m for m in self.merges if {m["record_a"], m["record_b"]} & members],
        )

    def retracted_words(self, report: Report) -> str:
        """That the report was retracted, who says so and since when; "" for one that was not."""
        found = self.retracted.get(report.id)
        return found.words if found else ""

    def retracted_note(self, report: Report) -> str:
        """The same, as a note that stands among others."""
        found = self.retracted.get(report.id)
        return found.note if found else ""

    def retracted_sum(self) -> str:
        """How many of the reports were retracted, in a sentence; "" when none was."""
        gone = self.reports.narrowed(self.retracted.keys())
        if not gone:
            return ""
        included = sum(r.included for r in gone)
        were = "report of this table was" if len(gone) == 1 else "reports of this table were"
        are = "is" if included == 1 else "are"
        return f"{len(gone)} {were} retracted; {included} of them {are} included."

    def whole(self, report: Report) -> Record:
        """The report as one record, each field from the record that rule or person chose."""
        return report.lead


def shown(report: Report) -> tuple[str, str]:
    """Both decisions in words; full text is "" for a report that has not come so far."""
    reached = report.title_abstract is Decision.INCLUDE
    return str(report.title_abstract), str(report.full_text) if reached else ""


def reports_table(
    d: ExportData,
    more: Sequence[str] = (),
    cells: Callable[[Report, Record], Row] | None = None,
) -> Table:
    """One row per report, with its decisions and the tags that people gave it.

    Args:
        more: further columns, after all others.
        cells: fills them in, from a report and how it is shown.
    """
    dimensions = dimension_columns(d.codebook)
    columns = (*BEFORE_CODES, *dimensions, *AFTER_CODES, *more)
    rows = _report_rows(d, dimensions, cells)
    return Table("reports", columns, rows, marked="retracted", note=d.retracted_sum())


def _report_rows(
    d: ExportData,
    dimensions: Mapping[str, str],
    cells: Callable[[Report, Record], Row] | None = None,
) -> Iterator[Row]:
    confirmed, further = d.confirmed(), d.further_reasons()
    uncoded = {name: _coded(d.codebook, id_, {}) for name, id_ in dimensions.items()}
    for report in d.reports:
        r = d.whole(report)
        first, second = shown(report)
        tags = confirmed.get(report.id)
        members = d.records[report.id]
        yield {
            **(
                {name: _coded(d.codebook, id_, tags) for name, id_ in dimensions.items()}
                if tags
                else uncoded
            ),
            **bibliography(r),
            "report": report.id,
            "retracted": d.retracted_words(report),
            "source": ";".join(dict.fromkeys(one.source for _id, one in members)),
            "title_abstract": first,
            "full_text": second,
            "reason": report.reason,
            "also": ";".join(further.get(report.id, ())),
            "place": str(report.place),
            "study": report.study,
            "records": ";".join(id_ for id_, _record in members),
            **(cells(report, r) if cells else {}),
        }


def _coded(codebook: Codebook, id_: str, tags: Mapping[str, Sequence[str]]) -> str:
    """The values of a dimension; blank where nobody coded it, `NOT_ASKED` where it does not apply.

    That the report does not say it is a value of the codebook, as ``not_reported``.
    """
    if values := tags.get(id_):
        return ";".join(values)
    dimension = codebook.find(id_)
    return NOT_ASKED if dimension and codebook.rules_out(dimension, tags) else ""


def bibliography(r: Record) -> dict[str, object]:
    """The bibliographic cells of a record."""
    return {
        "title": r.title,
        "authors": "; ".join(r.authors),
        "year": r.year,
        "journal": r.journal,
        "volume": r.volume,
        "issue": r.issue,
        "pages": r.pages,
        "doi": r.doi,
        "pmid": r.pmid,
        "pmcid": r.pmcid,
        "openalex_id": r.openalex_id,
        "isbn": r.isbn,
        "type": r.type,
        "language": r.language,
        "url": r.url,
        "keywords": keywords.listed(r.keywords),
        "mesh": keywords.listed(r.mesh),
        "labels": keywords.listed(r.labels),
        "abstract": r.abstract,
    }


def all_tables(d: ExportData) -> list[Table]:
    """Every table that is read of the log as it stands, in order."""
    return [make(d) for make in PLAIN_TABLES.values()]


def _votes(d: ExportData) -> Table:
    return Table("votes", VOTE_COLUMNS, [_row(v, VOTE_COLUMNS) for v in d.votes], note=VOTES_NOTE)


def _tags(d: ExportData) -> Table:
    return Table("tags", TAG_COLUMNS, [_row(t, TAG_COLUMNS) for t in d.tags])


def _findings(d: ExportData) -> Table:
    return Table("findings", FINDING_COLUMNS, [_row(f, FINDING_COLUMNS) for f in d.findings])


def _about(d: ExportData) -> Table:
    return Table("about", ABOUT_COLUMNS, [{"name": n, "value": v} for n, v in d.about.items()])


def _appraisal_rows(d: ExportData) -> Iterator[Row]:
    """One row a judgement that is settled."""
    for form, found in d.appraisals:
        for one in found:
            for domain, judgement in one.judgements.items():
                said = form.judgement(domain, judgement)
                cells = (one.report, form.id, domain, said.label if said else judgement,
                         one.result)  # fmt: skip
                yield dict(zip(APPRAISAL_COLUMNS, cells, strict=True))


def codebook_table(codebook: Codebook) -> Table:
    """One row per value of the codebook."""
    rows = [
        {
            "dimension": dimension.id,
            "value": value.id,
            "label": value.label,
            "group": value.group,
            "parent": value.parent or "",
            "definition": value.definition,
            "example": value.example,
            "retired": "yes" if value.retired else "",
            "standard": value.standard,
            "evidence": value.evidence or "",
            "kinds": ";".join(value.kinds or ()),
        }
        for dimension in codebook.dimensions
        for value in dimension.values
    ]
    return Table("codebook", CODEBOOK_COLUMNS, rows)


def dimension_columns(codebook: Codebook) -> dict[str, str]:
    """Column -> dimension id; the first ones keep their names under any alias.

    A dimension that is called like another column gets `CODED` before its name.
    """
    found: dict[str, str] = {}
    for name in FIRST_DIMENSIONS:
        try:
            found[name] = codebook.dimension(name).id
        except KeyError:
            found[name] = name
    others = [d.id for d in codebook.dimensions if d.id not in found.values()]
    taken = {*BEFORE_CODES, *AFTER_CODES, *found, *map(str.casefold, others)}
    given = {*BEFORE_CODES, *AFTER_CODES, *found}
    for id_ in others:
        column = id_
        while column.casefold() in (given if column == id_ else taken):
            column = CODED + column
        taken.add(column.casefold())
        found[column] = id_
    return found


def _run_row(run: SearchRun) -> Row:
    """A run; files name its status ``outcome``; the cost is blank where no source was asked."""
    special = {"outcome": str(run.status), "cost_usd": run.charged_usd}
    return {n: special[n] if n in special else _cell(getattr(run, n)) for n in RUN_COLUMNS}


NOTE_COLUMNS = ("report", "reviewer", "text", "time")


def notes_table(d: ExportData) -> Table:
    """One row a note on a report."""
    kept = set(d.reports.ids) if d.read_said else set()
    rows = (
        {"report": report, **note}
        for report, said in sorted(d.said().items())
        if report in kept
        for note in said.get("notes", ())
    )
    return Table("notes", NOTE_COLUMNS, rows)


def _row(item: object, columns: Sequence[str]) -> Row:
    return {name: _cell(getattr(item, name)) for name in columns}


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    return value if isinstance(value, (int, float)) or value is None else str(value)


PLAIN_TABLES: Mapping[str, Callable[[ExportData], Table]] = {
    "reports": reports_table,
    "votes": _votes,
    "tags": _tags,
    "findings": _findings,
    "notes": notes_table,
    "risk_of_bias": lambda d: Table("risk_of_bias", APPRAISAL_COLUMNS, list(_appraisal_rows(d))),
    "extraction": lambda d: Table("extraction", EXTRACTION_COLUMNS, list(d.extracted)),
    "merges": lambda d: Table("merges", MERGE_COLUMNS, list(d.merges)),
    "searches": lambda d: Table("searches", RUN_COLUMNS, d.run_rows()),
    "codebook": lambda d: codebook_table(d.codebook),
    "about": _about,
}
"""Name -> how the table is made, in order."""
