"""Plain files in, plain files out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from review.dedupe.plain_files import dedupe_file
from review.errors import FileError

TITLE = "Sleep quality and pain in regular kratom users"
ROWS = [
    {"id": "3", "title": TITLE, "author": "Smith A", "year": "2019", "journal": "Sleep"},
    {"id": "1", "title": TITLE + ".", "author": "Smith, Anna", "year": "2019", "journal": "Sleep"},
    {
        "id": "2",
        "title": "Pharmacokinetics of mitragynine in beagle dogs",
        "author": "",
        "year": "",
    },
]


@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz", "in.parquet"])
def test_every_kind_of_file(tmp_path: Path, name: str) -> None:
    source, out, pairs = tmp_path / name, tmp_path / "out.csv", tmp_path / "pairs.csv"
    records = pd.DataFrame(ROWS)
    if name.endswith("parquet"):
        records.to_parquet(source)
    else:
        records.to_csv(source, index=False)
    result = dedupe_file(source, out, pairs)
    assert (result.records, result.clusters, result.duplicates) == (3, 2, 1)
    assert out.read_text() == "id,cluster\n3,1\n1,1\n2,2\n"
    lines = pairs.read_text().splitlines()
    assert lines[0] == "id_a,id_b,score,verdict,why"
    assert lines[1].startswith("1,3,") and ",same," in lines[1]


@pytest.mark.parametrize(
    "columns", [["id"], ["id", "title"], ["id", "doi"], ["id", "title", "year"]]
)
def test_any_column_may_be_missing(tmp_path: Path, columns: list[str]) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    pd.DataFrame(ROWS).reindex(columns=columns).to_csv(source, index=False)
    assert dedupe_file(source, out).records == 3
    assert len(out.read_text().splitlines()) == 4


def test_no_records_at_all(tmp_path: Path) -> None:
    source, out, pairs = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "pairs.csv"
    source.write_text("id,title\n")
    assert dedupe_file(source, out, pairs).records == 0
    assert out.read_text() == "id,cluster\n"
    assert pairs.read_text() == "id_a,id_b,score,verdict,why\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title\nKratom\n", "no column named id"),
        ("id,title\n1,a\n1,b\n", "holds the id 1 more than once"),
        ("id,title\n1,a\n,b\n", "Record 2 .* blank id"),
        ("", "cannot be read"),
    ],
)
def test_faults_are_said_plainly(tmp_path: Path, text: str, message: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text(text)
    with pytest.raises(FileError, match=message):
        dedupe_file(source, tmp_path / "out.csv")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="There is no file"):
        dedupe_file(tmp_path / "none.csv", tmp_path / "out.csv")


def test_nowhere_to_write(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,title\n1,a\n")
    with pytest.raises(FileError, match="cannot be written"):
        dedupe_file(source, tmp_path / "no" / "out.csv")
