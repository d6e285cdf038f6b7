"""Identifiers as sources write them, and what is read of them."""

from __future__ import annotations

import html
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import identifiers

SICI = "10.1002/(sici)1099-1573(199802)12:1<1::aid-ptr1>3.0.co;2-z"


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        ("10.1000/X", "10.1000/x"),
        ("doi:10.1000/x", "10.1000/x"),
        ("DOI 10.1000/x", "10.1000/x"),
        ("https://doi.org/10.1016/S0140-6736(72)91963-0", "10.1016/s0140-6736(72)91963-0"),
        ("http://dx.doi.org/10.1016/S0003-4975%2800%2901366-7", "10.1016/s0003-4975(00)01366-7"),
        ("S1461145710001550 [pii];10.1017/S1461145710001550 [doi]", "10.1017/s1461145710001550"),
        ("10.1000/x;10.1000/y", "10.1000/x"),
        ("https://doi.org/10.1000/x,https://doi.org/10.1000/y", "10.1000/x"),
        (SICI.upper(), SICI),
        (f"https://doi.org/{SICI}", SICI),
        ("10.1000 / abc", "10.1000/abc"),
        ("10.1000/x10.1000/x", "10.1000/x"),
        ("https://doi.org/10.1000/xhttps://doi.org/10.1000/x", "10.1000/x"),
        ("10.1000/x&amp;y", "10.1000/x&y"),
        (
            "https://www.biorxiv.org/content/10.1101/2020.05.01.072124v2.full",
            "10.1101/2020.05.01.072124",
        ),
        ("none", ""),
        ("", ""),
        (None, ""),
        ("10.1", ""),
    ],
)
def test_dois(written: object, doi: str) -> None:
    assert identifiers.doi(written) == doi


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://journals.x.example/y/Fulltext/2019/doi/10.1097_JCP.0000000000001054.aspx",
         "10.1097/jcp.0000000000001054"),
        ("https://x.example/Abstract/10.1097_JCP.0000000000001054.aspx?casa_token=a:b",
         "10.1097/jcp.0000000000001054"),
        ("https://x.example/pdf/10.1007_s00213-020-05555-5.pdf", "10.1007/s00213-020-05555-5"),
        ("https://x.example/10.1007_978-3-030-12345-6_7.pdf", "10.1007/978-3-030-12345-6_7"),
        ("https://x.example/10.1016_j.jep.2019.112345.html#results", "10.1016/j.jep.2019.112345"),
        ("https://x.example/get?file=10.1002_ptr.1234.pdf&lang=en", "10.1002/ptr.1234"),
        ("https://x.example/10.1002_ptr.1234.full.pdf", "10.1002/ptr.1234"),
        ("10.1002_ptr.1234.pdf", "10.1002/ptr.1234"),
        ("C:\\papers\\10.1002_ptr.1234.pdf", "10.1002/ptr.1234"),
        ("https://x.example/10.1002/ptr.1234.aspx", "10.1002/ptr.1234"),
        ("https://x.example/10.1002%2Fptr.1234.aspx", "10.1002/ptr.1234"),
        # a DOI with its own "/" goes before a name
        ("https://x.example/10.1002/ptr.1_2.pdf", "10.1002/ptr.1_2"),
        ("https://doi.org/10.1000/x https://x.example/10.1002_ptr.1234.pdf", "10.1000/x"),
        # what only looks like one
        ("https://x.example/releases/10.1234_beta.zip", ""),
        ("https://x.example/10.1234_beta.html", ""),
        ("https://x.example/v10.1234_rc1.pdf", ""),
        ("https://x.example/10.1234_5/index.html", ""),
        ("https://x.example/10.12_34.pdf", ""),
        ("https://x.example/10.1002_ptr.1234", ""),
        ("p. 10.1234_5.pdfs", ""),
    ],
)  # fmt: skip
def test_a_doi_in_the_name_of_a_page_or_file(address: str, doi: str) -> None:
    assert identifiers.doi(address) == doi


@given(st.from_regex(r"10\.[0-9]{4,6}/[a-z]{2,5}\.[0-9]{3,9}(_[0-9]{1,3})?", fullmatch=True))
def test_any_doi_is_read_from_the_name_of_its_page(doi: str) -> None:
    name = doi.replace("/", "_")
    assert identifiers.doi(f"https://x.example/doi/{name}.aspx") == doi
    assert identifiers.doi(f"{name}.pdf") == doi


@pytest.mark.parametrize("left_over", [".", ",", ";", "'", ":", "/", ").", "],", "))", "]."])
def test_what_a_sentence_leaves_at_the_end_of_a_doi_goes(left_over: str) -> None:
    assert identifiers.doi(f"10.1000/x(1){left_over}") == "10.1000/x(1)"
    assert identifiers.doi(f"see 10.1000/x{left_over} and") == "10.1000/x"


