"""BibTeX and BibLaTeX files. bibtexparser splits the entries, pylatexenc reads the LaTeX in them.

The file is fed to bibtexparser one ``@`` block at a time: memory stays small, and a block that is
broken harms no other.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import split_multiple_persons_names
from bibtexparser.model import Block, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String

from review import publication_types, retraction
from review.errors import FileError
from review.model import Record
from review.sources import embedded_votes, entry_fields, file_entries, latex, lines
from review.sources.entry_fields import Fields
from review.sources.file_entries import Given, Items
from review.values import authors, keywords

# What it has to say of a broken block comes out as our mistakes.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_BLOCK = re.compile(rb"^(?:[ \t]|\xef\xbb\xbf)*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_ENTRY = re.compile(r"\s*@(?!comment|string|preamble)", re.I)
# Some exporters leave the key out, which BibTeX itself would refuse.
_NO_KEY = re.compile(r"(\s*@(?!comment|string|preamble)\s*\w+\s*[{(])(?=\s*[\w-]+\s*=)", re.I)
_NEXT_FIELD = re.compile(r"\s*([A-Za-z][\w-]{1,40})\s*=\s*(?=[{\"\w])")
_RUN_TOGETHER = 60
"""Fields at most that are told apart where commas are missing."""
_BRACE = re.compile(r"(?<!\\)[{}]")
_BARE = re.compile(r"\w+(?=\s)")
_NOTES = ("note", "annote", "annotation")
_ARCHIVES = ("eprinttype", "archiveprefix")
_ARTICLE_NUMBERS = (
    "article-number", "articlenumber", "article_number", "eid", "art_number", "artnum", "articleno",
    "elocation-id", "elocationid",
)  # fmt: skip
_MANY = frozenset(
    {
        "author",
        "editor",
        "keywords",
        "keyword",
        "author_keywords",
        "author-keywords",
        "isbn",
        "note",
    }
)
"""Fields that ScienceDirect and others give once for each value."""
_READ = _MANY.union(
    ("title", "journal", "journaltitle", "shortjournal", "booktitle", "series", "volume", "number",
     "issue", "pages", "doi", "eprint", "eprinttype", "archiveprefix", "pmid", "pubmedid", "pmcid",
     "pubmed_id", "pubmed-id", "pmc", "openalex", "mesh", "groups", "abstract", "language",
     "langid", "type", "document_type", "documenttype", "url", "link", "ee", "year", "date",
     "publicationyear", "issue_date", "unique-id", "howpublished"),
    _ARTICLE_NUMBERS, _NOTES,
)  # fmt: skip
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
        block = block.ignore_error_block
    if isinstance(block, ParsingFailedBlock):
        reason = str(getattr(block.error, "abort_reason", block.error)).strip().rstrip(".")
        given.account.entries += 1
        yield given.mistake(line, "", f"the entry cannot be read: {reason}; left out")
    elif isinstance(block, String):
        strings.define(block.key, str(block.value))
    elif isinstance(block, Entry):
        given.account.entries += 1
        yield _entry(block, line, strings, given)


def _entry(entry: Entry, line: int, strings: _Strings, given: Given) -> file_entries.Item:
    values: dict[str, list[str]] = {}
    for field in entry.fields:
        for name, text in _fields(field.key.lower(), str(field.value), given):
            values.setdefault(name, []).append(strings.put_into(text))
    for name, texts in values.items():
        if len(texts) > 1 and name not in _MANY:
            words = "fields that stand twice in one entry; the first that is usable counts"
            given.account.remark(words, f"{name} = {texts[1]}")
    record = _record(values, entry, given)
    if not record.title:
        return given.mistake(line, "title", f"entry '{entry.key}' has no title; left out")
    given.account.took(name for name in values if name in _READ)
    for name, texts in values.items():
        if name not in _READ and (text := latex.plain(texts[0])):
            given.account.left_aside(name, text)
    keys = [*values.get("unique-id", ()), entry.key]
    accession = next((key for key in map(latex.plain, keys) if _ACCESSION.fullmatch(key)), "")
    notes = [text.replace("\\", "") for name in _NOTES for text in values.get(name, ())]
    votes = embedded_votes.in_notes(notes, given.name)
    return file_entries.FileEntry(line, record, accession, votes)


def _fields(name: str, text: str, given: Given) -> Iterator[tuple[str, str]]:
    """A field; two where a comma was left out between them, so that one has run into the next."""
    for _ in range(_RUN_TOGETHER):
        end = _end_of(text)
        following = _NEXT_FIELD.match(text, end) if end else None
        if following is None:
            break
        words = "a comma is missing between two fields; read as two"
        given.account.remark(words, f"{name} and {following[1]}")
        yield name, text[:end]
        name, text = following[1].lower(), text[following.end() :]
    yield name, text


def _end_of(text: str) -> int:
    """Where the first value of a field ends: its closing brace or quote, or a bare word's end."""
    if text[:1] == '"':
        return text.find('"', 1) + 1
    if text[:1] != "{":
        bare = _BARE.match(text)
        return bare.end() if bare else 0
    depth = 0
    for found in _BRACE.finditer(text):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.end()
    return 0


