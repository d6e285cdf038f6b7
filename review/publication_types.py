"""Kinds of publication, and the word that each tool and format has for them.

Sources and files name one kind in many ways: ``CHAP`` in RIS, ``Book Section`` in EndNote,
``incollection`` in BibTeX, ``chapter`` in CSL, ``book-chapter`` in OpenAlex and Crossref. Records
keep the word of their source; here it is found again when a reference file is written. The words
are those of the RIS specification (2011), EndNote's reference types, the entry types of BibTeX and
biblatex, CSL 1.0.2, and OpenAlex's and Crossref's lists of types.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublicationType:
    """One kind of publication.

    Attributes:
        ris: its ``TY``.
        csl: its ``type`` in CSL.
        bibtex: its entry type.
        words: what else it is called, in lower case with single blanks.
    """

    ris: str
    csl: str
    bibtex: str
    words: tuple[str, ...] = ()


ARTICLE = PublicationType("JOUR", "article-journal", "article", ("journal article", "article"))

_TYPES = (
    ARTICLE,
    PublicationType("EJOUR", "article-journal", "article", ("electronic article",)),
    PublicationType("INPR", "article-journal", "article", ("in press",)),
    PublicationType("MGZN", "article-magazine", "article", ("magazine article",)),
    PublicationType("NEWS", "article-newspaper", "article", ("newspaper article", "news item")),
    PublicationType("BOOK", "book", "book", ("monograph", "mvbook", "whole book")),
    PublicationType("EBOOK", "book", "book", ("electronic book",)),
    PublicationType("EDBOOK", "book", "book", ("edited book", "collection")),
    PublicationType(
        "CHAP", "chapter", "incollection",
        ("book section", "book chapter", "inbook", "book part", "reference entry"),
    ),
    PublicationType("ECHAP", "chapter", "incollection", ("electronic book section",)),
    PublicationType("ENCYC", "entry-encyclopedia", "incollection", ("encyclopedia", "inreference")),
    PublicationType(
        "CPAPER", "paper-conference", "inproceedings",
        ("conference paper", "proceedings article", "conference", "conference abstract",
         "meeting abstract"),
    ),
    PublicationType(
        "CONF", "paper-conference", "proceedings", ("conference proceedings", "conference object"),
    ),
    PublicationType(
        "THES", "thesis", "phdthesis",
        ("dissertation", "mastersthesis", "doctoral thesis", "master thesis", "academic thesis"),
    ),
    PublicationType("RPRT", "report", "techreport", ("technical report", "government document")),
    PublicationType(
        "UNPB", "article", "unpublished", ("preprint", "posted content", "unpublished work"),
    ),
    PublicationType("MANSCPT", "manuscript", "unpublished", ()),
    PublicationType("ELEC", "webpage", "online", ("web page", "website", "blog")),
    PublicationType("DATA", "dataset", "dataset", ("data set",)),
    PublicationType("DBASE", "dataset", "dataset", ("online database", "database")),
    PublicationType("COMP", "software", "software", ("computer program", "peer software")),
    PublicationType("STAND", "standard", "misc", ()),
    PublicationType("PAT", "patent", "patent", ()),
    PublicationType("SLIDE", "speech", "misc", ("presentation",)),
    PublicationType("VIDEO", "motion_picture", "misc", ("film or broadcast",)),
    PublicationType("GEN", "document", "misc", ("generic",)),
)  # fmt: skip


def _word(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.lower()).strip()


# A later kind never takes a word from an earlier one: "article-journal" is that of a journal.
_BY_WORD: dict[str, PublicationType] = {}
for _type in _TYPES:
    for _name in (_type.ris, *_type.words):
        _BY_WORD.setdefault(_word(_name), _type)
for _type in _TYPES:
    for _name in (_type.csl, _type.bibtex):
        _BY_WORD.setdefault(_word(_name), _type)


def publication_type(word: str) -> PublicationType:
    """The kind that a source's word stands for; an article where the word says nothing else."""
    return _BY_WORD.get(_word(word), ARTICLE)
