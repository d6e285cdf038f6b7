"""Bring the fields of bibliographic records into comparable form.

Databases write one paper in many ways: ``Basic Res Cardiol`` and ``Basic Research in
Cardiology``, ``139-54`` and ``139-154``, ``Smith J`` and ``John Smith``, a DOI as a link, in
percent code or followed by ``[doi]``.  Everything here works on one record at a time and knows
nothing of the others, so a record normalises to the same row whatever it is imported with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

import pandas as pd

COLUMNS: tuple[str, ...] = (
    "id",
    "title",
    "author",
    "year",
    "journal",
    "volume",
    "number",
    "pages",
    "doi",
    "abstract",
    "isbn",
    "pmid",
    "pmcid",
    "openalex_id",
    "entrytype",
    "source",
)
"""Columns read from a record; all but ``id`` may be missing, and a blank means missing."""

ABSTRACT_LETTERS = 240
"""Letters of an abstract that are compared; two papers rarely share their first two sentences."""

AUTHOR_LETTERS = 160
"""Letters of an author list that are compared: about the first twenty names."""

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu",
    "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
# Letters that Unicode does not decompose, as library catalogues write them.
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
_TRANSLATE = str.maketrans(_GREEK | _LETTERS)

_TAG = re.compile(r"<[^<>]{1,40}>")
_NOT_WORD = re.compile(r"[\W_]+")
_LOST_LETTER = re.compile(r"(?<=\w)\?(?=\w)")
_APOSTROPHE = re.compile(r"['’‘ʼ`´]")


def fold(text: str) -> str:
    """Return text in lower case without accents, tags or punctuation, words one space apart.

    Greek letters are spelled out, letters of other scripts are kept.
    """
    if "&" in text:
        text = unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    text = _LOST_LETTER.sub("", text.lower())
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_TRANSLATE))
        text = "".join(c for c in text if not unicodedata.combining(c)).translate(_TRANSLATE)
        text = _APOSTROPHE.sub("", text)
    else:
        text = text.replace("'", "").replace("`", "")
    return _NOT_WORD.sub(" ", text).strip()


# --- titles ---------------------------------------------------------------------------------

_LANGUAGE = (
    r"(?:afrikaans|arabic|bulgarian|chinese|croatian|czech|danish|dutch|english|estonian|finnish"
    r"|french|german|greek|hebrew|hungarian|indonesian|italian|japanese|korean|lithuanian"
    r"|multiple languages|norwegian|persian|polish|portuguese|romanian|russian|serbian|slovak"
    r"|slovenian|spanish|swedish|thai|turkish|ukrainian|undetermined)"
)
# What databases and repositories add behind a title: "[Chinese]", "(article in French)",
# "[Review] [16 refs]", "[Erratum appears in ...]", "(accepted manuscript, Newcastle ePrints)".
_NOTE = re.compile(
    r"[\[(]\s*(?:"
    rf"(?:article in\s+)?{_LANGUAGE}(?:\s*[,;/&]\s*{_LANGUAGE})*\s*"
    r"|\d+ refs?\.?|(?:a )?review|abstracts?|(?:multiple )?letters?|(?:see )?comments?|corrected"
    r"|[^()\[\]]*\b(?:record|repository|manuscript|e-?prints?|preprint|author version|in press"
    r"|as named on|(?:erratum|correction|comment|errata|corrigendum|retraction)\s"
    r"(?:appears|in|on|for)\b)[^\[\]]*"
    rf")[\])]\W*(?:\[\d+\]\W*)?$|\.\s+{_LANGUAGE}\W*$",
    re.I,
)
# The same where a database cut the title short: "[Erratum appears in J Pediatr. 2003 Jun".
_OPEN_NOTE = re.compile(
    r"(?<=\S)\s*[\[(]\s*(?:published )?(?:errat(?:um|a)|correct(?:ion|ed)|comment|see comment"
    r"|retraction|summary for patients)\b.*$"
    r"|\s*\(vol\.? \d+,? pg?\.? \w+,? \d{4}\)\W*$",
    re.I,
)
# "... N Engl J Med. 2009 Jan 29;360(5):544-6": the citation of the paper that is spoken of.
_CITATION = re.compile(r"\.\.\.\s.*\b(?:19|20)\d\d\b.*$")
_SPREADSHEET_FAULT = re.compile(r"#(?:NAME\?|REF!|VALUE!|N/A|DIV/0!)$")
# A footnote mark printed after the title: "... In Services 1", "... Performances*".
_FOOTNOTE = re.compile(r"(?<=[a-z]{3})(?<!part)(?<!type)(?<!phase)(?<!grade)(?<!stage) [12]$")
_ROMAN = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8",
    "ix": "9", "xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15",
}  # fmt: skip
_SERIAL = re.compile(
    r"\b(?:part|phase|section|study|paper|report|chapter|volume|type|class) ([ivx])\b"
)
_DIGITS = re.compile(r"\d+")


def fold_title(title: str) -> str:
    """Return a folded title without notes on language, copy or footnote."""
    title = title.strip()
    if _SPREADSHEET_FAULT.match(title):
        return ""
    if "..." in title:
        title = _CITATION.sub("", title) or title
    if "[" in title or "(" in title:
        title = _OPEN_NOTE.sub("", title) or title
    for _ in range(3):  # notes may follow one another
        bare = _NOTE.sub("", title)
        if not bare or bare == title:
            break
        title = bare
    return _FOOTNOTE.sub("", fold(title))


def title_numbers(folded: str) -> str:
    """Return the numbers of a folded title in order, Roman ones as Arabic: ``"2 12"``.

    Two papers of a series ("Part I", "Part II") often differ in nothing else.
    """
    found = []
    words = folded.split()
    serial = set(_SERIAL.findall(folded))
    for position, word in enumerate(words):
        if word in _ROMAN and (len(word) > 1 or word in serial or position == len(words) - 1):
            found.append(_ROMAN[word])
        else:
            found.extend(str(int(run)) for run in _DIGITS.findall(word) if run.isascii())
    return " ".join(found)


# Only at the start or the end of a title, where a notice names itself.
_NOTICES: tuple[tuple[str, str], ...] = (
    ("retraction", r"^(?:retraction|retracted|withdrawn|expression of concern)\b|\bretracted$"),
    (
        "correction",
        r"^(?:(?:author|publisher) )?(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|addendum)\b"
        r"|\b(?:erratum|corrigendum|correction)$|\bvol \d+ pg? \d+ (?:19|20)\d\d$",
    ),
    (
        "reply",
        r"^(?:the )?(?:authors? )?(?:reply|replies|rejoinder)\b|^in reply\b"
        r"|^authors? response\b|^response to (?:the )?(?:letter|comment|editor)"
        r"|\b(?:reply|rejoinder|authors? response)$",
    ),
    ("letter", r"^letters?\b(?! (?:from|of)\b)|\bto the editor\b"),
    (
        "comment",
        r"^(?:invited |editorial |guest )?(?:comment|comments|commentary|editorial)\b"
        r"|^discussion of\b|\b(?:commentary|editorial|comments?)$",
    ),
)
_NOTICE = tuple((kind, re.compile(pattern)) for kind, pattern in _NOTICES)


def notice(folded: str) -> str:
    """Return what kind of notice about another paper a folded title announces, or ``""``."""
    for kind, pattern in _NOTICE:
        if pattern.search(folded):
            return kind
    return ""


_GENERIC_WORD = frozenset(
    """a about abstract abstracts acknowledgement acknowledgements acknowledgment acknowledgments
    address advertisement advisory also and announcement announcements annual article articles
    associate author authors award awards back board book books business calendar call chair
    chairman chairmans chairs column comment commentary comments conference content contents
    contributors corner correction corrections correspondence corrigendum cover current desk
    discussion editor editorial editorials editors errata erratum events executive for
    foreword forthcoming forum from front general guest guide highlights image images in index
    information instructions interview introduction introductory invited issue issues letter
    letters list masthead matter meeting meetings member members message messages minitrack
    miscellaneous new news newsletter note notes notice notices number obituary of on opening
    opinion our overview page papers part perspective perspectives preface president
    presidents proceedings program programme publication publisher publishers quarterly
    question questions record remark remarks reply report reports research response responses
    review reviewer reviewers reviews secretary section senior special statement subject
    summary supplement symposium table thank thanks the this to track upcoming update
    viewpoint views volume welcome with word words year""".split()
)


def is_generic(folded: str, names: str = "") -> bool:
    """Tell whether a folded title says nothing of its paper, such as ``editors comments``.

    The names of the journal and the authors add nothing either (``remarks from the mis quarterly
    editor``).
    """
    words = [w for w in folded.split() if not w.isdigit() and w not in _ROMAN]
    if len("".join(words)) < 12:
        return True
    rest = [word for word in words if word not in _GENERIC_WORD]
    return not rest or (len(rest) < len(words) and set(rest) <= set(fold(names).split()))


# --- authors --------------------------------------------------------------------------------

# The cuts between two authors: "; ", " and ", " & ", or ".Smith" as some exports run them on.
_AUTHOR_CUT = re.compile(r"\s*;\s*|\s+and\s+|\s*&\s*|\s*\|\s*|(?<=[A-Z]\.)(?=[A-Z][^.\s])")
_NOT_NAMES = frozenset(
    "and the others et al von van der den del della las los anonymous jr sr".split()
)
_INITIALS = re.compile(r"^[A-Z][A-Z.\-]{0,4}$")


def _name_words(author: str) -> list[str]:
    """Return the folded words of one author that are not initials."""
    words = [word for word in re.split(r"[\s,]+", author) if not _INITIALS.match(word)]
    folded = [part for word in words for part in fold(word).split()]
    return [word for word in folded if len(word) > 1 and word not in _NOT_NAMES]


def _authors(text: str) -> list[list[str]]:
    if not text:
        return []
    # Exports that glue initials to the name ("FeldmanG.M.") are cut before the initials.
    text = re.sub(r"(?<=[a-z])(?=[A-Z]\.)", " ", text) if "." in text else text
    people = [_name_words(person) for person in _AUTHOR_CUT.split(text)]
    return [words for words in people if words]


def first_author(text: str) -> str:
    """Return the name words of the first author, in order of the alphabet."""
    people = _authors(text)
    return " ".join(sorted(people[0])) if people else ""


def fold_authors(text: str) -> str:
    """Return the name words of all authors, cut at `AUTHOR_LETTERS`."""
    return " ".join(word for person in _authors(text) for word in person)[:AUTHOR_LETTERS]


# --- where it was published -------------------------------------------------------------------

_JOURNAL_NOTE = re.compile(r"\s*(?:\.\s?\d|\.?\s*\bconference\b|\(|\[|:|=|/|;\s).*$", re.I)
_JOURNAL_SKIP = frozenset(
    "the of and in for on to a an de la le les des der die das und et official journal j".split()
)
_SMALL_WORDS = frozenset("the of and in for on".split())
_ACRONYM_LETTERS = 7


def fold_journal(journal: str) -> str:
    """Return the first four letters of each telling word, so abbreviations meet full names."""
    if journal[0].isdigit():  # a citation without the name
        return ""
    cut = _JOURNAL_NOTE.sub("", journal) if len(journal) > 8 else journal
    words = fold(cut or journal).split()
    kept = [word for word in words if word not in _JOURNAL_SKIP] or words
    if len(kept) == 1 and len(kept[0]) <= _ACRONYM_LETTERS:
        return kept[0]
    return " ".join(word[:4] for word in kept)


def journal_initials(journal: str) -> str:
    """Return the initials of a journal's name (``jama``, ``ijerph``); of one word, the word."""
    words = [word for word in fold(journal).split() if word not in _SMALL_WORDS]
    if len(words) == 1:
        return words[0] if len(words[0]) <= _ACRONYM_LETTERS else ""
    return "".join(word[0] for word in words)


