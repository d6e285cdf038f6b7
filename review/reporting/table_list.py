"""The tables of a review: one list, which the page, the command and every file read.

Each table has a name, a sentence, and a function that works it out of what exports read
(`review.reporting.tables.ExportData`), so a person sees in a table what they see in a file. Beside
every id stands what it means in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from review.agreement import Measure, told_little
from review.appraisal.forms import OVERALL
from review.coding.code_events import PAIRED
from review.gaps import ledger_table
from review.gaps import service as gaps
from review.gaps.filters import Filters
from review.model import Decision, Report
from review.protocol.codebook import Codebook
from review.reporting import tables
from review.reporting.tables import ExportData, Row, Table
from review.screening import reviewer_agreement
from review.workspace import Workspace

LABEL = "_label"
"""After the name of a column, in that of the one beside it that says the same in words."""

_CITED = ("report", "study", "authors", "year", "title", "journal", "doi")
_CELLS = ("row", "row_label", "column", "column_label", "confirmed", "suggested", "gap", "rule",
          "reports", "suggested_reports")  # fmt: skip
_CLAIMS = ("claim", "text", "testable", "level", "direction", "reports", "suggested_level",
           "suggested_reports", "needs", "rule")  # fmt: skip
_AGREED = ("stage", "part", "first", "second", "n", "agreed", "share",
           "kappa", "kappa_low", "kappa_high", "pabak", "pabak_low", "pabak_high",
           "ac1", "ac1_low", "ac1_high", "alpha", "alpha_low", "alpha_high", "fleiss",
           "remark")  # fmt: skip
_EXCLUDED = (*_CITED, "retrieved", "reason", "reason_label", "also", "near_miss")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a table is worked out of.

    Attributes:
        data: what exports read, as far as who asks may see it.
        filters: those that are on; None for none.
    """

    ws: Workspace
    data: ExportData
    filters: Filters | None = None


@dataclass(frozen=True, slots=True)
class TableKind:
    """One table of the list.

    Attributes:
        name: what it is called in commands, files and addresses.
        label: what it is called on screen.
        about: what it holds, in a sentence.
        make: works it out.
    """

    name: str
    label: str
    about: str
    make: Callable[[Asked], Table]


def chosen(table: Table, columns: Sequence[str]) -> Table:
    """The table with these of its columns, in their order; all where none is named."""
    kept = tuple(name for name in columns if name in table.columns)
    return replace(table, columns=kept) if kept else table


def in_words(table: Table, labels: Mapping[str, Mapping[str, str]]) -> Table:
    """The table with a column beside each of some that says the same in words.

    Args:
        labels: column -> id -> words; several ids in a cell are parted by ``;``.
    """
    known = {name: of for name, of in labels.items() if name in table.columns}

    def rows() -> Iterator[Row]:
        for row in table.rows:
            said = {
                name + LABEL: "; ".join(of.get(id_, id_) for id_ in str(row[name]).split(";"))
                for name, of in known.items()
                if row.get(name)
            }
            yield {**row, **said} if said else row

    return replace(table, columns=_beside(table.columns, [*known]), rows=rows())


def value_labels(codebook: Codebook) -> dict[str, dict[str, str]]:
    """Dimension -> value -> words, also under the names of roles that findings use."""
    found = {d.id: {v.id: v.label for v in d.values} for d in codebook.dimensions}
    for role in PAIRED:
        if (dimension := codebook.find(role)) is not None:
            found[role] = found[dimension.id]
    return found


def _reports(asked: Asked) -> Table:
    d = asked.data
    of = value_labels(d.codebook)
    codes = tables.dimension_columns(d.codebook)
    labels = {column: of[id_] for column, id_ in codes.items() if id_ in of}
    return in_words(tables.reports_table(d), {**labels, "reason": d.reasons})


def _characteristics(asked: Asked) -> Table:
    """Included reports with what was coded and extracted, in words, a report a row."""
    d, protocol = asked.data, asked.ws.protocol
    labels, confirmed = value_labels(d.codebook), d.confirmed()
    taken = _extracted(d)
    fields = [field.id for field in protocol.extraction]
    dimensions = [dimension.id for dimension in d.codebook.dimensions]

    def rows() -> Iterator[Row]:
        for report in d.reports.passed():
            if not report.included:
                continue
            tags, said = confirmed.get(report.id, {}), taken.get(report.id, {})
            yield {
                **_cited(report),
                "retracted": d.retracted_words(report),
                **{
                    name: "; ".join(labels[name].get(v, v) for v in values)
                    for name, values in tags.items()
                    if name in labels
                },
                **{f"extracted_{name}": "; ".join(values) for name, values in said.items()},
            }

    columns = (*_CITED, "retracted", *dimensions, *(f"extracted_{name}" for name in fields))
    return Table("characteristics", columns, rows(), marked="retracted")


