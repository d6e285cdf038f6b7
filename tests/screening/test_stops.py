"""Ending title and abstract screening with reports left, and the random check of the rest."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import binomtest

from review.coding import service as coding
from review.errors import DecisionError, OutdatedError
from review.events import ProtocolAdopted
from review.model import Order, Place, Stage, VoteValue
from review.records import service as records
from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.reporting.flow_boxes import NOT_SCREENED, Choices, Drawing
from review.reporting.flow_csv import prisma2020_csv
from review.reporting.flow_diagram import svg
from review.screening import ordering, pilot, queue_order, stop_outlook, stops
from review.screening import service as screening
from review.screening.proportions import share
from review.screening.stopping_state import stopping
from review.store import log
from review.workspace import Workspace
from tests.factories import paper
from tests.reviews import add, workspace

TA = Stage.TITLE_ABSTRACT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE
UNSCREENED = [f"P{n:06d}" for n in range(4, 11)]


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    """A review of ten reports: one included, two excluded, seven on which nobody has voted."""
    review = workspace(tmp_path, db_url)
    add(review, [paper(n) for n in range(1, 11)])
    screening.cast(review, "P000001", TA, "Ann", IN)
    for n in (2, 3):
        screening.cast(review, f"P{n:06d}", TA, "Ann", OUT)
    yield review
    review.store.close()


def not_screened(ws: Workspace) -> list[str]:
    return records.ids(ws, records.ReportFilter(status=str(Place.STOPPED)))


def queue(ws: Workspace, who: str = "Bo") -> list[str]:
    found: list[str] = []
    while (report := screening.next_report(ws, TA, who, found)) is not None:
        found.append(report.id)
    return found


def asked_of_two(ws: Workspace) -> Workspace:
    """The same review where two people vote on each report."""
    stages = tuple(rule.model_copy(update={"reviewers": 2}) for rule in ws.protocol.stages)
    with ws.store.write() as conn:
        needed = {str(stage): 2 for stage in Stage}
        log.append(conn, "Ann", [ProtocolAdopted(version="two", reviewers=needed)], protocol="two")
    protocol = ws.protocol.model_copy(update={"stages": stages, "version": "two"})
    return replace(ws, protocol=protocol)


def test_what_nobody_has_voted_on_leaves_the_queues_and_is_called_not_screened(
    ws: Workspace, tmp_path: Path
) -> None:
    before = stopping(ws)
    done = stops.stop(ws, "Ann", "the funds end", seen=before)
    said = done.data
    assert (said.reports, said.total, said.screened, said.found) == (7, 10, 3, 1)
    assert (said.p, said.reached, said.most_left) == (before.p, False, before.most_left)
    assert done.protocol == ws.protocol.version and said.why == "the funds end"
    assert not_screened(ws) == UNSCREENED and queue(ws) == []
    assert coding.coding_progress(ws).total == 1
    progress = screening.progress(ws, TA, "Bo")
    assert (progress.waiting, progress.awaiting, progress.stopped, progress.decided) == (0, 0, 7, 3)
    assert coverage(ws).words.startswith("3 of 10 reports screened (7 not screened: stopped)")
    assert coverage(ws).undecided == 1  # the full text of what was included
    flow = reporting.flow(ws)
    assert flow.failed_sums == [] and flow.ids["records_not_screened"] == UNSCREENED
    assert (flow.boxes["records_screened"], flow.boxes["records_excluded"]) == (3, 2)
    assert flow.awaiting[TA] == 0
    file = tmp_path / "reports.csv"
    reporting.export(ws, "csv", file)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = {r["report"]: r for r in csv.DictReader(opened)}
    listed = rows[UNSCREENED[0]]
    assert (listed["title_abstract"], listed["place"]) == ("not_screened", "not screened: stopped")
    assert "7 not screened" in records.dossier(ws, UNSCREENED[0], "Bo").steps[-1].event.data.words(
        None  # type: ignore[arg-type]
    )


def test_the_flow_diagram_has_a_box_for_them_beside_what_was_removed(ws: Workspace) -> None:
    stops.stop(ws, "Ann", "enough")
    flow = reporting.flow(ws)
    picture = svg(Drawing(flow, Choices())).replace("\xa0", " ")
    assert f"{NOT_SCREENED} (n = 7)" in picture and "Records screened (n = 3)" in picture
    rows = {r["data"]: r for r in csv.DictReader(prisma2020_csv(flow, Choices()).splitlines())}
    assert (rows["excluded_other"]["boxtext"], rows["excluded_other"]["n"]) == (NOT_SCREENED, "7")
    assert rows["records_screened"]["n"] == "3"


def test_a_later_vote_counts_and_taking_it_back_leaves_the_report_unscreened_again(
    ws: Workspace,
) -> None:
    stops.stop(ws, "Ann", "enough")
    screening.cast(ws, UNSCREENED[0], TA, "Bo", IN)
    assert records.get(ws, UNSCREENED[0]).place is Place.FULL_TEXT
    assert reporting.flow(ws).ids["dbr_sought_reports"] == ["P000001", UNSCREENED[0]]
    screening.undo_last(ws, "Bo")
    assert not_screened(ws) == UNSCREENED


def test_where_two_must_vote_a_report_with_one_vote_waits_for_the_other(ws: Workspace) -> None:
    two = asked_of_two(ws)
    screening.cast(two, UNSCREENED[0], TA, "Ann", IN)
    stops.stop(two, "Ann", "enough")
    assert not_screened(two) == UNSCREENED[1:]
    assert UNSCREENED[0] in queue(two)
    # A vote on one that was left calls it back for the second one too.
    screening.cast(two, UNSCREENED[1], TA, "Ann", IN)
    assert UNSCREENED[1] in queue(two) and UNSCREENED[1] not in queue(two, "Ann")


def test_the_figures_tell_nothing_of_open_votes(ws: Workspace) -> None:
    two = asked_of_two(ws)
    before = stop_outlook.outlook(two)
    screening.cast(two, UNSCREENED[0], TA, "Bo", IN)
    assert stop_outlook.outlook(two) == before


def test_what_comes_in_later_is_in_the_queue(ws: Workspace) -> None:
    stops.stop(ws, "Ann", "enough")
    add(ws, [paper(n) for n in (11, 12)])
    assert queue(ws) == ["P000011", "P000012"]
    second = stops.stop(ws, "Bo", "enough again")
    assert queue(ws) == [] and second.data.reports == 2
    stops.take_back(ws, second.id, "Ann")
    assert queue(ws) == ["P000011", "P000012"]
    assert [one.reviewer for one in stops.in_force(ws)] == ["Ann"]


def test_taking_a_stop_back_leaves_everything_as_it_was(ws: Workspace) -> None:
    before, waited = reporting.flow(ws), queue(ws)
    done = stops.stop(ws, "Ann", "too early")
    stops.draw_check(ws, done.id, 3, "Ann", seed=1)
    stops.take_back(ws, done.id, "Bo")
    assert (reporting.flow(ws), queue(ws)) == (before, waited)
    assert stops.in_force(ws) == []
    with pytest.raises(DecisionError, match="taken back"):
        stops.take_back(ws, done.id, "Bo")
    with ws.store.write() as conn:
        held = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == held


def test_stopping_before_the_target_is_reached_wants_a_reason_and_the_figures_of_now(
    ws: Workspace,
) -> None:
    with pytest.raises(DecisionError, match="target is not reached"):
        stops.stop(ws, "Ann")
    seen = stopping(ws)
    screening.cast(ws, UNSCREENED[0], TA, "Bo", OUT)
    screening.cast(ws, UNSCREENED[1], TA, "Bo", IN)
    with pytest.raises(OutdatedError, match="2 included of 10 reports now, 1 of 10 then"):
        stops.stop(ws, "Ann", "enough", seen=seen)
    assert stops.in_force(ws) == []
    pilot.draw(ws, TA, 2, "Ann")
    with pytest.raises(DecisionError, match="pilot"):
        stops.stop(ws, "Ann", "enough")


def test_a_random_check_comes_back_into_the_queue_and_says_how_many_may_be_missed(
    ws: Workspace,
) -> None:
    stop = stops.stop(ws, "Ann", "enough")
    drawn = stops.draw_check(ws, stop.id, 4, "Ann", seed=7)
    waiting = queue(ws)
    assert len(waiting) == 4 and set(waiting) < set(UNSCREENED)
    assert len(not_screened(ws)) == 3 and drawn.data.left == 7
    screening.cast(ws, waiting[0], TA, "Bo", IN)
    (now,) = stops.in_force(ws)
    assert now.check is not None and now.check.share is None and now.check.decided == 1
    assert "1 of them are decided" in stop_outlook.check_words(now.check, len(now.unscreened))
    for report in waiting[1:]:
        screening.cast(ws, report, TA, "Bo", OUT)
    (now,) = stops.in_force(ws)
    assert now.check is not None and now.check.share == share(1, 4)
    assert (now.check.found, now.check.waiting) == ((waiting[0],), ())
    told = stop_outlook.paragraph(stop_outlook.outlook(ws))
    assert "4 of 7 reports not screened were drawn (seed 7)" in told
    assert "1 of 4 (25.0%, 95% interval 0.6% to 80.6%)" in told
    assert "Among the 3 still not screened that makes 0 to 2." in told
    flow = reporting.flow(ws)
    assert flow.failed_sums == [] and flow.boxes["records_not_screened"] == 3
    # A draw that is taken back can be made anew, of what is left then and of no more.
    stops.take_back(ws, drawn.id, "Ann")
    again = stops.draw_check(ws, stop.id, 3, "Ann", seed=7)
    assert set(again.data.records).isdisjoint({"R" + id_[1:] for id_ in waiting})
    with pytest.raises(DecisionError, match="takes 1 to 0 reports"):
        stops.draw_check(ws, stop.id, 1, "Ann")


def test_a_later_stop_leaves_the_check_of_an_earlier_one_alone(ws: Workspace) -> None:
    first = stops.stop(ws, "Ann", "enough")
    stops.draw_check(ws, first.id, 2, "Ann", seed=1)
    called = queue(ws)
    with pytest.raises(DecisionError, match="No report is left"):
        stops.stop(ws, "Ann", "enough after all")
    add(ws, [paper(n) for n in (11, 12)])
    stops.stop(ws, "Ann", "enough of the new ones too")
    assert queue(ws) == called and stops.unvoted(ws) == 0
    first_now, second_now = stops.in_force(ws)
    assert first_now.check is not None and second_now.check is None
    assert second_now.unscreened == ("P000011", "P000012")


def test_the_sample_that_an_order_began_with_tells_how_many_are_relevant(ws: Workspace) -> None:
    rule = ws.protocol.rule(TA).model_copy(
        update={"order": Order.SAMPLE_FIRST, "sample": 4, "seed": 3}
    )
    stages = (rule, *(one for one in ws.protocol.stages if one.stage != TA))
    asked = replace(ws, protocol=ws.protocol.model_copy(update={"stages": stages}))
    ordering.bring_up_to_date(asked, TA)
    drawn = queue_order.random_sample([f"P{n:06d}" for n in range(1, 11)], 4, 3)
    waiting = [id_ for id_ in drawn if id_ in UNSCREENED]
    assert waiting and stop_outlook.opening_sample(asked) is None
    for report in waiting:
        screening.cast(asked, report, TA, "Ann", OUT)
    found = stop_outlook.opening_sample(asked)
    assert found == share(int("P000001" in drawn), 4)


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    found = share(0, 100)
    exact = binomtest(0, 100).proportion_ci(0.95, method="exact")
    assert (found.low, found.high) == (exact.low, exact.high)
    assert found.high == pytest.approx(0.0362, abs=1e-4)  # 1 - .025 ** (1 / 100)
    assert found.among(1_000) == (0, 36)


def test_a_random_batch_at_the_beginning_tells_how_many_are_relevant(
    tmp_path: Path, db_url: str
) -> None:
    ws = workspace(tmp_path, db_url)
    add(ws, [paper(n) for n in range(1, 21)])
    pilot.draw(ws, TA, 4, "Ann", seed=3)
    batch = queue(ws)
    screening.cast(ws, batch[0], TA, "Ann", IN)
    assert stop_outlook.opening_sample(ws) is None  # not all of it is decided
    for report in batch[1:]:
        screening.cast(ws, report, TA, "Ann", OUT)
    found = stop_outlook.opening_sample(ws)
    assert found == share(1, 4)
    said = stop_outlook.sample_words(found, stopping(ws))
    assert "1 of 4 (25.0%" in said and "of all 20 reports" in said
    told = stop_outlook.to_json(stop_outlook.outlook(ws))
    assert told["sample"]["found"] == 1 and told["stops"] == []
    ws.store.close()
