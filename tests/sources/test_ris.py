"""RIS files as databases and managers write them, whole and broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import FileError, Mistake, ReviewError
from review.sources import ris
from review.sources.file_entries import FileEntry, Given, keyed
from review.sources.file_reading import FileContent, read_bytes, read_file

ZOTERO = """TY  - JOUR
TI  - Kratom use and sleep quality: a survey
AU  - Borg, Ana
AU  - Chai, Bo
T2  - Sleep Letters
AB  - We asked people how they slept.
DA  - 2021/03/05/
PY  - 2021
DO  - 10.5555/AbC.1
DB  - PubMed
AN  - 33333333
VL  - 12
IS  - 2
SP  - 101
EP  - 109
SN  - 1234-5678
LA  - en
UR  - https://example.org/a;b=1
KW  - Kratom
KW  - Sleep
N1  - PMID: 33333333
ER  -

"""


def entry(*lines: str) -> str:
    return "\n".join(["TY  - JOUR", *lines, "ER  - ", ""])


def read(text: str, name: str = "file.ris") -> FileContent:
    return read_bytes(text.encode(), name)


def test_an_entry_as_zotero_writes_it() -> None:
    content = read(ZOTERO, "My library (2).ris")
    assert (content.format, content.source, content.mistakes) == ("ris", "my-library-2", ())
    (record,) = content.records
    assert record.title == "Kratom use and sleep quality: a survey"
    assert record.authors == ("Borg, Ana", "Chai, Bo")
    assert (record.year, record.journal) == (2021, "Sleep Letters")
    assert (record.volume, record.issue, record.pages) == ("12", "2", "101-109")
    assert (record.doi, record.pmid, record.key) == (
        "10.5555/abc.1",
        "33333333",
        "doi:10.5555/abc.1",
    )
    assert (record.abstract, record.language) == ("We asked people how they slept.", "en")
    assert (record.url, record.keywords) == ("https://example.org/a;b=1", ("Kratom", "Sleep"))
    assert (record.type, record.isbn) == ("JOUR", "")
    assert record.raw["ris"].splitlines() == ZOTERO.strip("\n").splitlines()


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings(ends: str, encoding: str) -> None:
    text = entry("TI  - Étude de la douleur – première partie", "AU  - Müller, José")
    content = read_bytes(text.replace("\n", ends).encode(encoding), "a.ris")
    (record,) = content.records
    assert record.title == "Étude de la douleur – première partie"
    assert record.authors == ("Müller, José",)
    assert content.mistakes == ()


def test_a_title_in_another_script_and_an_old_encoding_is_read_and_pointed_out() -> None:
    content = read_bytes(entry("TI  - 慢性疼痛与睡眠质量的研究").encode("gb18030"), "a.ris")
    assert content.records[0].title == "慢性疼痛与睡眠质量的研究"
    assert "not in UTF-8" in content.mistakes[0].message


def test_one_damaged_byte_in_utf8_does_not_spoil_the_rest() -> None:
    data = entry("TI  - Größe und Schlaf: längere Übersicht für ältere Kätzchen", "AB  - x?y")
    content = read_bytes(data.encode().replace(b"x?y", b"x\xffy"), "a.ris")
    assert content.records[0].title.startswith("Größe")
    assert content.mistakes[0].line == 3


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "دراسة عن الألم \u200f والنوم",
        "กระท่อมกับการนอนหลับ",
        "慢性疼痛與睡眠",
        "a & b; c < d and e > f",
    ],
)
def test_text_is_kept_as_given(text: str) -> None:
    (record,) = read(entry(f"TI  - {text}", f"AB  - {text}")).records
    assert (record.title, record.abstract) == (text, text)


def test_an_abstract_of_ten_thousand_words_survives() -> None:
    abstract = " ".join(f"word{n}" for n in range(10_000))
    (record,) = read(entry("TI  - T", f"AB  - {abstract}")).records
    assert record.abstract == abstract


def test_continuation_lines_belong_to_the_tag_before() -> None:
    (record,) = read(entry("TI  - One", "  two", "AB  - First.", "Second.", "", "Third.")).records
    assert (record.title, record.abstract) == ("One two", "First. Second. Third.")


def test_unknown_tags_harm_nothing_and_stay_in_raw() -> None:
    content = read(entry("TI  - T", "ZZ  - kept", "X9  - too", "AU  - Borg, A"))
    (record,) = content.records
    assert content.mistakes == ()
    assert record.authors == ("Borg, A",)
    assert "ZZ  - kept" in record.raw["ris"]


def test_an_entry_without_a_title_is_named_by_its_line_and_the_others_go_in() -> None:
    content = read(entry("TI  - One") + entry("AU  - Nobody") + entry("TI  - Two"))
    assert [record.title for record in content.records] == ["One", "Two"]
    (mistake,) = content.mistakes
    assert (mistake.file, mistake.line) == ("file.ris", 4)
    assert "no title" in mistake.message


def test_an_entry_without_an_end_is_read_and_named() -> None:
    content = read("TY  - JOUR\nTI  - Cut\n" + entry("TI  - Whole") + "TY  - JOUR\nTI  - Last")
    assert [record.title for record in content.records] == ["Cut", "Whole", "Last"]
    assert [mistake.line for mistake in content.mistakes] == [1, 6]


def test_text_outside_entries_is_named_once_a_block() -> None:
    content = read("garbage\nmore\n" + entry("TI  - One") + "TI  - lost\nER  - \n")
    assert [record.title for record in content.records] == ["One"]
    assert [mistake.line for mistake in content.mistakes] == [1, 6]


def test_the_heading_lines_of_publishers_are_no_mistake() -> None:
    text = "Provider: A publisher\nContent: text/plain; charset=utf-8\n\n" + entry("TI  - One")
    content = read(text)
    assert len(content.records) == 1 and content.mistakes == ()


def test_narrow_tags_are_read_but_running_text_is_not_taken_for_tags() -> None:
    narrow = "TY - JOUR\nTI - Narrow\nPY - 2019\nER -\n"
    wide = entry("TI  - Wide", "AB  - Of tumours,", "ER - positive ones did better", "TY - x y")
    content = read(narrow + wide)
    assert [(r.title, r.year) for r in content.records] == [("Narrow", 2019), ("Wide", None)]
    assert content.records[1].abstract == "Of tumours, ER - positive ones did better TY - x y"
    assert content.mistakes == ()


def test_tags_of_other_writers() -> None:
    text = entry("T1  - Title", "A1  - Borg, A", "N2  - Text.", "Y1  - 1999/01//", "JF  - Journal",
                 "C2  - PMC123456", "UR  - https://pubmed.ncbi.nlm.nih.gov/7654321/")  # fmt: skip
    (record,) = read(text).records
    assert (record.title, record.authors, record.abstract) == ("Title", ("Borg, A",), "Text.")
    assert (record.year, record.journal) == (1999, "Journal")
    assert (record.pmid, record.pmcid) == ("7654321", "PMC123456")


def test_reading_again_gives_the_same_keys_and_no_two_entries_share_one() -> None:
    text = (
        entry("TI  - A", "DO  - 10.5555/a")
        + entry("TI  - B", "DO  - 10.5555/b")
        + entry("TI  - B2", "DO  - 10.5555/b")
        + entry("TI  - C", "AN  - WOS:000111")
        + entry("TI  - D", "ID  - 1")
        + entry("TI  - D", "ID  - 1")
    )
    first, again = read(text), read(text.replace("\n", "\r\n"))
    keys = [record.key for record in first.records]
    assert keys == [record.key for record in again.records]
    assert len(set(keys)) == 6
    assert keys[0] == "doi:10.5555/a" and keys[3] == "id:WOS:000111"
    assert keys[5] == f"{keys[4]}#2"


def test_keys_do_not_depend_on_the_other_entries() -> None:
    alone = read(entry("TI  - D", "AU  - Borg, A"))
    among = read(entry("TI  - C") + entry("TI  - D", "AU  - Borg, A"))
    assert alone.records[0].key == among.records[1].key


def test_a_file_without_any_entry_is_refused() -> None:
    with pytest.raises(FileError, match="no RIS entry"):
        read("Just some text.\n")


def test_the_source_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text(ZOTERO, encoding="utf-8")
    content = read_file(path, source="PubMed")
    assert content.format == "ris"
    assert (content.source, content.records[0].source) == ("PubMed", "PubMed")


tag_lines = st.builds(
    lambda tag, sep, text: f"{tag}{sep}{text}",
    st.sampled_from(["TY", "ER", "TI", "T1", "AU", "AB", "KW", "UR", "DO", "ZZ", "", "SN", "ÄÖ"]),
    st.sampled_from(["  - ", " - ", "-", "  -", "", "\t"]),
    st.text(max_size=12),
)


@given(st.lists(tag_lines | st.text(max_size=20), max_size=25), st.sampled_from("\n\r"))
def test_no_text_at_all_breaks_the_reader(lines: list[str], end: str) -> None:
    text = end.join(lines)
    try:
        items = keyed(ris.parse(Given("f", "s", text.encode())))
    except FileError:
        return
    records = [item.record for item in items if isinstance(item, FileEntry)]
    mistakes = [item for item in items if isinstance(item, Mistake)]
    assert all(record.title and record.key for record in records)
    assert len({record.key for record in records}) == len(records)
    assert all(mistake.line and mistake.line <= len(lines) + 25 * 12 for mistake in mistakes)


@given(st.binary(max_size=300), st.sampled_from(["a.ris", "a.csv", "a.txt", "a.tsv"]))
def test_no_bytes_at_all_break_the_reading_of_a_file(data: bytes, name: str) -> None:
    try:
        read_bytes(data, name)
    except ReviewError as error:
        assert str(error).startswith(name)
