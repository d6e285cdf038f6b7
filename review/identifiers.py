"""Identifiers of publications, read out of whatever a source wrote: DOI, PubMed, OpenAlex, ISBN.

The one place where they are read. Each function takes the text as it was given, returns the bare
identifier or ``""`` when the text holds none, and never raises.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

# The shape Crossref recommends for matching: https://www.crossref.org/blog/dois-and-matching-regular-expressions/
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\"<>]+", re.IGNORECASE)
_WHOLE_DOI = re.compile(r"10\.[0-9]+(?:\.[0-9]+)*/\S+")
_DOI_PREFIX = re.compile(r"^(?:https?://)?(?:dx\.)?(?:doi\.org/|doi:?\s*)", re.IGNORECASE)
_NEXT_DOI = re.compile(
    r"[;,|](?=(?:https?://(?:dx\.)?doi\.org/|doi:)?10\.[0-9]{4,9}/)", re.IGNORECASE
)
_TRAILING = ".,;:'/"
_PMID_NAMED = re.compile(r"(?:PMID:?\s*|ncbi\.nlm\.nih\.gov/(?:pubmed/)?)([0-9]{1,9})\b", re.I)
_PMCID = re.compile(r"PMC\s*(\d+)", re.IGNORECASE)
_OPENALEX = re.compile(r"(?:^|/)(W[0-9]+)$", re.IGNORECASE)
_ISSN = re.compile(r"(?<![\dxX])\d{4}-?\d{3}[\dxX](?![\dxX])")


def doi(text: object) -> str:
    """Bare lower-case DOI found in the text (``10.1000/x``), or ``""``.

    A text that is one DOI, alone or as an address, is taken whole, as old ones of the SICI form
    hold ``<``, ``>`` and ``;`` (``10.1002/(SICI)1099-1573(199802)12:1<1::AID-PTR1>3.0.CO;2-Z``).
    Of several the first is taken.
    """
    given = str(text or "").strip()
    if "10." not in given:
        return ""
    if "%" in given:
        given = unquote(given)
    for part in _NEXT_DOI.split(given):
        whole = _DOI_PREFIX.sub("", part.strip())
        found = _WHOLE_DOI.fullmatch(whole) or _DOI.search(part)
        if found is not None:
            return _bare(found.group()).lower()
    return ""


def _bare(found: str) -> str:
    """A DOI without what the sentence around it left at its end."""
    bare = found.rstrip(_TRAILING)
    for opening, closing in ("()", "[]"):
        while bare.endswith(closing) and bare.count(closing) > bare.count(opening):
            bare = bare[:-1].rstrip(_TRAILING)
    return bare


def pmid(text: object) -> str:
    """PubMed number as digits, from a bare number or a PubMed address."""
    bare = str(text or "").strip().rstrip("/").rsplit("/", 1)[-1]
    bare = re.sub(r"^pmid:?\s*", "", bare, flags=re.IGNORECASE).removesuffix(".0")
    return bare.lstrip("0") if re.fullmatch(r"[0-9]{1,9}", bare) else ""


def pmid_named(text: str) -> str:
    """PubMed number that running text names as one ("PMID: 123", a PubMed address), or ``""``."""
    found = _PMID_NAMED.search(text)
    return found.group(1) if found else ""


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
    """The text if it is an ISBN, without hyphens and blanks; a journal's ISSN gives ``""``."""
    bare = re.sub(r"[\s-]", "", text)
    return bare if re.fullmatch(r"[0-9]{9}[0-9Xx]|[0-9]{13}", bare) else ""


def issns(text: str) -> str:
    """The ISSNs in a field, without hyphens, in small letters and in order of the alphabet."""
    return " ".join(sorted({x.replace("-", "").lower() for x in _ISSN.findall(text)}))
