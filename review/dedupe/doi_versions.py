"""What a DOI says of versions: updates and parts of one work, preprints, data sets."""

from __future__ import annotations

import re

# Endings that mark another version or part of the same work: Cochrane updates (.pub2), preprint
# and repository versions (/v1, .v2, arXiv's v2), rounds of F1000 journals (.1), figures, tables
# and files of PLOS and eLife (.g001, .s001, .001), and pages of a publisher's site (/full).
_DOI_VERSION = re.compile(
    r"(?:\.pub\d+|[./]v\d+|(?<=\d)v\d+|\.[stg]\d{3}|/(?:abstract|full|e?pdf))$"
)
_DOI_ROUND = re.compile(r"(?<=\d)\.\d{1,3}$")


def doi_stem(doi: str) -> str:
    """Return a bare DOI without its version ending, so versions of a work share one stem."""
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
