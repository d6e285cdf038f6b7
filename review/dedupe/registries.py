"""Registration numbers of trials and reviews, as papers print them.

The forms are those that the primary registries of WHO's network give out
(https://www.who.int/tools/clinical-trials-registry-platform/network/primary-registries), with
ClinicalTrials.gov, the European Union's two schemes, Malaysia's medical research register and
PROSPERO. Papers write them with spaces, colons or "No." inside; what is told apart here is only
what a registry tells apart.
"""

from __future__ import annotations

import re

_GAP = r"[\s:#.\u2010-\u2013-]{0,3}(?:(?:ID|No|Nr|number|identifier)[\s:#.]{1,3})?"

_FORMS: tuple[tuple[str, str, str], ...] = (
    ("nct", "NCT", r"NCT{gap}(\d{8})"),  # ClinicalTrials.gov
    ("isrctn", "ISRCTN", r"ISRCTN{gap}(\d{8})"),
    ("-00", "", r"(?:EUCTR|EudraCT)?(20\d\d-00\d{4}-\d\d)"),  # EudraCT
    ("-5", "", r"(?:CTIS|EUCT)?(20\d\d-5\d{5}-\d\d)(?:-\d\d)?"),  # EU, CTIS
    ("pas", "EUPAS", r"EU{gap}PAS{gap}(\d{3,16})"),  # EU, studies after authorisation
    ("actrn", "ACTRN", r"ACTRN{gap}(\d{14})p?"),  # Australia, New Zealand; p: not approved yet
    ("drks", "DRKS", r"DRKS{gap}(\d{8})"),  # Germany
    ("chictr", "CHICTR", r"ChiCTR(?:{gap}[A-Z]{2,5})?{gap}(\d{10}|\d{8})"),  # China; letters: kind
    ("itmctr", "ITMCTR", r"ITMCTR{gap}(\d{10})"),  # China, traditional medicine
    ("ctri", "CTRI/", r"CTRI{gap}/?(\d{4}[/-]\d{2,3}[/-]\d{5,6})"),  # India
    ("irct", "IRCT", r"IRCT{gap}(\d{8,16}N\d{1,3})"),  # Iran
    ("umin", "UMIN", r"UMIN(?:{gap}CTR)?{gap}(\d{9})"),  # Japan
    ("jrct", "JRCT", r"jRCT{gap}(s?\d{9,10})"),
    ("japiccti", "JAPICCTI", r"JapicCTI{gap}(\d{6})"),
    ("kct", "KCT", r"KCT{gap}(\d{7})"),  # Korea
    ("ntr", "NTR", r"NTR(\d{3,4})"),  # the Netherlands until 2022, and since
    ("netherlands trial", "NTR", r"Netherlands Trials? Regist(?:er|ry)\W{1,3}(?:NTR|NL)?(\d{3,4})"),
    ("nl-omon", "NL-OMON", r"NL-OMON(\d{4,6})"),
    ("pactr", "PACTR", r"PACTR{gap}(\d{15,16})"),  # Pan African
    ("tctr", "TCTR", r"TCTR{gap}(\d{11})"),  # Thailand
    ("slctr", "SLCTR/", r"SLCTR{gap}/?(\d{4}/\d{3})"),  # Sri Lanka
    ("rbr-", "RBR-", r"RBR-([0-9a-z]{6,8})"),  # Brazil
    ("rpcec", "RPCEC", r"RPCEC{gap}(\d{8})"),  # Cuba
    ("phrr", "PHRR", r"PHRR{gap}(\d{6}-\d{6})"),  # the Philippines
    ("lbctr", "LBCTR", r"LBCTR{gap}(\d{10})"),  # Lebanon
    ("nmrr", "NMRR-", r"NMRR{gap}(\d\d-\d{2,5}-\d{4,5})"),  # Malaysia
    ("u1111-", "U", r"U(1111-\d{4}-\d{4})"),  # WHO's universal number
    ("crd", "CRD", r"CRD{gap}(42\d{9,12})"),  # PROSPERO: systematic reviews
)
"""What any text with such a number holds in small letters (so that few texts are searched for it),
what the number begins with in our spelling, and its form; the group is the rest of it."""

_PATTERNS = tuple(
    (hint, name, re.compile(rf"(?<![a-z0-9]){form.replace('{gap}', _GAP)}(?![0-9])", re.IGNORECASE))
    for hint, name, form in _FORMS
)


def registry_numbers(text: str) -> frozenset[str]:
    """Registration numbers in a text, each in one spelling: ``NCT01234567``, ``2015-004321-12``."""
    small = text.lower()
    return frozenset(
        name + (match[1].replace("-", "/") if name == "CTRI/" else match[1].upper())
        for hint, name, pattern in _PATTERNS
        if hint in small
        for match in pattern.finditer(text)
    )


_ALONE = ("NCT", "ISRCTN", "EUCTR", "EudraCT", "ACTRN", "ChiCTR", "DRKS")
"""How numbers begin that stand alone in a field of RIS."""

DATABANKS = (
    "<DataBank>", "SI  - ", "linical Trial Number", "CLINICAL TRIAL NUMBER",
    *(f"  - {begins}" for begins in _ALONE),
)  # fmt: skip
"""What an entry holds that names a databank: of PubMed, as XML or in its own format; of Embase; of
any other in RIS, in a field of its own."""

_DATABANK = re.compile(
    r"<DataBank>.*?</DataBank>"
    r"|(?<![A-Z])SI  - .*?(?=\\n|\n|$)"
    r'|"(?i:clinical trial numbers?)"\s*:\s*"(?:[^"\\]|\\.)*"'
    rf"|(?:(?<=\\n)|^)[A-Z][A-Z0-9]  - (?:{'|'.join(_ALONE)})[ :-]{{0,3}}[\w/-]{{7,24}}\W{{0,3}}"
    r"(?=\\n|\\r|\n|\"|$)",
    re.DOTALL | re.MULTILINE,
)


def databanks(entry: str) -> str:
    """What an entry says of databanks, where it gives registrations; `""` for nothing.

    Args:
        entry: as received, or as JSON text. The rest of it may cite other people's trials.
    """
    return "\n".join(_DATABANK.findall(entry)).replace("\\n", "\n")
