"""Each kind of value, as sources write it and as it is read: one table of examples a kind."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import identifiers, publication_types
from review.sources import latex
from review.values import authors, keywords, markup, pages, years

NAMES: dict[str, list[str]] = {
    # One person or one group, whatever signs stand in the name.
    "Doe, Anna": ["Doe, Anna"],
    "van der Berg, Jan Willem": ["van der Berg, Jan Willem"],
    "García Márquez, Gabriel José": ["García Márquez, Gabriel José"],
    "Kim, S. H.": ["Kim, S. H."],
    "Doe, J., MD": ["Doe, J., MD"],
    "Hunt, Warren A., Jr": ["Hunt, Warren A., Jr"],
    "Food and Drug Administration": ["Food and Drug Administration"],
    "Centers for Disease Control and Prevention": ["Centers for Disease Control and Prevention"],
    "Department of Health and Human Services": ["Department of Health and Human Services"],
    "Ministry of Health, New Zealand": ["Ministry of Health, New Zealand"],
    "Barnes and Noble, Inc.": ["Barnes and Noble, Inc."],
    "Sequeira F.A.": ["Sequeira F.A."],
    # Several in one field.
    "Gatica, G.N., Sequeira, F.A.": ["Gatica, G.N.", "Sequeira, F.A."],
    "Smith, John A., Doe, Anna B.": ["Smith, John A.", "Doe, Anna B."],
    "Smith, J. & Doe, A.": ["Smith, J.", "Doe, A."],
    "Smith, J. and Doe, A.": ["Smith, J.", "Doe, A."],
    "Borg, Ana and Chai, Bo": ["Borg, Ana", "Chai, Bo"],
    "Smith J, Doe A and Poe C": ["Smith J", "Doe A", "Poe C"],
    "Smith J., Doe A.": ["Smith J.", "Doe A."],
    "P Quill, D Marsh": ["P Quill", "D Marsh"],
    "Sari DP, Suharto, Lee K": ["Sari DP", "Suharto", "Lee K"],
    "Borg A, Chai BC, Dunn D.": ["Borg A", "Chai BC", "Dunn D"],
    "Katie R. Lyb, Kayl J. Far": ["Katie R. Lyb", "Kayl J. Far"],
    "Maria Silva, João Costa, Ana Lima": ["Maria Silva", "João Costa", "Ana Lima"],
    "Smith J, Kratom Study Group": ["Smith J", "Kratom Study Group"],
    "Cordo, Pedro J.; Monte, Maria;": ["Cordo, Pedro J.", "Monte, Maria"],
    "Quill, Peter (571); Marsh, Dora R. (57219)": ["Quill, Peter", "Marsh, Dora R."],
    "K&ouml;hler, A.; Doe, B.": ["Köhler, A.", "Doe, B."],
    "李伟，张三": ["李伟", "张三"],
    "李伟、张三": ["李伟", "张三"],
    "李伟, 张三": ["李伟", "张三"],
    # Nobody's name.
    "Sand R, Dune K, et al.": ["Sand R", "Dune K"],
    "Sand, R.; others": ["Sand, R."],
    "[No author name available]": [],
    "": [],
}


@pytest.mark.parametrize(("text", "names"), NAMES.items())
def test_names_in_one_field(text: str, names: list[str]) -> None:
    assert list(authors.split(text)) == names


def test_names_of_two_tags_come_once_each_the_first_tag_first() -> None:
    assert authors.joined(["Doe, Anna B.", "Poe, Carl"], ["Doe, A. B.", "Poe, C."]) == (
        "Doe, Anna B.",
        "Poe, Carl",
    )
    assert authors.joined(["Oudin A"], ["Brak L", "Forsb B"]) == ("Oudin A", "Brak L", "Forsb B")
    assert authors.joined(["Wang, Y."], ["Wang, Yu", "Wang, Ya"]) == ("Wang, Yu", "Wang, Ya")


@given(st.text(max_size=60))
def test_no_text_at_all_breaks_the_reading_of_names(text: str) -> None:
    assert all(name.strip() == name != "" for name in authors.split(text))


YEARS: dict[str, int | None] = {
    "2016/10/19": 2016, "2004/11//11/1/2004": 2004, "2005/07//Jul/Aug2005": 2005,
    "20140301": 2014, "201403": 2014, "20140301120000": 2014, "01032014": 2014,
    "14/03/2014": 2014, "Mar2012": 2012, "2012a": 2012, "2012-2013": 2012, "[2009]": 2009,
    "２００８": 2008, "2006.0": 2006, "2020-05-12T00:00:00Z": 2020, "1998 Winter": 1998,
    "05-Mar-19": 2019, "Mar-98": 1998, "in press": None, "///": None, "201": None,
    "12345678901": None, "": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "year"), YEARS.items())
def test_years(text: str, year: int | None) -> None:
    assert years.year(text) == year


def test_a_date_without_a_year_hides_none_behind_it() -> None:
    assert years.first_year(["in press", "///", "2021//", "2019"]) == 2021


PAGES: dict[tuple[str, str], str] = {
    ("12-19", ""): "12-19", ("139", "54"): "139-54", ("12", "12"): "12", ("12–19", ""): "12-19",
    ("12--19", ""): "12-19", ("12 - 19", ""): "12-19", ("p. 12", "19"): "12-19",
    ("pp. 12-19", ""): "12-19", ("12-19", "19"): "12-19", ("12-19", "12-19"): "12-19",
    ("", "8 pages"): "", ("e12", "e19"): "e12-e19", ("n/a", "n/a"): "", ("", "19"): "19",
    ("pii: E1392", ""): "E1392", ("12", "19, 25"): "12-19, 25", ("S12-9", ""): "S12-9",
    ("N.PAG", "N.PAG"): "", ("007", ""): "007", ("Article 12", ""): "12", ("Art. No. e5", ""): "e5",
}  # fmt: skip


@pytest.mark.parametrize(("ends", "read"), PAGES.items())
def test_pages(ends: tuple[str, str], read: str) -> None:
    assert pages.pages([], *ends) == read


def test_an_article_number_stands_in_for_pages_only() -> None:
    assert pages.pages(["n/a"], "", "", ["e0241001"]) == "e0241001"
    assert pages.pages(["1-9"], "", "", ["e0241001"]) == "1-9"


DATED = {
    "Jan-10": "1-10", "10-Jan": "1-10", "01. Okt": "1-10", "2. Mai": "2-5", "Mar-55": "3-55",
    "2024-01-10": "1-10", "2024-01-02 00:00:00": "1-2", "1955-03-01": "3-55", "12-19": "12-19",
    "Suppl 1": "Suppl 1", "Jan": "Jan", "Jan-Feb": "Jan-Feb", "e12": "e12",
}  # fmt: skip


@pytest.mark.parametrize(("text", "read"), DATED.items())
def test_dates_that_spreadsheets_made_of_pages(text: str, read: str) -> None:
    assert pages.undated(text) == read


LINES = {
    "Fe<sup>0</sup> as Fe<sub>4</sub>N for <i>Mitragyna</i> &amp; co.": "Fe0 as Fe4N for Mitragyna "
    "& co.",
    "&amp;lt;i&amp;gt;Mitragyna&amp;lt;/i&amp;gt;": "Mitragyna",
    "<jats:italic>p</jats:italic> &lt; 0.05": "p < 0.05",
    "p <0.05 and >0.01, x<y and y>z": "p <0.05 and >0.01, x<y and y>z",
    "a <i and b> c": "a <i and b> c",
    "R&D at AT&T": "R&D at AT&T",
    "different \t\t lights\nand more": "different lights and more",
    '<span class="x">Tea</span><br/>time': "Tea time",
    "<mml:math><mml:mi>p</mml:mi> <mml:mo>&lt;</mml:mo>\n<mml:mn>5</mml:mn></mml:math>": "p<5",
    "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>": "1/2",
    "na\xadive": "naive",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
}


@pytest.mark.parametrize(("text", "plain"), LINES.items())
def test_mark_up_as_plain_text(text: str, plain: str) -> None:
    assert markup.line(text) == plain


def test_paragraphs_stay_apart() -> None:
    assert markup.paragraphs("<p>One (<i>p</i> &lt; 1).</p><p>Two</p>") == "One (p < 1).\nTwo"
    assert markup.paragraphs("a\r\nb\n\nc") == "a\nb\nc"


@given(st.text(max_size=80))
def test_what_is_plain_reads_as_itself(text: str) -> None:
    once = markup.line(text)
    assert markup.line(once) == once or "&" in once


TERMS = {
    "Sleep; Tea": ("Sleep", "Tea"), "kratom, sleep": ("kratom", "sleep"),
    "Receptors, Opioid": ("Receptors, Opioid",), "Analgesics, Opioid; Sleep": ("Analgesics, Opioid",
    "Sleep"), "tea|sleep|tea": ("tea", "sleep"), "茶，睡眠": ("茶", "睡眠"),
    "Tea &amp; sleep; Pain": ("Tea & sleep", "Pain"), "": (),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), TERMS.items())
def test_keywords(text: str, words: tuple[str, ...]) -> None:
    assert keywords.terms(text) == words


TYPES = {
    "THES": "THES", "CHAP": "CHAP", "CONF": "CONF", "CPAPER": "CPAPER", "RPRT": "RPRT",
    "UNPB": "UNPB", "ELEC": "ELEC", "BOOK": "BOOK", "Book Section": "CHAP", "incollection": "CHAP",
    "Conference Proceedings": "CONF", "inproceedings": "CPAPER", "paper-conference": "CPAPER",
    "phdthesis": "THES", "dissertation": "THES", "techreport": "RPRT", "book-chapter": "CHAP",
    "preprint": "UNPB", "webpage": "ELEC", "dataset": "DATA", "article-journal": "JOUR",
    "Article; Proceedings Paper": "CPAPER", "Randomized Controlled Trial": "JOUR", "": "JOUR",
}  # fmt: skip


@pytest.mark.parametrize(("given", "ris"), TYPES.items())
def test_types_leave_as_they_came(given: str, ris: str) -> None:
    kind = publication_types.kind_of(given)
    assert kind.ris == ris
    for word in (kind.ris, kind.bibtex, kind.csl):
        assert publication_types.kind_of(word) is not None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["Journal Article", "Multicenter Study", "Randomized Controlled Trial"],
         "Randomized Controlled Trial"),
        (["Journal Article", "Review"], "Review"),
        (["JOUR", "Article"], "JOUR"),
        (["Journal Article"], "Journal Article"),
        (["17"], "Journal Article"),
        (["32"], "Thesis"),
        ([], ""),
    ],
)  # fmt: skip
def test_the_most_telling_type_of_several(given: list[str], told: str) -> None:
    assert publication_types.most_telling(given) == told


@pytest.mark.parametrize(
    ("text", "pmid"),
    [
        ("PMID: 123", "123"),
        ("Comment in: Lancet. 2019;393:12. PMID: 456", ""),
        ("Erratum in\nLancet 2019 PMID: 456", ""),
        ("PMID: 123\nComment in: Lancet. PMID: 456", "123"),
        ("Comment on: Lancet PMID: 456\nPMID: 123", "123"),
        ("https://pubmed.ncbi.nlm.nih.gov/7654321/", "7654321"),
    ],
)
def test_the_number_of_a_comment_is_not_the_works_own(text: str, pmid: str) -> None:
    assert identifiers.pmid_named(text) == pmid


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi: 10.5555/hon.2574", "10.5555/hon.2574"),
        ("https://doi.org/10.5555/hon.2571", "10.5555/hon.2571"),
        ("10.5555/hon.2577.", "10.5555/hon.2577"),
        ("Comment on 10.5555/other", ""),
        ("Journal Article", ""),
    ],
)
def test_a_doi_that_stands_alone(text: str, doi: str) -> None:
    assert identifiers.doi_alone(text) == doi


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("978-3-16-148410-0", "9783161484100"),
        ("1234-5678; 978-3-16-148410-0 (print)", "9783161484100"),
        ("1234-5678", ""),
        ("1234-5678 2345-6789", ""),
    ],
)
def test_an_issn_hides_no_isbn(text: str, isbn: str) -> None:
    assert identifiers.isbn(text) == isbn


HOSTILE = (
    "<annotation>", "<!--", "<p ", " ", "<math>", "!", "n/", "PMID ", "\\ifmmode ", "a, ", "A; ",
    "&amp;", "10.", "\n", "-", "\\href{", "<mfrac>", "and ", "1 ", "comment in ", "<i>", "，",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_text_made_to_take_long_is_read_in_no_time(piece: str) -> None:
    text = piece * (200_000 // len(piece)) + "a"
    begun = time.process_time()
    markup.line(text)
    markup.paragraphs(text)
    authors.split(text)
    pages.pages([text], text, text, [text])
    pages.undated(text)
    keywords.terms(text)
    years.year(text)
    publication_types.kind_of(text)
    publication_types.most_telling([text])
    identifiers.pmid_named(text)
    identifiers.doi_alone(text)
    identifiers.isbn(text)
    latex.plain(text)
    assert time.process_time() - begun < 5
