"""A first look at a file: its columns, what they may hold, and whether votes are inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import FileError
from review.sources.column_guessing import Column, guess
from review.sources.file_preview import SAMPLES, preview
from review.sources.file_reading import read_bytes
from review.sources.table_headers import COLUMNS
from tests.sources.test_workbook import book

HEAD = ["Nr.", "Titel", "Verfasser", "Erscheinungsjahr", "Zeitschrift", "Kurzfassung", "Stufe"]
ROWS = [
    [str(n), f"Kratom und Schlaf {n}", "Borg, A.", "2021", "Schlafmedizin", "Wort " * 80, ""]
    for n in range(1, 6)
]
FIELDS = {
    "Titel": "title",
    "Verfasser": "authors",
    "Erscheinungsjahr": "year",
    "Zeitschrift": "journal",
    "Kurzfassung": "abstract",
}


def text(rows: list[list[str]], delimiter: str = ";") -> bytes:
    return "\n".join(delimiter.join(row) for row in rows).encode()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (text([HEAD, *ROWS]), "a.csv"),
        (text([HEAD, *ROWS], "\t"), "a.txt"),
        (text([HEAD, *ROWS]).decode().encode("utf-16"), "a.csv"),
        (b"\xef\xbb\xbf" + text([HEAD, *ROWS]), "a.csv"),
        (book([HEAD, *ROWS]), "a.xlsx"),
        (book([["Ausgabe von heute"], [], HEAD, *ROWS]), "a.xlsx"),
    ],
)
def test_columns_of_unknown_heads_are_shown_with_what_they_may_hold(data: bytes, name: str) -> None:
    look = preview(data, name)
    assert [column.name for column in look.columns] == HEAD
    assert look.columns[0].samples == ("1", "2", "3")[:SAMPLES]
    assert look.columns[-1].samples == ()
    assert (look.fields, look.told, look.votes) == (FIELDS, False, False)
    records = read_bytes(data, name, columns=look.fields).records
    assert [(r.title, r.year, r.authors) for r in records][0] == (
        "Kratom und Schlaf 1",
        2021,
        ("Borg, A.",),
    )


def test_known_heads_need_no_asking() -> None:
    look = preview(b"title,PY\nKratom,2020\n", "a.csv")
    assert look.told and look.fields == {"title": "title", "PY": "year"}
    assert preview(b"TY  - JOUR\nTI  - Kratom\nER  - \n", "a.ris").told


def test_only_the_beginning_of_a_large_table_is_looked_at() -> None:
    data = text([HEAD, *ROWS]) + b"\n" + b"9;Last;;;;;\n" * 100_000
    assert preview(data, "a.csv").fields == FIELDS


@pytest.mark.parametrize(
    ("notes", "votes", "nameless"),
    [
        ('"RAYYAN-INCLUSION: {""Ann""=>""Included""}"', True, False),
        ("RAYYAN-INCLUSION: Included", True, True),
        ("nothing", False, False),
    ],
)
def test_votes_in_notes_are_noticed(notes: str, votes: bool, nameless: bool) -> None:
    look = preview(f"title,notes\nKratom,{notes}\n".encode(), "a.csv")
    assert (look.votes, look.nameless) == (votes, nameless)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"title,included\nKratom,1\n", "a.csv"),
        (b"TY  - JOUR\nN1  - ASReview_irrelevant\nTI  - Kratom\nER  - \n", "a.ris"),
        (book([["title", "notes"], ["Kratom", "RAYYAN-INCLUSION: Included"]]), "a.xlsx"),
    ],
)
def test_labels_and_packed_notes_may_name_nobody(data: bytes, name: str) -> None:
    look = preview(data, name)
    assert look.votes and look.nameless


def test_what_is_no_file_of_references_is_refused() -> None:
    for data, name in ((b"", "a.csv"), (b"Dear colleague,\n\nhere it is.\n", "a.txt")):
        with pytest.raises(FileError):
            preview(data, name)


def of(name: str, *samples: str) -> Column:
    return Column(name, samples)


def test_columns_without_telling_heads_are_told_by_what_is_in_them() -> None:
    columns = [
        of("a", "The sleep of people who drink kratom", "Pain in mice"),
        of("b", "Doe J; Poe K", "Roe B"),
        of("c", "2020", "2019-03"),
        of("d", "10.1000/x", "https://doi.org/10.1000/y"),
        of("e", "word " * 100),
        of("f", "7", "8"),
    ]
    assert guess(columns) == {
        "a": "title", "b": "authors", "c": "year", "d": "doi", "e": "abstract"
    }  # fmt: skip


def test_heads_tell_by_a_word_of_theirs_unless_two_differ() -> None:
    heads = ["Paper title", "Résumé", "Year of publication", "Abstract language", "Author list"]
    assert guess([of(head, "x") for head in heads]) == {
        "Paper title": "title",
        "Résumé": "abstract",
        "Year of publication": "year",
        "Author list": "authors",
    }


@given(st.lists(st.builds(Column, st.text(), st.lists(st.text(), max_size=3).map(tuple))))
def test_no_field_is_offered_twice(columns: list[Column]) -> None:
    fields = guess(columns).values()
    assert len(set(fields)) == len(fields) and set(fields) <= set(COLUMNS)
