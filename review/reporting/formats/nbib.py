"""PubMed's own text format (.nbib) for reports whose PubMed id is known.

Tags as in "MEDLINE/PubMed Data Element (Field) Descriptions" of the National Library of Medicine,
https://www.nlm.nih.gov/bsd/mms/medlineelements.html.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from review import author_names
from review.model import Record
from review.reporting.references import one_line
from review.reporting.tables import ExportData

WIDTH = 87
"""Characters of a line, as PubMed breaks them."""

_INDENT = " " * 6


def nbib(d: ExportData) -> Iterator[str]:
    """The reports that PubMed has, as it writes them; decisions and codes have no place there."""
    for report in d.reports:
        r = d.whole(report)
        if r.pmid:
            fields = _fields(r, retracted=report.id in d.retracted)
            yield "\n".join(map(_line, *zip(*fields, strict=True))) + "\n\n"


def _fields(r: Record, retracted: bool) -> Iterator[tuple[str, str]]:
    yield "PMID", r.pmid
    if r.year is not None:
        yield "DP", str(r.year)
    yield "TI", r.title
    found = [("VI", r.volume), ("IP", r.issue), ("PG", r.pages), ("AB", r.abstract)]
    yield from ((tag, text) for tag, text in found if text.strip())
    for name in author_names.people(r.authors):
        if author_names.is_group(name):
            yield "CN", name
        else:
            yield "FAU", author_names.filed(name)
            if short := _short(name):
                yield "AU", short
    if r.language:
        yield "LA", r.language
    yield from (("PT", one) for one in (r.type or "Journal Article").split(";") if one.strip())
    if retracted and "retracted publication" not in r.type.lower():
        yield "PT", "Retracted Publication"
    found = [("JT", r.journal), ("PMC", r.pmcid)]
    yield from ((tag, text) for tag, text in found if text.strip())
    if r.doi:
        yield "LID", f"{r.doi} [doi]"
    yield from (("MH", word) for word in r.mesh)
    yield from (("OT", word) for word in r.keywords)


def _short(name: str) -> str:
    """Surname and initials: ``Vale FA``; "" where the name cannot be parted."""
    family, given = author_names.likely_parts(name)
    given = given.partition(",")[0].replace(".", " ").replace("-", " ")
    words = given.split()
    letters = "".join(w if w.isupper() and len(w) <= 3 else w[:1].upper() for w in words)
    return f"{family} {letters}" if family and letters.isascii() and letters.isalpha() else ""


def _line(tag: str, text: str) -> str:
    """A field, its further lines set in; a word is never parted."""
    lines = textwrap.wrap(
        one_line(text), WIDTH - len(_INDENT), break_long_words=False, break_on_hyphens=False
    )
    return f"{tag:<4}- " + f"\n{_INDENT}".join(lines or [""])
