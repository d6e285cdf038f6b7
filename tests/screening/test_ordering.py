"""The order of a stage in a review: when it is made, of what, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from review.cli import app
from review.events import (
    OrderTrained,
    PilotDrawn,
    ProtocolAdopted,
    RecordsMerged,
    ReportsLinked,
    Undone,
)
from review.model import Order, Record, Stage, VoteValue
from review.records import service as records
from review.reporting.texts.methods_facts import METHODS
from review.screening import ordering, ranker_file
from review.screening.queue_order import random_sample
from review.screening.ranking import MODEL, VERSION
from review.screening.service import cast, next_report, undo_last
from review.store import (
    integrity,
    log,
    queue_plans,
    reports,
)
from review.store.queue_plans import QueuePlan
from review.workspace import Workspace
from tests.reviews import add, workspace
from tests.screening.test_order import walk

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE

KRATOM = "kratom mitragynine leaf pain relief in people who use it daily"
OTHER = "solar battery voltage alloy welding corrosion of turbine lattices"


def papers(count: int) -> list[Record]:
    """Every third is on the subject of the protocol."""
    return [
        Record("made-up", f"m{n}", f"{text.title()} {n}", year=1990 + n % 7, abstract=4 * text)
        for n in range(count)
        for text in [OTHER if n % 3 else KRATOM]
    ]


def ruled(ws: Workspace, **rule: object) -> Workspace:
    """The same review with another rule for title and abstract."""
    stages = [r.model_copy(update=rule) if r.stage == TA else r for r in ws.protocol.stages]
    return replace(ws, protocol=ws.protocol.model_copy(update={"stages": tuple(stages)}))


def of_two(ws: Workspace) -> Workspace:
    """The same review, two votes a report on title and abstract."""
    with ws.store.write() as conn:
        needed = {str(TA): 2, str(FT): 1}
        log.append(conn, "Ann", [ProtocolAdopted(version="two", reviewers=needed)], protocol="two")
    return ruled(ws, reviewers=2)


def plan_of(ws: Workspace) -> QueuePlan | None:
    return ordering.current(ws, TA)


def queue(ws: Workspace, reviewer: str = "Ann") -> list[str]:
    with ws.store.read() as conn:
        return walk(conn, TA, reviewer, ordering.in_force(ws, conn, TA))


def due(ws: Workspace, *, later: timedelta = timedelta()) -> bool:
    return ordering.is_due(ws, TA, datetime.now(UTC) + later)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A review of thirty reports, one vote each."""
    review = workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    add(review, papers(30))
    yield review
    review.store.close()


ON_SUBJECT = {f"P{n + 1:06d}" for n in range(0, 30, 3)}


def test_an_order_is_learned_from_the_question_then_from_votes_and_is_in_the_log(
    tmp_path: Path, db_url: str
) -> None:
    ws = workspace(tmp_path, db_url)
    add(ws, papers(30))
    assert queue(ws)[:3] == ["P000001", "P000002", "P000003"] and due(ws)
    assert ordering.words(ws, plan_of(ws)) == "As they arrived."
    made = ordering.bring_up_to_date(ws, TA)
    assert made is not None and made.reports == 30
    assert set(queue(ws)[:10]) == ON_SUBJECT
    assert ordering.words(ws, plan_of(ws)) == (
        "Most likely relevant first, by the words of the protocol's question."
    )
    uncertain = replace(made.plan, order=Order.UNCERTAIN)
    assert ordering.words(ws, uncertain) == (
        "Most likely relevant first, by the words of the protocol's question; the least certain "
        "once there are votes."
    )
    assert ordering.words(ws, replace(uncertain, votes=3)).startswith("Least certain first, ")
    assert not due(ws, later=timedelta(days=1)), "nothing has happened since"
    for n, report in enumerate(queue(ws)[:2] + queue(ws)[-8:]):
        assert not due(ws)
        cast(ws, report, TA, "Ann", OUT if n < 2 else IN)  # the other way round
    assert due(ws)
    ordering.bring_up_to_date(ws, TA)
    assert not set(queue(ws)[:12]) & ON_SUBJECT
    assert "trained on 10 votes (10:32)" in ordering.words(ws, plan_of(ws), "10:32")
    with ws.store.read() as conn:
        said = [e.data for e in log.events(conn, (OrderTrained,))]
        assert (
            queue_plans.places(conn, QueuePlan(TA, 1, Order.RELEVANCE, datetime.now(UTC), 0)) == []
        )
    last = said[-1]
    assert isinstance(last, OrderTrained) and len(said) == 2
    assert (last.version, last.votes, last.relevant, last.irrelevant, last.reports) == (
        VERSION, 10, 8, 2, 20,
    )  # fmt: skip
    assert last.settings["cost"] == 0.11
    ws.store.close()


