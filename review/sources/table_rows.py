"""A row of a table as a record, whoever's table it is (`review.sources.table_headers`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from review import publication_types, retraction
from review.sources import embedded_votes, entry_fields, known_tables, own_files, table_headers
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, FileVote, Given, Item
from review.sources.table_headers import Head
from review.spreadsheet import CUT, unescape
from review.values import authors, citations, keywords, markup, pages

_DATABASES = frozenset(
    "scopus pubmed medline embase openalex crossref wos proquest ebsco psycinfo cinahl zotero "
    "dimensions lens ieee cochrane central".split()
)

EXCEL_CELL = 32_767
"""Signs that a cell of Excel can hold."""

_NUMBERS = ("volume", "issue", "pages", "first_page", "last_page", "article_number")
_NCT = re.compile(r"NCT\d{8}")
_DECIMAL = re.compile(r"^(\d+)[.,]0+$")
_NOTHING = frozenset(
    "#n/a #ref! #value! #name? #null! #num! #div/0! #nv #wert! #bezug! nan null n/a <na>".split()
)
"""What spreadsheets and programs write into cells that hold nothing."""


def entry(
    line: int,
    cells: Sequence[str],
    head: Head,
    given: Given,
    raw: Mapping[str, Any] | None = None,
) -> Item:
    """One row as an entry; a mistake when it has no title.

    Args:
        raw: the entry as it came, for what is no row; head -> cell when None.
    """
    account, table = given.account, head.table
    if own_files.RECORDS_HEAD in head.names and raw is None:
        whole = dict(zip(head.names, cells, strict=False))
        if (own := own_files.of_cells(line, whole, given)) is not None:
            return own
    account.entries += 1
    account.came_from(table.label if table else "", table.register if table else "")

    held = {
        field: [
            text for p in places if p < len(cells) and cells[p] and (text := _cell(cells[p], field))
        ]
        for field, places in head.holders.items()
    }

    def get(field: str) -> list[str]:
        return held.get(field, [])

    def first(field: str) -> str:
        return next(iter(get(field)), "")

    if not any(map(markup.line, get("title"))):
        what = "row" if raw is None else "entry"
        return given.mistake(line, "title", f"the {what} has no title; left out")
    numbers = {field: [_number(text, given) for text in get(field)] for field in _NUMBERS}
    of_register = table is not None and bool(table.register)
    cited = citations.parts(first("citation"))
    no_types = table.no_types if table else frozenset()
    types = [text for text in get("type") if text.casefold() not in no_types]
    # PubMed ends its list with a full stop, and writes initials without any.
    dot = "." if table is known_tables.PUBMED else ""
    if table and table.type:
        types = [table.type]
    kind = publication_types.kind_of(types[0] if types else "")
    notes = get("notes")
    full = [cell for cell in cells if len(cell) == EXCEL_CELL]
    if full:
        account.remark("cells as long as Excel can hold may be cut off", full[0])
    record = entry_fields.record(
        given.source,
        Fields(
            title=get("title"),
            authors=[_uncut([text.removesuffix(dot) for text in get("authors")[:1]], given, True)],
            groups=[name for text in get("group_authors") for name in _groups(text, head)],
            editors=get("editors"),
            year=get("year"),
            journal=[
                *(text for text in get("journal") if text.casefold() not in _DATABASES),
                cited.journal,
                table.journal if table else "",
            ],
            volume=[*numbers["volume"], cited.volume],
            issue=[*numbers["issue"], cited.issue],
            pages=numbers["pages"],
            first_page=numbers["first_page"],
            last_page=numbers["last_page"],
            # A registration is found by its number, as an article without pages is.
            number=[
                *numbers["article_number"],
                cited.pages,
                *((get("accession") or _NCT.findall(first("url")))[:1] if of_register else ()),
            ],
            doi=get("doi"),
            doi_alone=[*notes, *get("accession")],
            pmid=get("pmid"),
            notes=notes,
            pmcid=get("pmcid"),
            openalex_id=get("openalex_id"),
            isbn=get("isbn"),
            abstract=_abstract(_uncut(get("abstract"), given), cells, head, first("title")),
            language=get("language"),
            type=types if kind is publication_types.ARTICLE else types[:1],
            urls=get("url"),
            terms=_uncut(get("keywords"), given, True),
            mesh=[word for text in get("mesh") for word in _headings(text)],
            study_designs=[word for text in get("study_designs") for word in _headings(text)],
            labels=[word for text in get("labels") for word in keywords.parted(text)],
            retracted=retraction.in_cell(first("retracted")) or retraction.in_notes(notes),
        ),
        dict(zip(head.names, cells, strict=False)) if raw is None else raw,
        account,
    )
    read = [place for held in head.holders.values() for place in held]
    read += [place for _words, place in head.sections]
    account.took(
        head.names[place]
        for place in dict.fromkeys(read)
        if place < len(cells) and cells[place].strip()
    )
    for place in head.left:
        if place < len(cells) and cells[place].strip():
            account.left_aside(head.names[place], cells[place])
    return FileEntry(line, record, first("accession"), _votes(first, notes, head, given))


def _votes(
    first: Callable[[str], str], notes: Sequence[str], head: Head, given: Given
) -> tuple[FileVote, ...]:
    """The votes of another screening tool in one row, whichever it is."""
    covidence = "covidence" in head.holders
    votes = embedded_votes.in_notes(notes, given.name, covidence=covidence)
    if covidence and not votes and embedded_votes.covidence_list(given.name, True) is None:
        given.account.remark(embedded_votes.NO_LIST)
    return (
        votes
        or embedded_votes.asreview(
            first("label"),
            first("label_reviewer"),
            retraction.without(first("label_note")),
            first("label_time"),
        )
        or tuple(
            embedded_votes.colandr(
                first("citation_status"),
                first("full_text_status"),
                first("citation_reasons"),
                first("full_text_reasons"),
            )
        )
    )


def _groups(text: str, head: Head) -> Iterable[str]:
    """Names of groups in one cell; a register parts its sponsors by bars, and by nothing else."""
    if head.table and head.table.register:
        return filter(None, map(str.strip, text.split("|")))
    return authors.split(text)


def _abstract(
    texts: Sequence[str], cells: Sequence[str], head: Head, title: str
) -> list[list[str]]:
    """The abstract; where columns are to be read as one, a paragraph each after it."""
    if not head.sections:
        return [[text] for text in texts]
    parts = list(texts[:1])
    for words, place in head.sections:
        text = _cell(cells[place], "abstract") if place < len(cells) else ""
        said = "; ".join(filter(None, (part.strip(" ;") for part in text.split("|"))))
        if said and said.casefold() != title.casefold():
            named = said.casefold().startswith(words.casefold())
            parts.append(said if named else f"{words}: {said}")
    return [parts]


def _cell(text: str, field: str) -> str:
    """A cell without the guard of spreadsheets; ``""`` for what programs write where nothing is."""
    bare = unescape(table_headers.bared(text))
    nothing = bare.casefold() in _NOTHING or (field != "title" and bare == "NA")
    return "" if nothing and not (field == "title" and bare.isalpha()) else bare


def _number(text: str, given: Given) -> str:
    """A volume, issue or page as it was before a spreadsheet made a date or a decimal of it."""
    whole = _DECIMAL.sub(r"\1", text)
    undated = pages.undated(whole)
    if undated != whole:
        words = "pages and issues that a spreadsheet made into dates are read as numbers"
        given.account.remark(words, f"{text} as {undated}")
    return undated


def _uncut(texts: list[str], given: Given, parted: bool = False) -> list[str]:
    """Texts without the mark of our own workbooks for cells that Excel could not hold.

    Args:
        parted: the texts are lists, whose last part was cut in its midst.
    """
    found = []
    for text in texts:
        mark = CUT.search(text)
        if mark is not None:
            place = mark.start()
            given.account.remark("cells that were cut off in the workbook", text[:place])
            text = text[:place].rstrip(" \n")
            text = text.rpartition(";")[0] if parted and ";" in text else text
        found.append(text)
    return found


def _headings(text: str) -> tuple[str, ...]:
    return keywords.parted(text) if re.search(r"[;|\n]", text) else keywords.terms(text)
