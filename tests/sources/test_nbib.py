"""PubMed's text format, and the other tagged formats: RefWorks, Web of Science, EndNote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import FileError, ReviewError
from review.sources.file_reading import FileContent, read_bytes

PUBMED = """
PMID- 33333333
OWN - NLM
STAT- MEDLINE
DCOM- 20220101
IS  - 1234-5678 (Print)
VI  - 12
IP  - 2
DP  - 2021 Mar-Apr
TI  - Kratom use and sleep quality: a survey of
      adults.
PG  - 101-9
LID - S1234-5678(21)00001-1 [pii]
LID - 10.5555/AbC.1 [doi]
AB  - BACKGROUND: We asked people. RESULTS: They
      slept.
CI  - Copyright (c) 2021.
FAU - Borg, Ana
AU  - Borg A
AD  - Department of Sleep, Town.
FAU - Chai, Bo
AU  - Chai B
CN  - Kratom Study Group
LA  - eng
PT  - Journal Article
PT  - Randomized Controlled Trial
PL  - Town
TA  - Sleep Lett
JT  - Sleep letters
MH  - *Mitragyna/adverse effects
MH  - Humans
OT  - *kratom
OT  - sleep
PMC - PMC7654321
AID - 10.5555/AbC.1 [doi]
SO  - Sleep Lett. 2021 Mar-Apr;12(2):101-9.

PMID- 44444444
TI  - [Not Available].
TT  - Schlaf und Kratom.
PT  - Retracted Publication
DP  - 1999
SO  - x
"""


def read(text: str, name: str = "pubmed-kratom.nbib") -> FileContent:
    return read_bytes(text.encode(), name)


def test_entries_as_pubmed_writes_them() -> None:
    content = read(PUBMED)
    assert (content.format, content.source, content.mistakes) == ("nbib", "pubmed-kratom", ())
    record, second = content.records
    assert record.title == "Kratom use and sleep quality: a survey of adults."
    assert record.authors == ("Borg, Ana", "Chai, Bo", "Kratom Study Group")
    assert (record.year, record.journal, record.language) == (2021, "Sleep letters", "eng")
    assert (record.volume, record.issue, record.pages) == ("12", "2", "101-9")
    assert (record.doi, record.pmid, record.pmcid) == ("10.5555/abc.1", "33333333", "PMC7654321")
    assert record.abstract == "BACKGROUND: We asked people. RESULTS: They slept."
    assert record.mesh == ("*Mitragyna/adverse effects", "Humans")
    assert (record.keywords, record.type) == (
        ("kratom", "sleep"),
        "Randomized Controlled Trial",
    )
    assert not record.retracted
    assert record.raw["nbib"] == PUBMED.split("\n\n")[0].strip()
    assert (second.title, second.retracted, second.key) == (
        "Schlaf und Kratom.",
        True,
        "pmid:44444444",
    )


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings(ends: str, encoding: str) -> None:
    text = "PMID- 1\nTI  - Étude de la douleur – première\n      partie\n"
    content = read_bytes(text.replace("\n", ends).encode(encoding), "pubmed.txt")
    assert content.format == "nbib"
    assert content.records[0].title == "Étude de la douleur – première partie"


def test_an_entry_without_a_title_is_named_and_the_others_go_in() -> None:
    content = read("stray\n\nPMID- 1\nTI  - One\n\nPMID- 2\nDP  - 2001\n\nPMID- 3\nTI  - Three\n")
    assert [record.title for record in content.records] == ["One", "Three"]
    assert [(mistake.line, mistake.key) for mistake in content.mistakes] == [(1, ""), (6, "TI")]


def test_running_text_is_not_taken_for_tags() -> None:
    (record,) = read("PMID- 1\nTI  - T\nAB  - Of tumours\n      ER - positive ones\n").records
    assert record.abstract == "Of tumours ER - positive ones"


def test_a_file_without_an_entry_is_refused() -> None:
    with pytest.raises(FileError, match="no PubMed entry"):
        read("Just words.\n")


WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Borg, A
   Chai, B
AF Borg, Ana
   Chai, Bo
TI Kratom use and sleep
   quality
SO SLEEP LETTERS
LA English
DT Article
DE kratom; sleep
   quality; pain
AB We asked people
   how they slept.
BN 978-3-16-148410-0
PY 2021
VL 12
IS 2
BP 101
EP 109
DI 10.5555/a.1
PM 33333333
UT WOS:000123456700001
ER

PT J
AU Dunn, D
TI No end
EF
"""

