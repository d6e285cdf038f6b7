"""Tagged formats that differ in their tags alone: RefWorks, Web of Science, EndNote (.enw).

Tags: "RefWorks Tagged Format" (Ex Libris Knowledge Center), "Web of Science Core Collection Field
Tags" (Clarivate) and the export filter "EndNote Export" (Refer/BibIX).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from review import publication_types, retraction
from review.errors import FileError, Mistake
from review.model import Record
from review.sources import embedded_votes, entry_fields, tagged_entries
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.tagged_entries import Layout, Tagged
from review.values import keywords

_TWO_SIGNS = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|)")


@dataclass(frozen=True, slots=True)
class TagFormat:
    """One format.

    Attributes:
        called: its name in messages, and its key in ``raw``.
        layout: how entries look.
        tags: field of a record -> tags that hold it, best first.
        by_line: fields of which each line is a value of its own.
        lists: how many tags of authors are read; others hold the same in another spelling.
        known: tags that are understood but hold nothing for a record.
    """

    called: str
    raw: str
    layout: Layout
    tags: Mapping[str, tuple[str, ...]]
    by_line: frozenset[str] = frozenset()
    lists: int = 3
    known: frozenset[str] = frozenset()

    def parse(self, given: Given) -> Items:
        """Read the entries of a file.

        Yields:
            An entry for each, its text in ``raw``, and the mistakes.

        Raises:
            FileError: there is no entry at all.
        """
        empty = True
        read = frozenset(tag for tags in self.tags.values() for tag in tags) | self.known
        for found in tagged_entries.find(given, self.layout):
            if isinstance(found, Mistake):
                yield found
                continue
            empty = False
            given.account.entries += 1
            if self.layout.last and not found.closed:
                message = f"the entry has no end ({self.layout.last}); read as far as it goes"
                yield given.mistake(found.line, self.layout.last, message)
            record = self._record(found, given)
            if record.title:
                tagged_entries.tell(found, read, given.account)
                notes = found.every(*self.tags["notes"])
                votes = embedded_votes.in_notes(notes, given.name)
                yield FileEntry(found.line, record, found.first(*self.tags["accession"]), votes)
            else:
                key = self.tags["title"][0]
                yield given.mistake(found.line, key, f"the entry has no title ({key}); left out")
        if empty:
            raise FileError(
                f"{given.name} holds no {self.called} entry: no line begins with "
                f"'{self.layout.first}'. Export it again, or as RIS."
            )

    def _record(self, found: Tagged, given: Given) -> Record:
        def get(field: str) -> list[str]:
            tags = self.tags.get(field, ())
            return found.each_line(*tags) if field in self.by_line else found.every(*tags)

        def groups(field: str) -> list[list[str]]:
            values = found.each_line if field in self.by_line else found.every
            return [texts for tag in self.tags.get(field, ()) if (texts := values(tag))]

        kind = publication_types.kind_of(found.first(*self.tags["type"][:1]))
        words = get("keywords")
        return entry_fields.record(
            given.source,
            Fields(
                title=get("title"),
                authors=groups("authors")[: self.lists],
                groups=get("group"),
                editors=get("editors"),
                year=get("year"),
                journal=[*get("book"), *get("journal")]
                if kind.part
                else [*get("journal"), *get("book")],
                volume=get("volume"),
                issue=get("issue"),
                pages=get("whole_pages"),
                first_page=get("pages"),
                last_page=get("last_page"),
                number=get("number"),
                doi=get("doi"),
                doi_alone=get("doi_alone"),
                pmid=get("pmid"),
                notes=get("notes"),
                pmcid=[text for text in get("pmcid") if text.upper().startswith("PMC")],
                isbn=get("isbn"),
                abstract=found.each(*self.tags["abstract"]),
                language=get("language"),
                type=get("type") if kind is publication_types.ARTICLE else get("type")[:1],
                urls=get("url"),
                keywords=[word for text in words for word in keywords.parted(text)],
                retracted=retraction.in_notes(get("notes")),
            ),
            {self.raw: found.text},
            given.account,
        )


_REFWORKS_TAGS = (
    "RT SR ID A1 T1 JF JO YR FD VO IS SP OP K1 AB NO A2 T2 ED PB PP A3 A4 A5 T3 SN AV AD AN LA CL "
    "SF OT LK DO CN DB DS IP RD ST U1 U2 U3 U4 U5 UL SL LL CR WT A6 WV WP ER"
)

REFWORKS = TagFormat(
    "RefWorks",
    "refworks",
    # Only known tags: text wrapped onto a new line may well begin with two capitals.
    Layout(
        re.compile(rf"({'|'.join(_REFWORKS_TAGS.split())})(?: (.*)|)"),
        first="RT",
        begins=re.compile(r"\s{0,3}RT\s{1,3}([A-Z][a-z]+(?:,? [A-Z][a-z/]+){0,3}(?:\(\w+\))?)\s*"),
        may_begin=re.compile(r"\W{0,8}RT[\s:-]{1,4}([A-Z][\w ,/()]{2,40})", re.IGNORECASE),
        glued=re.compile(r"\S(RT (?:Journal Article|Book, \w+|Conference Proceedings))\s*$"),
        once=frozenset("T1 YR JF VO IS SP".split()),
    ),
    {
        "title": ("T1",), "authors": ("A1",), "editors": ("A2", "ED"), "year": ("YR", "FD", "FR"),
        "journal": ("JF", "JO"), "book": ("T2", "T3"),
        "volume": ("VO",), "issue": ("IS",), "pages": ("SP",), "last_page": ("OP",),
        "doi": ("DO",), "doi_alone": ("LK", "NO", "AN", "ID"), "isbn": ("SN",),
        "abstract": ("AB",), "language": ("LA",),
        "type": ("RT",), "url": ("LK", "UL"), "keywords": ("K1",), "notes": ("NO",),
        "accession": ("AN",),
    },
    known=frozenset("SR ID RD ST ER DS DB".split()),
)  # fmt: skip

WOS = TagFormat(
    "Web of Science",
    "wos",
    Layout(
        _TWO_SIGNS,
        first="PT",
        begins=re.compile(r"\s{0,8}PT\s{1,3}([A-Z])\s*"),
        may_begin=re.compile(r"\W{0,8}PT[\s:-]{1,4}([A-Z])\W*", re.IGNORECASE),
        glued=re.compile(r"^ER\s*(PT [A-Z]\s*)$"),
        last="ER",
        outside=frozenset({"FN", "VR", "EF"}),
        once=frozenset("TI PY UT DI".split()),
    ),
    {
        "title": ("TI",), "authors": ("AU", "AF"), "group": ("CA",), "editors": ("BE", "ED", "BA"),
        "year": ("PY", "EA", "PD"), "journal": ("SO", "JI", "J9"), "book": ("CT",),
        "volume": ("VL",), "issue": ("IS",), "pages": ("BP",), "last_page": ("EP",),
        "number": ("AR",), "doi": ("DI",), "doi_alone": ("D2",), "pmid": ("PM",),
        "isbn": ("BN",), "abstract": ("AB",),
        "language": ("LA",), "type": ("DT",), "keywords": ("DE",), "notes": (),
        "accession": ("UT",),
    },
    by_line=frozenset({"authors", "group", "editors"}),
    lists=1,
    known=frozenset("PT ER SN EI PG".split()),
)  # fmt: skip

ENW = TagFormat(
    "EndNote",
    "enw",
    Layout(
        re.compile(r"(%\S)(?: (.*)|)"),
        first="%0",
        begins=re.compile(r"\s{0,8}%0\s{1,4}([A-Z].*)"),
        may_begin=re.compile(r"\s{0,20}%\s?0\s{0,4}[:-]?\s?([A-Za-z].*)"),
        glued=re.compile(r"\S(%0 [A-Z][A-Za-z ]+)$"),
        once=frozenset("%T %D %J %V %N".split()),
    ),
    {
        "title": ("%T",), "authors": ("%A",), "editors": ("%E",),
        "year": ("%D", "%8"), "journal": ("%J",), "book": ("%B", "%S"),
        "volume": ("%V",), "issue": ("%N",), "whole_pages": ("%P", "%&"),
        "doi": ("%R",), "doi_alone": ("%Z", "%M", "%U", "%1", "%2", "%3", "%F"),
        "pmcid": ("%2",), "isbn": ("%@",), "abstract": ("%X",), "language": ("%G",),
        "type": ("%0", "%9"), "url": ("%U", "%>"), "keywords": ("%K",), "notes": ("%Z",),
        "accession": ("%M",),
    },
    by_line=frozenset({"authors", "editors", "keywords"}),
    known=frozenset({"%F", "%~", "%W"}),
)  # fmt: skip
