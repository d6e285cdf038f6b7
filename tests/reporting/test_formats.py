"""Files for other programs are read by these, and by us, as they are meant."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import rispy
import yaml
from hypothesis import given, settings

from review import author_names
from review.coding.findings import add_finding
from review.model import Decision, Place, Record, Stage, Tag, VoteValue
from review.publication_types import kind_of
from review.reporting import service
from review.reporting.formats import bibliography, endnote_xml, eppi_json, nbib, ris_variants
from review.reporting.tables import ExportData
from review.screening import service as screening
from review.sources.file_reading import read_bytes
from tests import reviews
from tests.reporting import made_up

INCLUDED = (Decision.INCLUDE, Decision.INCLUDE, "", Place.INCLUDED)
OUT = (Decision.INCLUDE, Decision.EXCLUDE, "not_kratom", Place.EXCLUDED)
PAPER = Record(
    "made-up", "a", "Kratom & <i>sleep</i>", ("Finn Vale", "World Health Organization", "Smith JA"),
    2014, "Journal of Tea", volume="12", issue="1-2", pages="S12-S19", doi="10.1000/x_y",
    pmid="30111111", abstract="One.\nTwo.", keywords=("Sleep",), mesh=("Mitragyna",),
    labels=("Pain",),
)  # fmt: skip
BOOK = Record("made-up", "b", "No author", (), 2015, "Handbook of Tea", type="chapter")


def joined(write: Callable[[ExportData], Iterator[str]], d: ExportData) -> str:
    return "".join(write(d))


WRITERS = {
    "endnote-xml": endnote_xml.endnote_xml,
    "nbib": nbib.nbib,
    "eppi-json": eppi_json.eppi_json,
    "ris": ris_variants.covidence,
}
HELD = {
    "endnote-xml": "title authors year journal volume issue pages doi pmid pmcid isbn language",
    "nbib": "title authors year journal volume issue pages doi pmid pmcid language mesh keywords",
    "eppi-json": "title authors year journal volume issue pages doi isbn abstract keywords",
    "ris": "title authors year journal volume issue pages doi pmid pmcid isbn language keywords",
}


@pytest.mark.parametrize("format", WRITERS)
@settings(max_examples=40, deadline=None)
@given(paper=made_up.papers)
def test_whatever_a_format_can_hold_comes_back(format: str, paper: Record) -> None:
    if format == "nbib":
        # PubMed names groups after people.
        authors = tuple(sorted(paper.authors, key=author_names.is_group))
        paper = replace(paper, pmid="30111111", authors=authors)
    written = joined(WRITERS[format], made_up.review([paper]))
    (again,) = read_bytes(written.encode(), "a", format).records
    for name in HELD[format].split():
        assert getattr(again, name) == getattr(paper, name), name
    assert " ".join(again.abstract.split()) == " ".join(paper.abstract.split())


@pytest.mark.parametrize("format", WRITERS)
@settings(max_examples=15, deadline=None)
@given(paper=made_up.nasty_papers)
def test_no_text_makes_or_breaks_an_entry(format: str, paper: Record) -> None:
    written = joined(WRITERS[format], made_up.review([paper, PAPER]))
    first, second = read_bytes(written.encode(), "a", format).records
    assert first.title.startswith("Kratom") and second.title.startswith("Kratom & ")


def test_pybtex_reads_the_nbib() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its way of finding plug-ins is deprecated
        from pybtex.database import parse_string

        found = parse_string(joined(nbib.nbib, made_up.review([BOOK, PAPER])), "nbib")
    (entry,) = found.entries.values()  # PubMed's format holds what PubMed has
    assert entry.fields["title"] == PAPER.title and entry.fields["LID"] == "10.1000/x_y [doi]"
    assert entry.fields["abstract"] == "One. Two." and entry.fields["year"] == "2014"
    assert [str(person) for person in entry.persons["author"]][-1] == "Smith, JA"


@pytest.mark.parametrize("write", [ris_variants.asreview, ris_variants.covidence,
                                   ris_variants.zotero, ris_variants.revman])  # fmt: skip
@settings(max_examples=10, deadline=None)
@given(paper=made_up.nasty_papers)
def test_rispy_reads_every_kind_of_ris(
    write: Callable[[ExportData], Iterator[str]], paper: Record
) -> None:
    text = joined(write, made_up.review([paper, PAPER], [INCLUDED, INCLUDED]))
    first, second = rispy.loads(text, newline="\r\n")
    assert first["title"].startswith("Kratom ") and second["doi"] == PAPER.doi


def test_what_each_program_looks_for() -> None:
    tags = [Tag("P000001", "study_design", "rct_parallel", "Ann", quote="were randomised")]
    d = made_up.review([PAPER, BOOK, replace(PAPER, doi="")], [INCLUDED, OUT, INCLUDED], tags)
    first, second, _ = rispy.loads(joined(ris_variants.asreview, d))
    assert (first["notes"][0], second["notes"][0]) == ("ASReview_relevant", "ASReview_irrelevant")

    assert all("notes" not in entry for entry in rispy.loads(joined(ris_variants.covidence, d)))

    first, second, _ = rispy.loads(joined(ris_variants.zotero, d))
    assert {
        "Sleep",
        "Pain",
        "full text: include",
        "Study design: Randomised trial, parallel groups",
    } <= {*first["keywords"]}
    assert "reason: Not about kratom" in second["keywords"]

    names = re.findall(r"^NS  - (.*)\r$", joined(ris_variants.revman, d), re.M)
    assert names == ["Vale 2014", "Vale 2014b"]  # the excluded one is no study of RevMan's


def test_eppi_reviewer_gets_decisions_codes_and_their_words() -> None:
    tags = [Tag("P000001", "study_design", "rct_parallel", "Ann", quote="were randomised")]
    text = joined(eppi_json.eppi_json, made_up.review([PAPER, BOOK], [INCLUDED, OUT], tags))
    held = json.loads(text)
    names = {}
    below = [(s["SetName"], s["Attributes"]) for s in held["CodeSets"]]
    while below:
        of, listed = below.pop()
        for one in listed["AttributesList"]:
            assert one["AttributeId"] not in names  # each number once
            names[one["AttributeId"]] = (of, one["AttributeName"])
            below.append((of, one["Attributes"]))
    first, second = (
        {names[c["AttributeId"]]: c["AdditionalText"] for c in reference["Codes"]}
        for reference in held["References"]
    )
    assert first["Study design", "Randomised trial, parallel groups"] == "were randomised"
    assert ("Screening on full text", "EXCLUDE on Not about kratom") in second

    votes = read_bytes(text.encode(), "a", "eppi-json").votes
    said = [(v.stage, v.vote, v.reason) for v in votes]
    passed = (Stage.TITLE_ABSTRACT, VoteValue.INCLUDE, "")
    assert said == [
        passed, (Stage.FULL_TEXT, VoteValue.INCLUDE, ""),
        passed, (Stage.FULL_TEXT, VoteValue.EXCLUDE, "Not about kratom"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("vancouver", "Vale F, World Health Organization, Smith JA. Kratom &amp; &lt;i&gt;sleep"
         "&lt;/i&gt;. Journal of Tea. 2014;12(1-2):S12–9. doi:10.1000/x_y PubMed PMID: 30111111."),
        ("apa", "Vale, F., World Health Organization, &amp; Smith, J. A. (2014). Kratom &amp; "
         "&lt;i&gt;sleep&lt;/i&gt;. <i>Journal of Tea</i>, <i>12</i>(1-2), S12–S19. "
         "https://doi.org/10.1000/x_y"),
    ],
)  # fmt: skip
def test_references_as_they_are_cited(style: str, wanted: str) -> None:
    d = made_up.review([PAPER, BOOK, PAPER], [INCLUDED, OUT])
    text = "".join(bibliography.page(d, style))
    assert text.count("<li>") == 2  # the third has not been decided
    assert f"<li>{wanted}</li>" in text
    assert "No author" in text and "<b>[Reason: Not about kratom]</b>" in text
    assert text.count("No author") == 1


def test_what_is_no_article_is_cited_as_what_it_is() -> None:
    papers = [
        Record("made-up", "a", "Is kratom safe?", ("Finn Vale", "et al."), 2019, "Tea"),
        Record("made-up", "b", "A preprint", ("Sergio De Filippis",), 2023, "medRxiv", type="UNPB"),
        Record("made-up", "c", "A thesis", ("Smith JA Jr",), 2010, "UPM", type="THES"),
        Record("made-up", "d", "Tea", ("Vale F",), 2015, "Teas", pages="3-9", type="CHAP"),
        Record("made-up", "e", ""),
    ]
    items = [bibliography._item(str(n), paper) for n, paper in enumerate(papers)]
    assert bibliography.cited(items, "apa") == [
        "Vale, F., et al. (2019). Is kratom safe? <i>Tea</i>.",
        "De Filippis, S. (2023). <i>A preprint</i>. medRxiv.",
        "Smith, J. A., Jr. (2010). <i>A thesis</i>. UPM.",
        "Vale, F. (2015). Tea. In <i>Teas</i> (pp. 3\u20139).",
        "<i>Without a title</i>. (n.d.).",
    ]
    assert bibliography.cited(items, "vancouver")[0] == "Vale F, et al. Is kratom safe? Tea. 2019."


@settings(max_examples=10, deadline=None)
@given(paper=made_up.nasty_papers)
def test_no_text_is_markup_in_a_cited_reference(paper: Record) -> None:
    class Tags(HTMLParser):
        found: set[str] = set()

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.found.add(tag)

    Tags().feed("".join(bibliography.page(made_up.review([paper], [INCLUDED]), "apa")))
    assert Tags.found <= {*"html head meta title style body h2 ul li i p".split()}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Oliver Grundmann", ("Grundmann", "Oliver")),
        ("Jan Willem van der Berg", ("van der Berg", "Jan Willem")),
        ("John Smith Jr", ("Smith", "John, Jr")),
        ("Vicknasingam B", ("Vicknasingam", "B")),
        ("Kratom Study Group", ("", "")),
        ("Plato", ("", "")),
    ],
)
def test_names_are_parted_for_readers(name: str, parts: tuple[str, str]) -> None:
    assert author_names.likely_parts(name) == parts


def test_each_type_of_endnote_comes_back_as_it_left() -> None:
    for kind in ("JOUR", "BOOK", "CHAP", "THES", "RPRT", "CPAPER", "UNPB", "DATA", "ELEC"):
        text = joined(endnote_xml.endnote_xml, made_up.review([replace(PAPER, type=kind)]))
        (again,) = read_bytes(text.encode(), "a", "endnote-xml").records
        assert kind_of(again.type).ris == kind


def test_a_revaise_record_says_what_the_log_knows_and_names_what_it_cannot(tmp_path: Path) -> None:
    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    reviews.add(ws, [PAPER, BOOK])
    for stage in Stage:
        screening.cast(ws, "P000001", stage, "Ann", VoteValue.INCLUDE)
    add_finding(
        ws, "P000001", exposure="leaf_powder", population="human_healthy", reviewer="Ann",
        outcome="pain_intensity", study_design="rct_parallel", effect="-1.2",
        effect_interval="95% CI \u22122.0 to 0.4", n=24, direction="better",
    )  # fmt: skip
    service.export(ws, "revaise", tmp_path / "record.yaml", viewer=None)
    ws.store.close()
    text = (tmp_path / "record.yaml").read_text(encoding="utf-8")
    assert "#   funding_sources: PRISMA 2020, item 25 Support" in text
    held = yaml.safe_load(text)
    assert "funding_sources" not in held and held["review_authors"] == [{"name": "Ann"}]
    flow = held["flow_diagram"]
    assert (flow["records_identified"], flow["records_screened"]) == (2, 1)  # one still waits
    (paper,) = held["literature_records"]
    (result,) = paper["study_results"]
    said = {name: result[f"result_{name}"] for name in ("ci_lower", "ci_upper", "total_n")}
    assert said == {"ci_lower": -2.0, "ci_upper": 0.4, "total_n": 24}
    assert result["result_effect_estimate"] == -1.2