REFWORKS = """RT Journal Article
SR Electronic(1)
ID 7
A1 Borg,Ana
A1 Chai,Bo
T1 Kratom use and sleep
quality
YR 2021
FD Mar 2021
JF Sleep Letters
VO 12
IS 2
SP 101
OP 109
K1 kratom
K1 sleep;pain
AB We asked people.
NO PMID: 33333333
SN 1234-5678
LA English
DO 10.5555/a.1
LK https://example.org/1

RT Book, Whole
A1 Dunn,D.
T1 Leaves
SN 9783161484100
YR 1999
"""

ENW = """%0 Journal Article
%T Kratom use and sleep quality
%A Borg, Ana
%A Chai, Bo
%J Sleep Letters
%D 2021
%V 12
%N 2
%P 101-109
%@ 1234-5678
%R 10.5555/a.1
%X We asked people.
%K kratom
sleep
%U https://example.org/1
"""


@pytest.mark.parametrize(
    ("text", "name", "format", "count"),
    [
        (WOS, "savedrecs.txt", "wos", 2),
        (WOS, "savedrecs.ciw", "wos", 2),
        (REFWORKS, "export.txt", "refworks", 2),
        (ENW, "citation.enw", "enw", 1),
    ],
)
def test_other_tagged_formats(text: str, name: str, format: str, count: int) -> None:
    content = read(text, name)
    assert (content.format, len(content.records)) == (format, count)
    record = content.records[0]
    assert record.title == "Kratom use and sleep quality"
    assert [author.split(",")[0] for author in record.authors] == ["Borg", "Chai"]
    assert (record.year, record.journal.lower()) == (2021, "sleep letters")
    assert (record.volume, record.issue, record.pages) == ("12", "2", "101-109")
    assert (record.doi, record.key) == ("10.5555/a.1", "doi:10.5555/a.1")
    assert record.abstract.startswith("We asked people")
    assert record.keywords[0] == "kratom" and len(record.keywords) > 1
    assert record.raw[format] in text


def test_web_of_science_numbers_and_an_entry_without_an_end() -> None:
    content = read(WOS, "savedrecs.txt")
    record = content.records[0]
    assert (record.pmid, record.isbn) == ("33333333", "9783161484100")
    assert record.keywords == ("kratom", "sleep quality", "pain")
    assert [(mistake.line, mistake.key) for mistake in content.mistakes] == [(28, "ER")]


def test_refworks_numbers() -> None:
    first, second = read(REFWORKS, "export.txt").records
    assert (first.pmid, first.isbn, first.keywords) == ("33333333", "", ("kratom", "sleep", "pain"))
    assert (second.isbn, second.type) == ("9783161484100", "Book, Whole")


tag_lines = st.builds(
    lambda tag, sep, text: f"{tag}{sep}{text}",
    st.sampled_from(
        ["PMID", "TI  ", "AB  ", "FAU ", "RT", "T1", "PT", "TI", "ER", "%0", "%T", "LID ", "", "ÄÖ"]
    ),
    st.sampled_from(["- ", " ", "-", "", "      "]),
    st.text(max_size=12),
)


@given(
    st.sampled_from(["nbib", "refworks", "wos", "enw"]),
    st.lists(tag_lines | st.text(max_size=20), max_size=25).map("\n".join),
)
def test_no_text_at_all_breaks_the_readers(format: str, text: str) -> None:
    try:
        content = read_bytes(text.encode(), "a.txt", format)
    except ReviewError:
        return
    assert all(record.title and record.key for record in content.records)
    assert len({record.key for record in content.records}) == len(content.records)