def test_the_same_order_again_is_neither_written_nor_told(ws: Workspace) -> None:
    first, again = (ordering.bring_up_to_date(ws, TA) for _ in range(2))
    assert first is not None and again is not None
    assert (again.plan.number, again.plan.event) == (first.plan.number, first.plan.event)
    undo_last(ws, "Ann")
    with ws.store.read() as conn:
        assert len(list(log.events(conn, (OrderTrained, Undone)))) == 1


def test_features_are_built_once_and_anew_when_records_change(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordering.bring_up_to_date(ws, TA)
    built: list[int] = []

    class Counted(ranker_file.Ranker):
        def __init__(self, titles: Sequence[str], *rest: object) -> None:
            built.append(len(titles))
            super().__init__(titles, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(ranker_file, "Ranker", Counted)
    before = queue(ws)
    cast(ws, before[0], TA, "Ann", IN)
    ordering.bring_up_to_date(ws, TA)
    assert built == []
    add(ws, [Record("made-up", "late", f"{KRATOM} late", abstract=KRATOM)])
    assert queue(ws)[-1] == "P000031", "what is new waits at the end until it has its place"
    assert not due(ws) and due(ws, later=ordering.QUIET + timedelta(seconds=1))
    ordering.bring_up_to_date(ws, TA)
    assert built == [31] and queue(ws).index("P000031") < 12
    file = ws.config.local / "orders" / "features.npz"
    file.write_bytes(b"cut off")
    ordering.bring_up_to_date(ws, TA)
    assert built == [31, 31]
    # Whatever else stands in its place, and where nothing can be written: built each time.
    with file.open("wb") as other:
        np.save(other, np.arange(3))
    ordering.bring_up_to_date(ws, TA)
    file.unlink()
    file.mkdir()
    for _ in range(2):
        assert ordering.bring_up_to_date(ws, TA) is not None
    assert built == [31] * 5


def test_a_random_sample_comes_first_and_is_said(ws: Workspace) -> None:
    drawn = ruled(ws, order=Order.SAMPLE_FIRST, sample=6, seed=3)
    ordering.bring_up_to_date(drawn, TA)
    sample = random_sample([f"P{n:06d}" for n in range(1, 31)], 6, 3)
    assert queue(drawn, "Ann")[:6] == queue(drawn, "Bo")[:6] == sample
    assert "A random sample of 6 (seed 3) first, then" in ordering.words(drawn, plan_of(drawn))
    assert due(ruled(drawn, seed=4)) and not due(drawn)
    for report in sample:
        cast(drawn, report, TA, "Ann", IN if report in ON_SUBJECT else OUT)
    ordering.bring_up_to_date(drawn, TA)
    assert "a random sample of 6 (seed 3) came before" in ordering.words(drawn, plan_of(drawn))
    assert queue(drawn)[0] in ON_SUBJECT


def test_reports_of_one_study_come_one_after_another(ws: Workspace) -> None:
    with ws.store.write() as conn:
        (link,) = log.append(conn, "Ann", [ReportsLinked(records=("R000001", "R000002"))])
    ordering.bring_up_to_date(ws, TA)
    found = queue(ws)
    assert abs(found.index("P000001") - found.index("P000002")) == 1
    cast(ws, "P000001", TA, "Ann", OUT)
    ordering.bring_up_to_date(ws, TA)
    assert queue(ws)[0] == "P000002"
    with ws.store.write() as conn:
        log.undo(conn, "Ann", link.id)
    assert due(ws, later=timedelta(days=1))


def test_by_year(ws: Workspace) -> None:
    newest = ruled(ws, order=Order.NEWEST)
    ordering.bring_up_to_date(newest, TA)
    with newest.store.read() as conn:
        years = [reports.get(conn, r).lead.year for r in queue(newest)]
        assert list(log.events(conn, (OrderTrained,))) == []
    assert years == sorted(years, reverse=True)  # type: ignore[type-var]
    assert ordering.words(newest, plan_of(newest)) == "The newest first."
    assert plan_of(ruled(ws, order=Order.OLDEST)) is None, "another wish is not met yet"
    assert due(ruled(ws, order=Order.OLDEST))


@pytest.mark.parametrize("order", [Order.OLDEST, Order.RELEVANCE])
def test_what_comes_to_wait_later_gets_its_place(tmp_path: Path, db_url: str, order: Order) -> None:
    """What is passed on to full text, and both reports once a merge is taken back."""
    ws = workspace(tmp_path, db_url)
    stages = tuple(r.model_copy(update={"order": order}) for r in ws.protocol.stages)
    ws = replace(ws, protocol=ws.protocol.model_copy(update={"stages": stages}))
    add(ws, papers(14))
    later = datetime.now(UTC) + timedelta(days=1)

    def brought_up_to_date(stage: Stage, at: datetime = later) -> list[str]:
        assert ordering.is_due(ws, stage, at)
        ordering.bring_up_to_date(ws, stage)
        assert not ordering.is_due(ws, stage, later)
        with ws.store.read() as conn:
            plan = ordering.in_force(ws, conn, stage)
            assert plan is not None and not queue_plans.lacks(conn, plan)
            return queue_plans.places(conn, plan)

    with ws.store.write() as conn:
        (merge,) = log.append(conn, "Ann", [RecordsMerged(records=("R000001", "R000008"))])
    assert "P000008" not in brought_up_to_date(TA)
    with ws.store.write() as conn:
        log.undo(conn, "Ann", merge.id)
    assert "P000008" in brought_up_to_date(TA)
    cast(ws, "P000007", TA, "Ann", IN)
    assert brought_up_to_date(FT) == ["P000007"]
    cast(ws, "P000001", TA, "Ann", IN)
    assert not ordering.is_due(ws, FT), "more may come at once"
    found = brought_up_to_date(FT)
    assert order is not Order.OLDEST or found == ["P000001", "P000007"]
    for n in (2, 3, 4, 5, 6, 8, 9, 10, 11, 12):
        cast(ws, f"P{n:06d}", TA, "Ann", IN)
    assert len(brought_up_to_date(FT, datetime.now(UTC))) == 12
    ws.store.close()


@pytest.mark.parametrize("begun", [True, False])
def test_of_two_servers_the_later_order_stays_and_the_other_is_not_told(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    """Another has begun later and is done before this one has written its places, or begun to."""
    write, made = ordering._write_places, []

    def overtaken(*args: object) -> int:
        monkeypatch.setattr(ordering, "_write_places", write)
        number = write(*args) if begun else 0  # type: ignore[arg-type]
        cast(ws, "P000001", TA, "Ann", OUT)
        made.append(ordering.bring_up_to_date(ws, TA))
        return number or write(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(ordering, "_write_places", overtaken)
    ordering.bring_up_to_date(ws, TA)
    with ws.store.read() as conn:
        (said,) = log.events(conn, (OrderTrained,))
    assert made[0] is not None and plan_of(ws) == made[0].plan
    assert (said.id, said.data.votes) == (made[0].plan.event, 1)  # type: ignore[attr-defined]


def test_a_model_learns_the_same_in_whatever_order_votes_came(ws: Workspace) -> None:
    found = []
    for voted in (["P000003", "P000001", "P000002"], ["P000002", "P000003", "P000001"]):
        for report in voted:
            cast(ws, report, TA, "Ann", IN if report == "P000001" else OUT)
        with ws.store.read() as conn:
            found.append(list(queue_plans.labels(conn, TA).items()))
        for _ in voted:
            undo_last(ws, "Ann")
    assert found[0] == found[1]


def test_what_a_model_did_is_told_after_all_is_screened_and_without_its_help(
    ws: Workspace,
) -> None:
    drawn = ruled(ws, order=Order.SAMPLE_FIRST, sample=6, seed=3)
    assert METHODS["ordering"](drawn).text == ""
    ordering.bring_up_to_date(drawn, TA)
    now = METHODS["ordering"](drawn).text
    assert "On title and abstract reports are shown in this order now: A random sample of 6" in now
    for n in range(1, 31):
        cast(drawn, f"P{n:06d}", TA, "Ann", OUT)
    ordering.bring_up_to_date(drawn, TA)
    assert plan_of(drawn) is None and not due(drawn, later=timedelta(days=1))
    assert records.has_model_places(drawn), "places of the last ones are kept too"
    off = replace(drawn, protocol=ws.protocol.model_copy(update={"machine_help": False}))
    for ended in (drawn, off):
        said = METHODS["ordering"](ended).text
        assert said.startswith("On title and abstract a model put what waited for votes in order o")
        assert "the most likely relevant after a random sample of 6 (seed 3)" in said
        assert f"{MODEL}, version {VERSION} (cost 0.11, " in said and "now" not in said


def test_without_machine_help_no_model_orders(ws: Workspace) -> None:
    ordering.bring_up_to_date(ws, TA)
    off = replace(ws, protocol=ws.protocol.model_copy(update={"machine_help": False}))
    assert plan_of(off) is None and not due(off)
    assert ordering.bring_up_to_date(off, TA) is None
    first = next_report(off, TA, "Ann")
    assert first is not None and first.id == "P000001"


def test_a_pilot_batch_is_shown_as_it_arrived(ws: Workspace) -> None:
    ordering.bring_up_to_date(ws, TA)
    with ws.store.write() as conn:
        said = PilotDrawn(stage=TA, records=("R000002", "R000001"), seed=1)
        log.append(conn, "Ann", [said])
    assert plan_of(ws) is None and queue(ws) == ["P000001", "P000002"]


def test_what_a_colleague_voted_on_comes_first_in_an_order_that_tells_nothing_of_the_votes(
    ws: Workspace,
) -> None:
    """The likeliest of it first, whatever was said of it and whenever the order was made."""
    two = of_two(ws)
    orders = []
    voted = [*sorted(ON_SUBJECT)[:3], "P000002", "P000003", "P000005"]
    for votes in ([IN] * 3 + [OUT] * 3, [OUT] * 3 + [IN] * 3):
        for report, vote in zip(reversed(voted), votes, strict=True):
            cast(two, report, TA, "Ann", vote)
        ordering.bring_up_to_date(two, TA)
        orders.append(queue(two, "Bo"))
        first, rest = orders[-1][:6], orders[-1][6:]
        assert set(first[:3]) == ON_SUBJECT & set(voted) and set(first) == set(voted)
        assert not set(queue(two)) & set(voted) and sorted(queue(two)) == sorted(rest)
        assert ordering.account(two, TA).reports == 24
        for _ in votes:
            undo_last(two, "Ann")
    assert orders[0][:6] == orders[1][:6]
    # What she votes on after the order was made goes to the front too, by its place.
    ordering.bring_up_to_date(two, TA)
    placed = queue(two, "Bo")
    for report in (placed[20], placed[4], placed[9]):
        cast(two, report, TA, "Ann", OUT)
    assert queue(two, "Bo")[:3] == [placed[4], placed[9], placed[20]]


def test_where_the_model_had_put_a_report_is_told_after_the_own_vote_or_the_decision(
    ws: Workspace,
) -> None:
    two = of_two(ws)
    ordering.bring_up_to_date(two, TA)
    assert not records.has_model_places(two)
    placed = queue(two)
    early, late = placed[1], placed[-1]
    for report in (early, late):
        cast(two, report, TA, "Ann", OUT)
    ordering.bring_up_to_date(two, TA)
    assert records.has_model_places(two)

    def listed(who: str, **asked: str) -> list[str]:
        return records.ids(two, records.ReportFilter(reviewer=who, **asked))  # type: ignore[arg-type]

    def told(who: str) -> dict[str, str]:
        return records.model_place_words(two, placed, who, TA)

    assert {r: words.split(" (")[0] for r, words in told("Ann").items()} == {
        early: "2 of 30", late: "30 of 30",
    }  # fmt: skip
    assert f"(version {VERSION}, " in told("Ann")[early]
    assert listed("Ann", score="in the likeliest tenth") == [early]
    assert listed("Ann", score="in the less likely half") == [late]
    assert listed("Ann", order=records.BY_MODEL[0])[:2] == [early, late]
    assert listed("Ann", order=records.BY_MODEL[1])[:2] == [late, early]
    # For who has not voted it is not there, in no filter and no order, until it is decided.
    for who in ("Bo", ""):
        assert told(who) == {} and not listed(who, score="in the likelier half")
        assert listed(who, order=records.BY_MODEL[1]) == listed(who)
    cast(two, early, TA, "Bo", OUT)
    assert set(told("Bo")) == set(told("Cy")) == set(told("")) == {early}
    assert not integrity.check(ws.store).differences
    off = replace(two, protocol=two.protocol.model_copy(update={"machine_help": False}))
    assert not records.has_model_places(off)


def test_how_many_have_voted_is_not_told_where_votes_are_blind(ws: Workspace) -> None:
    two = ruled(ws, reviewers=2)
    cast(two, "P000001", TA, "Ann", IN)
    ordering.bring_up_to_date(two, TA)
    said = ordering.words(two, plan_of(two), "10:32")
    assert said == "Most likely relevant first, by a model trained on the votes (10:32)."


def test_the_command_orders_and_says_what_the_order_is(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEW_DATA", str(ws.config.data))
    monkeypatch.setenv("REVIEW_DB", ws.config.db)

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["order", "--as", "Ann", *words])
        assert done.exit_code == 0, done.output
        return done.output

    said = json.loads(run("--json"))
    assert (said["order"], said["reports"], said["event"][0]) == ("relevance", 30, "E")
    assert said["model"].endswith(f"version {VERSION}")
    assert set(queue(ws)[:10]) == ON_SUBJECT
    assert "Most likely relevant first" in run("--if-due")
    assert "As they arrived." in run("--stage", "full_text")
