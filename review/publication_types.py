"""Types of publications: the words each format has for one kind, on the way in and on the way out.

RIS types as in the specification of Research Information Systems, EndNote's numbers as in its
reference types, CSL's as in the schema of the Citation Style Language, BibTeX's as in btxdoc.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of publication, as each format calls it.

    Attributes:
        ris, bibtex, csl: its name in files we write.
        part: whether it is part of a book or of proceedings, whose title is not a journal's.
    """

    ris: str
    bibtex: str
    csl: str
    part: bool = False


REGISTRATION = "Clinical trial registration"
"""The type of an entry of a register of studies; written as a report, as reference managers do."""

ARTICLE = Kind("JOUR", "article", "article-journal")
_KINDS: tuple[tuple[Kind, str], ...] = (
    (ARTICLE,
     "jour|ejour|article|journal-article|article-journal|journalarticle|journal article|17|"
     "journal, article|article in a periodical"),
    (Kind("BOOK", "book", "book"),
     "book|monograph|ebook|whole book|book, whole|books|mvbook|reference-book|6|44|authored book"),
    (Kind("EDBOOK", "book", "book"),
     "edbook|edited book|edited-book|28|collection|proceedings book"),
    (Kind("CHAP", "incollection", "chapter", True),
     "chap|echap|book-chapter|book section|booksection|book chapter|book, section|incollection|"
     "inbook|chapter|suppbook|book-section|book-part|reference-entry|encyc|entry-encyclopedia|"
     "entry-dictionary|electronic book section|5|60|dict|"
     "book, chapter|encyclopediaarticle|dictionaryentry"),
    (Kind("THES", "phdthesis", "thesis"),
     "thes|thesis|dissertation|phdthesis|mastersthesis|dissertation/thesis|doctoral thesis|"
     "doctoral dissertation|thesis/dissertation|dissertations|theses|32|academic dissertation"),
    (Kind("RPRT", "techreport", "report"),
     "rprt|report|techreport|technical report|report-component|reports|govdoc|"
     "government document|27|46|technical note|clinical trial registration|trial registration"),
    (Kind("CPAPER", "inproceedings", "paper-conference", True),
     "cpaper|conference paper|conferencepaper|inproceedings|paper-conference|"
     "proceedings-article|proceedings paper|conference|conference abstract|meeting abstract|47"),
    (Kind("CONF", "inproceedings", "paper-conference", True),
     "conf|conference proceedings|conference proceeding|proceedings|10|conference review"),
    (Kind("UNPB", "unpublished", "article"),
     "unpb|preprint|posted-content|unpublished work|unpublished|manuscript|34|36|article-preprint"),
    (Kind("INPR", "article", "article-journal"), "inpr|article in press|in press|early access"),
    (Kind("DATA", "misc", "dataset"), "data|dataset|data file|aggr|database|online database|59|45"),
    (Kind("ELEC", "misc", "webpage"),
     "elec|web page|webpage|website|web site|document from internet site|electronic source|"
     "electronic resource|online|12|48|blog|blogpost|post|forumpost"),
    (Kind("ICOMM", "misc", "personal_communication"), "icomm|pcomm|personal communication|26"),
    (Kind("MGZN", "article", "article-magazine"),
     "mgzn|magazine article|magazinearticle|article-magazine|trade journal|19"),
    (Kind("NEWS", "article", "article-newspaper"),
     "news|newspaper article|newspaperarticle|newspaper|article-newspaper|23"),
    (Kind("PAT", "misc", "patent"), "pat|patent|25"),
    (Kind("STAND", "techreport", "standard"), "stand|standard|58"),
    (Kind("SER", "book", "book"), "ser|serial|57|book-series|book series"),
    (Kind("ABST", "article", "article-journal"), "abst|abstract"),
    (Kind("COMP", "misc", "software"), "comp|software|computer program|9|computerprogram"),
    (Kind("GEN", "misc", "document"), "gen|misc|generic|other|document|13"),
)  # fmt: skip

