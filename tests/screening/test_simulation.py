"""Screening of labelled records played through: its measures, and files of every kind."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import FileError
from review.screening.plain_files import rank_file
from review.screening.simulation import draw_priors, measure, simulate
from tests.screening.test_ranking import collection


def write(path: Path, rows: list[tuple[str, ...]], head: str = "id,title,abstract,label") -> Path:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head.split(","))
        writer.writerows(rows)
    return path


def test_measures_of_an_order_counted_by_hand() -> None:
    """20 records; the relevant ones stand at 1, 2, 3 and 10."""
    found = np.zeros(20, dtype=int)
    found[[0, 1, 2, 9]] = 1
    m = measure(found)
    assert m is not None
    assert m.wss95 == pytest.approx(10 / 20 - 0.05)  # all four are needed for 95%
    assert m.recall10 == 2 / 4  # the first two records
    assert m.atd == pytest.approx((1 + 2 + 3 + 10) / 4 / 20)
    assert m.last == 10 / 20
    # The best order has the fourth at 4: six places sooner. The worst is 16 records worse, each.
    assert m.loss == pytest.approx(6 / (4 * 16))


@given(st.lists(st.sampled_from([0, 1]), min_size=1, max_size=40).filter(any))
def test_measures_lie_within_their_bounds(found: list[int]) -> None:
    m = measure(np.array(found))
    best = measure(np.array(sorted(found, reverse=True)))
    assert m is not None and best is not None
    assert -0.05 <= m.wss95 <= best.wss95 < 1
    assert 0 <= m.recall10 <= best.recall10 <= 1
    assert best.loss == pytest.approx(0) and -1e-9 <= m.loss <= 1 + 1e-9
    assert m.ndcg <= best.ndcg == pytest.approx(1)


@given(st.lists(st.sampled_from([0, 1]), max_size=150), st.integers(0, 9))
def test_every_record_is_screened_once(labels: list[int], seed: int) -> None:
    known = np.array(labels, dtype=np.intp)
    random = np.random.default_rng(seed)
    priors = draw_priors(known, seed)
    done = simulate(lambda at, said: random.random(len(known)), known, priors)
    assert sorted(done.priors + done.order) == list(range(len(labels)))
    assert (done.measures is None) == (sum(labels) <= 1)


def test_priors_are_one_of_each_kind_and_follow_the_seed() -> None:
    labels = np.array([0] * 50 + [1] * 50)
    drawn = {draw_priors(labels, seed) for seed in range(8)}
    assert len(drawn) > 4
    assert all(labels[relevant] == 1 and labels[other] == 0 for relevant, other in drawn)
    assert draw_priors(labels, 5) == draw_priors(labels, 5)


def test_a_file_is_screened_with_the_relevant_ones_first(tmp_path: Path) -> None:
    titles, abstracts, labels = collection(bare=4)
    rows = [
        (f"r{n}", *record)
        for n, record in enumerate(zip(titles, abstracts, map(str, labels), strict=True))
    ]
    for name in ("set.csv", "set.csv.gz"):
        done = rank_file(write(tmp_path / name, rows), seed=2)
        assert (done.records, done.relevant) == (200, 20)
        assert sorted(done.priors + done.order) == sorted(f"r{n}" for n in range(200))
        assert done.measures is not None and done.measures.wss95 > 0.7
        assert done == rank_file(tmp_path / name, seed=2)


def test_with_a_question_no_record_is_known_beforehand(tmp_path: Path) -> None:
    titles, abstracts, labels = collection()
    source = write(
        tmp_path / "set.csv",
        list(zip(map(str, range(200)), titles, abstracts, map(str, labels), strict=True)),
    )
    done = rank_file(source, question="kratom and mitragynine in opioid withdrawal")
    assert done.priors == () and done.measures is not None and done.measures.wss95 > 0.7


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("a", "Kratom", "", "1")],
        [("a", "Kratom", "", "0")],
        [("a", "Kratom", "", "1"), ("b", "Pain", "", "0")],
        [("", "Kratom", "", "0")] * 5,
        [("", "Kratom", "", "1")] * 5,
        [("a", "Kratom", "", ""), ("b", "Pain", "", "")],
        [("a", "", "", "1"), ("b", "", "", "0"), ("c", "", "", "1")],
        [("", "x", "y", "1"), ("", "x", "y", "0"), ("", "x", "y", "included")],
        [("a", "the of", "", "1"), ("b", "1 2", "", "0"), ("c", "", " ", "1"), ("d", "", "", "")],
    ],
)
def test_files_with_little_in_them(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    done = rank_file(write(tmp_path / "few.csv", rows))
    labelled = [row for row in rows if row[3]]
    assert done.records == len(labelled) == len(done.priors + done.order)
    assert done.unlabelled == len(rows) - len(labelled)
    assert (done.measures is None) == (done.relevant <= 1)


def test_columns_may_be_few_and_in_any_order(tmp_path: Path) -> None:
    rows = [("1", "Kratom"), ("0", "Solar"), ("1", "Kratom pain")]
    done = rank_file(write(tmp_path / "few.csv", rows, "Label,Title"))
    assert set(done.priors + done.order) == {"1", "2", "3"}


@pytest.mark.parametrize(
    ("head", "rows", "words"),
    [
        ("id,title,abstract", [("a", "b", "c")], "no column named label"),
        ("id,abstract,label", [("a", "b", "1")], "no column named title"),
        ("id,title,label", [("a", "b", "1"), ("c", "d", "perhaps")], "Record 2 .* 'perhaps'"),
        ("id,title,label", [("a", "b", "1"), ("a", "d", "0")], "holds the id a more than once"),
        ("id,title,label", [("2", "b", "1"), ("", "d", "0")], "holds the id 2 more than once"),
        ("title,label,Title", [("a", "1", "b")], "more than one column named title"),
        ("title;label", [("a;1",)], "with commas between them"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    tmp_path: Path, head: str, rows: list[tuple[str, ...]], words: str
) -> None:
    with pytest.raises(FileError, match=words):
        rank_file(write(tmp_path / "wrong.csv", rows, head))


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    source = tmp_path / "wrong.csv"
    for encoding in ("latin-1", "utf-16"):
        source.write_text("title,label\nMüller,1\n", encoding=encoding)
        with pytest.raises(FileError, match="Save it as CSV in UTF-8"):
            rank_file(source)


def test_cells_beyond_the_last_heading_shift_no_column(tmp_path: Path) -> None:
    rows = [("a", "Kratom", "", "1", ""), ("b", "Pain", "", "0", ""), ("c", "Kratom", "", "1", "")]
    done = rank_file(write(tmp_path / "long.csv", rows))
    assert (done.records, done.relevant) == (3, 2)
    assert sorted(done.priors + done.order) == ["a", "b", "c"]


def test_the_document_of_a_file_with_nothing_to_measure_is_json(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from review.cli import app

    source = write(tmp_path / "one.csv", [("a", "Kratom", "", "1")])
    done = CliRunner().invoke(app, ["rank-file", str(source), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["wss95"] is None and said["records"] == said["relevant"] == 1
