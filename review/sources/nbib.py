"""PubMed's own text format (.nbib, "PubMed" and "MEDLINE" downloads).

Tags as in "MEDLINE/PubMed Data Element (Field) Descriptions" of the National Library of Medicine,
https://www.nlm.nih.gov/bsd/mms/medlineelements.html. The nbib package rests since 2020, so the
entries are read here.
"""

from __future__ import annotations

import re

from review.errors import FileError, Mistake
from review.model import Record
from review.sources import embedded_votes, entry_fields, tagged_entries
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.tagged_entries import Layout, Tagged

_LAYOUT = Layout(
    re.compile(r"[ \t]{0,3}([A-Z]{2,4}) {0,2}-(?: (.*)|)"),
    first="PMID",
    begins=re.compile(r"\s{0,5}PMID\s{0,3}[-\u2010-\u2015:]\s{0,3}(\d{1,9})\s*"),
    may_begin=re.compile(r"\W{0,20}PMID\W{0,5}(\d{1,9})\W*", re.IGNORECASE),
    glued=re.compile(r"[\w.;)\]](PMID-\s?\d{4,9})\s*$"),
    once=frozenset("TI OWN STAT DP JT TA VI IP PG DCOM LR AB".split()),
    blanks=False,
)
_START = re.compile(r"[\ufeff\s]*PMID ?- ?[0-9]")
# PubMed's place holder for works without a title in English.
_NO_TITLE = "[Not Available]."
_ARTICLE_NUMBER = re.compile(r"[A-Za-z]{0,3}\d{1,8}")
_READ = frozenset(
    "PMID TI TT BTI FAU AU CN FED ED DP DEP EDAT CRDT JT TA VI IP PG LID AID PMC ISBN AB OAB LA PT "
    "OT MH RIN GN SO".split()
)


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
        given.account.entries += 1
        record = _record(found, given)
        if record.title:
            tagged_entries.tell(found, _READ, given.account)
            votes = embedded_votes.in_notes(found.all("GN"), given.name)
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


def _record(found: Tagged, given: Given) -> Record:
    titles = found.every("TI")
    if not titles or titles[0] == _NO_TITLE:
        titles = [*found.every("TT", "BTI"), *titles]
    types = found.every("PT")
    return entry_fields.record(
        given.source,
        Fields(
            title=titles,
            authors=found.each("FAU", "AU"),
            groups=found.every("CN"),
            editors=found.all("FED", "ED"),
            whole_names=True,
            year=found.every("DP", "DEP", "EDAT", "CRDT"),
            journal=found.every("JT", "TA", "BTI"),
            volume=found.every("VI"),
            issue=found.every("IP"),
            pages=found.every("PG"),
            number=[*filter(_ARTICLE_NUMBER.fullmatch, _marked(found, "pii"))],
            doi=_marked(found, "doi"),
            pmid=found.every("PMID"),
            pmcid=found.every("PMC"),
            isbn=found.every("ISBN"),
            abstract=found.each("AB", "OAB"),
            language=found.every("LA"),
            type=types,
            keywords=[word.lstrip("*") for word in found.every("OT")],
            mesh=found.every("MH"),
            retracted="Retracted Publication" in types or bool(found.every("RIN")),
        ),
        {"nbib": found.text},
        given.account,
    )


def _marked(found: Tagged, kind: str) -> list[str]:
    """The identifiers of a kind, which stands at their end: ``10.1000/x [doi]``."""
    mark = f"[{kind}]"
    return [
        value.removesuffix(mark).strip()
        for value in found.every("LID", "AID")
        if value.endswith(mark) or (kind == "doi" and value.startswith("10."))
    ]
