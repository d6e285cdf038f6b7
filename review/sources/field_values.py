"""Readings of single bibliographic fields that every source shares.

Each function takes the text as some source gave it and returns the form that `review.model.Record`
asks for, or the empty value when the text holds none. None of them ever raises.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from urllib.parse import unquote

from review.model import Record

# The shape Crossref recommends for matching: https://www.crossref.org/blog/dois-and-matching-regular-expressions/
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\"<>]+", re.IGNORECASE)
_WHOLE_DOI = re.compile(r"10\.[0-9]+(?:\.[0-9]+)*/\S+")
_DOI_PREFIX = re.compile(r"^(?:https?://)?(?:dx\.)?(?:doi\.org/|doi:?\s*)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_PMID_NAMED = re.compile(r"(?:PMID:?\s*|ncbi\.nlm\.nih\.gov/(?:pubmed/)?)([0-9]{1,9})\b", re.I)
_PMCID = re.compile(r"PMC\s*(\d+)", re.IGNORECASE)
_OPENALEX = re.compile(r"(?:^|/)(W[0-9]+)$", re.IGNORECASE)

# Fields that tell two entries apart when no identifier does.
_CONTENT = (
    "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract",
)  # fmt: skip


def doi(text: object) -> str:
    """Bare lower-case DOI found in the text (``10.1000/x``), or ``""``.

    A text that is one DOI, alone or as an address, is taken whole: old DOIs hold ``<`` and ``>``.
    """
    given = str(text or "").strip()
    if "%" in given:
        given = unquote(given)
    whole = _DOI_PREFIX.sub("", given)
    found = _WHOLE_DOI.fullmatch(whole) or _DOI.search(given)
    if found is None:
        return ""
    bare = found.group().rstrip(".,;'")
    while bare.endswith(")") and bare.count(")") > bare.count("("):
        bare = bare[:-1].rstrip(".,;'")
    return bare.lower()


def year(text: object) -> int | None:
    """First year from 1500 to 2099 that stands alone in the text."""
    found = _YEAR.search(str(text or ""))
    return int(found.group()) if found else None


def pmid(text: object) -> str:
    """PubMed number as digits, from a bare number or a PubMed address."""
    bare = str(text or "").strip().rstrip("/").rsplit("/", 1)[-1]
    bare = re.sub(r"^pmid:?\s*", "", bare, flags=re.IGNORECASE).removesuffix(".0")
    return bare if re.fullmatch(r"[0-9]{1,9}", bare) else ""


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


def pages(first: str, last: str) -> str:
    """``12-19`` from both ends, ``12`` when there is one end or both are the same."""
    first, last = first.strip(), last.strip()
    if first and last and first != last:
        return f"{first}-{last}"
    return first or last


def names(text: str) -> tuple[str, ...]:
    """Author names in one cell, as printed.

    Names are parted by ``;``, ``|`` or a line end; else by " and " (Rayyan, BibTeX); else by commas
    if each part looks like a whole name ("Doe A, Poe BC"), so that "Doe, Anna" stays one name.
    """
    text = text.strip()
    if re.search(r"[;|\n]", text):
        parts = re.split(r"[;|\n]", text)
    elif " and " in text:
        parts = text.split(" and ")
    else:
        parts = text.rstrip(".").split(",")
        if not all(" " in part.strip() for part in parts):
            parts = [text]
    return tuple(part.strip() for part in parts if part.strip())


def terms(text: str) -> tuple[str, ...]:
    """Keywords in one cell, parted by ``;``, ``|`` or line ends, else by commas."""
    parts = re.split(r"[;|\n]", text) if re.search(r"[;|\n]", text) else text.split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def content_hash(record: Record) -> str:
    """16 hexadecimal digits that depend on the bibliographic content alone."""
    content = json.dumps([getattr(record, name) for name in _CONTENT], ensure_ascii=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:16]


def isbn(text: str) -> str:
    """The text if it is an ISBN, without hyphens and blanks; a journal's ISSN gives ``""``."""
    bare = re.sub(r"[\s-]", "", text)
    return bare if re.fullmatch(r"[0-9]{9}[0-9Xx]|[0-9]{13}", bare) else ""


def slug(text: str) -> str:
    """A source's name made from a file's: ``pubmed kratom (1)`` -> ``pubmed-kratom-1``."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-") or "file"


def first_filled(values: Iterable[object]) -> str:
    """First value that is text and not blank, stripped; ``""`` when there is none."""
    for value in values:
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""
