"""Two people code each report apart; what they agree on or settle counts, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.coding import codebook_edits as edits
from review.coding import coding_agreement, forms, recoding, service, suggestion_account
from review.coding_rule import CodingPlace
from review.config import ROOT, Config
from review.errors import DecisionError
from review.gaps import service as gaps
from review.records import service as records
from review.reporting import contributors
from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.reporting.exports import EXPORTS
from review.store import active_decisions, gap_statements, log
from review.workspace import Workspace, adopt_protocol, open_workspace
from tests.factories import paper, suggest
from tests.reporting.test_blindness import words_of
from tests.reviews import add

ANN, ZOE = "Ann", "Zuleika"
P1, P2 = "P000001", "P000002"


def two_coders(folder: Path, db_url: str) -> Workspace:
    for name in ("protocol.yaml", "codebook.yaml"):
        text = (ROOT / "data" / name).read_text("utf-8")
        if name == "protocol.yaml":
            text += "\ncoding: {reviewers_per_report: 2}\n"
        (folder / name).write_text(text, "utf-8")
    ws = open_workspace(Config(folder, db_url), create=True)
    adopt_protocol(ws, "keeper")
    return ws


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws = two_coders(tmp_path, db_url)
    add(ws, [paper(n) for n in (1, 2, 3)])
    yield ws
    ws.store.close()


def code(ws: Workspace, report: str, who: str, design: str, *outcomes: str) -> None:
    service.tag(ws, report, "study_design", design, who, quote=f"words of {who}")
    for outcome in outcomes:
        service.tag(ws, report, "outcome", outcome, who)
    forms.finish(ws, report, who)


def counted(ws: Workspace, report: str = P1) -> set[tuple[str, str]]:
    with ws.store.read() as conn:
        return {(t.dimension, t.value) for t in active_decisions.tags(conn, report)}


def confirmed_on_map(ws: Workspace) -> set[tuple[str, str]]:
    found = gaps.matrix(ws)
    return {(c.row, c.column) for c in found.cells if c.confirmed}


def test_a_coder_sees_only_their_own_codes_until_both_are_done(ws: Workspace) -> None:
    code(ws, P1, ZOE, "cohort", "death")
    assert service.sheet(ws, P1, ANN).tags == ()
    service.tag(ws, P1, "outcome", "sleep_quality", ANN)
    assert {t.reviewer for t in service.sheet(ws, P1, ANN).tags} == {ANN}
    seen = records.dossier(ws, P1, ANN)
    assert {t.reviewer for t in seen.tags} == {ANN}
    assert all(step.event.by != ZOE for step in seen.steps)
    assert [one.reviewer for one in contributors.contributions(ws, ANN)] == [ANN]
    with pytest.raises(DecisionError, match="Not all coders"):
        forms.comparison(ws, P1)
    service.tag(ws, P1, "study_design", "case_report", ANN)
    forms.finish(ws, P1, ANN)
    assert {t.reviewer for t in records.dossier(ws, P1, ANN).tags} == {ANN, ZOE}


def test_no_file_holds_a_code_that_does_not_count(ws: Workspace, tmp_path: Path) -> None:
    code(ws, P1, ZOE, "cohort", "death")
    code(ws, P2, ZOE, "cohort", "death")
    code(ws, P2, ANN, "case_report", "sleep_quality")
    for export in EXPORTS.values():
        file = tmp_path / export.file
        reporting.export(ws, export.name, file, viewer=ANN)
        text = words_of(file)
        assert ZOE not in text and f"words of {ANN}" not in text, export.name
    service.export_tags(ws, tmp_path / "tags.csv")
    assert ZOE not in words_of(tmp_path / "tags.csv")
    service.export_tags(ws, tmp_path / "own.csv", ANN)
    own = words_of(tmp_path / "own.csv")
    assert f"{P1},study_design" not in own and f"{P2},study_design,cohort,{ZOE}" in own


def test_an_answer_of_one_coder_closes_no_suggestion_of_the_other(ws: Workspace) -> None:
    (offer, *_) = suggest(ws, P1, "outcome", "death", "sleep_quality")
    service.reject(ws, offer, P1, ZOE)
    open_ = service.sheet(ws, P1, ANN).open_suggestions["outcome"]
    assert [s.value for s in open_] == ["death", "sleep_quality"]
    mine = service.sheet(ws, P1, ZOE).open_suggestions["outcome"]
    assert [s.value for s in mine] == ["sleep_quality"]


def test_what_both_gave_counts_and_the_rest_waits_in_one_queue(ws: Workspace) -> None:
    code(ws, P1, ANN, "cohort", "death", "sleep_quality")
    assert counted(ws) == set() and confirmed_on_map(ws) == set()
    code(ws, P1, ZOE, "cohort", "death")
    assert counted(ws) == {("study_design", "cohort"), ("outcome", "death")}
    assert confirmed_on_map(ws) == {("death", "cohort")}
    assert forms.to_compare(ws) == [(P1, ("outcome",))]
    assert forms.places(ws) == {
        CodingPlace.CODING: 2, CodingPlace.COMPARE: 1, CodingPlace.FINISHED: 0
    }  # fmt: skip
    assert coverage(ws).coded == 0


def test_a_consensus_says_who_and_why_counts_and_can_be_taken_back(ws: Workspace) -> None:
    code(ws, P1, ANN, "cohort", "death")
    code(ws, P1, ZOE, "case_report", "death")
    with pytest.raises(DecisionError, match="reason"):
        forms.settle(ws, P1, "study_design", ["cohort"], "Cy", " ")
    with pytest.raises(DecisionError, match="one value"):
        forms.settle(ws, P1, "study_design", ["cohort", "case_report"], "Cy", "both")
    event = forms.settle(ws, P1, "study_design", ["case_series"], "Cy", "Ten patients, no exposure")
    assert (event.by, event.data.why) == ("Cy", "Ten patients, no exposure")
    assert counted(ws) == {("study_design", "case_series"), ("outcome", "death")}
    assert confirmed_on_map(ws) == {("death", "case_series")}
    assert forms.to_compare(ws) == [] and coverage(ws).coded == 1
    service.undo_last(ws, "Cy")
    assert counted(ws) == {("outcome", "death")} and len(forms.to_compare(ws)) == 1


def test_a_finished_form_is_closed_and_opens_again_only_while_nobody_has_seen_it(
    ws: Workspace,
) -> None:
    code(ws, P1, ANN, "cohort", "death")
    with pytest.raises(DecisionError, match="has finished"):
        service.tag(ws, P1, "outcome", "sleep_quality", ANN)
    forms.reopen(ws, P1, ANN)
    service.tag(ws, P1, "outcome", "sleep_quality", ANN)
    forms.finish(ws, P1, ANN)
    code(ws, P1, ZOE, "cohort", "death")
    for late in (lambda: forms.reopen(ws, P1, ANN), lambda: service.undo_last(ws, ANN)):
        with pytest.raises(DecisionError, match="finished"):
            late()


def test_a_form_is_not_finished_before_what_is_required_is_there(ws: Workspace) -> None:
    service.tag(ws, P1, "study_design", "cohort", ANN)
    with pytest.raises(DecisionError, match="it needs: Outcome"):
        forms.finish(ws, P1, ANN)


def test_the_queue_gives_each_report_to_two_and_to_no_third(ws: Workspace) -> None:
    code(ws, P2, ZOE, "cohort", "death")
    assert service.next_to_code(ws, ANN) == P2
    assert service.next_to_code(ws, ZOE) == P1
    code(ws, P2, ANN, "cohort", "death")
    assert service.next_to_code(ws, "Cy") == P1
    with pytest.raises(DecisionError, match="finished"):
        service.tag(ws, P2, "outcome", "death", "Cy")


FINDING = {"exposure": "extract", "population": "human_chronic_pain", "outcome": "pain_intensity"}


def test_findings_are_blind_compared_and_settled_alike(ws: Workspace) -> None:
    for who, design in ((ANN, "rct_parallel"), (ZOE, "cohort")):
        service.add_finding(ws, P1, **FINDING, study_design="rct_parallel", reviewer=who)
        if who == ZOE:
            service.add_finding(
                ws, P1, **FINDING, study_design="rct_parallel", direction="worse", reviewer=who
            )
            assert {f.reviewer for f in service.sheet(ws, P1, ZOE).findings} == {ZOE}
        assert confirmed_on_map(ws) == set(), design
        forms.finish(ws, P1, who)
    assert forms.to_compare(ws) == [(P1, ("findings",))]
    with ws.store.read() as conn:
        assert active_decisions.findings(conn, P1) == []
    theirs = forms.comparison(ws, P1).findings[ZOE]
    forms.settle_findings(ws, P1, [theirs[0].event], "Cy", "Table 2")
    with ws.store.read() as conn:
        (kept,) = active_decisions.findings(conn, P1)
    assert kept.direction == "worse" and forms.to_compare(ws) == []


def test_a_protocol_that_asks_for_one_coder_again_counts_what_people_gave(
    ws: Workspace, tmp_path: Path
) -> None:
    code(ws, P1, ANN, "cohort", "death")
    file = tmp_path / "protocol.yaml"
    file.write_text(re.sub(r"\ncoding:.*\n", "\n", file.read_text("utf-8")), "utf-8")
    again = open_workspace(ws.config)
    adopt_protocol(again, "keeper")
    assert counted(again) == {("study_design", "cohort"), ("outcome", "death")}
    again.store.close()


def test_the_log_alone_gives_the_same(ws: Workspace) -> None:
    code(ws, P1, ANN, "cohort", "death", "sleep_quality")
    code(ws, P1, ZOE, "case_report", "death")
    forms.settle(ws, P1, "study_design", ["cohort"], "Cy", "Discussed")
    with ws.store.write() as conn:
        before = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == before


def test_agreement_is_measured_on_first_independent_codings(ws: Workspace) -> None:
    code(ws, P1, ANN, "cohort", "death")
    code(ws, P1, ZOE, "case_report", "death")
    code(ws, P2, ANN, "cohort", "death", "sleep_quality")
    forms.settle(ws, P1, "study_design", ["cohort"], "Cy", "Discussed")
    found = {one.dimension.id: one for one in coding_agreement.agreement(ws)}
    assert found["study_design"].reports == (P1,)
    assert found["outcome"].agreed == 1 and found["study_design"].agreed == 0


def test_what_a_consensus_settled_is_no_doubtful_coding_any_more(ws: Workspace) -> None:
    def doubtful() -> set[str]:
        with ws.store.read() as conn:
            return gap_statements.disputed(conn, ["study_design", "outcome"])

    code(ws, P1, ANN, "cohort", "death")
    code(ws, P1, ZOE, "case_report", "death")
    assert doubtful() == {P1}
    forms.settle(ws, P1, "study_design", ["cohort"], "Cy", "Discussed")
    assert doubtful() == set()


def test_suggestions_are_judged_by_first_independent_forms_alone(ws: Workspace) -> None:
    """While a report is still coded, the figures say nothing of it; a consensus is nobody's own."""

    def figures() -> dict[tuple[str, str], int]:
        found = suggestion_account.account(ws).by_value
        return {(one.value, kind): n for one in found
                for kind in ("confirmed", "overruled", "rejected")
                if (n := getattr(one, kind))}  # fmt: skip

    suggest(ws, P1, "study_design", "cohort", source="codebook triggers")
    (death,) = suggest(ws, P1, "outcome", "death")
    service.reject(ws, death, P1, ZOE)
    code(ws, P1, ZOE, "cohort", "sleep_quality")
    assert figures() == {}  # Ann would learn what Zuleika gave
    service.tag(ws, P1, "study_design", "cohort", ANN)
    service.tag(ws, P1, "study_design", "case_report", ANN)  # changed while nobody had seen it
    service.tag(ws, P1, "outcome", "sleep_quality", ANN)
    forms.finish(ws, P1, ANN)
    first = {
        ("cohort", "confirmed"): 1,
        ("cohort", "overruled"): 1,
        ("death", "rejected"): 1,
    }
    assert figures() == first
    forms.settle(ws, P1, "study_design", ("cohort",), ANN, why="we read it again")
    assert figures() == first


