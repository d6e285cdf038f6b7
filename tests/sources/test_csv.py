"""Tables of references from the tools reviewers use, whole and broken."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import FileError, Mistake
from review.model import Record
from review.sources import tabular
from review.sources.file_entries import FileEntry, Given, keyed
from review.sources.file_reading import FileContent, read_bytes, read_file
from review.values import markup


def table(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def read(text: str, name: str = "file.csv") -> FileContent:
    return read_bytes(text.encode(), name)


def parse(text: str) -> tuple[list[Record], list[Mistake]]:
    """Read a text as it is, without a file around it."""
    items = keyed(tabular.parse(Given("f", "s", text.encode())))
    records = [item.record for item in items if isinstance(item, FileEntry)]
    return records, [item for item in items if isinstance(item, Mistake)]


def only(row: dict[str, str], delimiter: str = ",") -> Record:
    content = read(table([row], delimiter))
    assert content.mistakes == ()
    (record,) = content.records
    return record


COMMON = {"title": "Kratom and sleep", "year": 2021, "doi": "10.5555/a.1"}


def check(record: Record, **more: object) -> None:
    for name, value in (COMMON | more).items():
        assert getattr(record, name) == value, name


def test_our_own_export() -> None:
    row = {
        "report": "R1", "title": "Kratom and sleep", "authors": "Borg A; Chai B", "year": "2021",
        "journal": "Sleep Letters", "doi": "10.5555/a.1", "pmid": "123", "openalex_id": "W42",
        "source": "openalex", "title_abstract": "include", "full_text": "", "reason": "",
        "study_design": "survey", "outcome": "sleep",
    }  # fmt: skip
    record = only(row)
    check(record, authors=("Borg A", "Chai B"), journal="Sleep Letters", pmid="123")
    assert record.openalex_id == "W42"
    assert record.source == "file"
    assert record.raw == row


def test_asreview() -> None:
    row = {
        "primary_title": "Kratom and sleep", "notes_abstract": "Text.", "first_authors": "A;B",
        "keywords": "k1;k2", "doi": "https://doi.org/10.5555/A.1", "year": "2021",
        "asreview_label": "1",
    }  # fmt: skip
    check(only(row), abstract="Text.", authors=("A", "B"), keywords=("k1", "k2"))


def test_rayyan() -> None:
    row = {
        "key": "rayyan-123", "title": "Kratom and sleep", "year": "2021", "journal": "J",
        "issn": "", "volume": "1", "issue": "2", "pages": "3-4",
        "authors": "Borg, Ana and Chai, Bo", "url": "https://doi.org/10.5555/a.1",
        "abstract": "Text.", "notes": 'RAYYAN-INCLUSION: {"Ann"=>"Included"}',
        "pubmed_id": "77", "pmc_id": "PMC88",
    }  # fmt: skip
    record = only(row)
    check(record, authors=("Borg, Ana", "Chai, Bo"), pmid="77", pmcid="PMC88", pages="3-4")


def test_covidence() -> None:
    row = {
        "Title": "Kratom and sleep", "Authors": "Borg, A; Chai, B", "Abstract": "Text.",
        "Published Year": "2021", "Published Month": "", "Journal": "J", "Volume": "1",
        "Issue": "2", "Pages": "3-4", "Accession Number": "L200123456", "DOI": "10.5555/a.1",
        "Ref": "", "Covidence #": "#123", "Study": "Borg 2021", "Notes": "", "Tags": "x",
    }  # fmt: skip
    check(only(row), journal="J", volume="1", issue="2")


def test_zotero() -> None:
    row = {
        "Key": "ABCD1234", "Item Type": "journalArticle", "Publication Year": "2021",
        "Author": "Borg, Ana; Chai, Bo", "Title": "Kratom and sleep",
        "Publication Title": "Sleep Letters", "ISBN": "", "ISSN": "1234-5678",
        "DOI": "10.5555/a.1", "Url": "https://example.org", "Abstract Note": "Text.",
        "Date": "2021-03", "Manual Tags": "kratom; sleep", "Language": "en",
    }  # fmt: skip
    record = only(row)
    check(record, type="journalArticle", journal="Sleep Letters", keywords=("kratom", "sleep"))


def test_scopus() -> None:
    row = {
        "Authors": "Borg A.; Chai B.", "Author full names": "Borg, Ana (1); Chai, Bo (2)",
        "Title": "Kratom and sleep", "Year": "2021", "Source title": "Sleep Letters",
        "Volume": "1", "Issue": "2", "Art. No.": "", "Page start": "3", "Page end": "9",
        "DOI": "10.5555/a.1", "Abstract": "Text.", "Author Keywords": "kratom; sleep",
        "PubMed ID": "55", "Document Type": "Article", "Source": "Scopus", "EID": "2-s2.0-85",
    }  # fmt: skip
    record = only(row)
    check(record, authors=("Borg A.", "Chai B."), pages="3-9", pmid="55", journal="Sleep Letters")


def test_web_of_science_tab_separated() -> None:
    row = {
        "Authors": "Borg, A; Chai, B", "Article Title": "Kratom and sleep",
        "Source Title": "SLEEP LETTERS", "Publication Year": "2021", "Volume": "1",
        "Start Page": "3", "End Page": "9", "DOI": "10.5555/a.1", "Abstract": "Text.",
        "Pubmed Id": "55", "UT (Unique WOS ID)": "WOS:000123",
    }  # fmt: skip
    check(only(row, "\t"), pages="3-9", pmid="55", journal="SLEEP LETTERS")


def test_pubmed() -> None:
    row = {
        "PMID": "55", "Title": "Kratom and sleep", "Authors": "Borg A, Chai BC, Dunn D.",
        "Citation": "Sleep Lett. 2021", "First Author": "Borg A",
        "Journal/Book": "Sleep Lett", "Publication Year": "2021", "Create Date": "2022/01/01",
        "PMCID": "PMC9", "NIHMS ID": "", "DOI": "10.5555/a.1",
    }  # fmt: skip
    record = only(row)
    check(record, authors=("Borg A", "Chai BC", "Dunn D"), journal="Sleep Lett", pmcid="PMC9")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_head(delimiter: str) -> None:
    row = {"Title": "Kratom, pain; sleep | and more", "Authors": "Borg, A", "Year": "2021"}
    record = only(row, delimiter)
    assert (record.title, record.year) == (row["Title"], 2021)


@pytest.mark.parametrize("before", ["sep=;\n", "\n\n", "About the data: exported today\n\n"])
def test_lines_before_the_head_are_passed_over(before: str) -> None:
    content = read(before + "title;year\nKratom;2021\nNo title here\n;2020\n")
    assert [record.title for record in content.records] == ["Kratom"]
    first = 2 + before.count("\n") + 1
    assert [mistake.line for mistake in content.mistakes] == [first, first + 1]


def test_one_author_with_a_comma_stays_one() -> None:
    assert only({"title": "T", "authors": "Borg, Ana"}).authors == ("Borg, Ana",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_and_encodings(encoding: str, ends: str) -> None:
    text = f"title,authors{ends}Douleur – étude,Müller J{ends}"
    (record,) = read_bytes(text.encode(encoding), "a.csv").records
    assert (record.title, record.authors) == ("Douleur – étude", ("Müller J",))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@x",
        "الألم \u200f والنوم",
        "慢性疼痛",
    ],
)
def test_text_is_kept_as_given(text: str) -> None:
    record = only({"title": text, "abstract": text})
    assert (record.title, record.abstract) == (text, text)


def test_an_abstract_of_ten_thousand_long_words_survives() -> None:
    abstract = " ".join(f"pharmacokinetics{n}" for n in range(10_000))
    assert only({"title": "T", "abstract": abstract}).abstract == abstract


def test_a_cell_may_hold_line_ends_and_lines_are_still_counted_right() -> None:
    content = read('title,abstract\n"One","a\nb\nc"\n,no title\n')
    assert content.records[0].abstract == "a\nb\nc"
    assert [mistake.line for mistake in content.mistakes] == [5]


def test_a_row_without_a_title_is_named_and_the_others_go_in() -> None:
    content = read("title,year\nOne,2001\n,2002\n\n  ,\nTwo,2003\n")
    assert [record.title for record in content.records] == ["One", "Two"]
    assert [(m.file, m.line, m.key) for m in content.mistakes] == [("file.csv", 3, "title")]


def test_a_row_with_cells_too_many_is_named() -> None:
    content = read("title,year\nPain, and sleep,2001\nTwo,2003,\nThree,2004\n")
    assert [record.title for record in content.records] == ["Two", "Three"]
    assert [mistake.line for mistake in content.mistakes] == [2]


def test_a_quote_that_is_never_closed_costs_no_other_row() -> None:
    rows = "".join(f"Title {n},20{n}\n" for n in range(10, 30))
    content = read('title,year\nFirst,2001\n"Broken,2002\n' + rows)
    titles = [record.title for record in content.records]
    assert titles[0] == "First" and titles[-20:] == [f"Title {n}" for n in range(10, 30)]


def test_stray_quotes_in_a_row_are_text() -> None:
    content = read('title\tyear\n"Kratom" and pain\t2001\n"Open\t2002\nLast\t2003\n', "a.tsv")
    assert [record.year for record in content.records] == [2001, 2002, 2003]
    assert content.mistakes == ()


def test_a_broken_cell_of_many_lines_makes_no_records_of_its_lines() -> None:
    content = read('title,abstract,year\n"T","he said "no"\nand left\n",2001\nGood,Text,2002\n')
    assert [record.title for record in content.records] == ["Good"]
    assert [mistake.line for mistake in content.mistakes] == [2, 3, 4]


def test_reading_again_gives_the_same_keys_and_no_two_rows_share_one() -> None:
    text = (
        "title,doi,pmid,accession number\nA,10.5555/a,,\nB,10.5555/b,1,\nB2,10.5555/b,2,\n"
        "C,,,WOS:000111\nD,,,7\nD,,,7\n"
    )
    keys = [record.key for record in read(text).records]
    assert keys == [record.key for record in read(text).records]
    assert keys[:4] == ["doi:10.5555/a", "pmid:1", "pmid:2", "id:WOS:000111"]
    assert keys[5] == f"{keys[4]}#2" and keys[4].startswith("hash:")


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "is empty"),
        (b"\xef\xbb\xbf \r\n", "a.csv", "is empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a.csv", "web page"),
        (b"\xef\xbb\xbf\n <HTML>\n", "a.ris", "web page"),
        (b"PK\x03\x04rest", "a.csv", "Excel workbook"),
        (b"%PDF-1.7", "a.ris", "PDF"),
        (bytes(range(256)) * 9, "a.csv", "not a text file"),
        (b"author,year\nBorg,2001\n", "a.csv", "no column named 'title'"),
        (b"just words", "a.txt", "neither RIS nor a table"),
        (b"@string{x = {T}}", "a.bib", "no BibTeX entry"),
        (b'[{"name": "T"}]', "a.json", "JSON, but holds no item"),
        (b"<?xml version='1.0'?><rss/>", "a.xml", "neither PubMed's nor EndNote's"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_do(data: bytes, name: str, words: str) -> None:
    with pytest.raises(FileError, match=words) as error:
        read_bytes(data, name)
    assert name in str(error.value)


def test_a_missing_file_a_folder_and_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="There is no file"):
        read_file(tmp_path / "none.csv")
    with pytest.raises(FileError, match="cannot be opened"):
        read_file(tmp_path)
    with pytest.raises(FileError, match="no format 'docx'"):
        read_bytes(b"title\nT\n", "a.csv", format="docx")


def test_a_table_is_known_by_its_columns_whatever_its_ending() -> None:
    assert read("title,year\nOne,2001\n", "export.txt").format == "csv"


cells = st.text(
    # A title of nothing but signs that nobody sees is none.
    st.characters(exclude_categories=["Cs", "Cf"], exclude_characters="\x00\x1a\ufeff"),
    max_size=15,
).filter(lambda text: text.strip().casefold() not in ("na", "n/a", "nan", "none", "null"))


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    text = table([{"title": title, "abstract": text} for title, text in rows], delimiter)
    records, mistakes = parse(text)
    kept = [(title, text) for title, text in rows if title.strip()]
    assert [(r.raw["title"], r.raw["abstract"]) for r in records] == kept
    cleaned = [(markup.line(title), markup.paragraphs(text)) for title, text in kept]
    assert [r.title for r in records] == [title for title, _ in cleaned]
    assert [r.abstract for r in records] == [text for _, text in cleaned]
    assert len(mistakes) == sum(not title.strip() and bool(text.strip()) for title, text in rows)


@given(st.text(st.sampled_from('title,;\t|"\n\r ab\x00\u2028é'), max_size=80))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    records, _ = parse("title,year\n" + text)
    assert all(record.title and record.key for record in records)
    assert len({record.key for record in records}) == len(records)


def test_a_table_may_have_one_column() -> None:
    content = read("title\nKratom and sleep\nPain\n")
    assert [r.title for r in content.records] == ["Kratom and sleep", "Pain"]
    assert content.mistakes == ()
