"""BibTeX as Zotero, Scopus, Web of Science, JabRef and Rayyan write it, whole and broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import FileError, ReviewError
from review.sources import latex
from review.sources.file_reading import FileContent, read_bytes

ZOTERO = r"""
@article{borg_kratom_2021,
	title = {Kratom use and sleep quality: a survey},
	volume = {12},
	issn = {1234-5678},
	url = {https://example.org/a_b},
	doi = {10.5555/AbC\_1},
	abstract = {We asked people how they slept. 12\% slept well \& long.},
	language = {en},
	number = {2},
	urldate = {2022-01-02},
	journal = {Sleep Letters},
	author = {Borg, Ana and Chai, Bo and {Kratom Study Group}},
	month = mar,
	year = {2021},
	note = {PMID: 33333333},
	keywords = {Kratom, Sleep},
	pages = {101--109},
}
"""


def read(text: str, name: str = "file.bib") -> FileContent:
    return read_bytes(text.encode(), name)


def test_an_entry_as_zotero_writes_it() -> None:
    content = read(ZOTERO, "My library.bib")
    assert (content.format, content.source, content.mistakes) == ("bibtex", "my-library", ())
    (record,) = content.records
    assert record.title == "Kratom use and sleep quality: a survey"
    assert record.authors == ("Borg, Ana", "Chai, Bo", "Kratom Study Group")
    assert (record.year, record.journal) == (2021, "Sleep Letters")
    assert (record.volume, record.issue, record.pages) == ("12", "2", "101-109")
    assert (record.doi, record.pmid, record.key) == (
        "10.5555/abc_1",
        "33333333",
        "doi:10.5555/abc_1",
    )
    assert record.abstract == "We asked people how they slept. 12% slept well & long."
    assert (record.url, record.language, record.type) == (
        "https://example.org/a_b",
        "en",
        "article",
    )
    assert record.keywords == ("Kratom", "Sleep")
    assert record.raw["bibtex"] == ZOTERO.strip()


def test_an_entry_as_scopus_writes_it() -> None:
    """Scopus does not escape: a percent sign is no comment, a dollar no formula."""
    text = """Scopus
EXPORT DATE: 22 November 2026

@ARTICLE{Borg20213,
	author = {Borg, A. and Chai, B.},
	title = {Kratom & sleep: 95% of users},
	year = {2021},
	journal = {Sleep Letters},
	abstract = {It cost $5 to $10 a day (95% CI 4-11). More text.},
	author_keywords = {kratom; sleep},
	note = {Cited by: 3}
}"""
    (record,) = read(text).records
    assert record.title == "Kratom & sleep: 95% of users"
    assert record.abstract == "It cost $5 to $10 a day (95% CI 4-11). More text."
    assert (record.authors, record.keywords) == (("Borg, A.", "Chai, B."), ("kratom", "sleep"))


def test_an_entry_as_web_of_science_writes_it() -> None:
    text = """@article{ WOS:000123456700001,
Author = {Borg, Ana and Chai, Bo},
Title = {{Kratom and
   Sleep}},
Journal = {{SLEEP LETTERS}},
Year = {{2021}},
DOI = {{10.5555/a.1}},
Unique-ID = {{WOS:000123456700001}},
}"""
    (record,) = read(text).records
    assert (record.title, record.journal, record.year) == (
        "Kratom and Sleep",
        "SLEEP LETTERS",
        2021,
    )
    assert record.doi == "10.5555/a.1"


def test_abbreviations_are_put_in_and_comments_left_out() -> None:
    text = """@comment{jabref-meta: databaseType:bibtex;}
@preamble{"\\newcommand{\\x}{y}"}
@string{sl = "Sleep"}
@string(letters = sl # { Letters})
Words between entries are comments.
@misc(one, title = "Kratom {\\"o}", journal = letters # ", part # 2", year = 2021, month = jan)
"""
    content = read(text)
    (record,) = content.records
    assert content.mistakes == ()
    assert (record.title, record.journal, record.year) == (
        "Kratom ö",
        "Sleep Letters, part # 2",
        2021,
    )


def test_biblatex_names_of_fields() -> None:
    text = """@article{a, title={T}, author={Borg, Ana and others}, date={2020-05-01},
      journaltitle={J}, issue={3}, eprint={7654321}, eprinttype={pubmed}, pmcid={PMC9}}"""
    (record,) = read(text).records
    assert (record.year, record.journal, record.issue) == (2020, "J", "3")
    assert (record.pmid, record.pmcid, record.authors) == ("7654321", "PMC9", ("Borg, Ana",))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"M{\"u}ller, Jos{\'e} and \O{}re", "Müller, José and Øre"),
        (r"{\'{e}} \'e \'{e} {\"{\i}} \~n \c{c} {\v s} \aa{} {\ss}", "é é é ï ñ ç š å ß"),
        (r"{Kratom} in {{P}ain}: {DNA}", "Kratom in Pain: DNA"),
        (r"\textit{In vitro} and \emph{in vivo}", "In vitro and in vivo"),
        (r"$\alpha$-synuclein, $p<0.05$, H\textsubscript{2}O", "α-synuclein, p<0.05, H2O"),
        ("pages 1--9 --- ``so''", "pages 1–9 — “so”"),
        (r"50\% \& 3\_4 \$5 \#1", "50% & 3_4 $5 #1"),
        ("two\n   lines", "two lines"),
        ("naïve 慢性疼痛 ألم", "naïve 慢性疼痛 ألم"),
        (r"\textbf{open", "open"),
    ],
)
def test_latex_as_plain_text(text: str, plain: str) -> None:
    assert latex.decode(text) == plain


def test_a_broken_entry_is_named_by_its_line_and_the_others_go_in() -> None:
    text = """@article{one, title={One}, year={2001}}

@article{bad, title = {Never closed,
  year = 2000

@article{two, title={Two}}
@article{three, author={Nobody}}
@article{four, title={Four}, title={Again}}
@article{four, title={Four}}
@article{title = {No key at all}, year = {1999}}
@article{last, title = {Cut o"""
    content = read(text)
    titles = [record.title for record in content.records]
    assert titles == ["One", "Two", "Four", "Four", "No key at all"]
    assert [mistake.line for mistake in content.mistakes] == [3, 7, 11]
    assert "no title" in content.mistakes[1].message
    assert len({record.key for record in content.records}) == 5


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_and_the_lines_of_mistakes(ends: str) -> None:
    text = "@article{a, title={One}}\n\n@article{b,\n year={2001}}\n"
    content = read(text.replace("\n", ends))
    assert [record.title for record in content.records] == ["One"]
    assert [mistake.line for mistake in content.mistakes] == [3]


def test_a_file_without_an_entry_is_refused() -> None:
    with pytest.raises(FileError, match="no BibTeX entry"):
        read("Just words.\n")


def test_thousands_of_braces_harm_nothing() -> None:
    deep = "{" * 5_000 + "\\x" + "}" * 5_000
    (record,) = read(f"@article{{a, title={{T}}, abstract={{{deep}}}}}").records
    assert record.title == "T"


bits = st.sampled_from(
    ["@article", "{", "}", "(", ")", '"', ",", "=", "#", "title", "\n", "\\", "$", "%", "a b",
     "@string", "@comment", "\\'e", "\\textit", " and ", "year=2001", "{T}", "~", "--", "é"]
)  # fmt: skip


@given(st.lists(bits | st.text(max_size=4), max_size=40))
def test_no_text_at_all_breaks_the_reader(parts: list[str]) -> None:
    text = "@article{k, title={T}}\n" + "".join(parts)
    try:
        content = read(text)
    except ReviewError:
        return
    assert all(record.title and record.key for record in content.records)
    assert len({record.key for record in content.records}) == len(content.records)


@given(st.lists(bits | st.text(max_size=4), max_size=30).map("".join))
def test_no_text_at_all_breaks_the_reading_of_latex(text: str) -> None:
    latex.decode(text)
    latex.plain(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\\{}$~`'-"), max_size=60))
def test_text_without_latex_stays_as_it_is(text: str) -> None:
    assert latex.decode(text) == " ".join(text.split())
