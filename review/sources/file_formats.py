"""The formats of files of references: the one table that the readers, the upload and the command
line share. A new format is its reader's module and one entry here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from review.sources import (
    bibtex,
    clinicaltrials_json,
    csl_json,
    embase_blocks,
    endnote_xml,
    eppi_json,
    ictrp_xml,
    nbib,
    own_files,
    pubmed_xml,
    ris,
    tabular,
    tag_formats,
    workbook,
    zotero_json,
    zotero_rdf,
)
from review.sources import known_tables as tables
from review.sources.file_entries import Given, Items

Reader = Callable[[Given], Items]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One format of files.

    Attributes:
        name: what it is called on the command line.
        label: what it is called on screen.
        parse: reads the entries of a text in UTF-8 (of the bytes, for a workbook).
        endings: of files that are taken for it where their content does not tell.
        begins: whether the beginning of a text is this format's and no other's.
        within_xml: what the beginning of an XML text holds when it is this format.
        anywhere: what stands at the beginning of some line, asked when nothing else tells.
    """

    name: str
    label: str
    parse: Reader
    endings: tuple[str, ...] = ()
    begins: Callable[[str], object] | None = None
    within_xml: re.Pattern[str] | None = None
    anywhere: re.Pattern[bytes] | None = None


FORMATS: Mapping[str, FileFormat] = {
    format.name: format
    for format in (
        FileFormat(
            "ris", "RIS", ris.parse, (".ris",), ris.looks_like,
            anywhere=re.compile(rb"^TY  - ", re.MULTILINE),
        ),
        FileFormat(
            "embase", "Embase (CSV, a line a field)", embase_blocks.parse, (),
            embase_blocks.looks_like,
        ),
        FileFormat("csv", "CSV", tabular.parse, (".csv",)),
        FileFormat("tsv", "TSV", tabular.parse, (".tsv", ".tab")),
        FileFormat("xlsx", "Excel", workbook.parse, (".xlsx",)),
        FileFormat(
            "nbib", "PubMed (NBIB)", nbib.parse, (".nbib",), nbib.looks_like,
            anywhere=re.compile(rb"^PMID- [0-9]", re.MULTILINE),
        ),
        FileFormat(
            "wos", "Web of Science", tag_formats.WOS.parse, (".ciw",),
            re.compile(r"[\ufeff\s]*(?:FN (?:Clarivate|Thomson|ISI)|PT [A-Z]\r?\n)").match,
        ),
        FileFormat(
            "refworks", "RefWorks", tag_formats.REFWORKS.parse, (),
            re.compile(r"[\ufeff\s]*RT [A-Z][\w ]+[\r\n]+[A-Z][A-Z0-9] ").match,
        ),
        FileFormat(
            "enw", "EndNote (ENW)", tag_formats.ENW.parse, (".enw",),
            re.compile(r"[\ufeff\s]*%0 \S").match,
        ),
        FileFormat(
            "bibtex", "BibTeX", bibtex.parse, (".bib", ".bibtex"), bibtex.looks_like,
            anywhere=re.compile(rb"^[ \t]*@[a-zA-Z]+\{", re.MULTILINE),
        ),
        FileFormat(
            "review-json", "Content of a review (JSON)", own_files.parse_json,
            begins=own_files.looks_like_json,
        ),
        FileFormat(
            "eppi-json", "EPPI-Reviewer (JSON)", eppi_json.parse, begins=eppi_json.looks_like
        ),
        FileFormat(
            "zotero-json", "Zotero (Better BibTeX JSON)", zotero_json.parse,
            begins=zotero_json.looks_like,
        ),
        FileFormat(
            "clinicaltrials-json", "ClinicalTrials.gov (JSON)", clinicaltrials_json.parse, (),
            clinicaltrials_json.looks_like,
        ),
        FileFormat("csl-json", "CSL JSON", csl_json.parse, (".json",), csl_json.looks_like),
        FileFormat(
            "pubmed-xml", "PubMed (XML)", pubmed_xml.parse,
            within_xml=re.compile(r"<Pubmed(?:Book)?Article(?:Set)?[\s>]"),
        ),
        FileFormat(
            "zotero-rdf", "Zotero (RDF)", zotero_rdf.parse, (".rdf",),
            within_xml=re.compile(r"<rdf:RDF[\s>]"),
        ),
        FileFormat(
            "ictrp-xml", "WHO ICTRP (XML)", ictrp_xml.parse,
            within_xml=re.compile(r"<Trials_downloaded_from_ICTRP[\s>]|<Trial>\s*<(?:Export_date|"
                                  r"Internal_Number|TrialID)>"),
        ),
        FileFormat(
            "endnote-xml", "EndNote (XML)", endnote_xml.parse,
            within_xml=re.compile(r"<record[\s>]"),
        ),
    )
}  # fmt: skip
"""Name -> format, in the order in which their beginnings are looked for."""

ANY_TEXT = (".txt", ".xml")
"""Endings that several formats share; what such a file holds is told by its content."""


def endings() -> list[str]:
    """Endings of the files that can be read, without the dot."""
    known = [ending for format in FORMATS.values() for ending in format.endings]
    return [ending.removeprefix(".") for ending in (*known, *ANY_TEXT)]


def of_ending(suffix: str) -> str | None:
    """The format that files with this ending (``.ris``) are taken for."""
    wanted = suffix.lower()
    return next(
        (f.name for f in FORMATS.values() if wanted in f.endings and f.name != "xlsx"), None
    )


def known_tables() -> str:
    """The tables that are known by their heads, in words, for a sentence."""
    *most, last = (table.label for table in tables.ALL)
    return f"{', '.join(most)} and {last}"


def labels() -> str:
    """All formats in words, for a sentence."""
    *most, last = dict.fromkeys(format.label for format in FORMATS.values())
    return f"{', '.join(most)} and {last}"