_BY_WORD: Mapping[str, Kind] = {
    word: kind for kind, words in _KINDS for word in (*words.split("|"), kind.ris.lower())
}
_ENDNOTE: Mapping[str, str] = {
    "0": "Journal Article", "2": "Artwork", "3": "Audiovisual Material", "4": "Bill",
    "5": "Book Section", "6": "Book", "7": "Case", "9": "Computer Program",
    "10": "Conference Proceedings", "12": "Web Page", "13": "Generic", "17": "Journal Article",
    "19": "Magazine Article", "20": "Map", "23": "Newspaper Article", "25": "Patent",
    "26": "Personal Communication", "27": "Report", "28": "Edited Book", "31": "Statute",
    "32": "Thesis", "34": "Unpublished Work", "36": "Manuscript", "43": "Electronic Article",
    "44": "Electronic Book", "45": "Online Database", "46": "Government Document",
    "47": "Conference Paper", "48": "Online Multimedia", "49": "Blog", "57": "Serial",
    "58": "Standard", "59": "Dataset", "60": "Electronic Book Section",
}  # fmt: skip
"""EndNote's numbers of reference types, which some exports give without the name."""

# What tells most of a study goes first; "Journal Article" tells nothing.
_TELLING = (
    r"retracted publication|retraction",
    r"randomi[sz]ed controlled trial",
    r"meta-analysis|network meta-analysis",
    r"systematic review|scoping review",
    r"(?:equivalence|pragmatic|adaptive|controlled) (?:clinical )?trial",
    r"clinical trial(?:, .*| protocol)?",
    r"case reports?",
    r"observational study|twin study|comparative study|multicenter study|validation study",
    r"practice guideline|guideline.*|consensus.*",
    r"review(?:[ ;-].*)?",
    r"clinical study|evaluation study",
    r"editorial|letter|comment|news|interview|note|erratum|published erratum|corrections?",
    r"(?:academic )?dissertations?|preprint|congress.*|conference.*|meeting abstract|"
    r"proceedings paper|book.*|report|technical report|dataset",
)
_RANKS = tuple(re.compile(words, re.IGNORECASE) for words in _TELLING)
_NOTHING = re.compile(
    r"journal article|article|jour|english abstract|research support\b.*|historical article|"
    r"journal|serial|scholarly journals?|academic journals?|\W*|n/a|nan|null|none",
    re.IGNORECASE,
)


def kind_of(given: str) -> Kind:
    """The kind that a source's word for a type stands for; an article where nothing is known.

    ``Article; Proceedings Paper`` is the more telling of the two.
    """
    known = _kind(given)
    if known is not None:
        return known
    parts = [part for part in re.split("[;|]", given) if part.strip()]
    kinds = [kind for part in parts if (kind := _kind(part)) is not None]
    return next((kind for kind in kinds if kind is not ARTICLE), ARTICLE)


def most_telling(types: Iterable[str]) -> str:
    """Of the types a source gives one work, the one that says most of it: a trial's, not "Article".

    EndNote's numbers become the names they stand for.
    """
    given = [named(text) for text in types if text and text.strip()]
    ranked = min(given, key=_rank, default="")
    return "" if not ranked.strip(" -/") else ranked


def named(given: str) -> str:
    """A type as it was given, the name for a number of EndNote's."""
    text = " ".join(given.split())
    return _ENDNOTE.get(text.removesuffix(".0"), text)


def _kind(given: str) -> Kind | None:
    word = " ".join(given.lower().split()).strip(" .")
    return _BY_WORD.get(word) or _BY_WORD.get(word.removesuffix("s"))


def _rank(text: str) -> int:
    for rank, words in enumerate(_RANKS):
        if words.fullmatch(text):
            return rank
    return len(_RANKS) + (1 if _NOTHING.fullmatch(text) else 0)
