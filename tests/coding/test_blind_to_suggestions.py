"""Where coding is blind to suggestions, they are absent until one's own first value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from review.coding import own_model, service, suggestion_changes
from review.errors import DecisionError
from review.events import TagGiven
from review.gaps import service as gaps
from review.gaps.filters import Filters
from review.protocol import load
from review.protocol.model import CodingRule
from review.records import service as record_pages
from review.store import log
from review.workspace import Workspace
from tests.factories import make_workspace, suggest
from tests.reviews import config

REPORT = "P000001"


@pytest.fixture
def blind(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws, _ = make_workspace(tmp_path, db_url, 2)
    suggest(ws, REPORT, "study_design", "cohort", "case_report")
    suggest(ws, REPORT, "outcome", "death", "sleep_quality")
    rule = CodingRule(blind=True)
    yield replace(ws, protocol=ws.protocol.model_copy(update={"coding": rule}))
    ws.store.close()


def offered(ws: Workspace, reviewer: str | None) -> set[str]:
    sheet = service.sheet(ws, REPORT, reviewer)
    return {*sheet.open_suggestions, *sheet.answered_suggestions}


def test_they_come_into_sight_with_ones_own_first_value(blind: Workspace) -> None:
    assert offered(blind, "Ann") == offered(blind, "") == set()
    assert service.sheet(blind, REPORT, "Ann").proposed_findings == ()
    service.tag(blind, REPORT, "study_design", "cohort", "Ann")
    assert offered(blind, "Ann") == offered(blind, "  ann ") == {"study_design"}
    assert offered(blind, "Ben") == set()
    service.undo_last(blind, "Ann")
    assert offered(blind, "Ann") == {"study_design"}, "what was seen has been seen"
    assert offered(blind, None) == {"study_design", "outcome"}


def test_no_other_page_shows_them_either(blind: Workspace) -> None:
    assert record_pages.dossier(blind, REPORT, "Ann").suggestions == ()
    service.tag(blind, REPORT, "outcome", "death", "Ann")
    seen = record_pages.dossier(blind, REPORT, "Ann").suggestions
    assert {s.dimension for s, _ in seen} == {"outcome"}
    assert record_pages.dossier(blind, REPORT, "Ben").suggestions == ()


def test_without_machine_help_nobody_sees_any_and_none_are_made(blind: Workspace) -> None:
    off = {"machine_help": False, "coding": CodingRule()}
    ws = replace(blind, protocol=blind.protocol.model_copy(update=off))
    service.tag(ws, REPORT, "study_design", "cohort", "Ann")
    for viewer in ("Ann", "", None):
        assert offered(ws, viewer) == set()
    assert record_pages.dossier(ws, REPORT, "Ann").suggestions == ()
    assert gaps.gap_map(ws, "outcome", "study_design", Filters(beyond_frame=True))[
        0
    ].suggested_total == 0  # fmt: skip
    assert service.coding_progress(ws).open_suggestions == 0
    assert service.refresh_suggestions(ws) == 0
    for machine in (suggestion_changes.make_anew, own_model.train):
        with pytest.raises(DecisionError, match="without machine help"):
            machine(ws, "Ann")
    other = ws.protocol.codebook.model_copy(update={"dimensions": ()})
    changed = replace(ws, protocol=ws.protocol.model_copy(update={"codebook": other}))
    assert suggestion_changes.outdated_records(changed) == []


def test_map_and_claims_count_none(blind: Workspace) -> None:
    everything = Filters(beyond_frame=True)

    def suggested(ws: Workspace) -> int:
        return gaps.gap_map(ws, "outcome", "study_design", everything)[0].suggested_total

    assert suggested(blind) == 0
    assert all(not state.suggested_reports for state in gaps.claims(blind))
    open_ = replace(blind, protocol=blind.protocol.model_copy(update={"coding": CodingRule()}))
    assert suggested(open_) > 0


def test_a_tag_says_whether_it_was_given_blind(blind: Workspace) -> None:
    (design, *_), (outcome, *_) = (
        suggest(blind, REPORT, "study_design", "cohort"),
        suggest(blind, REPORT, "outcome", "death"),
    )
    service.tag(blind, REPORT, "study_design", "cohort", "Ann", suggestion=design)
    service.tag(blind, REPORT, "study_design", "case_report", "Ann")
    service.add_finding(
        blind, REPORT, exposure="extract",
        population="human_chronic_pain", outcome="death", study_design="case_report",
        reviewer="Ann",
    )  # fmt: skip
    with blind.store.read() as conn:
        given = [e.data for e in log.events(conn) if isinstance(e.data, TagGiven)]
    assert [t.blind for t in given[:2]] == [True, False]
    assert given[0].suggestion == "", "nobody answers what they have not seen"
    said = {t.dimension: t for t in given[2:]}
    assert said["outcome"].blind and said["outcome"].suggestion == "" != outcome
    assert said["outcome"].quote == ""


def test_a_protocol_says_so(tmp_path: Path) -> None:
    data = config(tmp_path, "sqlite://").data
    assert not load(data).coding.blind
    file = data / "protocol.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\ncoding:\n  blind: true\n", encoding="utf-8")
    assert load(data).coding.blind
