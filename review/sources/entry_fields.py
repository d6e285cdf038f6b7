"""From what an entry of a file holds to a record: the one place where every reader's values meet.

A reader says which of its fields may hold what, best first; here the first that is usable is
chosen, and cleaned by the module of its kind of value. A field that is filled but holds nothing of
its kind ("in press" for a year) hides none behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review import identifiers, publication_types
from review.model import Record
from review.sources import embedded_votes
from review.sources.file_account import FileAccount
from review.values import authors, keywords, markup, pages, years

_NO_ABSTRACT = frozenset({
    "no abstract available", "no abstract", "abstract not available", "n/a", "na", "none", "null",
    "nan", "not available", "no abstract is available", "no abstract provided", "#n/a", "-",
    "abstract unavailable", "no abstract given", "abstract", "no abstract supplied",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What an entry holds, each field's texts as the file gives them, best first.

    Attributes:
        authors: lists of authors, the first field's first; who is in two comes once.
        groups: names of groups that are authors too.
        editors: who is taken where there are no authors.
        whole_names: whether names stand one a text already and none is to be parted.
        pages: fields that may hold both ends of the pages.
        number: fields that may hold an article's number, for works without pages.
        doi: fields that hold a DOI.
        doi_alone: fields that may hold a DOI and nothing else, or something else altogether.
        pmid: fields that hold a PubMed number.
        notes: running text that may name a PubMed number as the work's own.
        abstract: fields that hold the abstract; all texts of the first that has any, in order.
        keywords: keywords each in a text of its own.
        terms: keywords of which one text may hold several.
        labels: collections, groups and tags of other tools, each in a text of its own.
    """

    title: Sequence[str] = ()
    authors: Sequence[Sequence[str]] = ()
    groups: Sequence[str] = ()
    editors: Sequence[str] = ()
    whole_names: bool = False
    year: Sequence[object] = ()
    journal: Sequence[str] = ()
    volume: Sequence[str] = ()
    issue: Sequence[str] = ()
    pages: Sequence[str] = ()
    first_page: Sequence[str] = ()
    last_page: Sequence[str] = ()
    number: Sequence[str] = ()
    doi: Sequence[str] = ()
    doi_alone: Sequence[str] = ()
    pmid: Sequence[str] = ()
    notes: Sequence[str] = ()
    pmcid: Sequence[str] = ()
    openalex_id: Sequence[str] = ()
    isbn: Sequence[str] = ()
    abstract: Sequence[Sequence[str]] = ()
    language: Sequence[str] = ()
    type: Sequence[str] = ()
    urls: Sequence[str] = ()
    keywords: Sequence[str] = ()
    terms: Sequence[str] = ()
    mesh: Sequence[str] = ()
    study_designs: Sequence[str] = ()
    labels: Sequence[str] = ()
    retracted: bool = False


def record(source: str, given: Fields, raw: Mapping[str, Any], account: FileAccount) -> Record:
    """The record of an entry, its key still open; what was not understood goes to the account.

    Args:
        source: source of the record.
        given: what the entry holds.
        raw: the entry as it came.
        account: what is said of the file.
    """
    found = Record(
        source=source,
        key="",
        title=_line(given.title),
        authors=_authors(given),
        year=years.first_year(given.year),
        journal=_line(given.journal),
        volume=_line(given.volume),
        issue=_line(given.issue),
        pages=pages.pages(
            map(markup.line, given.pages),
            _line(given.first_page),
            _line(given.last_page),
            map(markup.line, given.number),
        ),
        doi=_first(map(identifiers.doi, given.doi))
        or _first(map(identifiers.doi_alone, given.doi_alone))
        or _first(map(identifiers.doi, given.urls)),
        pmid=_first(map(identifiers.pmid, given.pmid))
        or _first(map(identifiers.pmid_named, (*given.notes, *given.urls))),
        pmcid=_first(map(identifiers.pmcid, given.pmcid)),
        openalex_id=_first(map(identifiers.openalex_id, (*given.openalex_id, *given.urls))),
        isbn=_first(map(identifiers.isbn, given.isbn)),
        abstract=abstract(given.abstract),
        language=_line(given.language),
        type=markup.line(publication_types.most_telling(given.type)),
        url=_first(text.strip() for text in given.urls),
        keywords=keywords.each(
            [*given.keywords, *(word for text in given.terms for word in keywords.terms(text))]
        ),
        mesh=keywords.each(given.mesh),
        study_designs=keywords.each(given.study_designs),
        labels=keywords.each([*given.labels, *embedded_votes.labels(given.notes)]),
        retracted=given.retracted,
        raw=raw,
    )
    _tell(found, given, account)
    return found


def abstract(fields: Iterable[Sequence[str]]) -> str:
    """All parts of the first field that holds an abstract, in order and each once."""
    for parts in fields:
        cleaned = (markup.paragraphs(part) for part in parts)
        kept = dict.fromkeys(part for part in cleaned if part and not _is_none(part))
        if kept:
            return "\n".join(kept)
    return ""


def _authors(given: Fields) -> tuple[str, ...]:
    groups = (markup.line(text).strip(" ;") for text in given.groups)
    found = (*authors.joined(*given.authors, whole=given.whole_names), *filter(None, groups))
    return tuple(dict.fromkeys(found)) or authors.names(given.editors, given.whole_names)


def _tell(found: Record, given: Fields, account: FileAccount) -> None:
    """Name the values of which nothing could be made."""
    asked: tuple[tuple[str, object, Iterable[object]], ...] = (
        ("year", found.year, given.year),
        ("doi", found.doi, given.doi),
        ("pmid", found.pmid, given.pmid),
    )
    for name, value, texts in asked:
        if not value and (text := _first(str(each or "").strip() for each in texts)):
            account.not_understood(name, text)


def _is_none(text: str) -> bool:
    return text.strip(" []().*").casefold() in _NO_ABSTRACT


def _line(texts: Iterable[str]) -> str:
    return _first(map(markup.line, texts))


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
