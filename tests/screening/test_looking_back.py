"""Decisions that a model which has not seen them finds unlikely, looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from review.errors import DecisionError, OutdatedError
from review.events import LookedBack, ProtocolAdopted
from review.model import Decision, Record, Stage, VoteValue
from review.records import service as records
from review.reporting.texts import service as paper
from review.reporting.texts import words as written
from review.screening import looking_back, ranking, second_looks, stop_outlook
from review.screening import service as screening
from review.store import log
from review.workspace import Workspace
from tests.reviews import add, workspace

TA = Stage.TITLE_ABSTRACT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE


@given(st.lists(st.booleans(), min_size=24, max_size=60), st.integers(0, 5))
def test_no_model_has_seen_the_decision_that_it_judges(labels: list[bool], seed: int) -> None:
    judged: list[set[int]] = []

    def rank(at: NDArray[np.intp], said: NDArray[np.intp]) -> NDArray[np.float64]:
        judged.append(set(range(len(labels))) - set(at.tolist()))
        assert list(said) == [int(labels[i]) for i in at]
        return np.arange(len(labels), dtype=np.float64)

    found = looking_back.unlikely(rank, range(len(labels)), labels, seed)
    few = min(sum(labels), len(labels) - sum(labels)) < looking_back.LEAST
    assert bool(found.places) is not few
    if few:
        return
    assert len(judged) == looking_back.FOLDS
    assert sorted(i for fold in judged for i in fold) == list(range(len(labels)))
    assert found.places == {i: len(labels) - i for i in range(len(labels))}
    assert not any(labels[i] for i in found.excluded) and all(labels[i] for i in found.included)
    assert len(found.excluded) == len(found.included)
    assert list(found.excluded) == sorted(found.excluded, key=lambda i: found.places[i])


def texts(n: int, word: str) -> Record:
    """A paper on one of two subjects."""
    return Record(
        "made-up", f"M{n}", title=f"{word} study number {n}",
        abstract=f"We looked at {word} in {word} patients, again and again, with methods {n % 7}.",
    )  # fmt: skip


SUBJECTS = ["kratom"] * 15 + ["telescope"] * 25
"""Of each report, in order of id; the first is excluded and the last included against its subject.
"""
WRONG = ("P000001", "P000040")


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    review = workspace(tmp_path, db_url)
    add(review, [texts(n, word) for n, word in enumerate(SUBJECTS)])
    for n, word in enumerate(SUBJECTS, 1):
        id_ = f"P{n:06d}"
        screening.cast(review, id_, TA, "Ann", IN if (word == "kratom") != (id_ in WRONG) else OUT)
    yield review
    review.store.close()


def test_what_goes_against_its_subject_is_found_kept_or_changed(ws: Workspace) -> None:
    found = second_looks.look_back(ws, "Ann")
    assert found.enough and found.learned_from == 40
    with ws.store.read() as conn:
        (said,) = log.events(conn, (LookedBack,))
    assert isinstance(said.data, LookedBack) and said.actor == "Ann"
    used = (said.data.model, said.data.version, said.data.settings, said.data.seed)
    assert used == (ranking.MODEL, ranking.VERSION, ranking.SETTINGS, looking_back.SEED)
    assert (said.data.decided, said.data.own, said.data.included) == (40, 0, 15)
    assert said.data.listed == len(found.looks)
    assert second_looks.look_back(ws, "Ann") == found
    assert len(second_looks.looked_back(ws).runs) == 1  # nothing else was used
    first = found.looks[:2]
    assert {one.report for one in first} == set(WRONG)
    assert all(one.own and one.decided for one in first)
    out, kept = sorted(first, key=lambda one: one.decision)
    assert out.decision is Decision.EXCLUDE and out.rank <= 15 < kept.rank
    assert (
        f"would have included it, had it included as many as people did: place {out.rank} of"
        in (second_looks.words(out))
    )
    assert "would have excluded it" in second_looks.words(kept)
    done = second_looks.confirm(ws, kept, "Ann")
    assert done.data.model == second_looks.MODEL and done.data.rank == kept.rank
    told = second_looks.looked_back(ws).words
    assert (
        "1 decision was looked at again and kept" in told
        and f"version {ranking.VERSION} (cost 0.11" in told
    )
    assert told in stop_outlook.paragraph(stop_outlook.outlook(ws))
    assert written.safe(told) in paper.text(ws, "automation").markdown
    assert records.get(ws, kept.report).title_abstract is Decision.INCLUDE  # nothing changed
    screening.cast(ws, out.report, TA, "Ann", IN, replace=True)
    left = second_looks.still_open(ws, "Ann", found.looks)
    assert {one.report for one in left}.isdisjoint(WRONG)
    assert kept.report not in {one.report for one in second_looks.look_back(ws, "Ann").looks}
    # What one person keeps, another may still look at; and it is taken back like any step.
    assert kept.report in {one.report for one in second_looks.look_back(ws, "Bo").looks}
    assert second_looks.undo_last(ws, "Ann", ["P000030"]) is None  # a step elsewhere stays
    second_looks.undo_last(ws, "Ann", WRONG)  # the vote, then what was kept
    assert records.get(ws, out.report).title_abstract is Decision.EXCLUDE
    second_looks.undo_last(ws, "Ann", WRONG)
    assert kept.report in {one.report for one in second_looks.still_open(ws, "Ann", found.looks)}
    screening.cast(ws, out.report, TA, "Ann", IN, replace=True)
    with pytest.raises(OutdatedError, match="another one now"):
        second_looks.confirm(ws, out, "Ann")
    with pytest.raises(DecisionError, match="who is working"):
        second_looks.confirm(ws, kept, " ")


def test_without_machine_help_no_model_looks_back(ws: Workspace) -> None:
    alone = replace(ws, protocol=ws.protocol.model_copy(update={"machine_help": False}))
    with pytest.raises(DecisionError, match="without machine help"):
        second_looks.look_back(alone, "Ann")


def test_an_open_vote_of_another_is_neither_listed_nor_learned_from(ws: Workspace) -> None:
    stages = tuple(rule.model_copy(update={"reviewers": 2}) for rule in ws.protocol.stages)
    two = replace(ws, protocol=ws.protocol.model_copy(update={"stages": stages, "version": "two"}))
    with ws.store.write() as conn:
        needed = {str(stage): 2 for stage in Stage}
        log.append(conn, "Ann", [ProtocolAdopted(version="two", reviewers=needed)], protocol="two")
    own = second_looks.look_back(two, "Ann")
    assert own.learned_from == 40 and not any(one.decided for one in own.looks)
    assert {one.report for one in own.looks[:2]} == set(WRONG)
    # Nobody is told how many votes she has cast that decide nothing yet.
    told = second_looks.looked_back(two).words
    assert "from 0 decisions and votes of the person" in told and "40" not in told
    others = second_looks.look_back(two, "Bo")
    assert (others.learned_from, others.looks, others.enough) == (0, (), False)
    # That Ann stands by her open vote is hers alone, too.
    second_looks.confirm(two, own.looks[0], "Ann")
    seen = [
        [step.event.kind for step in records.dossier(two, own.looks[0].report, who).steps]
        for who in ("Ann", "Bo")
    ]
    assert "decision_confirmed" in seen[0] and "decision_confirmed" not in seen[1]
