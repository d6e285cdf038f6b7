"""Suggestions for a plain file of records."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from review.coding.plain_files import OUT_COLUMNS, suggest_file
from review.errors import FileError
from tests.reviews import shipped_protocol

CODEBOOK = shipped_protocol().codebook
ROWS = (
    "id,title,abstract,mesh,type,study_designs\n"
    '1,Kratom in rats,"Rats were given kratom, orally.",Animals;Rats,article,\n'
    "2,Kratom,,,review,\n"
    "3,Kratom,,,,case-report|observational-study\n"
)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_suggestion_is_a_line(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(ROWS, encoding="utf-8")
    count = suggest_file(source, out, CODEBOOK)
    rows = read(out)
    assert len(rows) == count and tuple(rows[0]) == OUT_COLUMNS
    first = [r for r in rows if r["rank"] == "1" and r["dimension"] == "study_design"]
    assert {(r["id"], r["value"]) for r in first} == {
        ("1", "animal_in_vivo"),
        ("2", "narrative_review"),
        ("3", "case_report"),
    }
    assert [r["id"] for r in rows] == sorted(r["id"] for r in rows)


def test_packed_files_and_few_columns_are_read(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv.gz", tmp_path / "out.csv"
    with gzip.open(source, "wt", encoding="utf-8") as file:
        file.write("\ufeffid,title\n7,A case report of kratom\n")
    assert suggest_file(source, out, CODEBOOK) > 0
    assert {r["id"] for r in read(out)} == {"7"}


def test_values_go_by_their_usual_names(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "id,title,abstract\n"
        '1,A randomized crossover trial of kratom,"Twenty adults were randomized to kratom or '
        'placebo. Pain intensity, sleep quality, deaths and adverse events were measured."\n'
        "2,Kratom for sleep: protocol for a randomised trial,Adults will be randomised.\n",
        encoding="utf-8",
    )
    suggest_file(source, out, CODEBOOK)
    rows = [r for r in read(out) if r["id"] == "1"]
    designs = [r for r in rows if r["dimension"] == "study_design"]
    assert designs[0]["value"] == "rct" and designs[0]["rank"] == "1"
    pairs = [(r["value"], r["source"]) for r in designs]
    assert len(pairs) == len(set(pairs)) and not any(v.startswith("rct_") for v, _ in pairs)
    ranks = sorted({int(r["rank"]) for r in designs})
    assert ranks == list(range(1, len(ranks) + 1))
    outcomes = {r["value"]: r for r in rows if r["dimension"] == "outcome"}
    for own, name in (
        ("pain_intensity", "pain"),
        ("sleep_quality", "sleep"),
        ("death", "mortality"),
        ("adverse_events_any", "adverse_events"),
    ):
        assert outcomes[name] == {**outcomes[own], "value": name}
    assert [r["value"] for r in read(out) if r["id"] == "2"][0] == "protocol"


BAD = {
    "no id": "title\nKratom\n",
    "no title": "id\n1\n",
    "a blank id": "id,title\n ,Kratom\n",
    "an id twice": "id,title\n1,a\n1,b\n",
    "nothing": "",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_and_nothing_written(name: str, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(BAD[name], encoding="utf-8")
    with pytest.raises(FileError):
        suggest_file(source, out, CODEBOOK)
    assert not out.exists()


def test_a_missing_or_broken_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no file"):
        suggest_file(tmp_path / "none.csv", tmp_path / "out.csv", CODEBOOK)
    broken = tmp_path / "broken.csv.gz"
    for content in (b"not packed at all", gzip.compress(ROWS.encode())[:60]):
        broken.write_bytes(content)
        with pytest.raises(FileError):
            suggest_file(broken, tmp_path / "out.csv", CODEBOOK)
