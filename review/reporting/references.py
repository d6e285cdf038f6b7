"""Reference files: RIS, BibTeX and CSL-JSON, each report with its decisions and tags.

That a report was retracted stands first in its notes; its title is left as it is.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import rispy

from review import author_names, publication_types
from review.model import Record, Report
from review.reporting import round_trip
from review.reporting.tables import ExportData, shown
from review.values import keywords

MORE_AUTHORS = "The list of authors is cut: there are more than the source gave."
"""Note of a report of which not all authors are known; no name says so."""
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_RANGE = re.compile(r"\s*[-\u2010-\u2015\u2212]+\s*")
# EUCTR2015-004321-12-DE, RBR-5d2wz6, NL-OMON12345: an article's or a registration's number.
_NUMBER = re.compile(r"\w+(?:-\w+){2,}|(?![IVXLC]+-)[A-Z]{2,}-\w*\d\w*")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f]")
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "&%$#_"},
}  # fmt: skip


class _Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy ships no types
    """Zotero and EndNote expect ``TY`` first; rispy puts a running number before it.

    ``NS`` is RevMan's: the study that a reference belongs to.
    """

    DEFAULT_MAPPING: ClassVar[dict[str, str]] = {**rispy.RisWriter.DEFAULT_MAPPING, "NS": "study"}

    def set_header(self, count: int) -> str:
        return ""


def ris(d: ExportData) -> Iterator[str]:
    """All reports as RIS, as Zotero and EndNote read it.

    ``AN`` is the report's id; ``N1`` lines say that it was retracted, its decisions and tags, and
    ``C8`` holds for us what no tag can (`review.reporting.round_trip`). No text breaks its line, so
    none can begin a field of its own.
    """
    said = d.said()
    between = ""
    for report, r, notes in reference_notes(d):
        sources = "; ".join(dict.fromkeys(one.source for _id, one in d.records[report.id]))
        entry = ris_entry(report.id, r, notes, sources)
        entry["custom8"] = round_trip.ris_text(d, said, report, r)
        yield between + ris_text(entry)
        between = "\r\n"


def ris_text(entry: Mapping[str, Any]) -> str:
    """One reference as lines of RIS; raises a warning for a field that rispy does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a field that rispy does not know would be left out
        return str(rispy.dumps([entry], implementation=_Writer)).replace("\n", "\r\n")


def ris_entry(id_: str, r: Record, notes: Sequence[str] = (), sources: str = "") -> dict[str, Any]:
    """The fields of one reference, as rispy names them; those that hold nothing are left out."""
    first, last = first_and_last(r)
    fields: dict[str, Any] = {
        "type_of_reference": publication_types.kind_of(r.type).ris,
        "title": one_line(r.title),
        "authors": [one_line(author_names.filed(name)) for name in author_names.people(r.authors)],
        "year": "" if r.year is None else str(r.year),
        "secondary_title": one_line(r.journal),
        "volume": one_line(r.volume),
        "number": one_line(r.issue),
        "start_page": one_line(first),
        "end_page": one_line(last),
        "doi": one_line(r.doi),
        "issn": one_line(r.isbn),
        "abstract": one_line(r.abstract),
        "keywords": [one_line(word) for word in r.keywords],
        "language": one_line(r.language),
        "urls": [one_line(r.url)] if r.url else [],
        "name_of_database": one_line(sources),
        "accession_number": id_,
        "custom1": f"PMID {r.pmid}" if r.pmid else "",
        "custom2": one_line(r.pmcid),
        "custom3": one_line(r.openalex_id),
        "custom4": one_line(f"MeSH: {keywords.listed(r.mesh)}") if r.mesh else "",
        "notes": [one_line(note) for note in notes],
    }
    return {name: value for name, value in fields.items() if value}


def bibtex(d: ExportData) -> Iterator[str]:
    """All reports as BibTeX entries whose keys are the report ids."""
    between = ""
    for report, r, notes in reference_notes(d):
        yield between + _bibtex_entry(report.id, r, notes)
        between = "\n"


def _bibtex_entry(id_: str, r: Record, notes: list[str]) -> str:
    kind = publication_types.kind_of(r.type)
    first, last = first_and_last(r)
    fields = {
        "title": r.title,
        "author": _bibtex_names(r.authors),
        "year": "" if r.year is None else str(r.year),
        "booktitle" if kind.part else "journal": r.journal,
        "volume": r.volume,
        "number": r.issue,
        "pages": f"{first}--{last}" if last else first,
        "doi": r.doi,
        "pmid": r.pmid,
        "pmcid": r.pmcid,
        "isbn": r.isbn,
        "language": r.language,
        "url": r.url,
        "abstract": r.abstract,
        "keywords": keywords.listed(r.keywords),
        "mesh": keywords.listed(r.mesh),
        "groups": keywords.listed(r.labels),
        "openalex": r.openalex_id,
        "note": "; ".join(notes),
    }
    lines = [f"  {name} = {{{_tex(value, name)}}}" for name, value in fields.items() if value]
    return "\n".join([f"@{kind.bibtex}{{{id_},", ",\n".join(lines), "}", ""])


def _bibtex_names(names: Sequence[str]) -> str:
    """Names as BibTeX parts them; ``and others`` is its way to say that the list is cut."""
    people = [_bibtex_name(name) for name in author_names.people(names)]
    cut = ["others"] if people and author_names.is_cut(names) else []
    return " and ".join([*people, *cut])


