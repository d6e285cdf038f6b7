"""Writing exports: one writer a format, each from a `ExportData` to a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from review import author_names
from review.appraisal import robvis
from review.gaps import ledger_table
from review.model import Decision, Report, Stage, Standing, Vote, VoteValue
from review.reporting import flow_files, references, round_trip, workbook
from review.reporting.flow_boxes import Drawing
from review.reporting.formats import bibliography as cited
from review.reporting.formats import endnote_xml, eppi_json, nbib, revaise, ris_variants
from review.reporting.tables import (
    EXTRACTION_COLUMNS,
    ExportData,
    Row,
    Table,
    all_tables,
    bibliography,
    reports_table,
)
from review.reporting.texts import files
from review.reporting.texts.files import MANUSCRIPT, TEXTS
from review.spreadsheet import whole_file, write_csv

ASREVIEW_COLUMNS = (
    "title", "retracted", "abstract", "authors", "keywords", "doi", "url", "year", "journal",
    "report", "asreview_label", "asreview_time", "asreview_note",
)  # fmt: skip
RAYYAN_COLUMNS = (
    "key", "title", "year", "month", "day", "journal", "issn", "volume", "issue", "pages",
    "authors", "url", "language", "publisher", "location", "abstract", "notes", "pubmed_id",
    "pmc_id", "doi", "keywords",
)  # fmt: skip


def asreview_rows(d: ExportData) -> Iterator[Row]:
    """Rows as ASReview LAB reads them: label 1 for relevant, 0 for irrelevant, "" for not seen.

    It parts lists at ``;`` and keeps the blanks after it.
    """
    said = (v for v in d.votes if v.stage is Stage.TITLE_ABSTRACT and not v.standing.is_idle)
    newest = {v.report: v for v in said}
    for report in d.reports:
        vote = newest.get(report.id)
        r = d.whole(report)
        yield {
            **bibliography(r),
            "authors": ";".join(r.authors),
            "keywords": ";".join(r.keywords),
            "report": report.id,
            "retracted": d.retracted_words(report),
            "asreview_label": _relevant(report),
            "asreview_time": f"{vote.time:%Y-%m-%d %H:%M:%S}" if vote and vote.time else "",
            "asreview_note": "; ".join(
                filter(None, [d.retracted_note(report), vote.note if vote else ""])
            ),
        }


def _relevant(report: Report) -> str:
    if report.excluded:
        return "0"
    return "1" if report.title_abstract is Decision.INCLUDE else ""


def rayyan_rows(d: ExportData) -> Iterator[Row]:
    """Rows as Rayyan reads them, with votes and tags in its notes."""
    votes: dict[str, list[Vote]] = {}
    for vote in d.votes:
        votes.setdefault(vote.report, []).append(vote)
    confirmed = d.confirmed()
    for report in d.reports:
        r = d.whole(report)
        labels = [v for values in confirmed.get(report.id, {}).values() for v in values]
        yield {
            **bibliography(r),
            "key": f"rayyan-{int(report.id[1:])}",
            "issn": r.isbn,
            "authors": " and ".join(author_names.people(r.authors)),
            "notes": _rayyan_notes(d.retracted_note(report), votes.get(report.id, []), labels),
            "pubmed_id": r.pmid,
            "pmc_id": r.pmcid,
        }


def _rayyan_notes(first: str, votes: list[Vote], labels: list[str]) -> str:
    words = {VoteValue.INCLUDE: "Included", VoteValue.EXCLUDE: "Excluded", VoteValue.MAYBE: "Maybe"}
    parts = [first] if first else []
    idle = [f"{_rayyan_text(v.reviewer)} {words[v.vote]}" for v in votes if v.standing.is_idle]
    if idle:
        parts.append(f"Votes {Standing.AFTER}: {', '.join(idle)}")
    votes = [v for v in votes if not v.standing.is_idle]
    if votes:
        said = {_rayyan_text(v.reviewer): words[v.vote] for v in votes}
        inside = ", ".join(f'"{who}"=>"{what}"' for who, what in said.items())
        parts.append(f"RAYYAN-INCLUSION: {{{inside}}}")
    if labels:
        parts.append("RAYYAN-LABELS: " + ",".join(dict.fromkeys(labels)))
    if reasons := dict.fromkeys(r for v in votes for r in v.reasons):
        parts.append("RAYYAN-EXCLUSION-REASONS: " + ",".join(reasons))
    return " | ".join(parts)


def _rayyan_text(text: str) -> str:
    return re.sub(r'["|{}]', "'", text)


def _text(path: Path, parts: Iterable[str]) -> None:
    with whole_file(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.writelines(parts)


def _csv(d: ExportData, path: Path) -> None:
    cells = partial(round_trip.csv_cells, d, d.said())
    table = reports_table(d, round_trip.CSV_COLUMNS, cells)
    write_csv(path, table.columns, table.rows)


def _xlsx(d: ExportData, path: Path) -> None:
    tables = d.read_tables(d) if d.read_tables else all_tables(d)
    records = Table("records", round_trip.RECORD_COLUMNS, round_trip.record_rows(d))
    workbook.write([*tables, records], path)


NOT_HELD = (
    "CSV, workbook, RIS and JSON hold all that people said, and can be imported again. Other files "
    "of references hold decisions and tags as notes, which no program reads as votes. The files "
    "for ASReview and Rayyan know one stage of screening only."
)
"""What the formats cannot hold, for whoever takes a review along."""


@dataclass(frozen=True, slots=True)
class Export:
    """One format that a review can be taken along in.

    Attributes:
        name: what it is called on the command line.
        label: words on its button.
        file: name of the file that is offered.
        write: writes a review, whole or not at all.
        of_lists: whether a list of chosen reports can be written too, or the whole review alone.
        of_votes: whether it holds votes, and not only what they decided.
        of_flow: whether it holds the flow diagram, which may be that of an update.
    """

    name: str
    label: str
    file: str
    write: Callable[[ExportData, Path], object]
    of_lists: bool = True
    of_votes: bool = False
    of_flow: bool = False


def _parts(make: Callable[[ExportData], Iterable[str]]) -> Callable[[ExportData, Path], object]:
    """A writer of a text that is made part by part."""
    return lambda d, path: _text(path, make(d))


def _drawn(write: Callable[[Drawing, Path], object]) -> Callable[[ExportData, Path], object]:
    """A writer of the flow diagram."""
    return lambda d, path: write(d.read_drawing(), path)


def _ledger(d: ExportData, path: Path) -> None:
    found = ledger_table.table(d.read_ledger()) if d.read_ledger else []
    write_csv(path, ledger_table.COLUMNS, found)


def _text_export(name: str, words: str) -> Export:
    """A text of the report: a Word document or Markdown, by the ending of the file."""

    def write(d: ExportData, path: Path) -> None:
        if d.read_text:
            files.write(d.read_text(name), path)

    return Export(
        name, f"{words} (Markdown)", f"{name}.md", write, of_lists=False,
        of_flow=name == files.MANUSCRIPT,
    )  # fmt: skip


def _word(d: ExportData, path: Path) -> None:
    if d.read_text:
        files.write_word(d.read_text(MANUSCRIPT), path)


EXPORTS: Mapping[str, Export] = {
    export.name: export
    for export in (
        Export("csv", "Table of reports (CSV)", "reports.csv", _csv, of_votes=True),
        Export(
            "xlsx", "Workbook (Excel)", "review.xlsx", _xlsx,
            of_votes=True,
        ),
        Export(
            "ris", "References (RIS)", "references.ris",
            _parts(references.ris), of_votes=True,
        ),
        Export(
            "json", "Content of the review (JSON)", "review.json",
            _parts(round_trip.review_json), of_votes=True,
        ),
        Export(
            "bibtex", "References (BibTeX)", "references.bib",
            _parts(references.bibtex),
        ),
        Export(
            "csl-json", "References (CSL JSON)", "references.json",
            _parts(references.csl_json),
        ),
        Export(
            "endnote-xml", "References (EndNote XML)", "references.xml",
            _parts(endnote_xml.endnote_xml),
        ),
        Export(
            "nbib", "References that PubMed has (NBIB)", "references.nbib",
            _parts(nbib.nbib),
        ),
        Export(
            "vancouver", "Included and excluded references, cited (Vancouver)",
            "references-vancouver.html", _parts(partial(cited.page, style="vancouver")),
        ),
        Export(
            "apa", "Included and excluded references, cited (APA)", "references-apa.html",
            _parts(partial(cited.page, style="apa")),
        ),
        Export(
            "asreview-ris", "For ASReview (RIS)", "asreview.ris",
            _parts(ris_variants.asreview), of_votes=True,
        ),
        Export(
            "covidence", f"For Covidence (RIS; {ris_variants.COVIDENCE_LIMIT:,} references a file)",
            "covidence.ris", _parts(ris_variants.covidence),
        ),
        Export(
            "zotero", "For Zotero (RIS; decisions and codes as tags)", "zotero.ris",
            _parts(ris_variants.zotero),
        ),
        Export(
            "revman", "For RevMan (RIS; included reports with their studies)", "revman.ris",
            _parts(ris_variants.revman),
        ),
        Export(
            "eppi-json", "For EPPI-Reviewer and EPPI-Mapper (JSON)", "eppi.json",
            _parts(eppi_json.eppi_json),
        ),
        Export(
            "revaise", "The review as a RevAIse record (YAML)", "revaise.yaml",
            _parts(revaise.record), of_lists=False, of_votes=True,
        ),
        Export(
            "asreview", "For ASReview", "asreview.csv",
            lambda d, p: write_csv(p, ASREVIEW_COLUMNS, asreview_rows(d), encoding="utf-8"),
            of_votes=True,
        ),
        Export(
            "rayyan", "For Rayyan", "rayyan.csv",
            lambda d, p: write_csv(p, RAYYAN_COLUMNS, rayyan_rows(d), encoding="utf-8"),
            of_votes=True,
        ),
        Export(
            "prisma2020", "Flow diagram for PRISMA2020 (CSV)", "prisma2020.csv",
            _drawn(flow_files.write_table), of_lists=False, of_flow=True,
        ),
        Export(
            "flow-svg", "Flow diagram (SVG)", "flow.svg",
            _drawn(flow_files.write_svg), of_lists=False, of_flow=True,
        ),
        Export(
            "flow-png", "Flow diagram (PNG)", "flow.png",
            _drawn(flow_files.write_png), of_lists=False, of_flow=True,
        ),
        Export(
            "flow-docx", "Flow diagram (Word)", "flow.docx",
            _drawn(flow_files.write_word), of_lists=False, of_flow=True,
        ),
        Export(
            "flow-ids", "What is behind each box (CSV)", "flow-ids.csv",
            _drawn(flow_files.write_ids), of_lists=False, of_flow=True,
        ),
        Export(
            "docx", "Manuscript (Word)", "manuscript.docx", _word, of_lists=False, of_flow=True,
        ),
        Export("gap-ledger", "Ledger of gaps (CSV)", "gap-ledger.csv", _ledger, of_lists=False),
        Export(
            "robvis", "Risk of bias for robvis (CSV)", "robvis.csv",
            lambda d, p: robvis.write_all(d.appraisals, p), of_lists=False,
        ),
        Export(
            "extraction", "Extraction table (CSV)", "extraction.csv",
            lambda d, p: write_csv(p, EXTRACTION_COLUMNS, d.extracted),
        ),
        *(_text_export(name, words) for name, words in TEXTS.items()),
    )
}  # fmt: skip
"""Name -> format; a new one is one entry here and its writer."""