def test_findings_that_differ_in_a_number_are_compared_and_words_quoted_may_be_others(
    ws: Workspace,
) -> None:
    said = {**FINDING, "study_design": "rct_parallel", "direction": "better"}
    for report, theirs in ((P1, {"n": 84}), (P2, {"n": 48})):
        mine = {"n": 48, "dose": "10  mg", "quote": "pain fell"}
        service.add_finding(ws, report, **said, **mine, reviewer=ANN)
        service.add_finding(ws, report, **said, **theirs, dose="10 MG", quote="a", reviewer=ZOE)
        for who in (ANN, ZOE):
            forms.finish(ws, report, who)
    assert forms.to_compare(ws) == [(P1, ("findings",))]
    with ws.store.read() as conn:
        assert active_decisions.findings(conn, P1) == []
        assert [f.n for f in active_decisions.findings(conn, P2)] == [48], "alike counts once"
    kept = forms.comparison(ws, P1).findings[ZOE][0].event
    forms.settle_findings(ws, P1, [kept], "Cy", "Table 2")
    with ws.store.read() as conn:
        assert [f.n for f in active_decisions.findings(conn, P1)] == [84]


def test_findings_with_a_retired_value_are_recoded_by_consensus_and_put_back(
    ws: Workspace,
) -> None:
    def outcomes(now: Workspace) -> set[str]:
        with now.store.read() as conn:
            return {f.outcome for f in active_decisions.findings(conn, P1)}

    for who in (ANN, ZOE):
        service.add_finding(ws, P1, **FINDING, study_design="rct_parallel", reviewer=who)
        forms.finish(ws, P1, who)
    service.add_finding(ws, P2, **FINDING, study_design="rct_parallel", reviewer=ANN)
    old = FINDING["outcome"]
    new = edits.merge(ws, "outcome", [old], "sleep_disturbance", "keeper")
    asked = {(one.report, len(one.findings)) for one in recoding.queue(new, ZOE)}
    assert asked == {(P1, 1)}  # on P2 Ann has not finished
    assert {one.report for one in recoding.queue(new, ANN)} == {P1, P2}
    recoding.recode(new, P2, "outcome", old, "sleep_disturbance", ANN)
    assert {f.outcome for f in service.sheet(new, P2, ANN).findings} == {"sleep_disturbance"}
    recoding.recode(new, P1, "outcome", old, "sleep_disturbance", ZOE)
    assert recoding.queue(new, ANN) == recoding.queue(new, ZOE) == []
    assert outcomes(new) == {"sleep_disturbance"} and forms.to_compare(new) == []
    service.undo_last(new, ZOE)
    assert outcomes(new) == {old} and len(recoding.queue(new, ZOE)) == 1
    recoding.recode(new, P1, "outcome", old, recoding.REMOVE, ZOE)
    assert outcomes(new) == set()
    back = edits.undo_edit(new, "keeper")
    assert outcomes(back) == {old} and recoding.queue(back, ZOE) == []
    with back.store.write() as conn:
        state = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == state


def test_what_differs_is_compared_before_it_is_recoded(ws: Workspace) -> None:
    code(ws, P1, ZOE, "cohort", "death", "seizure")
    code(ws, P1, ANN, "cohort", "death")
    new = edits.retire(ws, "outcome", "death", "keeper")
    assert recoding.queue(new, ANN) == []
    forms.settle(new, P1, "outcome", ["death", "seizure"], ANN, "both are reported")
    (one,) = recoding.queue(new, ANN)
    recoding.recode(new, P1, "outcome", "death", recoding.REMOVE, ANN)
    assert one.settled and ("outcome", "seizure") in counted(new)
