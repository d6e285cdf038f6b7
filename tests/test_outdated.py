"""A press counts for what was on the screen; an old page overrules nothing, on no report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.coding import service as coding
from review.dedupe import manual_decisions
from review.dedupe.decision_list import LINKS, decided
from review.errors import DecisionError, OutdatedError
from review.events import RecordsKeptApart, RunWithdrawn
from review.model import Stage, VoteValue
from review.outdated import Shown, membership, shown
from review.records import service as records
from review.screening import service as screening
from review.screening.conflicts import conflicts, report_of, settle, shown_of
from review.store import Store, active_decisions, log, pairs, reports
from review.store import records as stored
from review.workspace import Workspace
from tests.factories import paper, suggest
from tests.histories import Step, fresh_review, play, slow, steps
from tests.reviews import add, workspace

TA = Stage.TITLE_ABSTRACT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE


def votes(store: Store) -> int:
    with store.read() as conn:
        return len(active_decisions.votes(conn))


def seen(ws: Workspace, report: str) -> Shown:
    return shown(ws, records.get(ws, report))


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A review of four reports, one vote a stage."""
    review = workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    add(review, [paper(n) for n in (1, 2, 3, 4)])
    yield review
    review.store.close()


def test_a_vote_drawn_before_a_merge_is_refused_with_who_merged(ws: Workspace) -> None:
    shown = seen(ws, "P000001")
    merged = manual_decisions.merge(ws, "R000001", "R000002", "Berta")
    with pytest.raises(OutdatedError, match="Berta has judged: R000001 and R000002 merged"):
        screening.cast(ws, "P000001", TA, "Ann", IN, shown=shown)
    assert votes(ws.store) == 0
    screening.cast(ws, "P000001", TA, "Ann", IN, shown=seen(ws, "P000001"))
    after = seen(ws, "P000001")
    manual_decisions.undo(ws, merged.id, "Cem")
    with pytest.raises(OutdatedError, match="Cem has taken the merge of R000001 and R000002 back"):
        screening.cast(ws, "P000002", TA, "Ann", OUT, shown=after)


def test_a_vote_is_kept_under_the_protocol_that_was_read(ws: Workspace) -> None:
    old = replace(seen(ws, "P000001"), protocol="an earlier one")
    done = screening.cast(ws, "P000001", TA, "Ann", IN, shown=old)
    assert done.protocol == "an earlier one"


def conflict(ws: Workspace) -> tuple[str, Shown]:
    screening.cast(ws, "P000001", TA, "Ann", IN)
    screening.cast(ws, "P000001", TA, "Ben", OUT)
    (one,) = conflicts(ws)
    return one.report, shown_of(ws, one, report_of(ws, one))


def test_a_conflict_is_settled_once(ws: Workspace) -> None:
    report, shown = conflict(ws)
    settle(ws, report, TA, "Cem", IN, shown=shown)
    with pytest.raises(OutdatedError, match="Cem has voted include as the final word"):
        settle(ws, report, TA, "Dora", OUT, "not_kratom", shown=shown)
    assert records.get(ws, report).title_abstract == "include"


def test_a_conflict_that_is_none_any_more_is_not_settled(ws: Workspace) -> None:
    report, shown = conflict(ws)
    screening.cast(ws, report, TA, "Ben", IN, replace=True)
    with pytest.raises(OutdatedError, match="Ben has voted include"):
        settle(ws, report, TA, "Dora", OUT, "not_kratom", shown=shown)
    report, shown = report, None
    screening.undo_last(ws, "Ben")
    (one,) = conflicts(ws)
    shown = shown_of(ws, one, report_of(ws, one))
    screening.undo_last(ws, "Ben")
    with pytest.raises(OutdatedError, match="Ben has taken a vote back"):
        settle(ws, report, TA, "Dora", OUT, "not_kratom", shown=shown)


# ---- every press that writes about a report ---------------------------------------------------

PAIRING = {
    "exposure": "leaf_powder", "population": "human_healthy", "outcome": "pain_intensity",
    "study_design": "cohort",
}  # fmt: skip
Press = Callable[[Workspace, Shown], object]


def tag(ws: Workspace, now: Shown) -> object:
    return coding.tag(ws, "P000001", "study_design", "case_report", "Ann", shown=now)


def untag(ws: Workspace, now: Shown) -> object:
    return coding.untag(ws, "P000001", "outcome", "pain_intensity", "Ann", shown=now)


def accept(ws: Workspace, now: Shown) -> object:
    one = suggestion(ws)
    return coding.tag(ws, "P000001", "outcome", "sleep_quality", "Ann", suggestion=one, shown=now)


