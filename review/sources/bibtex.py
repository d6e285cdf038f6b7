"""BibTeX and BibLaTeX files. bibtexparser splits the entries, pylatexenc reads the LaTeX in them.

The file is fed to bibtexparser one ``@`` block at a time: memory stays small, and a block that is
broken harms no other.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import split_multiple_persons_names
from bibtexparser.model import Block, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String

from review import identifiers, retraction
from review.errors import FileError
from review.model import Record
from review.sources import embedded_votes, field_values, file_entries, latex, lines
from review.sources.file_entries import Given, Items

# What it has to say of a broken block comes out as our mistakes.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_BLOCK = re.compile(rb"^(?:[ \t]|\xef\xbb\xbf)*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_ENTRY = re.compile(r"\s*@(?!comment|string|preamble)", re.I)
# Some exporters leave the key out, which BibTeX itself would refuse.
_NO_KEY = re.compile(r"(\s*@(?!comment|string|preamble)\s*\w+\s*[{(])(?=\s*[\w-]+\s*=)", re.I)
_ACCESSION = re.compile(r"(?:WOS|rayyan|MEDLINE|CCC|BIOSIS)\W.+", re.I)


def parse(given: Given) -> Items:
    """Read the entries of a BibTeX file; ``@string`` abbreviations are put in, comments left out.

    Yields:
        An entry for each, its text as ``raw["bibtex"]``, and the mistakes. Votes stand in the note.

    Raises:
        FileError: there is no entry at all.
    """
    empty = True
    strings = _Strings(given)
    whole = given.data if b"\n" in given.data else given.data.replace(b"\r", b"\n")
    for line, text in _blocks(whole):
        empty = empty and not _ENTRY.match(text)
        if len(text) > given.limits.entry_kb * 1024:
            yield given.mistake(line, "", "the entry is too large; left out")
            continue
        keyed = _NO_KEY.sub(r"\1,", text, count=1)
        for block in parse_string(keyed, parse_stack=[]).blocks:
            yield from _items(block, line, strings, given)
    if empty:
        raise FileError(
            f"{given.name} holds no BibTeX entry: nothing begins with '@article{{' or the like. "
            "Export it again as BibTeX or RIS."
        )


def looks_like(text: str) -> bool:
    """Whether the first thing that is not a comment is an ``@`` block."""
    return re.match(r"(?:\s|\ufeff|%[^\r\n]*)*@[ \t]*[A-Za-z]+\s*[{(]", text) is not None


def _blocks(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield each ``@`` block with what follows it, and the line it begins on."""
    counter = lines.Counter(data, (b"\n", b"\r"))
    start = None
    for found in _BLOCK.finditer(data):
        if start is not None:
            yield counter.at(start), _text(data[start : found.start()])
        start = found.start()
    if start is not None:
        yield counter.at(start), _text(data[start:])


def _text(block: bytes) -> str:
    return block.decode().lstrip("\ufeff")


