"""Identifiers: DOI, PubMed, PubMed Central, OpenAlex, ISSN; preprints by their DOI."""

from __future__ import annotations

import re
from urllib.parse import unquote

from review.dedupe.text_folding import first_number

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


# Endings that mark another version or part of the same work: Cochrane updates (.pub2), preprint
# and repository versions (/v1, .v2, arXiv's v2), rounds of F1000 journals (.1), figures, tables
# and files of PLOS and eLife (.g001, .s001, .001), and pages of a publisher's site (/full).
_DOI_VERSION = re.compile(
    r"(?:\.pub\d+|[./]v\d+|(?<=\d)v\d+|\.[stg]\d{3}|/(?:abstract|full|e?pdf))$"
)
_DOI_ROUND = re.compile(r"(?<=\d)\.\d{1,3}$")


def doi_stem(doi: str) -> str:
    """Return a folded DOI without its version ending, so versions of a work share one stem."""
    ending = _DOI_ROUND if doi.startswith(("10.12688/", "10.7554/elife")) else _DOI_VERSION
    return ending.sub("", doi)


_COCHRANE = re.compile(r"\s*(cd\d{6})\b", re.I)


def cochrane_stem(pages: str) -> str:
    """Return the DOI stem of a Cochrane review printed under its number, or ``""``.

    Cochrane counts no pages: ``CD006362`` stands there, the same through all updates, and the DOI
    is made of it.
    """
    found = _COCHRANE.match(pages)
    return f"10.1002/14651858.{found.group(1).lower()}" if found else ""


# DOI prefixes of preprint servers: bioRxiv and medRxiv, arXiv, Preprints.org, Research Square,
# SSRN, PsyArXiv, OSF, MetaArXiv, Authorea, ChemRxiv, PeerJ, JMIR; and of data archives, whose
# records carry the title of the article: Dryad, Zenodo, figshare.
_COPY_DOI = re.compile(
    r"^10\.(?:1101/\d|(?:48550|20944|21203|2139|31234|31219|31222|22541|26434|7287)/"
    r"|2196/preprints|5061/dryad|5281/zenodo|6084/m9)"
)
_COPY_NAME = re.compile(
    r"^corr$|\b(?:preprints?|posted-content|arxiv|biorxiv|medrxiv|chemrxiv|ssrn|research square"
    r"|osf|psyarxiv|dryad|zenodo|figshare|dataset)\b"
)


def is_preprint(doi: str, journal: str, entrytype: str) -> bool:
    """Tell whether a record is a preprint or data set of a work, by DOI, server or entry type."""
    return bool(
        _COPY_DOI.search(doi)
        or _COPY_NAME.search(journal.lower())
        or _COPY_NAME.search(entrytype.lower())
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