def reject(ws: Workspace, now: Shown) -> object:
    return coding.reject(ws, suggestion(ws), "P000001", "Ann", shown=now)


def finding(ws: Workspace, now: Shown) -> object:
    return coding.add_finding(ws, "P000001", **PAIRING, quote="two", reviewer="Ann", shown=now)


def finding_off(ws: Workspace, now: Shown) -> object:
    (one,) = coding.sheet(ws, "P000001").findings
    return coding.remove_finding(ws, one.event, "Ann", report="P000001", shown=now)


def note(ws: Workspace, now: Shown) -> object:
    return records.add_note(ws, "P000001", "Ann", "unclear", shown=now)


def take_back(ws: Workspace, now: Shown) -> object:
    (one,) = coding.sheet(ws, "P000001").findings
    return records.take_back(ws, one.event, "Ann", name="P000001", shown=now)


def vote(ws: Workspace, now: Shown) -> object:
    return screening.cast(ws, "P000001", TA, "Ann", IN, shown=now)


def merge(ws: Workspace, now: Shown) -> object:
    return manual_decisions.merge(ws, "P000001", "P000004", "Ann", shown=(now, None))


def link(ws: Workspace, now: Shown) -> object:
    return manual_decisions.link(ws, "P000001", "P000004", "Ann", shown=(now, None))


def judge(ws: Workspace, now: Shown) -> object:
    pair = pairs.pair_id("R000001", "R000004")
    other = seen(ws, "P000004")
    return manual_decisions.answer(ws, pair, RecordsKeptApart, "Ann", shown=(now, other))


def undo_link(ws: Workspace, now: Shown) -> object:
    (linked,) = decided(ws, LINKS)
    return manual_decisions.undo(ws, linked.event, "Ann", shown=(now, seen(ws, "P000003")))


PRESSES: tuple[Press, ...] = (
    tag, untag, reject, accept, take_back, finding, finding_off, note, vote, undo_link, judge, link,
    merge,
)  # fmt: skip


def suggestion(ws: Workspace) -> str:
    found = coding.sheet(ws, "P000001")
    open_, answered = found.open_suggestions, found.answered_suggestions
    both = [*open_.get("outcome", ()), *(s for s, _ in answered.get("outcome", ()))]
    return next(s.id for s in both if s.record == "R000001" and s.value == "sleep_quality")


@pytest.fixture
def begun(ws: Workspace) -> Workspace:
    """The first report has a tag, a suggestion, a finding, a link and a pair to judge."""
    suggest(ws, "P000001", "outcome", "sleep_quality")
    coding.tag(ws, "P000001", "outcome", "pain_intensity", "Ann")
    coding.add_finding(ws, "P000001", **PAIRING, quote="one", reviewer="Ann")
    manual_decisions.link(ws, "P000001", "P000003", "Ann")
    with ws.store.write() as conn:
        row = {"id_a": "R000001", "id_b": "R000004", "score": 0.5}
        pairs.replace(conn, None, [{**row, "verdict": "unsure", "why": "they look alike"}])
    return ws


def newest(ws: Workspace) -> int:
    with ws.store.read() as conn:
        return max(e.seq for e in log.events(conn))


def test_a_press_drawn_before_a_merge_stores_nothing_and_says_who_merged(begun: Workspace) -> None:
    before = seen(begun, "P000001")
    manual_decisions.merge(begun, "R000001", "R000002", "Berta")
    for press in PRESSES:
        refused(begun, press, before, "Berta has judged: R000001 and R000002 merged.* UTC")
    for press in PRESSES:  # drawn anew, it counts
        last = newest(begun)
        press(begun, seen(begun, "P000001"))
        assert newest(begun) > last, press


def test_a_press_drawn_before_the_undo_of_a_merge_stores_nothing(begun: Workspace) -> None:
    merged = manual_decisions.merge(begun, "R000001", "R000002", "Berta")
    before = seen(begun, "P000001")
    manual_decisions.undo(begun, merged.id, "Cem")
    screening.cast(begun, "P000001", Stage.FULL_TEXT, "Dora", IN)
    screening.undo_last(begun, "Dora")  # whoever took back something else is not to be named
    for press in PRESSES:
        refused(begun, press, before, "Cem has taken the merge of R000001 and R000002 back")


def refused(ws: Workspace, press: Press, drawn: Shown, why: str) -> None:
    last = newest(ws)
    with pytest.raises(OutdatedError, match=why):
        press(ws, drawn)
    assert newest(ws) == last, press