class _Strings:
    """The abbreviations of a file, put into values, which together may grow only so large."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._known: dict[str, str] = {}
        self._left = given.limits.strings_kb * 1024

    def define(self, key: str, text: str) -> None:
        """Take in an abbreviation; it may hold earlier ones."""
        self._known[key.lower()] = self.put_into(text)

    def put_into(self, text: str) -> str:
        """A value without its braces or quotes; parts joined by ``#``, abbreviations put in.

        Raises:
            FileError: all that was put in is too much.
        """
        return "".join(
            part[1:-1]
            if len(part) > 1 and part[0] + part[-1] in ("{}", '""')
            else self._meant(part)
            for part in _parts(text)
        )

    def _meant(self, part: str) -> str:
        found = self._known.get(part.lower())
        if found is None:
            return part
        self._left -= len(found)
        if self._left < 0:
            given = self._given
            raise FileError(
                f"{given.name}: its @string abbreviations grow to over "
                f"{given.limits.strings_kb:,} KB of text, which no export of references does. "
                "Nothing of it is read. Export it again as BibTeX or RIS."
            )
        return found


def _items(block: Block, first: int, strings: _Strings, given: Given) -> Items:
    line = first + (block.start_line or 0)
    if isinstance(block, DuplicateFieldKeyBlock) and block.ignore_error_block is not None:
        # The first of two fields of one name counts.
        block = block.ignore_error_block
    if isinstance(block, ParsingFailedBlock):
        reason = str(getattr(block.error, "abort_reason", block.error)).strip().rstrip(".")
        yield given.mistake(line, "", f"the entry cannot be read: {reason}; left out")
    elif isinstance(block, String):
        strings.define(block.key, str(block.value))
    elif isinstance(block, Entry):
        yield _entry(block, line, strings, given)


def _entry(entry: Entry, line: int, strings: _Strings, given: Given) -> file_entries.Item:
    values: dict[str, str] = {}
    for field in entry.fields:
        values.setdefault(field.key.lower(), strings.put_into(str(field.value)))
    record = _record(values, entry, given.source)
    if not record.title:
        return given.mistake(line, "title", f"entry '{entry.key}' has no title; left out")
    accession = next(
        (key for key in (values.get("unique-id", ""), entry.key) if _ACCESSION.fullmatch(key)), ""
    )
    notes = [values.get(name, "").replace("\\", "") for name in ("note", "annote", "annotation")]
    return file_entries.FileEntry(line, record, accession, embedded_votes.in_notes(notes))


def _record(values: Mapping[str, str], entry: Entry, source: str) -> Record:
    def get(*names: str) -> str:
        return next((text for name in names if (text := latex.decode(values.get(name, "")))), "")

    def bare(*names: str) -> str:
        return next((text for name in names if (text := latex.plain(values.get(name, "")))), "")

    in_pubmed = bare("eprinttype", "archiveprefix").lower() in ("pmid", "pubmed")
    pages = re.sub(r"\s*[-\u2013\u2014]+\s*", "-", get("pages"))
    return Record(
        source=source,
        key="",
        title=get("title"),
        authors=_names(values.get("author") or values.get("editor", "")),
        year=field_values.year(get("year", "date")),
        journal=get("journal", "journaltitle", "booktitle", "series"),
        volume=get("volume"),
        issue=get("number", "issue"),
        pages=pages,
        doi=identifiers.doi(bare("doi")) or identifiers.doi(bare("url")),
        pmid=identifiers.pmid(bare("pmid", "pubmedid"))
        or (identifiers.pmid(bare("eprint")) if in_pubmed else "")
        or identifiers.pmid_named(bare("note", "url")),
        pmcid=identifiers.pmcid(bare("pmcid", "pmc")),
        openalex_id=identifiers.openalex_id(bare("openalex", "url")),
        isbn=identifiers.isbn(bare("isbn")),
        abstract=get("abstract"),
        language=get("language", "langid"),
        type=entry.entry_type.lower(),
        url=bare("url"),
        keywords=field_values.terms(
            get("keywords", "keyword", "author_keywords", "author-keywords")
        ),
        retracted=retraction.in_notes([get("note")]),
        raw={"bibtex": (entry.raw or "").strip()},
    )


def _names(text: str) -> tuple[str, ...]:
    """Names as printed; "and others" is no one's name."""
    names = (latex.decode(name) for name in split_multiple_persons_names(text))
    return tuple(name for name in names if name and name.lower() != "others")


def _parts(text: str) -> Iterator[str]:
    if "#" not in text:
        yield text.strip()
        return
    depth, quoted, start = 0, False, 0
    for place, sign in enumerate(text):
        if sign == '"' and depth == 0:
            quoted = not quoted
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
        elif sign == "#" and depth == 0 and not quoted:
            yield text[start:place].strip()
            start = place + 1
    yield text[start:].strip()
