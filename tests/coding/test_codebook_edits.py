"""The codebook changes in mid-review: reports are coded anew, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review import protocol as protocols
from review.coding import codebook_edits as edits
from review.coding import recoding, service
from review.coding.codebook_edits import NewValue
from review.config import ROOT, Config
from review.errors import DecisionError, ProtocolError
from review.events import CodebookEdited, TagGiven
from review.gaps import service as gaps
from review.gaps.filters import Filters, expand
from review.protocol import codebook_text
from review.store import active_decisions, log
from review.workspace import Workspace, adopt_protocol, open_workspace
from tests.factories import paper
from tests.reviews import add

SECOND = ROOT / "tests" / "second_subject"
REPORTS = ("P000001", "P000002", "P000003")
P1, P2, P3 = REPORTS


def second_review(folder: Path, db_url: str) -> Workspace:
    for name in ("protocol.yaml", "codebook.yaml"):
        (folder / name).write_text((SECOND / name).read_text("utf-8"), "utf-8")
    ws = open_workspace(Config(folder, db_url), create=True)
    adopt_protocol(ws, "keeper")
    add(ws, [paper(n) for n in (1, 2, 3)])
    return ws


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws = second_review(tmp_path, db_url)
    yield ws
    ws.store.close()


def codes(ws: Workspace) -> set[tuple[str, str, str]]:
    with ws.store.read() as conn:
        return {(t.report, t.dimension, t.value) for t in active_decisions.tags(conn)}


def written(ws: Workspace) -> str:
    return (ws.config.data / "codebook.yaml").read_text("utf-8")


def waiting(ws: Workspace) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.report, one.value, one.becomes) for one in recoding.queue(ws, "Ann")]


HALVES = [NewValue("Wheeze at night"), NewValue("Wheeze by day", "Between dawn and dusk.")]


def test_a_split_value_asks_again_about_each_report_that_has_it(ws: Workspace) -> None:
    for report in (P1, P2, P3):
        service.tag(ws, report, "endpoint", "wheeze", "Ann", quote="wheezed at night")
        service.tag(ws, report, "design", "cohort", "Ann")
    before = codes(ws)
    new = edits.split(ws, "endpoint", "wheeze", HALVES, "Ann")
    assert codes(new) == before
    offered = ("wheeze_at_night", "wheeze_by_day")
    assert waiting(new) == [(report, "wheeze", offered) for report in REPORTS]
    recoding.recode(new, P1, "endpoint", "wheeze", "wheeze_at_night", "Ben")
    recoding.recode(new, P2, "endpoint", "wheeze", recoding.KEEP, "Ben")
    recoding.recode(new, P3, "endpoint", "wheeze", recoding.REMOVE, "Ben")
    assert waiting(new) == []
    assert {(r, v) for r, d, v in codes(new) if d == "endpoint"} == {
        (P1, "wheeze_at_night"), (P2, "wheeze")
    }  # fmt: skip
    with new.store.read() as conn:
        (tag,) = [t for t in active_decisions.tags(conn, P1) if t.dimension == "endpoint"]
        given = [e for e in log.events(conn, (TagGiven,)) if e.data.value == "wheeze"]
    assert (tag.reviewer, tag.quote) == ("Ben", "wheezed at night") and len(given) == 3
    # The finer value counts for the one it was split from.
    assert gaps.matrix(new).cell("wheeze", "cohort").confirmed == 2


def test_an_answer_is_taken_back_and_asked_again(ws: Workspace) -> None:
    service.tag(ws, P1, "endpoint", "wheeze", "Ann")
    service.tag(ws, P1, "endpoint", "wheeze", "Ben")
    new = edits.merge(ws, "endpoint", ["wheeze"], "asthma", "Ann")
    recoding.recode(new, P1, "endpoint", "wheeze", "asthma", "Ben")
    assert codes(new) == {(P1, "endpoint", "asthma")} and waiting(new) == []
    service.undo_last(new, "Ben")
    assert codes(new) == {(P1, "endpoint", "wheeze")}
    assert waiting(new) == [(P1, "wheeze", ("asthma",))]


def test_findings_move_with_the_value_and_one_undo_takes_all_back(ws: Workspace) -> None:
    said = {"exposure": "park", "population": "children", "outcome": "wheeze"}
    service.add_finding(ws, P1, **said, study_design="cohort", direction="worse", reviewer="Ann")
    new = edits.merge(ws, "endpoint", ["wheeze"], "asthma", "Ann")
    recoding.recode(new, P1, "endpoint", "wheeze", "asthma", "Ben")
    with new.store.read() as conn:
        (found,) = active_decisions.findings(conn, P1)
    assert (found.outcome, found.direction) == ("asthma", "worse")
    service.undo_last(new, "Ben")
    with new.store.read() as conn:
        (found,) = active_decisions.findings(conn, P1)
    assert found.outcome == "wheeze" and (P1, "endpoint", "wheeze") in codes(new)


def test_who_edited_what_is_in_the_log_and_the_text_before_it_too(ws: Workspace) -> None:
    before = written(ws)
    new = edits.rename(ws, "endpoint", "wheeze", "Wheezing", "Ann")
    assert new.protocol.codebook.dimension("endpoint").value("wheeze").label == "Wheezing"
    assert waiting(new) == []  # the id stays, so nothing is to be recoded
    (done,) = edits.edits(new)
    assert (done.by, done.data.action, done.data.into) == ("Ann", "rename", ("Wheezing",))
    back = edits.undo_edit(new, "Ben")
    assert written(ws) == before and back.protocol.version == ws.protocol.version
    assert edits.edits(back) == []


def test_an_edit_by_hand_has_the_same_effect(ws: Workspace) -> None:
    service.tag(ws, P1, "endpoint", "wheeze", "Ann")
    by_button = edits.retire(ws, "endpoint", "wheeze", "Ann")
    asked = waiting(by_button)
    back = edits.undo_edit(by_button, "Ann")
    assert waiting(back) == []
    text = written(ws)
    file = ws.config.data / "codebook.yaml"
    file.write_text(text.replace("{id: wheeze,", "{id: wheeze, retired: true,"), "utf-8")
    by_hand = open_workspace(ws.config)
    assert waiting(by_hand) == asked == [(P1, "wheeze", ())]
    assert by_hand.protocol.version == by_button.protocol.version
    service.tag(ws, P2, "endpoint", "lung_function", "Ann")
    file.write_text("\n".join(line for line in text.splitlines() if "id: lung_" not in line))
    gone = open_workspace(ws.config)
    assert waiting(gone) == [(P2, "lung_function", ())]
    for one in (by_hand, gone):
        one.store.close()


def test_an_edit_that_would_not_be_a_codebook_changes_nothing(ws: Workspace) -> None:
    before = written(ws)
    with pytest.raises(DecisionError, match="has a value wheeze already"):
        edits.add(ws, "endpoint", NewValue("Wheeze"), "Ann")
    with pytest.raises(ProtocolError):
        edits.add(ws, "endpoint", NewValue("Bad", id="no good"), "Ann")
    file = ws.config.data / "codebook.yaml"
    file.write_text(before + "# a remark\n", "utf-8")
    with pytest.raises(DecisionError, match="was changed since"):
        edits.retire(ws, "endpoint", "wheeze", "Ann")
    file.write_text(before, "utf-8")
    with ws.store.read() as conn:
        assert list(log.events(conn, (CodebookEdited,))) == []


@pytest.mark.parametrize("folder", [ROOT / "data", SECOND])
def test_an_edit_leaves_every_other_line_of_the_file(folder: Path) -> None:
    text = (folder / "codebook.yaml").read_text("utf-8")
    book = protocols.load(folder).codebook
    for dimension in book.dimensions:
        value = dimension.values[len(dimension.values) // 2].id
        new = codebook_text.set_field(text, dimension.id, value, "retired", True)
        new = codebook_text.set_field(new, dimension.id, value, "label", 'No: a "new" # one')
        new = codebook_text.add_value(
            new, dimension.id, {"id": "fresh", "label": "Yes", "definition": "x"}, value
        )
        lines, now = text.splitlines(), set(new.splitlines())
        assert sum(line not in now for line in lines) <= 1
        assert [line for line in lines if line.lstrip().startswith("#")] == [
            line for line in new.splitlines() if line.lstrip().startswith("#")
        ]


VALUES = ("asthma", "wheeze", "lung_function", "pollen")
EDITS = st.sampled_from(["retire", "split", "merge"])
TAGS = st.sets(st.tuples(st.sampled_from(REPORTS), st.sampled_from(VALUES)), max_size=8)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tags=TAGS,
    done=st.lists(st.tuples(EDITS, st.sampled_from(VALUES)), min_size=1, max_size=3),
    answers=st.lists(st.integers(0, 3), max_size=8),
)
def test_recoding_loses_nothing_and_undoing_is_the_identity(
    ws: Workspace, tags: set[tuple[str, str]], done: list[tuple[str, str]], answers: list[int]
) -> None:
    """After any edits and answers: each report stands where it was answered to stand, those not
    answered wait with their older value, and taking the edits back gives codebook and codes."""
    for report, value in codes_on_endpoint(ws) - tags:
        service.untag(ws, report, "endpoint", value, "Ann", anyones=True)
    for report, value in sorted(tags - codes_on_endpoint(ws)):
        service.tag(ws, report, "endpoint", value, "Ann")
    text, now, made = written(ws), ws, 0
    for n, (action, value) in enumerate(done):
        if value in now.protocol.codebook.dimension("endpoint").retired:
            continue
        left = [v.id for v in now.protocol.codebook.dimension("endpoint").offered if v.id != value]
        if action == "merge" and left:
            now = edits.merge(now, "endpoint", [value], left[0], "Ann")
        elif action == "split":
            halves = [NewValue(f"{value} {n} {half}") for half in ("a", "b")]
            now = edits.split(now, "endpoint", value, halves, "Ann")
        else:
            now = edits.retire(now, "endpoint", value, "Ann")
        made += 1
    expected = set(tags)
    for answer in answers:
        open_ = recoding.queue(now, "Ann")
        if not open_:
            break
        one = open_[answer % len(open_)]
        choices = [recoding.KEEP, recoding.REMOVE, *(
            b for b in one.becomes if b not in one.dimension.retired)]  # fmt: skip
        said = choices[answer % len(choices)]
        recoding.recode(now, one.report, "endpoint", one.value, said, "Ben")
        if said != recoding.KEEP:
            expected.discard((one.report, one.value))
        if said not in (recoding.KEEP, recoding.REMOVE):
            expected.add((one.report, said))
        assert codes_on_endpoint(now) == expected
    stale = {
        (r, v) for r, v in expected if v in now.protocol.codebook.dimension("endpoint").retired
    }
    assert {(one.report, one.value) for one in recoding.queue(now, "Ann")} <= stale
    for _ in range(made):
        now = edits.undo_edit(now, "Ann")
    assert (written(ws), codes_on_endpoint(now)) == (text, tags)
    assert now.protocol.version == ws.protocol.version and recoding.queue(now, "Ann") == []
    with ws.store.write() as conn:
        before = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == before


def codes_on_endpoint(ws: Workspace) -> set[tuple[str, str]]:
    return {(report, value) for report, dimension, value in codes(ws) if dimension == "endpoint"}


def test_claims_searches_and_conditions_follow_a_value_that_was_merged(ws: Workspace) -> None:
    """The claim names the value in protocol.yaml, which stays as it is."""

    def reports(now: Workspace, claim: str) -> set[str]:
        (state,) = [s for s in gaps.claims(now, Filters(beyond_frame=True)) if s.claim.id == claim]
        return set(state.reports)

    for report, value in ((P1, "wheeze"), (P2, "asthma")):
        service.tag(ws, report, "endpoint", value, "Ann")
        service.tag(ws, report, "design", "cohort", "Ann")
    assert reports(ws, "A02") == {P1}
    new = edits.merge(ws, "endpoint", ["wheeze"], "asthma", "Ann")
    assert new.protocol.claim("A02").outcome == ("wheeze", "asthma")
    assert reports(new, "A02") == {P1, P2}
    recoding.recode(new, P1, "endpoint", "wheeze", "asthma", "Ann")
    assert reports(new, "A02") == {P1, P2}
    endpoint = new.protocol.codebook.dimension("endpoint")
    assert endpoint.named(["wheeze"]) == endpoint.with_finer(["wheeze"]) == {"wheeze", "asthma"}
    assert expand(new.protocol.codebook, "endpoint", ["wheeze"]) == {"wheeze", "asthma"}
    renamed = edits.rename(new, "endpoint", "asthma", "Asthma, diagnosed", "Ann")
    assert reports(renamed, "A02") == {P1, P2}
    back = edits.undo_edit(edits.undo_edit(renamed, "Ann"), "Ann")
    assert back.protocol.claim("A02").outcome == ("wheeze",) and reports(back, "A02") == {P1}
    parts = edits.split(back, "endpoint", "wheeze", HALVES, "Ann")
    assert set(parts.protocol.claim("A02").outcome) == {
        "wheeze", "wheeze_at_night", "wheeze_by_day"
    }  # fmt: skip
