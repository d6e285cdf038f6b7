"""Tagged formats that differ in their tags alone: RefWorks, Web of Science, EndNote (.enw).

Tags: "RefWorks Tagged Format" (Ex Libris Knowledge Center), "Web of Science Core Collection Field
Tags" (Clarivate) and the export filter "EndNote Export" (Refer/BibIX).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from review import identifiers
from review.errors import FileError, Mistake
from review.model import Record
from review.sources import embedded_votes, field_values, tagged_entries
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.tagged_entries import Layout, Tagged

_TWO_SIGNS = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|)")


@dataclass(frozen=True, slots=True)
class TagFormat:
    """One format.

    Attributes:
        called: its name in messages, and its key in ``raw``.
        layout: how entries look.
        tags: field of a record -> tags that hold it, best first.
        by_line: fields of which each line is a value of its own.
        split: sign that parts keywords within one value; ``""`` if each value is one.
    """

    called: str
    raw: str
    layout: Layout
    tags: Mapping[str, tuple[str, ...]]
    by_line: frozenset[str] = frozenset()
    split: str = ""

    def parse(self, given: Given) -> Items:
        """Read the entries of a file.

        Yields:
            An entry for each, its text in ``raw``, and the mistakes.

        Raises:
            FileError: there is no entry at all.
        """
        empty = True
        for found in tagged_entries.find(given, self.layout):
            if isinstance(found, Mistake):
                yield found
                continue
            empty = False
            if self.layout.last and not found.closed:
                message = f"the entry has no end ({self.layout.last}); read as far as it goes"
                yield given.mistake(found.line, self.layout.last, message)
            record = self._record(found, given.source)
            if record.title:
                votes = embedded_votes.in_notes(found.all(*self.tags["notes"]))
                yield FileEntry(found.line, record, found.first(*self.tags["accession"]), votes)
            else:
                key = self.tags["title"][0]
                yield given.mistake(found.line, key, f"the entry has no title ({key}); left out")
        if empty:
            raise FileError(
                f"{given.name} holds no {self.called} entry: no line begins with "
                f"'{self.layout.first}'. Export it again, or as RIS."
            )

    def _record(self, found: Tagged, source: str) -> Record:
        def get(field: str) -> str:
            return found.first(*self.tags.get(field, ()))

        def each(field: str) -> list[str]:
            values = found.each_line if field in self.by_line else found.all
            return values(*self.tags[field])

        words = each("keywords")
        if self.split:
            words = [part for word in words for part in word.split(self.split)]
        return Record(
            source=source,
            key="",
            title=get("title"),
            authors=tuple(each("authors")),
            year=field_values.year(get("year")),
            journal=get("journal"),
            volume=get("volume"),
            issue=get("issue"),
            pages=field_values.pages(get("pages"), get("last_page")),
            doi=identifiers.doi(get("doi")) or identifiers.doi(get("url")),
            pmid=identifiers.pmid(get("pmid")) or identifiers.pmid_named(get("notes")),
            pmcid=identifiers.pmcid(get("pmcid")),
            isbn=identifiers.isbn(get("isbn")),
            abstract=get("abstract"),
            language=get("language"),
            type=get("type"),
            url=get("url"),
            keywords=tuple(dict.fromkeys(filter(None, map(str.strip, words)))),
            raw={self.raw: found.text},
        )


_REFWORKS_TAGS = (
    "RT SR ID A1 T1 JF JO YR FD VO IS SP OP K1 AB NO A2 T2 ED PB PP A3 A4 A5 T3 SN AV AD AN LA CL "
    "SF OT LK DO CN DB DS IP RD ST U1 U2 U3 U4 U5 UL SL LL CR WT A6 WV WP ER"
)

REFWORKS = TagFormat(
    "RefWorks",
    "refworks",
    # Only known tags: text wrapped onto a new line may well begin with two capitals.
    Layout(re.compile(rf"({'|'.join(_REFWORKS_TAGS.split())})(?: (.*)|)"), first="RT"),
    {
        "title": ("T1",), "authors": ("A1",), "year": ("YR", "FD"), "journal": ("JF", "JO", "T2"),
        "volume": ("VO",), "issue": ("IS",), "pages": ("SP",), "last_page": ("OP",),
        "doi": ("DO",), "isbn": ("SN",), "abstract": ("AB",), "language": ("LA",),
        "type": ("RT",), "url": ("LK", "UL"), "keywords": ("K1",), "notes": ("NO",),
        "accession": ("AN",),
    },
    split=";",
)  # fmt: skip

WOS = TagFormat(
    "Web of Science",
    "wos",
    Layout(_TWO_SIGNS, first="PT", last="ER", outside=frozenset({"FN", "VR", "EF"})),
    {
        "title": ("TI",), "authors": ("AU", "AF"), "year": ("PY", "EA"), "journal": ("SO", "JI"),
        "volume": ("VL",), "issue": ("IS",), "pages": ("BP", "AR"), "last_page": ("EP",),
        "doi": ("DI",), "pmid": ("PM",), "isbn": ("BN",), "abstract": ("AB",),
        "language": ("LA",), "type": ("DT",), "keywords": ("DE",), "notes": (),
        "accession": ("UT",),
    },
    by_line=frozenset({"authors"}),
    split=";",
)  # fmt: skip

ENW = TagFormat(
    "EndNote",
    "enw",
    Layout(re.compile(r"(%\S)(?: (.*)|)"), first="%0"),
    {
        "title": ("%T",), "authors": ("%A",), "year": ("%D", "%8"), "journal": ("%J", "%B"),
        "volume": ("%V",), "issue": ("%N",), "pages": ("%P",), "doi": ("%R",), "pmcid": ("%2",),
        "isbn": ("%@",), "abstract": ("%X",), "language": ("%G",), "type": ("%0",),
        "url": ("%U",), "keywords": ("%K",), "notes": ("%Z",), "accession": ("%M",),
    },
    by_line=frozenset({"authors", "keywords"}),
)  # fmt: skip