_MEETING = re.compile(
    r"\b(?:conference|congress|meeting|symposium|abstracts?|annual session)\b", re.I
)


def is_meeting(journal: str, volume: str, number: str) -> bool:
    """Tell whether a record is a contribution to a meeting, by its journal or supplement."""
    return bool(_MEETING.search(journal)) or "suppl" in (volume + number).lower()


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DATED = re.compile(rf"^(?:(\d+)-({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)})-(\d+))$")


def _undate(text: str) -> str:
    """Undo what spreadsheets make of ``5-6`` and ``1-55``: ``05-Jun`` and ``Jan-55``."""
    found = _DATED.match(text.lower())
    if not found:
        return text
    day, month, first_month, last = found.groups()
    if day:
        return f"{day}-{_MONTHS.index(month) + 1}"
    return f"{_MONTHS.index(first_month) + 1}-{last}"


def first_number(text: str) -> str:
    """Return the first number of a volume or issue without leading zeros, or ``""``."""
    if ")" in text and "(" not in text:  # the end of a supplement's number
        return ""
    found = _DIGITS.search(_undate(text))
    return found.group().lstrip("0") if found and found.group().isascii() else ""


def first_page(pages: str) -> str:
    """Return the first page without its letter (``"73"`` for ``S73``), which is often left out."""
    return first_number(pages)