def test_a_press_on_a_report_that_was_withdrawn_says_who_withdrew_it(ws: Workspace) -> None:
    before = seen(ws, "P000001")
    with ws.store.write() as conn:
        run = stored.runs(conn)[0].id
        log.append(conn, "Cem", [RunWithdrawn(run=run)])
    with pytest.raises(OutdatedError, match=f"Cem has withdrawn the run {run}"):
        note(ws, before)


def test_the_time_is_told_by_the_clock_of_the_reader(begun: Workspace) -> None:
    before = seen(begun, "P000001")
    manual_decisions.merge(begun, "R000001", "R000002", "Berta")
    with pytest.raises(OutdatedError) as refused:
        note(begun, before)
    times: list[datetime] = []

    def clock(time: datetime) -> str:
        times.append(time)
        return "just now"

    assert "(just now). Nothing was stored" in refused.value.told(clock)
    assert abs((times[0].astimezone(UTC) - datetime.now(UTC)).total_seconds()) < 60


def test_a_press_is_kept_under_the_version_that_was_read(begun: Workspace) -> None:
    old = replace(seen(begun, "P000001"), protocol="an earlier one")
    for press in (tag, accept, finding, note, vote):
        press(begun, old)
        with begun.store.read() as conn:
            assert list(log.events(conn))[-1].protocol == "an earlier one", press


def test_a_value_that_the_codebook_has_dropped_since_is_refused_with_who_changed_it(
    ws: Workspace,
) -> None:
    old = replace(seen(ws, "P000001"), protocol="an earlier one")
    with pytest.raises(OutdatedError, match=r"no longer|not what was.*gone.*Ann has put version"):
        coding.tag(ws, "P000001", "study_design", "gone", "Ann", shown=old)
    with pytest.raises(DecisionError) as plain:
        coding.tag(ws, "P000001", "study_design", "gone", "Ann", shown=seen(ws, "P000001"))
    assert not isinstance(plain.value, OutdatedError)


# ---- what another has said meanwhile ----------------------------------------------------------


def test_a_suggestion_that_another_has_answered_is_not_answered_over_it(begun: Workspace) -> None:
    before = seen(begun, "P000001")
    coding.reject(begun, suggestion(begun), "P000001", "Bo")
    for press in (accept, reject):
        refused(begun, press, before, "Bo has rejected this suggestion")
    coding.undo_last(begun, "Bo")
    accept(begun, before)  # it is open again


def test_a_no_to_the_same_value_by_another_source_counts_as_well(begun: Workspace) -> None:
    before = seen(begun, "P000001")
    (other,) = suggest(begun, "P000001", "outcome", "sleep_quality", source="starter codes")
    coding.reject(begun, other, "P000001", "Bo")
    with pytest.raises(OutdatedError, match="Bo has rejected"):
        accept(begun, before)


def test_ones_own_answer_may_be_corrected_before_the_page_is_drawn_anew(begun: Workspace) -> None:
    before = seen(begun, "P000001")
    accept(begun, before)
    one = suggestion(begun)
    coding.tag(
        begun, "P000001", "outcome", "pain_intensity", "Ann", "more", suggestion=one, shown=before
    )
    outcomes = {t.value for t in coding.sheet(begun, "P000001").tags if t.dimension == "outcome"}
    assert outcomes == {"pain_intensity", "sleep_quality"}


def test_a_finding_that_is_gone_says_who_removed_it(begun: Workspace) -> None:
    (one,) = coding.sheet(begun, "P000001").findings
    now = seen(begun, "P000001")
    coding.remove_finding(begun, one.event, "Bo")
    with pytest.raises(OutdatedError, match="Bo has removed it"):
        coding.remove_finding(begun, one.event, "Ann", report="P000001", shown=now)


def test_a_pair_that_was_judged_says_by_whom(begun: Workspace) -> None:
    now = seen(begun, "P000001")
    manual_decisions.keep_apart(begun, "R000001", "R000004", "Bo")
    with pytest.raises(OutdatedError, match="Bo has judged: R000001 and R000004 kept apart"):
        judge(begun, now)


def test_a_step_that_was_taken_back_already_says_by_whom(ws: Workspace) -> None:
    merged = manual_decisions.merge(ws, "R000001", "R000002", "Berta")
    both = manual_decisions.undo(ws, merged.id, "Cem")
    sides = (seen(ws, "P000001"), seen(ws, "P000002"))
    with pytest.raises(OutdatedError, match="Cem has taken the merge .* back"):
        manual_decisions.undo(ws, merged.id, "Ann", shown=sides)
    records.take_back(ws, both.id, "Cem", name="P000001", shown=sides[0])
    now = seen(ws, "P000001")
    with pytest.raises(OutdatedError, match="Cem has let the merge .* count again"):
        records.take_back(ws, both.id, "Cem", name="P000001", shown=now)


