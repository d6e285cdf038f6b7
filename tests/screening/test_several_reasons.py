"""Several reasons for one exclusion: the first counts, the others are kept and go along."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from review.errors import DecisionError
from review.model import Stage, VoteValue
from review.records import service as records
from review.records.event_sentences import vote_words
from review.reporting import service as reporting
from review.screening import service as screening
from review.workspace import Workspace
from tests.factories import include

TA, FT, OUT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT, VoteValue.EXCLUDE
ONE, TWO = "P000001", "P000002"


def excluded(ws: Workspace) -> Workspace:
    include(ws, ONE)
    screening.cast(
        ws, ONE, FT, "Ann", OUT, reason="language", also=["not_kratom", "language"], replace=True
    )
    return ws


def test_the_first_of_several_reasons_is_the_one_that_is_counted(ws: Workspace) -> None:
    flow = reporting.flow(excluded(ws))
    assert (flow.reasons, flow.failed_sums) == ({"language": 1}, [])
    (vote,) = [v for v in screening.own_votes(ws, ONE, "Ann") if v.stage is FT]
    assert vote.reasons == ("language", "not_kratom")


def test_the_history_names_all_of_them(ws: Workspace) -> None:
    (vote,) = [v for v in records.dossier(excluded(ws), ONE, "Bo").votes if v.stage is FT]
    told = vote_words(vote, ws.protocol)
    labels = {r.id: r.label for r in ws.protocol.reasons}
    assert f"{labels['language']}; also {labels['not_kratom']}" in told


def test_every_format_with_reasons_holds_the_further_ones(ws: Workspace, tmp_path: Path) -> None:
    excluded(ws)
    for name in ("csv", "ris", "bibtex", "csl-json", "rayyan"):
        reporting.export(ws, name, tmp_path / name)
    with (tmp_path / "csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["reason"], row["also"]) == ("language", "not_kratom")
    assert "Reason: language; Also: not_kratom" in (tmp_path / "ris").read_text("utf-8")
    assert "not" in (tmp_path / "bibtex").read_text("utf-8").partition("Also: ")[2]
    custom = json.loads((tmp_path / "csl-json").read_text("utf-8"))[0]["custom"]
    assert (custom["reason"], custom["also"]) == ("language", ["not_kratom"])
    rayyan = (tmp_path / "rayyan").read_text("utf-8")
    assert "RAYYAN-EXCLUSION-REASONS: language,not_kratom" in rayyan


def test_a_file_of_votes_goes_round_with_all_reasons(ws: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "votes.csv"
    screening.export_votes(excluded(ws), file)
    assert screening.import_votes(ws, file, "Ann").added == 0
    screening.cast(ws, ONE, FT, "Ann", OUT, reason="language", replace=True)
    assert screening.import_votes(ws, file, "Ann").added == 1
    (vote,) = [v for v in screening.own_votes(ws, ONE, "Ann") if v.stage is FT]
    assert vote.reasons == ("language", "not_kratom")


def test_no_unknown_reason_among_them_and_none_without_an_exclusion(ws: Workspace) -> None:
    with pytest.raises(DecisionError, match="weather"):
        screening.cast(ws, TWO, TA, "Ann", OUT, reason="language", also=["weather"])
    done = screening.cast(ws, TWO, TA, "Ann", VoteValue.INCLUDE, also=["language"])
    assert done.data.also == ()
