"""Files made to do harm are refused with a sentence, or lose only what is harmful in them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from review.config import FileLimits, file_limits
from review.errors import ConfigError, FileError
from review.sources.file_preview import preview
from review.sources.file_reading import bytes_of, read_bytes


@pytest.fixture(autouse=True)
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {
        "FILE_MB": 1, "JSON_MB": 1, "LINE_KB": 10, "ENTRY_KB": 10, "CELL_KB": 4, "STRINGS_KB": 5,
        "COLUMNS": 20, "DEPTH": 8,
    }  # fmt: skip
    for name, value in limits.items():
        monkeypatch.setenv(f"REVIEW_MAX_{name}", str(value))


def read(text: str, name: str) -> tuple[list[str], list[str]]:
    found = read_bytes(text.encode(), name)
    return [r.title for r in found.records], [str(m) for m in found.mistakes]


def test_limits_are_settings() -> None:
    assert file_limits({}) == FileLimits()
    assert file_limits({"REVIEW_MAX_DEPTH": "9"}).depth == 9
    with pytest.raises(ConfigError, match="REVIEW_MAX_DEPTH"):
        file_limits({"REVIEW_MAX_DEPTH": "many"})


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.ris"
    with path.open("wb") as file:
        file.truncate(3 * 1024**2)
    for look in (bytes_of, lambda path: read_bytes(b"x" * 2 * 1024**2, path.name)):
        with pytest.raises(FileError, match="files of up to 1 MB are read"):
            look(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "title,year\n" + 'A "paper",2001\n' * 40),
        ("a.tsv", "title\tyear\n" + "Paper\t2001\n" * 40),
        ("a.ris", "TY  - JOUR\nTI  - A paper\nER  - \n" * 40),
        ("a.nbib", "PMID- 12345678\nTI  - A paper\n\n" * 40),
    ],
)
def test_too_many_entries_are_refused_before_any_is_read(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEW_MAX_ENTRIES", "30")
    with pytest.raises(FileError, match="up to 30 are read at once. Export the references in"):
        read(text, name)


def test_lines_within_cells_are_no_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_MAX_ENTRIES", "30")
    long = "a line\n" * 20
    rows = "".join(f'Paper {n},"{long}"\n' for n in range(20))
    titles, mistakes = read("title,abstract\n" + rows, "a.csv")
    assert len(titles) == 20 and not mistakes


def test_strings_that_double_themselves_are_refused() -> None:
    lines = ['@string{s0 = "0123456789"}']
    lines += [f"@string{{s{n} = s{n - 1} # s{n - 1}}}" for n in range(1, 30)]
    with pytest.raises(FileError, match="@string abbreviations grow"):
        read("\n".join([*lines, "@article{a, title = s29}"]), "a.bib")


def test_strings_as_journals_use_them_are_put_in() -> None:
    text = '@string{jan = "Journal of " # {Naps}}\n@article{a, title = {T}, journal = jan}'
    (record,) = read_bytes(text.encode(), "a.bib").records
    assert record.journal == "Journal of Naps"


def test_an_entry_that_is_too_large_is_left_out_and_named() -> None:
    large = "@article{b, title = {L}, abstract = {" + "x" * 20_000 + "}}"
    titles, mistakes = read("@article{a, title = {A}}\n" + large + "\n@book{c, title={C}}", "a.bib")
    assert titles == ["A", "C"]
    assert mistakes == ["a.bib:2: the entry is too large; left out"]


def test_json_that_is_deeply_nested_is_left_out_and_named() -> None:
    deep: object = 1
    for _ in range(9):
        deep = {"a": deep}
    items = [{"type": "article", "title": title} for title in "ABC"]
    text = json.dumps([items[0], {**items[1], "x": deep}, items[2]])
    assert read(text, "a.json") == (
        ["A", "C"], ["a.json:1: the item is too deeply nested; left out"]
    )  # fmt: skip


@pytest.mark.parametrize("depth", [900, 100_000])
def test_json_too_deep_for_the_parser_is_left_out(depth: int) -> None:
    bomb = '{"type":"article","title":"B","x":' + '{"a":' * depth + "1" + "}" * depth + "}"
    text = '[{"type":"article","title":"A"},' + bomb + ',{"type":"article","title":"C"}]'
    titles, mistakes = read(text, "a.json")
    assert titles == ["A", "C"] and len(mistakes) == 1


def test_a_table_of_too_many_columns_is_refused_by_the_preview_too() -> None:
    text = "title," + ",".join(f"c{n}" for n in range(30)) + "\nT" + "," * 30 + "\n"
    for look in (read_bytes, preview):
        with pytest.raises(FileError, match="line 1 has 31 columns; tables of up to 20"):
            look(text.encode(), "a.csv")


def test_commas_of_a_long_first_cell_are_no_columns() -> None:
    text = 'title\tyear\n"' + "a, " * 50 + '"\t2001\n'
    assert len(read(text, "a.tsv")[0]) == 1


@pytest.mark.parametrize("mark", [",", ";", "|"])
def test_marks_within_a_later_cell_are_no_columns(mark: str) -> None:
    text = f'title,authors\nA,"{"Li, X" + mark} "\nB,"{f"X{mark} " * 50}"\n'
    assert read(text, "a.csv")[0] == ["A", "B"]


def test_a_quote_that_is_not_closed_for_very_long_is_refused() -> None:
    rows = [f"Paper {n},2001" for n in range(1_000)]
    with pytest.raises(FileError, match="begins at line 3 or soon after it: a quote"):
        read("\n".join(["title,year", "A,2001", '"never closed,2002', *rows]), "a.csv")


def test_a_quote_that_is_never_closed_costs_its_row() -> None:
    rows = [f"Paper {n},2001" for n in range(200)]
    titles, mistakes = read("\n".join(["title,year", '"never closed,2002', *rows]), "a.csv")
    assert titles[-200:] == [f"Paper {n}" for n in range(200)]
    assert len(mistakes) <= 1


def test_broken_quotes_in_each_line_take_no_longer_than_the_file_is_long() -> None:
    rows = [f'"Paper {n}" broken "x,2001' for n in range(20_000)]
    begun = time.monotonic()
    titles, mistakes = read("\n".join(["title,year", *rows]), "a.csv")
    assert len(titles) + len(mistakes) == 20_000
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["a.csv", "a.ris"])
def test_a_line_that_is_too_long_is_refused(name: str, end: str) -> None:
    start = end.join(["title,year", "T,2001"] if name == "a.csv" else ["TY  - JOUR", "TI  - T"])
    text = start + end + "x" * 11_000 + end + "ER  - " + end
    with pytest.raises(FileError, match="lines of up to 10 KB are read"):
        read(text, name)


def test_lines_just_short_enough_are_read() -> None:
    text = "title,year\n" + "".join(f"{'x' * 3_000},2001\n" for _ in range(40))
    assert len(read(text, "a.csv")[0]) == 40