def test_a_field_chosen_by_another_meanwhile_is_not_chosen_over_it(ws: Workspace) -> None:
    manual_decisions.merge(ws, "R000001", "R000002", "Berta")
    now, field = seen(ws, "P000001"), records.dossier(ws, "P000001", "Ann").fields["title"]
    records.choose_field(ws, "P000001", "title", "R000002", "Bo", shown=now, instead_of=field)
    with pytest.raises(OutdatedError, match="Bo has chosen R000002"):
        records.choose_field(ws, "P000001", "title", "R000001", "Ann", shown=now, instead_of=field)
    manual_decisions.merge(ws, "R000001", "R000003", "Cem")
    with pytest.raises(OutdatedError, match="Cem has judged"):
        records.choose_field(ws, "P000001", "title", "R000001", "Ann", shown=now)


def test_a_merge_counts_again_only_between_the_reports_that_were_shown(ws: Workspace) -> None:
    merged = manual_decisions.merge(ws, "R000001", "R000002", "Berta")
    manual_decisions.undo(ws, merged.id, "Berta")
    (one,) = decided(ws)
    left, right = (Shown(ids, ws.protocol.version) for ids in one.beside)
    manual_decisions.merge(ws, "R000002", "R000003", "Cem")
    with pytest.raises(OutdatedError, match="Cem has judged: R000002 and R000003 merged"):
        manual_decisions.merge(ws, *one.records, "Ann", shown=(left, right))


def test_undo_takes_back_what_was_newest_when_its_button_was_drawn(ws: Workspace) -> None:
    assert manual_decisions.newest(ws, "Ann") is None
    manual_decisions.keep_apart(ws, "R000001", "R000002", "Ann")
    merged = manual_decisions.merge(ws, "R000003", "R000004", "Ann")
    drawn = manual_decisions.newest(ws, "Ann")
    assert drawn is not None and drawn[0] == merged.id
    manual_decisions.merge(ws, "R000001", "R000004", "Cem")
    with pytest.raises(OutdatedError, match="Cem has judged: R000001 and R000004 merged"):
        manual_decisions.undo(ws, merged.id, "Ann", shown=drawn[1])
    again = manual_decisions.newest(ws, "Ann")
    assert again is not None
    undone = manual_decisions.undo(ws, again[0], "Ann", shown=again[1])
    assert manual_decisions.taken_back(ws, undone).id == merged.id
    assert manual_decisions.newest(ws, "Berta") is None


# ---- after any history ------------------------------------------------------------------------


@settings(slow, max_examples=20)
@given(steps, steps)
def test_a_press_counts_exactly_where_the_report_is_what_was_shown(
    store: Store, before: list[Step], since: list[Step]
) -> None:
    with fresh_review(store) as conn:
        play(conn, before)
        drawn = {r.id: Shown(r.record_ids, "v1") for r in reports.listing(conn)}
        play(conn, since)
        now = {r.id: r.record_ids for r in reports.listing(conn)}
        for name, page in drawn.items():
            if now.get(name) == page.records:
                assert membership(conn, name, page).records == page.records
            else:
                with pytest.raises(OutdatedError, match=r"has (judged|taken|let|withdrawn)"):
                    membership(conn, name, page)


STEPS = st.lists(
    st.tuples(st.sampled_from(("Ann", "Ben", "Cem")), st.sampled_from((IN, OUT, None))),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(STEPS)
def test_whatever_was_voted_since_a_page_was_drawn_it_settles_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, VoteValue | None]]
) -> None:
    folder = tmp_path_factory.mktemp("stale")
    ws = workspace(folder, f"sqlite:///{(folder / 'review.db').as_posix()}")
    add(ws, [paper(1)])
    report, shown = conflict(ws)
    for who, value in steps:
        if value is None:
            screening.undo_last(ws, who)
        else:
            screening.cast(ws, report, TA, who, value, replace=True)
    with ws.store.read() as conn:
        now = {v.event for v in active_decisions.votes(conn, report)}
    if now == shown.votes:
        settle(ws, report, TA, "Dora", IN, shown=shown)
    else:
        with pytest.raises(OutdatedError):
            settle(ws, report, TA, "Dora", IN, shown=shown)
    ws.store.close()
