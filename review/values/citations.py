"""Volume, issue and pages out of a citation in one line, as PubMed and Embase write it."""

from __future__ import annotations

import re
from typing import NamedTuple


class Parts(NamedTuple):
    """What a citation says; ``""`` for what it does not."""

    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""


_DATE = r"(?:1[89]|20)\d\d(?:[ /-][^;:]{0,40})?"
_VOLUME = r"(?:[A-Za-z]{0,4}\d{1,6}(?:[-/]\d{1,6})?(?:\s(?:Suppl|Pt|Spec No)\.?\s?\w{0,6})?)"
_PAGES = r"[\w.-]{1,30}(?:\s?[-\u2013]\s?\w{1,12})?(?:,\s?[\w-]{1,15}){0,3}"
# J Nat Prod. 2021 Mar 4;75(2 Suppl):101-110. doi: 10.1000/eb.21.
_PUBMED = re.compile(
    rf"^(?P<journal>[^;:]{{1,300}}?)\.\s+{_DATE};\s?(?P<volume>{_VOLUME})?"
    rf"(?:\((?P<issue>[^()]{{1,40}})\))?(?::(?P<pages>{_PAGES}))?(?=[.;\s]|$)"
)
# Addiction (2020) 115:3 (431-440). Date of Publication: 1 Mar 2020
_EMBASE = re.compile(
    rf"^(?P<journal>.{{1,300}}?)\s+\((?:1[89]|20)\d\d\)(?:\s+(?P<volume>{_VOLUME}))?"
    rf"(?::(?P<issue>[^()\s][^():]{{0,40}}?))?"
    rf"(?:\s+\((?P<pages>{_PAGES})\)|\s+Article Number:\s*(?P<number>[\w-]{{1,20}}))?"
    r"(?:\.\s|\.?$)"
)


def parts(text: str) -> Parts:
    """What one line says of where an article stands.

    ``J Nat Prod. 2021 Mar;75(2):101-110. doi: …`` and ``Addiction (2020) 115:3 (431-440). …`` are
    understood; of anything else nothing is.
    """
    line = " ".join(text.split())[:1000]
    found = _PUBMED.match(line) or _EMBASE.match(line)
    if found is None:
        return Parts()
    said = {name: (value or "").strip() for name, value in found.groupdict().items()}
    pages = said["pages"].rstrip(".") or said.get("number", "")
    return Parts(said["journal"], said["volume"], said["issue"], pages)