def _bibtex_name(name: str) -> str:
    """A name that BibTeX parts as it is meant; braces keep that of a group whole."""
    bare = re.sub("[{}]", "", name)
    if author_names.is_group(bare):
        return f"{{{bare}}}"
    return re.sub(r"\band\b", "{and}", author_names.filed(bare))


def csl_json(d: ExportData) -> Iterator[str]:
    """All reports as CSL-JSON; decisions and tags are under ``custom``."""
    confirmed, further = d.confirmed(), d.further_reasons()
    before = "[\n "
    for report in d.reports:
        r = d.whole(report)
        first, second = shown(report)
        item = csl_item(report.id, r)
        if note := "; ".join(filter(None, [d.retracted_note(report), _cut_note(r)])):
            item["note"] = note
        if report.id in d.retracted:
            item["status"] = "retracted"
        decided = {"title_abstract": first, "full_text": second, "reason": report.reason,
                   "also": further.get(report.id, [])}  # fmt: skip
        tags = confirmed.get(report.id, {})
        item["custom"] = {
            **decided, "tags": tags, "study": report.study,
            "does_not_apply": [one.id for one in d.codebook.not_asked(tags)],
            "openalex": r.openalex_id, "mesh": list(r.mesh), "labels": list(r.labels),
        }  # fmt: skip
        # A line end within a text is written as \\n, so each of these ends a line of the file.
        yield before + json.dumps(item, ensure_ascii=False, indent=1).replace("\n", "\n ")
        before = ",\n "
    yield "\n]\n" if before.startswith(",") else "[]\n"


def csl_item(id_: str, r: Record) -> dict[str, Any]:
    """One reference by the names of CSL; those that hold nothing are left out."""
    begin, end = first_and_last(r)
    item: dict[str, Any] = {
        "id": id_,
        "type": publication_types.kind_of(r.type).csl,
        "title": r.title,
        "author": [csl_name(name) for name in author_names.people(r.authors)],
        "issued": {"date-parts": [[r.year]]} if r.year else {},
        "container-title": r.journal,
        "volume": r.volume,
        "issue": r.issue,
        "page": f"{begin}-{end}" if end else begin,
        "DOI": r.doi,
        "PMID": r.pmid,
        "PMCID": r.pmcid,
        "ISBN": r.isbn,
        "URL": r.url,
        "language": r.language,
        "keyword": keywords.listed(r.keywords),
        "abstract": r.abstract,
    }
    return {name: value for name, value in item.items() if value}


def csl_name(name: str) -> dict[str, str]:
    """A person by surname and the rest; a group, and what cannot be told, as it is printed."""
    family, given = author_names.likely_parts(name)
    given, comma, suffix = given.partition(",")
    if not family or "," in suffix or any(map(str.isdigit, name)):
        return {"literal": name}
    parts = {"family": family, "given": given.strip()}
    return {**parts, "suffix": suffix.strip()} if comma and suffix.strip() else parts


def reference_notes(d: ExportData) -> Iterator[tuple[Report, Record, list[str]]]:
    """Every report as one record, and its notes: retraction, decisions, labels, tags."""
    confirmed, further = d.confirmed(), d.further_reasons()
    for report in d.reports:
        r = d.whole(report)
        tags, also = confirmed.get(report.id, {}), further.get(report.id, ())
        yield report, r, _notes(d, report, r, tags, also)


def _notes(
    d: ExportData,
    report: Report,
    r: Record,
    tags: dict[str, list[str]],
    further: Sequence[str],
) -> list[str]:
    first, second = shown(report)
    said = [f"Title and abstract: {first}"]
    if second:
        said.append(f"Full text: {second}")
    if report.reason:
        said.append(f"Reason: {report.reason}")
    if further:
        said.append(f"Also: {', '.join(further)}")
    retracted = d.retracted_note(report)
    notes = [*([retracted] if retracted else []), "; ".join(said)]
    if cut := _cut_note(r):
        notes.append(cut)
    if labels := d.whole(report).labels:
        notes.append(f"Labels: {keywords.listed(labels)}")
    if tags:
        notes.append("Tags: " + "; ".join(f"{k}={','.join(v)}" for k, v in sorted(tags.items())))
        if left := d.codebook.not_asked(tags):
            notes.append(f"Does not apply: {', '.join(one.id for one in left)}")
    return notes


def first_and_last(r: Record) -> tuple[str, str]:
    """First and last page; all of it as first where it is no range, but a register's number."""
    first, *rest = _RANGE.split(r.pages.strip(), maxsplit=1)
    if _NUMBER.fullmatch(r.pages.strip()):
        return r.pages.strip(), ""
    return (first, rest[0]) if first and rest and rest[0] else (r.pages.strip(), "")


def _cut_note(r: Record) -> str:
    return MORE_AUTHORS if author_names.is_cut(r.authors) else ""


def one_line(text: str) -> str:
    """Text without line ends and control characters."""
    return _CONTROLS.sub("", _BREAKS.sub(" ", text)).strip()


def _tex(text: str, field: str) -> str:
    """Text that stays inside its braces and is no command of TeX; DOIs and links stay as they are.

    BibTeX counts braces whatever stands before them, so those that are not in pairs are left out.
    """
    text = one_line(text)
    if field in ("doi", "url", "year", "pmid", "pmcid", "isbn", "openalex"):
        return re.sub(r"[{}\\]", "", text)
    if field != "author" and not _paired(text):
        text = re.sub(r"[{}]", "", text)
    signs = _TEX if field != "author" else {k: v for k, v in _TEX.items() if k not in "{}"}
    return "".join(signs.get(sign, sign) for sign in text)


def _paired(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0