_PAGES = re.compile(r"0*(\d+)\s*[-–—]+\s*[a-z]{0,4}0*(\d+)")


def last_page(pages: str) -> str:
    """Return the last page in full (``"219"`` for ``211-9``), or ``""`` where there is none."""
    found = _PAGES.search(_undate(pages).lower())
    if not found:
        return ""
    first, last = found.groups()
    return first[: max(len(first) - len(last), 0)] + last


def fold_year(year: str) -> str:
    """Return the four-digit year in a date, or ``""``."""
    found = re.search(r"(?:1[5-9]|20)\d\d", year)
    return found.group() if found else ""


# --- identifiers ------------------------------------------------------------------------------

_DOI = re.compile(r"10\.\d{4,9}/[^\s;,\"<>]+", re.I)


def fold_doi(doi: str) -> str:
    """Return the bare DOI in lower case, or ``""`` where the text holds none."""
    if "10." not in doi:
        return ""
    if "%" in doi:
        doi = unquote(doi)
    found = _DOI.search(doi)
    if not found:
        return ""
    bare = found.group().lower().rstrip("./]")
    return bare if "(" in bare else bare.rstrip(")")


# Endings that mark another version or file of the same work: Cochrane updates (.pub2), preprint
# and repository versions (/v1, .v2), supplementary files (.s001) and table objects (.t001).
_DOI_VERSION = re.compile(r"(?:\.pub\d+|[./]v\d+|\.[stg]\d{3}|/abstract|/full|/pdf|/epdf)$")


