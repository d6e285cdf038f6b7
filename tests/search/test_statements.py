"""What only a person knows of the searching: stated, changed, taken back, and never assumed."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from review.errors import DecisionError, NotFoundError
from review.model import is_register
from review.search import service
from review.search.prisma_s import ITEMS, PEER_REVIEW, peer_review
from review.workspace import Workspace, adopt_protocol
from tests.search.common import Open, pull, sound
from tests.servers.openalex import OpenAlexServer

PERSONAL = [n for n, item in ITEMS.items() if not item.recorded]


@pytest.fixture
def ws(ws_at: Open) -> Workspace:
    found = ws_at("http://127.0.0.1:9")
    adopt_protocol(found, "Ann")
    return found


def value(ws: Workspace, number: int) -> list[str]:
    return [line.value for line in service.search_log(ws) if line.item == number]


def test_the_checklist_has_sixteen_items_and_each_says_what_it_asks() -> None:
    assert list(ITEMS) == list(range(1, 17))
    assert all(item.asks.endswith(".") and item.number == n for n, item in ITEMS.items())
    assert PERSONAL == [2, 4, 6, 7, 10, 11, 14]


def test_nothing_is_assumed_before_someone_speaks(ws: Workspace) -> None:
    items = service.search_items(ws)
    assert not any(i.answered for i in items if i.item.number in PERSONAL)
    assert all(
        line.known == "not stated" and not line.value
        for i in items
        if i.item.number in PERSONAL
        for line in i.lines
    )


def test_a_statement_names_its_person_its_time_and_its_protocol(ws: Workspace) -> None:
    service.state(ws, 6, "Ann", "Asked three authors by e-mail.")
    (item,) = [i for i in service.search_items(ws) if i.item.number == 6]
    (line,) = item.lines
    assert item.answered and (line.known, line.by) == ("stated", "Ann")
    assert line.protocol == ws.protocol.version and line.at.endswith("+00:00")


def test_a_changed_statement_keeps_the_old_one_and_can_be_taken_back(ws: Workspace) -> None:
    service.state(ws, 7, "Ann", "Asked a mailing list.")
    second = service.state(ws, 7, "Bo", none=True)
    assert value(ws, 7) == ["none"]
    history = next(i.history for i in service.search_items(ws) if i.item.number == 7)
    assert [(s.reviewer, s.active) for s in history] == [("Bo", True), ("Ann", False)]
    service.take_back(ws, second.id, "Ann")
    assert value(ws, 7) == ["Asked a mailing list."]
    with pytest.raises(DecisionError, match="taken back already"):
        service.take_back(ws, second.id, "Ann")
    sound(ws)


def test_none_may_say_why(ws: Workspace) -> None:
    service.state(ws, 3, "Ann", "kratom is in no registered trial of interest", none=True)
    assert value(ws, 3) == ["none: kratom is in no registered trial of interest"]


@pytest.mark.parametrize(
    ("item", "text", "none", "said"),
    [
        (0, "x", False, "items 1 to 16"),
        (17, "x", False, "items 1 to 16"),
        (6, "  ", False, "Write what was done"),
        (8, "", True, "cannot be none"),
        (6, "x" * 20_001, False, "20,000"),
    ],
)
def test_what_cannot_be_stated_is_refused_with_a_sentence(
    ws: Workspace, item: int, text: str, none: bool, said: str
) -> None:
    with pytest.raises(DecisionError, match=said):
        service.state(ws, item, "Ann", text, none=none)
    assert not any(i.history for i in service.search_items(ws))


def test_the_same_words_twice_are_said_once(ws: Workspace) -> None:
    service.state(ws, 6, "Ann", "Nobody answered.")
    with pytest.raises(DecisionError, match="says that already"):
        service.state(ws, 6, "Bo", " Nobody answered. ")


def test_a_step_that_states_nothing_is_not_taken_back_here(ws: Workspace) -> None:
    with pytest.raises(NotFoundError):
        service.take_back(ws, "E0000000000", "Ann")


def test_a_peer_review_has_parts_that_make_its_sentence(ws: Workspace) -> None:
    review = service.PeerReview("J. Doe, librarian", date(2026, 3, 2), "ketum was added")
    service.state(ws, PEER_REVIEW, "Ann", review=review)
    (item,) = [i for i in service.search_items(ws) if i.item.number == PEER_REVIEW]
    assert item.stated is not None and peer_review(item.stated.details) == review
    assert item.stated.text == (
        "Reviewed by J. Doe, librarian on 2026-03-02. Changed: ketum was added."
    )
    with pytest.raises(DecisionError, match="who reviewed"):
        service.state(ws, PEER_REVIEW, "Ann", review=service.PeerReview(" "))
    with pytest.raises(DecisionError, match="item 14"):
        service.state(ws, 6, "Ann", review=review)


def test_none_cannot_stand_against_what_the_tool_recorded(ws_at: Open) -> None:
    with OpenAlexServer(works=60) as server:
        ws = ws_at(server.url)
        service.state(ws, 12, "Ann", none=True)
        pull(ws, names=["kratom_core"], query=None)
        assert next(i for i in service.search_items(ws) if i.item.number == 12).answered
        pull(ws, names=["kratom_core"], query=None)
    updated = next(i for i in service.search_items(ws) if i.item.number == 12)
    assert updated.contradicted and not updated.answered
    assert [line.known for line in updated.lines] == ["recorded", "stated"]
    with pytest.raises(DecisionError, match="cannot be none"):
        service.state(ws, 12, "Ann", "really", none=True)
    service.state(ws, 12, "Ann", "Run again before the report was written.")
    assert next(i for i in service.search_items(ws) if i.item.number == 12).answered


def test_how_and_when_a_file_was_searched_for_only_a_person_knows(
    ws: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "embase.ris"
    file.write_text("TY  - JOUR\nTI  - Kratom and sleep\nER  -\n", encoding="utf-8")
    service.import_file(ws, file, source="embase", actor="Ann")
    items = {i.item.number: i for i in service.search_items(ws)}
    assert items[1].answered and items[15].answered
    for number in (8, 13):
        assert not items[number].answered
        (line,) = items[number].lines
        assert "embase.ris" in line.about and (line.value, line.known) == ("", "not stated")
    service.state(ws, 8, "Ann", "Embase, by Ovid: kratom.mp.")
    (line,) = [one for one in service.search_log(ws) if one.item == 8]
    assert line.value == "Embase, by Ovid: kratom.mp."


def test_the_table_is_safe_in_a_spreadsheet(ws: Workspace) -> None:
    service.state(ws, 10, "=Ann", "=HYPERLINK(1)")
    rows = list(csv.DictReader(io.StringIO(service.to_csv(service.search_log(ws)))))
    (row,) = [r for r in rows if r["item"] == "10"]
    assert (row["value"], row["by"]) == ("'=HYPERLINK(1)", "'=Ann")


@pytest.mark.parametrize(
    ("source", "register"),
    [
        ("ClinicalTrials.gov", True),
        ("isrctn", True),
        ("ICTRP export", True),
        ("WHO ICTRP (update in May)", True),
        ("CT.gov", True),
        ("ctg-studies", True),
        ("Clinical Trials.gov 2024", True),
        ("EU Clinical Trials Register", True),
        ("EU CTR", True),
        ("Australian New Zealand Clinical Trials Registry", True),
        ("JPRN-UMIN", True),
        ("DRKS", True),
        ("openalex", False),
        ("Cochrane Central Register of Controlled Trials", False),
        ("Cochrane Controlled Trials Register", False),
        ("clinical trials in Embase", False),
        ("ctgraphy", False),
        ("Embase without ClinicalTrials.gov", False),
        ("citations", False),
        ("", False),
    ],
)
def test_registers_are_known_by_how_their_name_begins(source: str, register: bool) -> None:
    assert is_register(source) is register
