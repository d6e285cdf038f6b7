"""RIS files.

Tags as in the RIS specification of Research Information Systems and as Zotero, EndNote, JabRef and
the databases write them. rispy keeps one value of most tags, so the entries are read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from review import author_names, identifiers, publication_types, retraction
from review.errors import FileError, Mistake
from review.model import Record
from review.sources import embedded_votes, entry_fields, own_files, tagged_entries
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.tagged_entries import Layout, Tagged
from review.values import keywords

_LINE_END = re.compile(r"\r\n|\r|\n")
# The wide form is the standard; of narrower ones only what cannot be running text is taken.
_START = re.compile(r"\s*TY  -\s?(.*)|\s*TY\s{0,2}-\s*([A-Z]{3,7})\s*")
_LOOSE = re.compile(r"\s*([A-Z][A-Z0-9])\s{0,2}-(?:\s(.*)|\s*)")

_LAYOUT = Layout(
    re.compile(r"\s*([A-Z][A-Z0-9])  -\s?(.*)"),
    first="TY",
    begins=re.compile(r"\s*TY\s{0,2}-\s*([A-Z]{3,7})\s*"),
    may_begin=re.compile(
        r"\W{0,8}TY(?:\s{0,4}[-\u2010-\u2015:=]\s{0,4}|\s{1,4})(E?JOUR|E?BOOK|E?CHAP|CONF|CPAPER|THES|"
        r"RPRT|UNPB|ELEC|GEN|MGZN|NEWS|ABST|INPR|DATA|DBASE|SER|PAT|COMP|[IP]COMM|DICT|ENCYC|EDBOOK|"
        r"MANSCPT|STAND|BLOG|AGGR|GOVDOC|VIDEO|CTLG|UNBILL|WEB)\s*",
        re.IGNORECASE,
    ),
    glued=re.compile(r"^\s{0,3}ER\s{0,2}-\s*(TY\s{0,2}-\s*[A-Z]{2,7}\s*)$"),
    last="ER",
    end=re.compile(r"ER  -.*|\s*ER\s{0,2}-\s*"),
    header=re.compile(
        r"(?:Provider|Database|Content|Source|Export(?:ed)?(?: Date)?)\s*:", re.IGNORECASE
    ),
    once=frozenset({"TI", "T1", "PY", "Y1"}),
)

_EPPI = "eppi-reviewer4"
_DATABASES = ("pubmed", "medline", "nlm")
_TAGS = {
    "title": ("TI", "T1", "CT"), "group": ("CA",), "editors": ("A2", "ED", "A3", "A4"),
    "year": ("PY", "Y1", "YR", "DA", "EY"),
    "journal": ("JF", "JO", "JA", "J2", "J1", "JT"), "volume": ("VL", "VO"),
    "issue": ("IS", "CP"),
    "pages": ("SP", "PG"), "last_page": ("EP", "OP"), "number": ("C7", "AR"),
    "doi": ("DO", "DI"),
    "doi_alone": ("M3", "L3", "N1", "LK", "L2", "AN", "M1", "M2", "L1", "L4", "ID", "U1", "U2"),
    "isbn": ("SN", "BN", "SB"), "abstract": ("AB", "N2"), "language": ("LA",), "type": ("TY", "M3"),
    "urls": ("UR", "LK", "L2", "L3", "UL"), "keywords": ("KW", "K1", "DE"),
}  # fmt: skip
_MORE = frozenset("ER AU A1 AF BT T2 T3 C3 ST N1 AN C1 C2 DB DP RN ID C4".split())
_READ = _MORE | {tag for tags in _TAGS.values() for tag in tags}
_ARTICLE_NUMBER = re.compile(r"e?\d{4,}[a-z]?|e\d+|[A-Z]{1,4}\d{3,}", re.IGNORECASE)
_ISSUE = re.compile(r"(?!0+$)\d{1,3}(?:\s*[-/]\s*\d{1,3})?(?:\s*\(?suppl.*)?", re.IGNORECASE)
_WORK_TYPE = re.compile(r"[A-Za-z][A-Za-z ,;&'-]{2,60}")
"""What M3 holds where it does hold the type of work."""


def parse(given: Given) -> Items:
    """Read the entries of a RIS file.

    Yields:
        An entry for each, its text as ``raw["ris"]``, and the mistakes. An entry without an end is
        read as far as it goes and named as well. Votes stand in the notes (N1).

    Raises:
        FileError: there is no entry at all.
    """
    empty = True
    for found in tagged_entries.find(given, _LAYOUT):
        if isinstance(found, Mistake):
            yield found
            continue
        empty = False
        if not found.closed:
            message = "the entry has no end (ER); read as far as it goes. Check that it is whole"
            yield given.mistake(found.line, "ER", message)
        found = _strict(found)
        if (own := own_files.of_ris(found, given)) is not None:
            yield own
            continue
        given.account.entries += 1
        record = _record(found, given)
        if not record.title:
            message = "the entry has no title (TI or T1); left out"
            yield given.mistake(found.line, "TI", message)
            continue
        tagged_entries.tell(found, _READ, given.account)
        votes = embedded_votes.in_notes(found.every("N1"), given.name)
        yield FileEntry(found.line, record, found.first("AN", "ID"), votes)
    if empty:
        raise FileError(
            f"{given.name} holds no RIS entry: no line begins with 'TY  - '. "
            "Export it again as RIS."
        )


def looks_like(text: str) -> bool:
    """Whether the first line that is not blank begins a RIS entry."""
    first = text.lstrip("\ufeff \t\r\n")
    return _START.fullmatch(_LINE_END.split(first[:200], maxsplit=1)[0]) is not None


def _strict(found: Tagged) -> Tagged:
    """The entry, read anew by the loose form of tags if its first line is in that form."""
    if not found.given or re.match(r"\s*TY  -", found.given[0]) or found.headless:
        return found
    again = Tagged(found.line, closed=found.closed)
    again.add(found.given[0], "TY", found.first("TY"))
    for line in found.given[1 : -1 if found.closed else None]:
        tag = _LOOSE.fullmatch(line)
        again.add(line, tag[1] if tag else "", (tag[2] or "") if tag else "")
    again.given = found.given
    return again


def _record(found: Tagged, given: Given) -> Record:
    def get(field: str) -> list[str]:
        return found.every(*_TAGS[field])

    notes = found.every("N1", "RN", "M1", "AN", "C1", "U1")
    in_pubmed = any(word in text.lower() for text in found.every("DB", "DP") for word in _DATABASES)
    return entry_fields.record(
        given.source,
        Fields(
            title=[*get("title"), *found.every("BT", "ST")],
            authors=found.each("A1", "AU", "AF"),
            groups=[*filter(author_names.is_group, get("group"))],
            editors=get("editors"),
            year=get("year"),
            journal=_journal(found),
            volume=get("volume"),
            issue=[*get("issue"), *filter(_ISSUE.fullmatch, found.every("M1"))],
            first_page=get("pages"),
            last_page=get("last_page"),
            number=[*get("number"), *filter(_ARTICLE_NUMBER.fullmatch, found.every("M1"))],
            doi=get("doi"),
            doi_alone=get("doi_alone"),
            pmid=found.every("AN") if in_pubmed else (),
            notes=notes,
            pmcid=[t for t in found.every("C2", "AN", "C4") if t.upper().startswith("PMC")],
            openalex_id=found.every("C3"),
            isbn=get("isbn"),
            abstract=found.each(*_TAGS["abstract"]),
            language=get("language"),
            type=_types(found),
            urls=get("urls"),
            keywords=_keywords([*_eppi_keywords(found), *get("keywords")]),
            mesh=_after("MeSH:", found.every("C4")),
            labels=_after("Labels:", found.every("N1")),
            retracted=retraction.in_notes(found.every("N1")),
        ),
        {"ris": "\n".join(found.given)},
        given.account,
    )


def _journal(found: Tagged) -> list[str]:
    """The tags that may hold the journal or the book, best first.

    Of an article T2 holds the journal, or its subtitle where another tag has the journal; of a
    chapter or a paper of a conference BT, T2 or C3 holds the book.
    """
    book = [
        text
        for text in found.every("BT", "T2", "C3")
        if not identifiers.openalex_id(text) and text not in found.every("TI", "T1")
    ]
    if not found.every("TI", "T1", "CT"):
        book = [text for text in book if text not in found.every("BT")[:1]]
    names = found.every(*_TAGS["journal"])
    if publication_types.kind_of(found.first("TY")).part:
        return [*book, *names, *found.every("T3")]
    full = found.every("JF")
    long = [text for text in found.every("T2") if names and _abbreviates(names[0], text)]
    return [*full, *long, *names, *book, *found.every("T3")]


def _abbreviates(short: str, name: str) -> bool:
    """Whether one name of a journal may stand for the other: its words begin alike, in order."""
    words = _bare_words(name)
    pieces = _bare_words(short)
    if not words or not pieces:
        return False
    if len(pieces) == 1 and pieces[0] == "".join(word[0] for word in words):
        return True
    place = matched = 0
    for piece in pieces:
        at = next((n for n in range(place, len(words)) if words[n][0] == piece[0]), None)
        if at is None or (
            len(piece) > 2 and words[at][:2] != piece[:2] and piece[-1] not in words[at]
        ):
            continue
        place, matched = at + 1, matched + 1
    return words[0][0] == pieces[0][0] and matched * 2 > len(pieces)


def _bare_words(name: str) -> list[str]:
    words = re.findall(r"[^\W_]+", name.casefold())
    return [word for word in words if word not in ("the", "of", "and", "in", "for", "a", "an")]


def _types(found: Tagged) -> list[str]:
    """TY, and of an article the type of work that M3 may name, such as a trial."""
    given = found.every("TY")
    if publication_types.kind_of(given[0] if given else "") is not publication_types.ARTICLE:
        return given
    return [*given, *filter(_WORK_TYPE.fullmatch, found.every("M3"))]


def _after(word: str, given: list[str]) -> list[str]:
    """What stands in a list that begins with a word, as we write it."""
    lists = (text.removeprefix(word) for text in given if text.startswith(word))
    return [one for text in lists for one in keywords.parted(text)]


def _keywords(given: list[str]) -> tuple[str, ...]:
    """One tag with many commas holds a list; of several each is one keyword, commas and all."""
    if len(given) == 1 and given[0].count(",") > 1:
        return keywords.terms(given[0])
    kept = (text for text in given if not text.casefold().startswith(_EPPI))
    return tuple(word for text in kept for word in keywords.parted(text))


def _eppi_keywords(found: Tagged) -> Iterator[str]:
    """Keywords as EPPI-Reviewer writes them: a mark of its own, then one a line without a tag."""
    lines = iter(found.given if found.first("KW").casefold().startswith(_EPPI) else ())
    for line in lines:
        if line.strip().casefold().endswith(f"- {_EPPI}"):
            yield from takewhile(lambda text: _LOOSE.match(text) is None, lines)
