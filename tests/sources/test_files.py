"""What holds for files of any format: heads the caller names, large files in parts."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pytest

from review.errors import FileError, UnknownColumns
from review.progress import Progress, Watch
from review.sources.file_formats import FORMATS
from review.sources.file_reading import FileContent, iter_bytes, read_bytes

GERMAN = "Nr.;Titel;Verfasser;Jahr\n1;Kratom und Schlaf;Borg, A.;2021\n"


def test_an_unknown_head_tells_the_columns_and_can_be_named() -> None:
    data = GERMAN.encode()
    with pytest.raises(UnknownColumns, match="no column named 'title'") as error:
        read_bytes(data, "a.csv")
    assert error.value.columns == ("Nr.", "Titel", "Verfasser", "Jahr")
    columns = {"Titel": "title", "Verfasser": "authors", "jahr": "year"}
    for name in ("a.csv", "a.txt"):
        (record,) = read_bytes(data, name, columns=columns).records
        assert (record.title, record.authors, record.year) == (
            "Kratom und Schlaf",
            ("Borg, A.",),
            2021,
        )


def test_what_the_caller_says_goes_before_the_heads() -> None:
    data = b"title,name,year\nJournal of Sleep,Kratom,2020\n"
    (record,) = read_bytes(data, "a.csv", columns={"title": "journal", "name": "title"}).records
    assert (record.title, record.journal, record.year) == ("Kratom", "Journal of Sleep", 2020)


def test_a_mapping_that_does_not_fit_is_refused() -> None:
    with pytest.raises(FileError, match="cannot be field 'colour'"):
        read_bytes(b"title\nT\n", "a.csv", columns={"title": "colour"})
    with pytest.raises(UnknownColumns, match="no column 'Titel'") as error:
        read_bytes(b"title,year\nT,1\n", "a.csv", columns={"Titel": "journal"})
    assert error.value.columns == ("title", "year")


WOS_HEAD = (
    "PT AU BA BE GP AF BF CA TI SO SE BS LA DT CT CY CL SP HO DE ID AB C1 RP EM RI OI FU FX CR NR "
    "TC Z9 U1 U2 PU PI PA SN EI BN J9 JI PD PY VL IS PN SU SI MA BP EP AR DI D2 PG WC SC GA UT PM "
    "OA HC HP DA"
).split()


def test_web_of_science_tab_delimited_tags() -> None:
    row = dict.fromkeys(WOS_HEAD, "") | {
        "PT": "J", "AU": "Borg, A; Chai, B", "AF": "Borg, Ana; Chai, Bo", "TI": "Kratom and sleep",
        "SO": "SLEEP LETTERS", "LA": "English", "DT": "Article", "DE": "kratom; sleep",
        "ID": "MITRAGYNA; PAIN", "AB": "Text.", "PY": "2021", "VL": "12", "IS": "2", "BP": "101",
        "EP": "109", "DI": "10.5555/a.1", "PM": "77", "UT": "WOS:000123456700001", "PG": "9",
    }  # fmt: skip
    out = io.StringIO()
    writer = csv.DictWriter(out, WOS_HEAD, delimiter="\t")
    writer.writeheader()
    writer.writerow(row)
    for encoding in ("utf-8-sig", "utf-16"):
        content = read_bytes(out.getvalue().encode(encoding), "savedrecs.txt")
        (record,) = content.records
        assert (content.format, content.mistakes) == ("csv", ())
        assert (record.title, record.journal, record.year) == (
            "Kratom and sleep",
            "SLEEP LETTERS",
            2021,
        )
        assert (record.authors, record.pages) == (("Borg, A", "Chai, B"), "101-109")
        assert (record.volume, record.issue) == ("12", "2")
        assert (record.doi, record.pmid, record.type) == ("10.5555/a.1", "77", "Article")
        assert record.keywords == ("kratom", "sleep")


def joined(parts: list[FileContent]) -> FileContent:
    return FileContent(
        parts[0].format,
        parts[0].source,
        tuple(record for part in parts for record in part.records),
        tuple(mistake for part in parts for mistake in part.mistakes),
        tuple(vote for part in parts for vote in part.votes),
        parts[0].total,
        {key: names for part in parts for key, names in part.names.items()},
    )


def test_a_large_file_in_parts_is_the_same_as_whole() -> None:
    rows = [f"Title {n % 40},10.5555/{n % 90},{n % 2}" for n in range(100)]
    lines = ["title,doi,included", *rows, ",x,1", "T,\x81"]
    data = "\n".join(lines).encode("cp1252", "replace")
    told: list[Progress] = []
    parts = list(iter_bytes(data, "big.csv", chunk=7, watch=Watch(told.append)))
    assert joined(parts) == read_bytes(data, "big.csv")
    assert all(len(part.records) + len(part.mistakes) <= 7 for part in parts)
    lines = [now.done for now in told]
    assert lines == sorted(lines) and told[-1] == Progress(103, 103)


def test_an_error_comes_before_the_first_part() -> None:
    with pytest.raises(UnknownColumns):
        next(iter_bytes(b"author\nBorg\n", "a.csv"))


def test_a_file_without_entries_gives_one_part() -> None:
    assert [part.records for part in iter_bytes(b"title,year\n", "a.csv")] == [()]


@pytest.mark.parametrize(("mark", "title"), [("\ufeff", "Sleep"), ("", "Schläfrigkeit")])
def test_text_in_utf_8_is_text_however_many_control_characters_it_has(
    mark: str, title: str
) -> None:
    data = f"{mark}title,year\n{title}\x12\x07\x12\x07,2021\n".encode()
    (record,) = read_bytes(data, "a.csv").records
    assert record.title.startswith(title) and record.year == 2021


HTML = b"<!DOCTYPE html><html><body>Please sign in</body></html>"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "data", [b"", HTML, bytes(range(256)) * 9, b"%PDF-1.7", b"\xef\xbb\xbf \n"]
)
def test_empty_binary_and_web_pages_are_refused_in_every_format(format: str, data: bytes) -> None:
    with pytest.raises(FileError, match="a.dat"):
        read_bytes(data, "a.dat", format)


@pytest.mark.parametrize("format", FORMATS)
def test_another_format_than_the_one_asked_for_is_refused(format: str) -> None:
    with pytest.raises(FileError):
        read_bytes(b"Dear colleague,\n\nhere is the list you wanted.\n", "a.dat", format)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_lines_are_those_of_the_text_in_any_encoding(encoding: str) -> None:
    text = "title,year\r\nSchlafqualit\u00e4t,2020\r\u00dcber Schmerz,2021\n\nLast,2022"
    content = read_bytes(text.encode(encoding), "a.csv")
    assert [(r.title, r.year) for r in content.records] == [
        ("Schlafqualit\u00e4t", 2020), ("\u00dcber Schmerz", 2021), ("Last", 2022)
    ]  # fmt: skip
    assert content.mistakes == ()


def test_a_large_text_is_never_held_a_second_time() -> None:
    """One rare sign makes a whole text four times as large as the bytes it is read from."""
    entry = f"TY  - JOUR\nTI  - Sleep \U0001d45d\nAB  - {'word ' * 2_000}\nER  - \n"
    data = (entry * 500).encode()
    read_bytes(entry.encode(), "warm.ris")
    tracemalloc.start()
    for _ in iter_bytes(data, "a.ris", chunk=10):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(data) / 2


ENTRIES = {
    "a.ris": "TY  - JOUR\nTI  - Kr\u00e4uter\nER  - \n",
    "a.nbib": "PMID- 1\nTI  - Kr\u00e4uter\n",
    "a.bib": "@article{a,\n  title={Kr\u00e4uter}\n}\n",
    "a.json": '[{"type": "book", "title": "Kr\u00e4uter"}]',
    "a.xml": "<xml><record><titles><title>Kr\u00e4uter</title></titles></record></xml>",
    "a.enw": "%0 Book\n%T Kr\u00e4uter\n",
    "a.csv": "title\nKr\u00e4uter\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", ENTRIES)
def test_every_format_is_read_in_any_encoding(name: str, encoding: str) -> None:
    content = read_bytes(ENTRIES[name].encode(encoding), name)
    assert [r.title for r in content.records] == ["Kr\u00e4uter"]
    assert content.mistakes == ()
