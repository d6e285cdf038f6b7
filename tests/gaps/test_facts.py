"""Random histories: evidence that is kept, and read again where events changed it, is as if all
of it were read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import DecisionError
from review.events import Event, FindingRemoved, FindingWritten, SuggestionAnswered
from review.gaps import facts, service
from review.gaps.facts import EvidenceMemory
from review.model import Answer, Suggestion, VoteValue
from review.screening import service as screening
from review.store import Connection, Store, active_decisions, evidence, log, reports, suggestions
from review.workspace import Workspace
from tests.factories import make_workspace
from tests.histories import RECORDS, Step, fresh_review, play, slow, steps
from tests.reviews import shipped_protocol

DIMENSIONS = ("outcome", "study_design", "exposure")
few = settings(slow, max_examples=25)
VALUES = ("sleep_quality", "pain_intensity")
DESIGNS = ("cohort", "rct_parallel")

Coding = tuple[str, int, int]
codings = st.tuples(
    st.sampled_from(["finding", "finding_removed", "answer"]),
    st.integers(0, RECORDS - 1),
    st.integers(0, 3),
)


@few
@given(history=st.lists(st.one_of(steps.map(lambda some: some[:4]), codings), max_size=10))
def test_what_is_kept_is_what_reading_everything_gives(
    store: Store, history: list[list[Step] | Coding]
) -> None:
    codebook = shipped_protocol().codebook
    with fresh_review(store) as conn:
        suggestions.add(conn, [_suggestion(n) for n in range(RECORDS)])
        memory = EvidenceMemory()
        memory.facts(conn, codebook, DIMENSIONS)
        for step in history:
            if isinstance(step, list):
                play(conn, step)
            else:
                _code(conn, *step)
            kept = memory.facts(conn, codebook, DIMENSIONS)
            assert list(kept) == facts.read(conn, codebook, DIMENSIONS)


@few
@given(history=st.lists(codings, min_size=1, max_size=6), undone=st.lists(st.integers(0, 20)))
def test_undos_and_undos_of_undos_are_followed(
    store: Store, history: list[Coding], undone: Sequence[int]
) -> None:
    codebook = shipped_protocol().codebook
    with fresh_review(store) as conn:
        suggestions.add(conn, [_suggestion(n) for n in range(RECORDS)])
        done = [event for step in history for event in _code(conn, *step)]
        memory = EvidenceMemory()
        memory.facts(conn, codebook, DIMENSIONS)
        for n in undone[:6] if done else ():
            with suppress(DecisionError):  # what was taken back, or replaced, already
                done.append(log.undo(conn, "Ann", done[n % len(done)].id))
            kept = memory.facts(conn, codebook, DIMENSIONS)
            assert list(kept) == facts.read(conn, codebook, DIMENSIONS)


def _suggestion(n: int) -> Suggestion:
    record, value = f"R{n + 1:06d}", VALUES[n % 2]
    id_ = suggestions.id_of(record, "outcome", value, "test")
    return Suggestion(id_, record, "outcome", value, 0.5, "test", "", 1)


def _code(conn: Connection, kind: str, a: int, n: int) -> list[Event]:
    record = f"R{a + 1:06d}"
    who = {"record": record, "reviewer": "Ann"}
    if kind == "finding":
        paired = {"exposure": "kratom", "population": "adults", "outcome": VALUES[n % 2]}
        return log.append(
            conn, "Ann", [FindingWritten(**who, **paired, study_design=DESIGNS[n // 2])]
        )
    if kind == "answer":
        # As the form of a report does it: the suggestion may hang on another of its records.
        id_ = _suggestion((a + n) % RECORDS).id
        answer = [Answer.REJECTED, Answer.ACCEPTED][n % 2]
        return log.append(conn, "Ann", [SuggestionAnswered(**who, suggestion=id_, answer=answer)])
    home = next((p.id for p in reports.listing(conn) if record in p.record_ids), "")
    mine = [f.event for f in active_decisions.findings(conn, home)] if home else []
    return log.append(conn, "Ann", [FindingRemoved(**who, replaces=mine[:1])]) if mine else []


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Workspace:
    made, _ = make_workspace(tmp_path, db_url, 6)
    return made


def test_after_a_vote_only_its_report_is_read(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.matrix(ws)
    asked: list[object] = []
    whole = evidence.unexcluded_reports

    def noting(conn: Connection, among: object = None) -> object:
        asked.append(among)
        return whole(conn, among)

    monkeypatch.setattr(evidence, "unexcluded_reports", noting)
    with ws.store.read() as conn:
        first = reports.listing(conn)[0].id
    stage = next(iter(ws.protocol.stages)).stage
    screening.cast(ws, first, stage, "Ann", VoteValue.EXCLUDE)
    service.matrix(ws)
    service.claims(ws)
    assert asked == [{first}]
    ws.store.close()
