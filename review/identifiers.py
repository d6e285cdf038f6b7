"""Identifiers of publications, read out of whatever a source wrote: DOI, PubMed, OpenAlex, ISBN.

The one place where they are read. Each function takes the text as it was given, returns the bare
identifier or ``""`` when the text holds none, and never raises.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

# The shape Crossref recommends for matching: https://www.crossref.org/blog/dois-and-matching-regular-expressions/
# Old DOIs of the SICI form (ANSI/NISO Z39.56) hold one piece in angle brackets, such as
# "<1661::AID-SIM968>3.0"; anything else that begins with "<" is mark-up around the DOI.
_SUFFIX = r"(?:[^\s\"<>]|<[^\s\"<>:/]+:[^\s\"<>]*>(?=[0-9]\.[0-9]))+"
_DOI = re.compile(rf"10\.[0-9]{{4,9}}(?:\.[0-9]+)*/{_SUFFIX}", re.IGNORECASE)
_WHOLE_DOI = re.compile(rf"10\.[0-9]+(?:\.[0-9]+)*/{_SUFFIX}")
_DOI_PREFIX = re.compile(r"^(?:https?://)?(?:(?:dx|www)\.)?(?:doi\.org/|doi:?\s*)", re.IGNORECASE)
_NEXT_DOI = re.compile(
    r"[;,|](?=(?:https?://(?:(?:dx|www)\.)?doi\.org/|doi:)?10\.[0-9]{4,9}/)", re.IGNORECASE
)
_ESCAPES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&#60;": "<", "&#62;": ">", "&quot;": '"'}
_ESCAPED = re.compile("|".join(_ESCAPES), re.IGNORECASE)
_SPACED = re.compile(r"^(10\.[0-9]{4,9}) ?/ ?(?=\S+$)")

# What addresses of publishers hold behind a DOI: a query, a place on the page, a session, the kind
# of page; and what reference managers glue to it.
_NOT_DOI = re.compile(
    r"""(?:
    \?[\w.-]*(?:=.*)?                      # ?needAccess=true
    | &[\w.-]+=.*                          # &type=printable
    | \#[a-z].*                            # #section1
    | ;jsessionid.*
    | https?://.*                          # written twice without a blank
    | [/.](?:full|abstract|extract|long|short|summary|meta|references|citedby|suppinfo|x?html?|xml
        |aspx|ashx|jsp|php
        |e?pdf|epub|pdfdirect|pdfplus|full-?text|abs)(?:[/.](?:pdf|html?|full|xml))?/?
    | \s*\[(?:doi|pii)\]
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
# A file cannot have a "/" in its name, so publishers and download managers write "_" for it:
# ".../10.1097_JCP.0000000000001054.aspx". Only the whole name of a page or file is taken, so that
# a version ("v10.1234_rc1.zip") or a folder is none.
_PAGES = r"(?:aspx|x?html?|pdf|epub|xml|jsp|php|full|abstract)"
_FILE_NAME = re.compile(
    rf"""(?:^|[/\\=])                            # the beginning of a name, or of a query's value
    (10\.[0-9]{{4,9}})(?:_|%5f)
    ((?=[^/\\?\#&\s]*[0-9])[a-z0-9][^/\\?\#&\s"<>]*?)
    (?:[._-](?:full|abstract|main|supp\w*))?
    \.{_PAGES}(?=$|[?\#&;\s"<>])""",
    re.IGNORECASE | re.VERBOSE,
)
_PREPRINT_VERSION = re.compile(r"(?<=^10\.1101/)(.*\d)v\d+$")
_IN_PATHS = "/:;,()!*'@$&+=~"
"""Signs that stand in the path of an address as they are (RFC 3986, section 3.3)."""
_TRAILING = ".,;:'/"
_PMID_NAMED = re.compile(
    r"(?:PMID\s{0,3}:?\s{0,3}|PubMed(?:\sID)?\s?:\s?|ncbi\.nlm\.nih\.gov/(?:pubmed/)?)([0-9]{1,9})\b",
    re.I,
)
# PubMed's words for what joins two works; the number behind them is the other one's.
_OF_ANOTHER = re.compile(
    r"\b(?:comments?|errat(?:um|a)|corrigend(?:um|a)|corrections?|corrected|retractions?|"
    r"retracted|partial retraction|updates?|updated|republished|reprint(?:ed)?|summary|"
    r"summari[sz]ed|expressions? of concern|original report|associated dataset|dataset|reply|"
    r"repl(?:y|ies)|response|cited|cites|references?|see also|compare|related|supplement|"
    r"companion|protocol|translat(?:ed|ion))(?: and republished)?\s*"
    r"(?:\b(?:in|on|of|for|from|to|by|with|is|article|paper|works?|as)\b|:|$)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?:doi\b[:\s]*)?(\S+)\s*(?:\[doi\])?\s*[.;]?", re.IGNORECASE)
_ISBN_PART = re.compile(r"(?<![\d-])(?:[0-9][- ]?){9}(?:(?:[0-9][- ]?){3})?[0-9Xx](?![\d-])")
_PMCID = re.compile(r"PMC\s*(\d+)", re.IGNORECASE)
_OPENALEX = re.compile(r"(?:^|/)(W[0-9]+)$", re.IGNORECASE)
_ISSN = re.compile(r"(?<![\dxX])\d{4}-?\d{3}[\dxX](?![\dxX])")


def doi_address(doi: str) -> str:
    """The web address of a bare DOI; signs that would end or part an address are escaped.

    ``10.1002/(sici)12:1<1::aid-x>3.0.co;2-z`` has ``<`` and ``>``; others have ``#``, ``?`` or
    ``%``.
    """
    return f"https://doi.org/{quote(doi, safe=_IN_PATHS)}" if doi else ""


def doi(text: object) -> str:
    """Bare lower-case DOI found in the text (``10.1000/x``), or ``""``.

    The text may be the DOI alone, an address of doi.org or of a publisher (what that holds behind
    the DOI goes), a sentence, or mark-up; percent and HTML escapes are undone. Old DOIs of the SICI
    form, which hold ``<``, ``>`` and ``;``, are read whole wherever they stand
    (``10.1002/(SICI)1099-1573(199802)12:1<1::AID-PTR1>3.0.CO;2-Z``). Of several the first is taken.
    Where there is none, the name of a page or file may be one with ``_`` for ``/``
    (``…/10.1097_JCP.0000000000001054.aspx``).
    """
    given = str(text or "").strip()
    if "10." not in given:
        return ""
    if "%" in given:
        given = unquote(given)
    given = _ESCAPED.sub(lambda found: _ESCAPES[found.group().lower()], given)
    for part in _NEXT_DOI.split(given):
        whole = _SPACED.sub(r"\1/", _DOI_PREFIX.sub("", part.strip()))
        found = _WHOLE_DOI.match(whole) or _DOI.search(part)
        if found is not None:
            return _bare(found.group()).lower()
    named = _FILE_NAME.search(given)
    return _bare(f"{named[1]}/{named[2]}").lower() if named else ""


def doi_alone(text: object) -> str:
    """The DOI of a text that is one DOI, or one address that holds one, and nothing else.

    For fields that are not meant for a DOI: in running text it may be another work's.
    """
    whole = _ALONE.fullmatch(" ".join(str(text or "").split()))
    return doi(whole[1]) if whole else ""


def _bare(found: str) -> str:
    """A DOI without what the address or the sentence around it left at its end."""
    before = ""
    bare = found
    while bare != before:
        before = bare
        bare = _NOT_DOI.sub("", bare.rstrip(_TRAILING))
        for opening, closing in ("()", "[]"):
            while bare.endswith(closing) and bare.count(closing) > bare.count(opening):
                bare = bare[:-1].rstrip(_TRAILING)
    half = len(bare) // 2
    bare = bare[:half] if bare[:half] == bare[half:] else bare  # written twice without a blank
    return _PREPRINT_VERSION.sub(r"\1", bare)


def pmid(text: object) -> str:
    """PubMed number as digits, from a bare number or a PubMed address."""
    bare = str(text or "").strip().rstrip("/").rsplit("/", 1)[-1]
    bare = re.sub(r"^pmid:?\s*|\s*\[pmid\]$", "", bare, flags=re.IGNORECASE)
    bare = re.sub(r"[.,]0+$", "", bare)
    return bare.lstrip("0") if re.fullmatch(r"[0-9]{1,9}", bare) else ""


def pmid_named(text: str) -> str:
    """PubMed number that running text names as the work's own ("PMID: 123", a PubMed address).

    What stands behind "Comment in", "Erratum in" and the like, in its line or in the one after a
    line that says no more, is the number of another work. ``""`` when there is none.
    """
    before = False
    for line in re.split(r"[\r\n]+", text):
        other = _OF_ANOTHER.search(line)
        own = line[: other.start()] if other else line
        found = None if before else _PMID_NAMED.search(own)
        if found is not None:
            return found.group(1)
        before = other is not None and not line[other.end() :].strip(" :.")
    return ""


def pmcid(text: object) -> str:
    """PubMed Central number as ``PMC123``, from a number or an address; some leave PMC out."""
    bare = str(text or "").strip().rstrip("/").rsplit("/", 1)[-1]
    found = _PMCID.search(bare)
    digits = found.group(1) if found else bare.removesuffix(".0")
    return f"PMC{digits}" if re.fullmatch(r"[0-9]{1,9}", digits) else ""


def openalex_id(text: object) -> str:
    """OpenAlex work id as ``W123``, from the id or its address."""
    found = _OPENALEX.search(str(text or "").strip())
    return found.group(1).upper() if found else ""


def isbn(text: str) -> str:
    """The first ISBN in a text, without hyphens and blanks; a journal's ISSN gives ``""``."""
    bare = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[0-9]{9}[0-9Xx]|[0-9]{13}", bare):
        return bare
    for part in re.split(r"[;,|()\[\]\r\n]|\s(?=97[89])", text):
        for found in _ISBN_PART.findall(part):
            digits = re.sub(r"[\s-]", "", found)
            if re.fullmatch(r"[0-9]{9}[0-9Xx]|97[89][0-9]{10}", digits):
                return digits
    return ""


def issns(text: str) -> str:
    """The ISSNs in a field, without hyphens, in small letters and in order of the alphabet."""
    return " ".join(sorted({x.replace("-", "").lower() for x in _ISSN.findall(text)}))