def _extracted(d: ExportData) -> dict[str, dict[str, list[str]]]:
    """Report -> field -> its values with arm and unit, each once."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in d.extracted:
        text = " ".join(str(row[name]) for name in ("value", "unit") if row.get(name))
        words = f"{row['arm']}: {text}" if row.get("arm") else text or str(row.get("state") or "")
        values = found[str(row["report"])][str(row["field"])]
        if words and words not in values:
            values.append(words)
    return found


def _excluded(asked: Asked) -> Table:
    """Reports that did not pass the full text (PRISMA 2020, items 16a and 16b)."""
    d = asked.data
    confirmed, further = d.confirmed(), d.further_reasons()
    pairs = {d.codebook.dimension(role).id for role in ("exposure", "outcome")}
    gone = (Decision.EXCLUDE, Decision.NOT_RETRIEVED)

    def rows() -> Iterator[Row]:
        for report in d.reports.passed():
            if report.full_text not in gone:
                continue
            coded = pairs <= {
                name for name, values in confirmed.get(report.id, {}).items() if values
            }
            yield {
                **_cited(report),
                "retrieved": "no" if report.full_text is Decision.NOT_RETRIEVED else "yes",
                "reason": report.reason,
                "reason_label": d.reasons.get(report.reason, report.reason),
                "also": "; ".join(d.reasons.get(r, r) for r in further.get(report.id, ())),
                "near_miss": "yes" if coded else "",
            }

    return Table("excluded_full_text", _EXCLUDED, rows())


def _cited(report: Report) -> dict[str, object]:
    r = report.lead
    return {
        "report": report.id, "study": report.study, "authors": "; ".join(r.authors),
        "year": r.year, "title": r.title, "journal": r.journal, "doi": r.doi,
    }  # fmt: skip


def _votes(asked: Asked) -> Table:
    found = _of_all(asked, "votes")
    return in_words(found, {"reason": asked.data.reasons})


def _tags(asked: Asked) -> Table:
    """Tags, each with its dimension and value in words."""
    codebook = asked.data.codebook
    labels = value_labels(codebook)
    names = {dimension.id: dimension.label for dimension in codebook.dimensions}
    found = _of_all(asked, "tags")
    rows = (
        {
            **row,
            "dimension_label": names.get(str(row["dimension"]), ""),
            "value_label": labels.get(str(row["dimension"]), {}).get(str(row["value"]), ""),
        }
        for row in found.rows
    )
    return replace(found, columns=_beside(found.columns, ("dimension", "value")), rows=rows)


def _findings(asked: Asked) -> Table:
    return in_words(_of_all(asked, "findings"), value_labels(asked.data.codebook))


def _risk_of_bias(asked: Asked) -> Table:
    """Judgements, with form and domain in words."""
    forms = [form for form, _said in asked.data.appraisals]
    domains = {(f.id, d.id): d.label for f in forms for d in f.domains}
    domains |= {(f.id, OVERALL): f.overall.label for f in forms}
    titles = {form.id: form.label for form in forms}
    found = _of_all(asked, "risk_of_bias")
    rows = (
        {
            **row,
            "form_label": titles.get(str(row["form"]), ""),
            "domain_label": domains.get((str(row["form"]), str(row["domain"])), ""),
        }
        for row in found.rows
    )
    return replace(found, columns=_beside(found.columns, ("form", "domain")), rows=rows)


def _extraction(asked: Asked) -> Table:
    protocol = asked.data.protocol
    fields = {field.id: field.label for field in protocol.extraction} if protocol else {}
    return in_words(_of_all(asked, "extraction"), {"field": fields})


def _of_all(asked: Asked, name: str) -> Table:
    """One of the tables that are read of the log as it stands."""
    return tables.PLAIN_TABLES[name](asked.data)


def _plain(name: str) -> Callable[[Asked], Table]:
    return lambda asked: _of_all(asked, name)


def _beside(columns: Sequence[str], named: Sequence[str]) -> tuple[str, ...]:
    """The columns, each of those named with one for words beside it."""
    pairs = ((name, name + LABEL) if name in named else (name,) for name in columns)
    return tuple(one for pair in pairs for one in pair)


def _agreement(asked: Asked) -> Table:
    """Agreement of reviewers two by two, and of all together, batch by batch
    (`reviewer_agreement`)."""
    rows: list[Row] = []
    for one in (part for all_ in reviewer_agreement.agreement(asked.ws) for part in all_.in_parts):
        of_all = {**_measured("alpha", one.alpha), "fleiss": _rounded(one.fleiss)}
        for pair in one.pairs:
            rows.append({
                "stage": str(one.stage), "part": one.part, "first": pair.first,
                "second": pair.second, "n": pair.n, "agreed": pair.agreed,
                "share": _rounded(pair.share), **_measured("kappa", pair.kappa),
                **_measured("pabak", pair.pabak), **_measured("ac1", pair.ac1), **of_all,
                "remark": told_little(pair),
            })  # fmt: skip
    return Table("agreement", _AGREED, rows)


def _measured(name: str, found: Measure) -> Row:
    """A coefficient and its interval, by column."""
    low, high = found.interval or (None, None)
    return {name: _rounded(found), f"{name}_low": _rounded(low), f"{name}_high": _rounded(high)}


def _rounded(found: Measure | float | None) -> float | None:
    value = found.value if isinstance(found, Measure) else found
    return None if value is None else round(value, 4)


def _gap_map(asked: Asked) -> Table:
    """Every cell of the map, with the reports behind it."""
    codebook = asked.data.codebook
    found = gaps.matrix(asked.ws, "outcome", "study_design", asked.filters)
    labels = value_labels(codebook)
    of_rows, of_columns = labels[found.row_dimension], labels[found.column_dimension]
    rows = [
        {
            "row": cell.row, "row_label": of_rows.get(cell.row, cell.row),
            "column": cell.column, "column_label": of_columns.get(cell.column, cell.column),
            "confirmed": cell.confirmed, "suggested": cell.suggested,
            "gap": str(cell.gap) if cell.gap else "", "rule": cell.rule,
            "reports": ";".join(cell.confirmed_reports),
            "suggested_reports": ";".join(cell.suggested_reports),
        }
        for cell in found.cells
    ]  # fmt: skip
    return Table("gap_map", _CELLS, rows)


def _ledger(asked: Asked) -> Table:
    read = asked.data.read_ledger
    return Table("gap_ledger", ledger_table.COLUMNS, ledger_table.table(read()) if read else [])


def _claims(asked: Asked) -> Table:
    rows = [
        {
            "claim": state.claim.id, "text": state.claim.text,
            "testable": "yes" if state.claim.testable else "no", "level": state.level,
            "direction": str(state.direction or ""), "reports": ";".join(state.reports),
            "suggested_level": state.suggested_level,
            "suggested_reports": ";".join(state.suggested_reports), "needs": state.needs,
            "rule": state.rule,
        }
        for state in gaps.claims(asked.ws, asked.filters)
    ]  # fmt: skip
    return Table("claims", _CLAIMS, rows)


TABLES: Mapping[str, TableKind] = {
    kind.name: kind
    for kind in (
        TableKind(
            "characteristics", "Characteristics of included studies",
            "Each included report with what was coded and extracted, in words.", _characteristics,
        ),
        TableKind(
            "excluded_full_text", "Excluded at full text",
            "Each report that did not pass the full text, with the reason (PRISMA 2020, item 16b). "
            "A near miss was coded with an exposure and an outcome before it was excluded.",
            _excluded,
        ),
        TableKind("findings", "Findings", "Each tested pairing, in ids and words.", _findings),
        TableKind(
            "extraction", "Extraction", "Each value that was taken from a report.",
            _extraction,
        ),
        TableKind(
            "risk_of_bias", "Risk of bias", "Each judgement that is settled.",
            _risk_of_bias,
        ),
        TableKind("votes", "Votes", tables.VOTES_NOTE, _votes),
        TableKind("tags", "Tags", "Each value that a person gave a report.", _tags),
        TableKind("notes", "Notes", "Each note on a report.", _plain("notes")),
        TableKind(
            "agreement", "Agreement",
            "Reviewers two by two, by what each said first and without the other's vote in sight.",
            _agreement,
        ),
        TableKind(
            "merges", "Merges and links", "What was said of two records, and whether it counts.",
            _plain("merges"),
        ),
        TableKind("searches", "Searches", "Each run of a search, and each import.",
                  _plain("searches")),
        TableKind(
            "gap_map", "Gap map", "Each cell of outcome by study design, with its reports.",
            _gap_map,
        ),
        TableKind("gap_ledger", "Ledger of gaps", "Each gap with its rule and what was done.",
                  _ledger),
        TableKind("claims", "Claims", "Each claim with its level and the reports behind it.",
                  _claims),
        TableKind("reports", "Reports", "Each report with its decisions and tags.", _reports),
    )
}  # fmt: skip
"""Name -> table, in the order of the page."""

SHEETS = (
    "reports", "characteristics", "excluded_full_text", "votes", "tags", "findings", "notes",
    "risk_of_bias", "extraction", "agreement", "merges", "searches", "gap_map", "gap_ledger",
    "claims",
)  # fmt: skip
"""Tables of the workbook, in order; the codebook and what is to be known of its numbers follow."""

OF_ALL_REPORTS = frozenset({"agreement", "gap_map", "gap_ledger", "claims"})
"""Tables whose numbers are of the whole review, so that no list of chosen reports holds them."""


def sheets(asked: Asked, *, whole: bool = True) -> Iterator[Table]:
    """The tables of the workbook, each worked out once it is its turn.

    Args:
        whole: whether it is of the whole review, or of chosen reports.
    """
    for name in SHEETS:
        if whole or name not in OF_ALL_REPORTS:
            yield TABLES[name].make(asked)
    for name in ("codebook", "about"):
        yield _of_all(asked, name)
