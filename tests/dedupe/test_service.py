"""Deduplicating a review: what is merged, what is left to a person, and that all can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review.dedupe import decision_list, manual_decisions, pipeline, service
from review.errors import Cancelled, DecisionError
from review.events import RecordsKeptApart
from review.model import Record, Stage, VoteValue
from review.progress import Progress, Watch
from review.screening import service as screening
from review.store import bulk_reads, edges, log, pairs, reports
from review.workspace import Workspace
from tests import reviews

KRATOM = (
    "Kratom use and sleep quality in adults with chronic low back pain: a cross-sectional survey"
)
OTHER = "Pharmacokinetics of mitragynine after oral dosing in healthy volunteers"


def article(key: str, title: str = KRATOM, **fields: str) -> Record:
    values = {
        "doi": "10.1000/kratom.1",
        "journal": "Journal of Pain Research",
        "volume": "12",
        "pages": "101-110",
        **fields,
    }
    return Record(source="made-up", key=key, title=title, authors=("Doe, J",), year=2020, **values)


DIFFERENT = article("x", OTHER, doi="10.1000/pk.9", volume="3", pages="7-9")


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws = reviews.workspace(tmp_path, db_url)
    yield ws
    ws.store.close()


def clusters(ws: Workspace) -> list[tuple[str, ...]]:
    """Records of each report, reports in order."""
    with ws.store.read() as conn:
        return [report.record_ids for report in reports.listing(conn)]


def test_the_same_text_becomes_one_report_and_a_second_run_adds_nothing(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), article("b", KRATOM.upper()), DIFFERENT, article("c")])
    result = service.dedupe(ws)
    assert (result.merged, result.compared) == (2, 4)
    assert clusters(ws) == [("R000001", "R000002", "R000004"), ("R000003",)]
    with ws.store.read() as conn:
        before = [event.id for event in log.events(conn)]
    assert service.dedupe(ws).merged == 0
    assert service.dedupe(ws, everything=True).merged == 0
    with ws.store.read() as conn:
        kinds = [event.kind for event in log.events(conn) if event.id not in before]
    assert kinds == ["deduped"]


def test_merges_form_a_star_so_that_one_undo_frees_one_record(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), article("b"), article("c")])
    service.dedupe(ws)
    found = decision_list.decided(ws)
    assert sorted(m.records for m in found) == [("R000001", "R000002"), ("R000001", "R000003")]
    assert all(m.active and m.actor == service.DEDUPE_RULES and m.why for m in found)
    last = next(m for m in found if m.records[1] == "R000003")
    manual_decisions.undo(ws, last.event, "Ann")
    assert clusters(ws) == [("R000001", "R000002"), ("R000003",)]


def test_what_a_person_took_apart_is_never_merged_again(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), article("b")])
    service.dedupe(ws)
    (merge,) = decision_list.decided(ws)
    manual_decisions.undo(ws, merge.event, "Ann")
    assert service.dedupe(ws, everything=True).merged == 0
    assert clusters(ws) == [("R000001",), ("R000002",)]
    assert manual_decisions.unsure(ws) == []
    # A later copy joins one of them and does not bring the other along.
    reviews.add(ws, [article("c")])
    service.dedupe(ws)
    assert ("R000001", "R000002", "R000003") not in clusters(ws)


def test_records_kept_apart_before_a_run_stay_apart(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), article("b")])
    manual_decisions.keep_apart(ws, "R000001", "P000002", "Ann")
    assert service.dedupe(ws).merged == 0
    merged = manual_decisions.merge(ws, "R000001", "R000002", "Bo")
    assert clusters(ws) == [("R000001", "R000002")]
    manual_decisions.undo(ws, merged.id, "Bo")
    with ws.store.read() as conn:
        assert [e.kind for e in edges.find(conn, active=True)] == ["apart"]


def test_new_records_are_compared_with_all_and_join_the_oldest_of_a_report(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), article("b"), DIFFERENT])
    service.dedupe(ws)
    reviews.add(ws, [article("c")])
    result = service.dedupe(ws)
    assert (result.merged, result.compared) == (1, 1)
    assert ("R000001", "R000004") in [m.records for m in decision_list.decided(ws)]
    assert clusters(ws)[0] == ("R000001", "R000002", "R000004")


def test_adding_bit_by_bit_ends_like_adding_at_once(tmp_path: Path) -> None:
    found = [
        article("a"),
        article("b", KRATOM + " in Malaysia", doi="10.1000/other.2", pages="301-309"),
        article("c", doi="", pages=""),
        article("d", doi="", volume="", pages="", journal=""),
        DIFFERENT,
    ]
    ends = []
    for name, parts in (("once", [found]), ("bits", [[r] for r in found])):
        ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / name).as_posix()}.db")
        for part in parts:
            reviews.add(ws, part)
            service.dedupe(ws)
        ends.append(clusters(ws))
        ws.store.close()
    assert ends[0] == ends[1]


def test_an_unsure_pair_waits_for_a_person_and_one_answer_settles_it(ws: Workspace) -> None:
    conference = article("b", KRATOM, doi="", volume="", pages="", journal="Congress abstracts")
    reviews.add(ws, [article("a", abstract=""), conference])
    with ws.store.write() as conn:
        row = {"id_a": "R000001", "id_b": "R000002", "score": 0.6, "verdict": "unsure", "why": "w"}
        pairs.replace(conn, None, [row])
    (pair,) = manual_decisions.unsure(ws)
    assert (pair.left.id, pair.right.id, pair.why) == ("R000001", "R000002", "w")
    assert pair.left.record.title == KRATOM
    manual_decisions.keep_apart(ws, pair.left.id, pair.right.id, "Ann")
    assert manual_decisions.unsure(ws) == []
    with pytest.raises(DecisionError, match="name"):
        manual_decisions.merge(ws, "R000001", "R000002", "  ")


def test_votes_come_back_when_a_merge_is_taken_back(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), article("b")])
    stage = Stage.TITLE_ABSTRACT
    screening.cast(ws, "P000001", stage, "Ann", VoteValue.INCLUDE)
    screening.cast(ws, "P000002", stage, "Ann", VoteValue.EXCLUDE)
    with ws.store.read() as conn:
        before = [(r.id, r.title_abstract) for r in reports.listing(conn)]
    service.dedupe(ws)
    with ws.store.read() as conn:
        (one,) = reports.listing(conn)
    assert one.title_abstract == "conflict"
    manual_decisions.undo(ws, decision_list.decided(ws)[0].event, "Ann")
    with ws.store.read() as conn:
        assert [(r.id, r.title_abstract) for r in reports.listing(conn)] == before


def test_only_merges_and_links_are_undone_here(ws: Workspace) -> None:
    reviews.add(ws, [article("a")])
    vote = screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
    with pytest.raises(DecisionError, match="not a decision of this kind"):
        manual_decisions.undo(ws, vote.id, "Ann")


def test_new_records_undo_no_choice_of_a_person(ws: Workspace) -> None:
    """Kept apart, taken apart and joined by hand: all three hold when copies of them come in."""
    other = article("x1", OTHER, doi="10.1000/pk.9", volume="3", pages="7-9")
    hand = article("h", "Something unlike the others", doi="", volume="", pages="1")
    reviews.add(ws, [article("a"), article("b"), other, article("y", OTHER, doi="10.1000/pk.9")])
    reviews.add(ws, [hand])
    manual_decisions.keep_apart(ws, "R000003", "R000004", "Ann")
    service.dedupe(ws)
    (by_rule,) = decision_list.decided(ws)
    manual_decisions.undo(ws, by_rule.event, "Ann")
    manual_decisions.merge(ws, "R000001", "R000005", "Ann")
    joined = [("R000001", "R000005"), ("R000002",), ("R000003",), ("R000004",)]
    assert clusters(ws) == joined
    reviews.add(ws, [article("c"), article("z", OTHER, doi="10.1000/pk.9", volume="3")])
    service.dedupe(ws)
    home = {r: members for members in clusters(ws) for r in members}
    assert home["R000001"] != home["R000002"]
    assert home["R000003"] != home["R000004"]
    assert home["R000001"] == home["R000005"]


def test_a_merge_by_hand_that_was_taken_back_is_asked_again_but_not_made_by_rule(
    ws: Workspace,
) -> None:
    reviews.add(ws, [article("a"), article("b")])
    merge = manual_decisions.merge(ws, "R000001", "R000002", "Ann")
    manual_decisions.undo(ws, merge.id, "Ann")
    service.dedupe(ws)
    assert clusters(ws) == [("R000001",), ("R000002",)]
    (asked,) = manual_decisions.unsure(ws)
    manual_decisions.answer(ws, asked.id, RecordsKeptApart, "Ann")
    service.dedupe(ws, everything=True)
    assert (clusters(ws), manual_decisions.unsure(ws)) == ([("R000001",), ("R000002",)], [])


def test_the_rules_join_no_two_studies_that_a_person_holds_to_be_different(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), DIFFERENT])
    manual_decisions.not_linked(ws, "R000001", "R000002", "Ann")
    reviews.add(ws, [article("b"), article("c", "Something unlike both", doi="10.1/c", pages="3")])
    manual_decisions.link(
        ws, "R000002", "R000003", "Ann"
    )  # a copy of the first, in the other study
    service.dedupe(ws)
    with ws.store.read() as conn:
        study = bulk_reads.studies(conn)
    assert study["R000001"] != study["R000002"] == study["R000003"]
    assert manual_decisions.unsure(ws) == []


def test_a_decision_of_a_person_compares_nothing_again(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.add(ws, [article("a"), article("b"), DIFFERENT])
    service.dedupe(ws)

    def compared(*_: object) -> None:
        raise AssertionError("records were compared again")

    monkeypatch.setattr(pipeline, "work_out", compared)
    manual_decisions.undo(ws, decision_list.decided(ws)[0].event, "Ann")
    manual_decisions.merge(ws, "R000001", "R000003", "Ann")
    manual_decisions.keep_apart(ws, "R000002", "R000003", "Ann")
    assert service.dedupe(ws) == service.DedupeResult(merged=0, unsure=0, compared=0)


def spy(real: Callable[..., object], asked: list[object]) -> Callable[..., object]:
    """Do the real thing, and note which records or reports it was told are new."""

    def noted(of: object, new: object = None, *more: object) -> object:
        asked.append(new)
        return real(of, new, *more)

    return noted


def test_only_pairs_with_a_new_record_are_compared(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    for name in ("find_pairs", "find_links"):
        monkeypatch.setattr(pipeline, name, spy(getattr(pipeline, name), asked))
    reviews.add(ws, [article("a"), DIFFERENT])
    assert service.status(ws) == service.DedupeStatus(False, 2, (), (), 0, 0)
    service.dedupe(ws)
    reviews.add(ws, [article("b")])
    assert service.status(ws).new == 1
    service.dedupe(ws)
    assert asked == [None, None, ["R000003"], {"R000001"}]
    assert (service.status(ws).new, service.status(ws).merges) == (0, 1)


@pytest.mark.parametrize("step", list(service.DedupeStep))
def test_a_run_tells_how_far_it_is_and_is_stopped_at_any_step_without_a_trace(
    ws: Workspace, step: service.DedupeStep
) -> None:
    reviews.add(ws, [article("a"), article("b"), DIFFERENT])
    with ws.store.read() as conn:
        before = list(log.events(conn))
    told: list[Progress] = []
    watch = Watch(told.append, lambda: bool(told and told[-1].step == step))
    with pytest.raises(Cancelled, match="Nothing of this run is kept"):
        service.dedupe(ws, watch=watch)
    with ws.store.read() as conn:
        assert list(log.events(conn)) == before
    assert not service.status(ws).compared and manual_decisions.unsure(ws) == []
    told.clear()
    assert service.dedupe(ws, watch=Watch(told.append)).merged == 1
    assert [(now.done, now.total) for now in told if now.done == now.total] == [
        (3, 3), (1, 1), (2, 2), (1, 1)
    ]  # fmt: skip
    assert list(dict.fromkeys(now.step for now in told)) == list(service.DedupeStep)


TRIAL = "Registered as NCT01234567."


def follow_up(n: int) -> Record:
    return article(f"f{n}", f"{n} months later", doi=f"10.1/f{n}", pages=f"{n}", abstract=TRIAL)


def offers(ws: Workspace) -> set[tuple[str, str]]:
    return {(one.left.report, one.right.report) for one in manual_decisions.proposed_links(ws)}


def test_what_a_person_decides_during_a_run_holds_and_links_follow(ws: Workspace) -> None:
    reviews.add(ws, [DIFFERENT, article("a", abstract=TRIAL)])
    service.dedupe(ws)
    reviews.add(ws, [article("b"), follow_up(1), article("z", "Something else", doi="", pages="")])
    person = iter([lambda: manual_decisions.keep_apart(ws, "R000002", "R000003", "Ann"),
                   lambda: manual_decisions.merge(ws, "R000001", "R000002", "Ann")])  # fmt: skip

    def decide(now: Progress) -> None:
        if now.step == service.DedupeStep.LINKING and now.done == now.total:
            for say in person:
                say()

    assert service.dedupe(ws, watch=Watch(decide)).merged == 0
    home = {r: members for members in clusters(ws) for r in members}
    assert home["R000001"] == home["R000002"] != home["R000003"]
    reviews.add(ws, [follow_up(2)])
    service.dedupe(ws)
    in_bits = offers(ws)
    service.dedupe(ws, everything=True)
    assert in_bits == offers(ws) != set()


def test_pairs_come_in_the_order_of_doubt_and_ones_own_merge_can_be_judged_anew(
    ws: Workspace,
) -> None:
    reviews.add(ws, [article(str(n), f"Paper number {n}", doi=f"10.1/{n}") for n in range(1, 5)])
    found = [
        {"id_a": f"R00000{a}", "id_b": f"R00000{b}", "score": score, "verdict": "unsure", "why": ""}
        for a, b, score in ((1, 2, 0.9), (1, 3, 0.52), (2, 4, 0.3))
    ]
    with ws.store.write() as conn:
        pairs.replace(conn, None, found)
    assert [p.score for p in manual_decisions.unsure(ws)] == [0.52, 0.3, 0.9]
    done = manual_decisions.merge(ws, "R000001", "R000003", "Ann")
    assert [p.score for p in manual_decisions.unsure(ws)] == [0.3, 0.9]
    manual_decisions.undo(ws, done.id, "Ann")
    assert [p.score for p in manual_decisions.unsure(ws)] == [0.52, 0.3, 0.9]
