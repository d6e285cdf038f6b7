"""Made-up papers, and what an export reads of a review that holds them, without a database."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from review.model import Decision, Place, Record, Report, Tag
from review.reporting.prisma import Flow
from review.reporting.tables import ExportData
from tests import reviews

words = st.sampled_from(
    [
        "Kratom",
        "mu-opioid",
        "d'Opium",
        "Gr\u00f6\u00dfe",
        "\u7720\u308a",
        "tea (5 mg)",
        "A&B",
        "50%",
        "x_y",
    ]
)
# One keyword with two commas and no other is read as a list of three.
phrases = st.lists(words, min_size=1, max_size=2).map(", ".join)
papers = st.builds(
    Record,
    source=st.just("made-up"),
    key=st.just("k"),
    title=phrases,
    authors=st.lists(
        st.sampled_from(
            ["Vale, Finn", "van der Berg, Jan Willem", "World Health Organization", "Smith, J, Jr",
             "'t Hart, Bert", "\u674e, \u660e", "Kratom Study Group"]
        ),
        max_size=3, unique=True,
    ).map(tuple),
    year=st.none() | st.integers(1900, 2026),
    journal=st.sampled_from(["Journal of Tea & Coffee", "T\u00e9"]),
    volume=st.sampled_from(["", "12"]),
    issue=st.sampled_from(["", "1-2", "S3"]),
    pages=st.sampled_from(["", "3-9", "S12-S19", "e1234"]),
    doi=st.sampled_from(["", "10.1000/x_y", "10.1002/(sici)1097"]),
    pmid=st.sampled_from(["", "30111111"]),
    pmcid=st.sampled_from(["", "PMC6000001"]),
    openalex_id=st.sampled_from(["", "W2000000001"]),
    isbn=st.sampled_from(["", "9781482200009"]),
    language=st.sampled_from(["", "eng", "German"]),
    keywords=st.lists(phrases, max_size=3, unique=True).map(tuple),
    mesh=st.lists(phrases, max_size=2, unique=True).map(tuple),
    labels=st.lists(phrases, max_size=2, unique=True).map(tuple),
    abstract=st.just("") | st.lists(phrases, min_size=1, max_size=3, unique=True).map("\n".join),
)  # fmt: skip

NASTY = (
    "=cmd()", "<script>alert('x')</script> & \"quotes\"", "a; b | c, d", "TY  - JOUR", "ER  - ",

    "line\none\r\ntwo", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\u7720\u308a\u3068\u75db\u307f",
    "zero\u200bwidth", "PMID- 1",
    "]]> <!-- -->", "x" * 40_000, "bell\x07", "\U0001f375",
)  # fmt: skip
"""Texts that break files which are written without care."""

nasty = st.lists(st.sampled_from(NASTY), min_size=1, max_size=3).map("tea ".join)
nasty_papers = st.builds(
    Record,
    source=st.just("made-up"),
    key=st.just("k"),
    title=nasty.map(lambda text: f"Kratom {text}"),
    authors=st.lists(nasty, max_size=2, unique=True).map(tuple),
    year=st.none() | st.integers(1900, 2026),
    journal=nasty,
    pages=nasty,
    pmid=st.just("30111111"),
    keywords=st.lists(nasty, max_size=2, unique=True).map(tuple),
    abstract=nasty,
)


def no_flow() -> Flow:
    """Files of references hold no flow diagram."""
    raise AssertionError("nobody asks for it")


def review(
    papers: Sequence[Record],
    decided: Sequence[tuple[Decision, Decision, str, Place]] = (),
    tags: Sequence[Tag] = (),
    retracted: Sequence[str] = (),
) -> ExportData:
    """A review of these papers, ``P000001`` and so on, each decided as it says; else not yet."""
    waiting = (Decision.AWAITING, Decision.AWAITING, "", Place.TITLE_ABSTRACT)
    found = []
    for n, paper in enumerate(papers):
        id_, said = f"P{n + 1:06d}", decided[n] if n < len(decided) else waiting
        found.append(Report(id_, paper, (f"R{n + 1:06d}",), id_, *said))
    return ExportData(
        found,  # type: ignore[arg-type]  # a list is enough to be gone through
        {report.id: [(report.record_ids[0], report.lead)] for report in found},
        votes=(),
        tags=tags,
        findings=(),
        merges=(),
        runs=(),
        codebook=reviews.shipped_protocol().codebook,
        read_drawing=no_flow,
        reasons={r.id: r.label for r in reviews.shipped_protocol().reasons},
    )
