"""What files of our own carry beside what any program reads, so that all of it comes back.

Four formats do: the table of reports (CSV) in columns of its own after all others, the workbook in
sheets, RIS in the tag ``C8``, and the JSON of the whole review. `review.sources.own_files` reads
them. `docs/file-formats.md` describes the names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from review import author_names
from review.model import Record, Report
from review.report_content import KINDS, LISTS, TEXTS, is_list, is_plain, packed, written
from review.reporting.tables import ExportData, Row, Said, shown

CSV_COLUMNS = ("review_records", *(f"review_{kind}" for kind in KINDS))
"""Columns of the table of reports that only we read, each a list as JSON."""

RIS_MARK = "review-record "
"""Before the JSON in the tag ``C8``; no program gives that tag a meaning of its own."""

RECORD_COLUMNS = ("report", "study", "record", "source", "key", "carried")
"""Columns of the sheet ``records``: ``carried`` holds as JSON the fields in which a record differs
from what the sheet of reports shows and, with the first record of a report, what people said."""

_texts = attrgetter(*TEXTS)

JSON_FORMAT, JSON_VERSION = "review content", 1


def csv_cells(d: ExportData, said_of: Said, report: Report, whole: Record) -> Row:
    """The cells of one report under `CSV_COLUMNS`.

    Args:
        said_of: as `ExportData.said` gives it.
    """
    said = said_of.get(report.id)
    cells = {"review_records": written(_packed(d, report, whole, lost_in_cells(whole)))}
    if said:
        cells |= {f"review_{kind}": written(rows) for kind, rows in said.items()}
    return cells


def ris_text(d: ExportData, said_of: Said, report: Report, whole: Record) -> str:
    """What the tag ``C8`` of one report holds; ``said_of`` as for `csv_cells`."""
    found = {
        "study": report.study,
        "records": _packed(d, report, whole, lost_in_ris(whole)),
        **said_of.get(report.id, {}),
    }
    return RIS_MARK + written(found)


def record_rows(d: ExportData) -> Iterator[Row]:
    """All records, as rows with `RECORD_COLUMNS`."""
    said_of = d.said()
    for report in d.reports:
        whole = d.whole(report)
        said = said_of.get(report.id, {})
        for one in _packed(d, report, whole, lost_in_cells(whole)):
            differs = {k: v for k, v in one.items() if k not in ("id", "source", "key")}
            carried = {**differs, **said}
            yield {
                "report": report.id,
                "study": report.study,
                "record": one["id"],
                "source": one["source"],
                "key": one["key"],
                "carried": written(carried) if carried else "",
            }
            said = {}


def review_json(d: ExportData) -> Iterator[str]:
    """The content of a whole review as one JSON document, a report a line.

    Beside what comes back it tells the decision on each report, what its extraction and the
    appraisals say, the searches and the codebook.
    """
    said, extracted = d.said(), _by_report(d.extracted)
    ids = set(d.reports.ids)
    counted = [one for report, one in said.items() if report in ids]
    head: dict[str, Any] = {
        "format": JSON_FORMAT,
        "version": JSON_VERSION,
        "about": dict(d.about),
        "counts": {
            "reports": len(d.reports),
            **{kind: sum(len(one.get(kind, ())) for one in counted) for kind in KINDS},
        },
        "codebook": d.codebook.model_dump(mode="json"),
        "searches": [_plain(row) for row in d.run_rows()],
    }
    yield written(head)[:-1] + ',"reports":['
    between, nothing = "\n", Record("", "")
    for report in d.reports:
        first, second = shown(report)
        found = {
            "report": report.id,
            "study": report.study,
            "title_abstract": first,
            "full_text": second,
            "reason": report.reason,
            "place": str(report.place),
            "records": [
                {k: v for k, v in one.items() if v not in ("", [], None, False)}
                for one in _packed(d, report, nothing, ())
            ],
            **said.get(report.id, {}),
        }
        if report.id in extracted:
            found["extraction"] = [_plain(row) for row in extracted[report.id]]
        yield between + written(found)
        between = ",\n"
    yield "\n]}\n"


def lost_in_cells(whole: Record) -> list[str]:
    """Fields of a report that the cells of a table cannot hold exactly."""
    texts = zip(TEXTS, _texts(whole), strict=True)
    lost = [name for name, text in texts if text and not is_plain(text)]
    lost += [n for n in LISTS if (items := getattr(whole, n)) and not is_list(items)]
    return [*lost, *(["study_designs"] if whole.study_designs else [])]


def lost_in_ris(whole: Record) -> list[str]:
    """Fields of a report that the tags of RIS cannot hold exactly."""
    lost = [
        name
        for name in TEXTS
        if (text := getattr(whole, name))
        and (name in ("pages", "type") or "\n" in text or not is_plain(text))
    ]
    lost += [name for name in ("mesh", "labels", "study_designs") if getattr(whole, name)]
    if not all(word and "\n" not in word and is_plain(word) for word in whole.keywords):
        lost.append("keywords")
    names = whole.authors
    if [author_names.filed(name) for name in author_names.people(names)] != [*names] or not all(
        name and "\n" not in name and is_plain(name) for name in names
    ):
        lost.append("authors")
    return lost


def _packed(
    d: ExportData, report: Report, whole: Record, lost: Sequence[str]
) -> list[dict[str, Any]]:
    return packed(d.records[report.id], whole, lost, d.chosen.get(report.id, {}))


def _by_report(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["report"]), []).append(row)
    return found


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, (int, float)) or value is None else str(value)
        for name, value in row.items()
    }
