"""EPPI-Reviewer's JSON: references with the codes of screening and of the codebook.

Names as EPPI-Reviewer 4 and 6 write them, which EPPI-Mapper and `review.sources.eppi_json` read:
``{"CodeSets": [{"SetName", "SetType", "Attributes"}], "References": [{"ItemId", "Codes"}]}``.
A decision is a code of the type Include or Exclude in a set for its stage; a tag is a code of the
set of its dimension, with the quote as its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from review import author_names, publication_types
from review.model import Decision, Record, Report, Stage
from review.protocol.codebook import Codebook, Dimension
from review.reporting.tables import ExportData
from review.values import keywords

_STAGES = {Stage.TITLE_ABSTRACT: "title & abstract", Stage.FULL_TEXT: "full text"}
_SELECTABLE, _INCLUDE, _EXCLUDE = (
    (2, "Selectable (show checkbox)"),
    (10, "Include"),
    (11, "Exclude"),
)
_TYPES = {
    "JOUR": "Journal, Article", "BOOK": "Book, Whole", "EDBOOK": "Book, Whole",
    "CHAP": "Book, Chapter", "THES": "Dissertation", "RPRT": "Report",
    "CPAPER": "Conference Proceedings", "CONF": "Conference Proceedings", "ELEC": "Web Site",
    "INPR": "Journal, Article", "ABST": "Journal, Article",
}  # fmt: skip
_ID = field(default_factory=lambda: count(1))
_Key = tuple[str, str]
"""A code by what it stands for: stage and reason, or dimension and value."""


@dataclass(slots=True)
class _Codes:
    """The codes of a file, numbered as they are made."""

    numbers: Iterator[int] = _ID
    ids: dict[_Key, int] = field(default_factory=dict)

    def attribute(
        self, key: _Key, name: str, kind: tuple[int, str], words: str = "", below: Any = ()
    ) -> dict[str, Any]:
        """One code; those below it are made after it."""
        id_ = self.ids[key] = next(self.numbers)
        return {
            "AttributeSetId": id_, "AttributeId": id_, "OriginalAttributeID": 0,
            "OldestKnownId": id_, "AttributeSetDescription": words, "AttributeType": kind[1],
            "AttributeTypeId": kind[0], "AttributeName": name, "AttributeDescription": words,
            "ExtURL": "", "ExtType": "", "Attributes": {"AttributesList": list(below)},
        }  # fmt: skip


def eppi_json(d: ExportData) -> Iterator[str]:
    """All reports with their decisions and tags as codes; conflicts and what waits have none."""
    codes = _Codes()
    sets = [*_screening_sets(d, codes), *_codebook_sets(d, codes)]
    yield '{"CodeSets": ' + json.dumps(sets, ensure_ascii=False) + ',\n"References": ['
    quotes = {(t.report, t.dimension, t.value): t.quote for t in d.tags if t.quote}
    confirmed = d.confirmed()
    between = "\n"
    for report in d.reports:
        given = list(_decided(report))
        given += [
            (name, value) for name, vs in confirmed.get(report.id, {}).items() for value in vs
        ]
        said = [
            {
                "AttributeId": codes.ids[key],
                "AdditionalText": quotes.get((report.id, *key), ""),
                "ArmId": 0,
                "ArmTitle": "",
            }
            for key in given
            if key in codes.ids
        ]
        yield between + json.dumps(
            _reference(report, d.whole(report), said, d.retracted_note(report)), ensure_ascii=False
        )
        between = ",\n"
    yield "\n]}\n"


def _decided(report: Report) -> Iterator[_Key]:
    if report.title_abstract is Decision.INCLUDE:
        yield str(Stage.TITLE_ABSTRACT), ""
        if report.full_text is Decision.INCLUDE:
            yield str(Stage.FULL_TEXT), ""
    if report.excluded:
        yield str(report.left_at), f"out:{report.reason}"


def _screening_sets(d: ExportData, codes: _Codes) -> Iterator[dict[str, Any]]:
    for stage, words in _STAGES.items():
        stands = str(stage)
        found = [codes.attribute((stands, ""), f"INCLUDE on {words}", _INCLUDE)]
        found += [
            codes.attribute((stands, f"out:{id_}"), f"EXCLUDE on {label}", _EXCLUDE)
            for id_, label in {"": words, **d.reasons}.items()
        ]
        yield _set(codes, f"Screening on {words}", "Screening", "", found)


def _codebook_sets(d: ExportData, codes: _Codes) -> Iterator[dict[str, Any]]:
    book: Codebook = d.codebook
    for dimension in book.dimensions:
        below = list(_values(dimension, None, codes))
        yield _set(codes, dimension.label, "Standard", dimension.definition, below)


def _values(dimension: Dimension, parent: str | None, codes: _Codes) -> Iterator[dict[str, Any]]:
    """The values under one, each with its finer ones."""
    for value in dimension.values:
        if (value.parent or None) == parent:
            key, below = (dimension.id, value.id), _values(dimension, value.id, codes)
            yield codes.attribute(key, value.label, _SELECTABLE, value.definition, below)


def _set(
    codes: _Codes, name: str, kind: str, words: str, below: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    id_ = next(codes.numbers)
    return {
        "SetName": name, "ReviewSetId": id_, "SetId": id_,
        "SetType": {"SetTypeName": kind, "SetTypeDescription": "", "SetTypeId": 5 if kind ==
                    "Screening" else 3},
        "SetDescription": words, "OriginalSetId": 0, "OldestKnownId": id_,
        "Attributes": {"AttributesList": list(below)},
    }  # fmt: skip


def _reference(
    report: Report, r: Record, codes: list[dict[str, Any]], comment: str
) -> dict[str, Any]:
    people = [author_names.filed(name) for name in author_names.people(r.authors)]
    name = author_names.study_name(r.authors, r.title, r.year)
    return {
        "QuickCitation": f"{name}. {r.title}", "ItemId": int(report.id.lstrip("P") or 0),
        "Title": r.title, "ParentTitle": r.journal, "ShortTitle": name, "DateCreated": "",
        "CreatedBy": "", "DateEdited": "", "EditedBy": "", "Year": str(r.year or ""), "Month": "",
        "StandardNumber": r.isbn, "City": "", "Country": "", "Publisher": "", "Institution": "",
        "Volume": r.volume, "Pages": r.pages, "Edition": "", "Issue": r.issue, "Availability": "",
        "URL": r.url, "OldItemId": report.id, "Abstract": r.abstract, "Comments": comment,
        "TypeName": _TYPES.get(publication_types.kind_of(r.type).ris, "Generic"),
        "Authors": "".join(f"{one} ; " for one in people), "ParentAuthors": "", "DOI": r.doi,
        "Keywords": keywords.listed(r.keywords), "ItemStatus": "E" if report.excluded else "I",
        "ItemStatusTooltip": "Excluded from review" if report.excluded else "Included in review",
        "Codes": codes, "Outcomes": [],
    }  # fmt: skip
