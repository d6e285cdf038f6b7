"""No entry is lost between two: files joined by hand, first lines that are not quite right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.sources.file_reading import FileContent, read_bytes

BOM = "\ufeff"


def entry(format: str, number: int) -> str:
    """A small entry of a format, its title naming its number."""
    title, pmid, year = f"Paper {number} on tea", 30_000_000 + number, 2000 + number
    return {
        "ris": f"TY  - JOUR\nTI  - {title}\nAU  - Sand, R{number}.\nPY  - {year}\nER  - \n",
        "nbib": f"PMID- {pmid}\nOWN - NLM\nTI  - {title}\nFAU - Sand, R{number}.\n"
        f"DP  - {year} Jan\n",
        "enw": f"%0 Journal Article\n%A Sand, R{number}.\n%T {title}\n%D {year}\n",
        "refworks": f"RT Journal Article\nA1 Sand, R{number}.\nT1 {title}\nYR {year}\n",
        "wos": f"PT J\nAU Sand, R{number}.\nTI {title}\nPY {year}\nER\n",
        "bibtex": f"@article{{k{number}, title = {{{title}}}, author = {{Sand, R{number}.}}, "
        f"year = {year}}}\n",
        "csl-json": f'[{{"type": "book", "title": "{title}", "author": [{{"literal": '
        f'"Sand, R{number}."}}], "issued": {{"date-parts": [[{year}]]}}}}]\n',
        "csv": f'title,authors,year\n{title},"Sand, R{number}.",{year}\n',
    }[format]


NAMES = {
    "ris": "a.ris", "nbib": "a.nbib", "enw": "a.enw", "refworks": "a.txt", "wos": "a.ciw",
    "bibtex": "a.bib", "csl-json": "a.json", "csv": "a.csv",
}  # fmt: skip
BY_TAGS = ("ris", "nbib", "enw", "refworks", "wos")


def read(format: str, text: str) -> FileContent:
    return read_bytes(text.encode(), NAMES[format], format)


def told(content: FileContent) -> list[tuple[str, tuple[str, ...], int | None]]:
    return [(r.title, r.authors, r.year) for r in content.records]


def papers(*numbers: int) -> list[tuple[str, tuple[str, ...], int]]:
    return [(f"Paper {n} on tea", (f"Sand, R{n}.",), 2000 + n) for n in numbers]


@pytest.mark.parametrize("format", NAMES)
@pytest.mark.parametrize("between", ["", "\n", BOM, "\n" + BOM, BOM + "\n", "\x1a", "\n\n \n"])
def test_joined_files_keep_every_entry_with_its_own_fields(format: str, between: str) -> None:
    text = BOM + between.join(entry(format, number) for number in (1, 2, 3))
    assert told(read(format, text)) == papers(1, 2, 3)


@pytest.mark.parametrize("format", ["ris", "nbib", "enw", "refworks", "wos", "bibtex"])
@pytest.mark.parametrize("mark", [BOM, ""])
def test_a_file_may_end_without_a_line_end_before_the_next(format: str, mark: str) -> None:
    first = entry(format, 1).rstrip()
    if format in ("enw", "refworks") and not mark:
        first += "."  # running text may end in anything; a sentence ends there
    content = read(format, first + mark + entry(format, 2))
    assert [r.title for r in content.records] == ["Paper 1 on tea", "Paper 2 on tea"]


LOOSE = {
    "ris": [" TY  - JOUR", "TY - JOUR", "TY  -JOUR", "\u200bTY  - JOUR", "TY: JOUR", "ty  - jour"],
    "nbib": [" PMID- 7", "PMID - 7", "PMID-7", "PMID: 7", "pmid- 7", "\u200bPMID- 7", "PMID 7"],
    "enw": [" %0 Journal Article", "%0  Journal Article", "%0Journal Article", "% 0 Book"],
    "refworks": [" RT Journal Article", "RT  Journal Article", "RT: Journal Article"],
    "wos": [" PT J", "PT  J", "PT: J", "pt J"],
}


@pytest.mark.parametrize(
    ("format", "first"), [(format, line) for format, lines in LOOSE.items() for line in lines]
)
def test_a_first_line_that_is_not_quite_right_begins_an_entry(format: str, first: str) -> None:
    second = first + entry(format, 2)[entry(format, 2).index("\n") :]
    content = read(format, entry(format, 1) + "\n" + second + "\n" + entry(format, 3))
    assert told(content) == papers(1, 2, 3)


@pytest.mark.parametrize("format", BY_TAGS)
def test_an_entry_whose_first_line_is_missing_is_named_by_its_line(format: str) -> None:
    second = entry(format, 2).split("\n", 1)[1]
    text = entry(format, 1) + "\n" + second + "\n" + entry(format, 3)
    content = read(format, text)
    line = entry(format, 1).count("\n") + 2
    assert [m.line for m in content.mistakes] == [line]
    assert told(content)[0] == papers(1)[0] and told(content)[-1] == papers(3)[0]


@pytest.mark.parametrize("format", BY_TAGS)
def test_each_of_several_entries_without_a_first_line_is_named(format: str) -> None:
    headless = "\n".join(entry(format, n).split("\n", 1)[1] for n in (2, 3))
    content = read(format, entry(format, 1) + "\n" + headless + "\n" + entry(format, 4))
    lines = entry(format, 2).count("\n")
    first = entry(format, 1).count("\n") + 2
    assert [m.line for m in content.mistakes] == [first, first + lines]


def test_a_blank_line_inside_an_abstract_ends_no_entry() -> None:
    enw = "%0 Journal Article\n%T Tea\n%X First part.\n\nSecond part.\n\n%K sleep\n%D 2001\n"
    (record,) = read("enw", enw).records
    assert (record.abstract, record.keywords, record.year) == (
        "First part. Second part.", ("sleep",), 2001
    )  # fmt: skip
    ris = "TY  - JOUR\nTI  - Tea\nAB  - First part.\n\nTyrosine rose.\n\nPY  - 2001\nER  - \n"
    content = read("ris", ris)
    assert [(r.abstract, r.year) for r in content.records] == [("First part. Tyrosine rose.", 2001)]
    assert content.mistakes == ()


def test_a_file_with_a_blank_line_after_each_line_is_read_as_meant() -> None:
    for format in BY_TAGS:
        text = (entry(format, 1) + entry(format, 2)).replace("\n", "\n\n")
        content = read(format, text)
        assert told(content) == papers(1, 2) and content.mistakes == (), format


@given(
    st.sampled_from(BY_TAGS),
    st.lists(st.sampled_from(["", "\n", BOM, "\n\n", "\n" + BOM]), min_size=1, max_size=6),
)
def test_however_many_are_joined_none_is_lost(format: str, between: list[str]) -> None:
    text = "".join(entry(format, n) + mark for n, mark in enumerate(between, start=1))
    content = read(format, text)
    assert told(content) == papers(*range(1, len(between) + 1))
    assert content.mistakes == ()
