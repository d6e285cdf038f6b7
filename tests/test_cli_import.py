"""Importing files on the command line: columns, votes, and what is said of them."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from review.commands import imports
from review.commands.imports import read_columns, write_columns
from tests.test_cli import Command, begun, data, made, review, rows, write

__all__ = ["begun", "data", "made", "review"]

GERMAN = 'Nr.;Titel;"Autor, erster";Jahr\n1;Kratom und Schlaf;Borg, A.;2021\n'
RAYYAN = (
    "key,title,notes\n"
    'rayyan-1,Kratom,"RAYYAN-INCLUSION: {""Ann""=>""Included"", ""Bo""=>""Excluded""} | '
    'RAYYAN-EXCLUSION-REASONS: wrong colour"\n'
)


def test_unknown_columns_are_named_with_a_call_that_works(begun: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "mein export.csv", GERMAN)
    refused = begun("import", file)
    assert refused.code == 1 and "Nr., Titel, Autor, erster, Jahr" in refused.err
    (call,) = (line for line in refused.err.splitlines() if "python -m review" in line)
    words = shlex.split(call)[3:]
    assert words[:2] == ["import", str(file)]
    done = begun(*words, "--json")
    assert done.json["new"] == 1
    assert "Titel=title, Autor, erster=authors, Jahr=year" in done.json["run"]["request"]


def test_columns_can_be_left_out_and_wrong_ones_are_named(begun: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", GERMAN)
    assert "no column 'Tit'" in begun("import", file, "--columns", "Tit=title").err
    assert "cannot be field 'titel'" in begun("import", file, "--columns", "Titel=titel").err
    assert begun("import", file, "--columns", "Titel").code == 2
    done = begun("import", file, "--columns", "Titel=title,Jahr=", "--json").json
    assert done["new"] == 1 and "Jahr=-" in done["run"]["request"]


@pytest.mark.parametrize(
    "columns", [{"Titel": "title"}, {"A, B": "doi", 'say "x"': "", "a=b": "y"}]
)
def test_columns_are_read_as_they_are_written(columns: dict[str, str]) -> None:
    assert read_columns(write_columns(columns)) == columns


def test_votes_of_a_file_are_told_and_stored_once(begun: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "articles.csv", RAYYAN)
    first = begun("import", file, "--as", "Zoe")
    assert "2 new votes: Ann 1, Bo 1." in first.out and "wrong colour (1)" in first.out
    again = begun("import", file, "--as", "Zoe")
    assert "0 new records, 1 known before" in again.out and "2 votes known before" in again.out
    assert begun("import", file, "--json").json["votes"] == {
        "added": 0, "known": 2, "kept": [], "reviewers": {}, "stages": {},
        "reasons": {},
    }  # fmt: skip
    out = tmp_path / "votes.csv"
    assert begun("votes", "export", out).code == 0
    assert [(r["reviewer"], r["vote"]) for r in rows(out)] == [
        ("Ann", "include"),
        ("Bo", "exclude"),
    ]


def test_new_votes_are_told_as_json_by_reviewer_and_stage(begun: Command, tmp_path: Path) -> None:
    text = "Title,Covidence #,Notes\nKratom,#1,Exclusion reason: Wrong colour\n"
    file = write(tmp_path / "review_7_excluded_csv_2024.csv", text)
    assert begun("import", file, "--reviewer", "Dee", "--json").json["votes"] == {
        "added": 2, "known": 0, "kept": [], "reviewers": {"Dee": 2},
        "stages": {"title_abstract": 1, "full_text": 1}, "reasons": {"Wrong colour": 1},
    }  # fmt: skip


def test_votes_without_a_name_are_named_or_left_out(begun: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "labels.csv", "title,included\nKratom,1\n")
    assert "vote" not in begun("import", file, "--no-votes").out
    assert "1 new vote: Dee 1." in begun("import", file, "--reviewer", "Dee").out


def test_a_large_import_says_how_far_it_is(
    begun: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LARGE", 10)
    text = "title\n" + "".join(f"Kratom and sleep {n}\n" for n in range(20))
    result = begun("import", write(tmp_path / "a.csv", text), "--json")
    assert result.json["new"] == 20
    assert "20 of 20 entries stored" in result.err and "suggestions" in result.err