def _record(values: Mapping[str, list[str]], entry: Entry, given: Given) -> Record:
    def get(*names: str) -> list[str]:
        return [latex.decode(text) for name in names for text in values.get(name, ())]

    def bare(*names: str) -> list[str]:
        return [latex.plain(text) for name in names for text in values.get(name, ())]

    in_pubmed = any(text.lower() in ("pmid", "pubmed") for text in bare(*_ARCHIVES))
    kind = publication_types.kind_of(entry.entry_type)
    journal, book = get("journal", "journaltitle", "shortjournal"), get("booktitle")
    retracted = retraction.in_notes(get("note"))
    return entry_fields.record(
        given.source,
        Fields(
            title=get("title"),
            authors=[_names(values.get("author", ()))],
            editors=_names(values.get("editor", ())),
            whole_names=True,
            year=get("year", "date", "publicationyear", "issue_date"),
            journal=[*book, *journal, *get("series")]
            if kind.part
            else [*journal, *book, *get("series")],
            volume=get("volume"),
            issue=get("number", "issue"),
            pages=get("pages"),
            number=[text for text in get(*_ARTICLE_NUMBERS) if not text.startswith("2-s2")],
            doi=bare("doi"),
            doi_alone=bare("note", "eprint", "howpublished", "annote", "ee", "bdsk-url-1", "link"),
            pmid=[*bare("pmid", "pubmedid", "pubmed_id", "pubmed-id")]
            + (bare("eprint") if in_pubmed else []),
            notes=bare("note", "annote"),
            pmcid=bare("pmcid", "pmc"),
            openalex_id=bare("openalex"),
            isbn=bare("isbn"),
            abstract=[[text] for text in get("abstract")],
            language=get("language", "langid"),
            type=[entry.entry_type.lower(), *get("type", "document_type", "documenttype")]
            if kind is publication_types.ARTICLE
            else [entry.entry_type.lower()],
            urls=bare("url", "link", "ee", "bdsk-url-1"),
            keywords=_keywords(
                get("keywords", "keyword") or get("author_keywords", "author-keywords")
            ),
            mesh=[word for text in get("mesh") for word in keywords.terms(text)],
            labels=[word for text in get("groups") for word in keywords.terms(text)],
            retracted=retracted,
        ),
        {"bibtex": (entry.raw or "").strip()},
        given.account,
    )


def _keywords(texts: list[str]) -> tuple[str, ...]:
    """One field holds a list of keywords; of several each holds one."""
    return keywords.terms(texts[0]) if len(texts) == 1 else keywords.each(texts)


def _names(texts: Iterable[str]) -> list[str]:
    """Names as printed; one in braces of its own is whole, others may turn out to be several."""
    found: list[str] = []
    for text in texts:
        for name in split_multiple_persons_names(text):
            plain = latex.decode(name)
            name = name.strip()
            whole = name.startswith("{") and _end_of(name) == len(name)
            found += [plain] if whole else authors.split(plain)
    return found


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