DOIS = (
    "10.1000/x", "10.3389/fphar.2019.01234", "10.1016/s0140-6736(72)91963-0", SICI,
    "10.1002/1097-0142(195103)4:2<387::aid-cncr2820040229>3.0.co;2-y",
    "10.1175/1520-0493(1998)126<1719:tioasc>2.0.co;2", "10.1000/a;b",
    "10.1371/journal.pone.0241001",
)  # fmt: skip

AROUND = (
    "{}", "doi:{}", "DOI: {}", "doi.org/{}", "https://doi.org/{}", "https://www.doi.org/{}",
    "http://dx.doi.org/{}", "{} [doi]", "{}[doi]", "see {}, and", "(doi: {}).", "<p>{}</p>",
    '<a href="https://doi.org/{}">here</a>', "{}</a>", "{}<br>", "{}<br/>", "{}?utm_source=mail",
    "https://onlinelibrary.wiley.com/doi/{}/abstract", "https://onlinelibrary.wiley.com/doi/abs/{}",
    "https://www.tandfonline.com/doi/full/{}?needAccess=true", "https://x.example/{}/full",
    "https://x.example/doi/pdf/{}", "https://x.example/doi/epdf/{}/", "https://x.example/{}.pdf",
    "https://x.example/{}.full.pdf", "https://x.example/lookup/doi/{}.long",
    "https://x.example/doi/{}?casa_token=abc:def", "https://x.example/doi/{}#section1",
    "https://x.example/doi/{};jsessionid=ABC", "http://proxy.example/login?url=https://doi.org/{}&lang=en",
    "https://x.example/article?id={}&type=printable", "{0}https://doi.org/{0}", "[{}]",
)  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("doi", DOIS)
def test_a_doi_is_read_whole_and_alone_whatever_stands_around_it(doi: str, around: str) -> None:
    text = around.format(doi)
    assert identifiers.doi(text) == doi
    assert identifiers.doi(text.upper()) == doi
    assert identifiers.doi(text.replace(doi, quote(doi, safe="/"))) == doi
    assert identifiers.doi(html.escape(text, quote=False)) == doi


@given(
    st.from_regex(r"10\.[0-9]{4,6}/[a-z]{2,5}\.[0-9]{3,9}(\([0-9]{1,4}\)[0-9])?", fullmatch=True),
    st.sampled_from(AROUND),
)
def test_any_doi_is_read_whatever_stands_around_it(doi: str, around: str) -> None:
    assert identifiers.doi(around.format(doi)) == doi


def test_papers_of_one_issue_with_dois_of_the_sici_form_have_different_ones() -> None:
    other = SICI.replace("<1::aid-ptr1>3.0.co;2-z", "<6::aid-ptr2>3.0.co;2-y")
    assert identifiers.doi(SICI) != identifiers.doi(other)


@given(st.text(max_size=60))
def test_whatever_is_read_reads_as_itself(text: str) -> None:
    doi = identifiers.doi(text)
    assert identifiers.doi(doi) == doi
    for read in (identifiers.pmid, identifiers.pmcid, identifiers.openalex_id):
        assert read(read(text)) == read(text)


@pytest.mark.parametrize(
    ("written", "pmid"),
    [
        ("31234567", "31234567"),
        ("PMID: 31234567", "31234567"),
        ("https://pubmed.ncbi.nlm.nih.gov/31234567/", "31234567"),
        ("31234567.0", "31234567"),
        ("PMID-123", ""),
        ("PMC123", ""),
    ],
)
def test_pubmed_numbers(written: str, pmid: str) -> None:
    assert identifiers.pmid(written) == pmid


def test_other_identifiers() -> None:
    assert identifiers.pmcid("PMC7309661") == identifiers.pmcid("7309661") == "PMC7309661"
    assert identifiers.openalex_id("https://openalex.org/w2741809807") == "W2741809807"
    assert identifiers.isbn("978-3-16-148410-0") == "9783161484100"
    assert identifiers.issns("1099-1573; 0951-418X") == "0951418x 10991573"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1))
def test_the_address_of_a_doi_leads_to_that_doi(rest: str) -> None:
    address = urlsplit(identifiers.doi_address(f"10.1/{rest}"))
    assert (address.netloc, address.query, address.fragment) == ("doi.org", "", "")
    assert unquote(address.path) == f"/10.1/{rest}"


def test_without_a_doi_there_is_no_address() -> None:
    assert identifiers.doi_address("") == ""