def doi_stem(doi: str) -> str:
    """Return a folded DOI without its version ending, so versions of a work share one stem."""
    return _DOI_VERSION.sub("", doi)


# DOI prefixes under which preprints are registered (Crossref and DataCite member lists):
# bioRxiv/medRxiv, arXiv, Preprints.org, Research Square, SSRN, OSF, PeerJ Preprints, Authorea,
# ChemRxiv, JMIR Preprints, F1000 open platform preprints excluded as they are versions.
_PREPRINT_DOI = re.compile(
    r"^10\.(?:1101|64898|48550|20944|21203|2139|31234|31219|31222|22541|26434|7287|2196/preprints)\b"
)
_PREPRINT_NAME = re.compile(
    r"\b(?:preprints?|arxiv|corr|biorxiv|medrxiv|chemrxiv|ssrn|research square|osf|psyarxiv)\b"
)


def is_preprint(doi: str, journal: str, entrytype: str) -> bool:
    """Tell whether a record is a preprint, by DOI prefix, server name or entry type."""
    return bool(
        _PREPRINT_DOI.search(doi)
        or _PREPRINT_NAME.search(journal.lower())
        or _PREPRINT_NAME.search(entrytype.lower())
    )


_PMCID = re.compile(r"(?:pmc)?\s*(\d{4,9})", re.I)
_ISSN = re.compile(r"\d{4}-?\d{3}[\dxX]")


def fold_pmid(pmid: str) -> str:
    """Return the digits of a PubMed id, or ``""``; spreadsheets may have added ``.0``."""
    return first_number(pmid)


def fold_pmcid(pmcid: str) -> str:
    """Return the digits of a PubMed Central id, or ``""``."""
    found = _PMCID.search(pmcid)
    return found.group(1) if found else ""


