"""PubMed's own text format (.nbib, "PubMed" and "MEDLINE" downloads).

Tags as in "MEDLINE/PubMed Data Element (Field) Descriptions" of the National Library of Medicine,
https://www.nlm.nih.gov/bsd/mms/medlineelements.html. The nbib package rests since 2020, so the
entries are read here.
"""

from __future__ import annotations

import re

from review import identifiers
from review.errors import FileError, Mistake
from review.model import Record
from review.sources import embedded_votes, field_values, tagged_entries
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.tagged_entries import Layout, Tagged

_LAYOUT = Layout(re.compile(r"([A-Z]{2,4}) {0,2}-(?: (.*)|)"), first="PMID")
_START = re.compile(r"[\ufeff\s]*PMID ?- ?[0-9]")
# PubMed's place holder for works without a title in English.
_NO_TITLE = "[Not Available]."


def parse(given: Given) -> Items:
    """Read the entries of a PubMed text file.

    Yields:
        An entry for each, its text as ``raw["nbib"]``, and the mistakes.

    Raises:
        FileError: there is no entry at all.
    """
    empty = True
    for found in tagged_entries.find(given, _LAYOUT):
        if isinstance(found, Mistake):
            yield found
            continue
        empty = False
        record = _record(found, given.source)
        if record.title:
            votes = embedded_votes.in_notes(found.all("GN"))
            yield FileEntry(found.line, record, record.pmid, votes)
        else:
            yield given.mistake(found.line, "TI", "the entry has no title (TI); left out")
    if empty:
        raise FileError(
            f"{given.name} holds no PubMed entry: no line begins with 'PMID- '. Save the search "
            "in PubMed again, format PubMed."
        )


def looks_like(text: str) -> bool:
    """Whether the first line that is not blank begins an entry."""
    return _START.match(text) is not None


def _record(found: Tagged, source: str) -> Record:
    title = found.first("TI")
    if not title or title == _NO_TITLE:
        title = found.first("TT", "BTI") or title
    types = found.all("PT")
    return Record(
        source=source,
        key="",
        title=title,
        authors=(*found.all("FAU", "AU"), *found.all("CN")),
        year=field_values.year(found.first("DP", "DEP")),
        journal=found.first("JT", "TA", "BTI"),
        volume=found.first("VI"),
        issue=found.first("IP"),
        pages=found.first("PG"),
        doi=_marked(found, "doi"),
        pmid=identifiers.pmid(found.first("PMID")),
        pmcid=identifiers.pmcid(found.first("PMC")),
        isbn=identifiers.isbn(found.first("ISBN").partition(" (")[0]),
        abstract=" ".join(found.all("AB", "OAB")),
        language=found.first("LA"),
        type=types[0] if types else "",
        keywords=tuple(dict.fromkeys(word.lstrip("*") for word in found.all("OT"))),
        mesh=tuple(dict.fromkeys(found.all("MH"))),
        retracted="Retracted Publication" in types or bool(found.all("RIN")),
        raw={"nbib": found.text},
    )


def _marked(found: Tagged, kind: str) -> str:
    """The DOI among the identifiers, which carry their kind at the end: ``10.1000/x [doi]``."""
    for value in (*found.all("LID"), *found.all("AID")):
        if value.endswith(f"[{kind}]"):
            return identifiers.doi(value.removesuffix(f"[{kind}]"))
    return ""