def fold_openalex(openalex_id: str) -> str:
    """Return an OpenAlex work id such as ``w2741809807``, from the id or its link."""
    found = re.search(r"w\d+", openalex_id.lower())
    return found.group() if found else ""


def fold_issn(isbn: str) -> str:
    """Return the ISSNs in a field, without hyphens, in order of the alphabet."""
    return " ".join(sorted({x.replace("-", "").lower() for x in _ISSN.findall(isbn)}))


# --- the frame --------------------------------------------------------------------------------


def _texts(records: pd.DataFrame, column: str) -> list[str]:
    """Return one column as plain strings; a missing column or value is the empty string."""
    if column not in records.columns:
        return [""] * len(records)
    values = records[column]
    return ["" if v is None or v != v else str(v).strip() for v in values.tolist()]


def _map(function: Callable[[str], str], values: list[str]) -> list[str]:
    return [function(value) if value else "" for value in values]


def normalise(records: pd.DataFrame) -> pd.DataFrame:
    """Return the comparable fields of records, sorted by id.

    Args:
        records: One row per record, N rows, with any of `COLUMNS`; ``id`` is required.

    Returns:
        N rows, sorted by ``id``, with string columns (``""`` = missing) ``id``, ``title``,
        ``numbers``, ``notice``, ``authors``, ``first_author``, ``year``, ``journal``, ``initials``,
        ``issn``,
        ``volume``, ``number``, ``page``, ``last_page``, ``doi``, ``doi_stem``, ``pmid``, ``pmcid``,
        ``openalex_id``, ``abstract`` and boolean columns ``generic``, ``meeting`` and
        ``preprint``.

    Raises:
        KeyError: if there is no ``id`` column.
        ValueError: if an id is blank or occurs twice.
    """
    ids = records["id"].astype(str).str.strip()
    if (ids == "").any() or ids.duplicated().any():
        raise ValueError("Every record needs an id of its own.")
    order = ids.argsort(kind="stable").to_numpy()
    records = records.iloc[order]
    titles = _map(fold_title, _texts(records, "title"))
    authors = _texts(records, "author")
    journals = _texts(records, "journal")
    dois = _map(fold_doi, _texts(records, "doi"))
    kinds = zip(dois, journals, _texts(records, "entrytype"), strict=True)
    abstracts = [text[: 2 * ABSTRACT_LETTERS] for text in _texts(records, "abstract")]
    fields: dict[str, list[str]] = {
        "id": ids.iloc[order].tolist(),
        "title": titles,
        "numbers": _map(title_numbers, titles),
        "notice": _map(notice, _map(fold, _texts(records, "title"))),
        "authors": _map(fold_authors, authors),
        "first_author": _map(first_author, authors),
        "year": _map(fold_year, _texts(records, "year")),
        "journal": _map(fold_journal, journals),
        "initials": _map(journal_initials, journals),
        "issn": _map(fold_issn, _texts(records, "isbn")),
        "volume": _map(first_number, _texts(records, "volume")),
        "number": _map(first_number, _texts(records, "number")),
        "page": _map(first_page, _texts(records, "pages")),
        "last_page": _map(last_page, _texts(records, "pages")),
        "doi": dois,
        "doi_stem": _map(doi_stem, dois),
        "pmid": _map(fold_pmid, _texts(records, "pmid")),
        "pmcid": _map(fold_pmcid, _texts(records, "pmcid")),
        "openalex_id": _map(fold_openalex, _texts(records, "openalex_id")),
        "abstract": [fold(text)[:ABSTRACT_LETTERS] for text in abstracts],
    }
    normalised = pd.DataFrame(fields, dtype="str")
    names = [f"{journal} {author}" for journal, author in zip(journals, authors, strict=True)]
    normalised["generic"] = pd.Series(
        [is_generic(*pair) for pair in zip(titles, names, strict=True)], dtype=bool
    )
    places = zip(journals, _texts(records, "volume"), _texts(records, "number"), strict=True)
    normalised["meeting"] = pd.Series([is_meeting(*place) for place in places], dtype=bool)
    normalised["preprint"] = pd.Series([is_preprint(*kind) for kind in kinds], dtype=bool)
    return normalised
