"""The card: postponing, earlier decisions, own words and keys, a text by hand, its time."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea, TextInput

from review.model import Stage, VoteValue
from review.records import service as records
from review.records.mending import mend
from review.screening import preferences, service
from review.screening.preferences import DecisionKeys, MarkedWords, OwnGroup
from review.store import reading
from review.ui import session
from review.ui.screening import card_tools
from review.workspace import Workspace
from tests.ui.conftest import at_page, links, words_on

TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def ws(app: AppTest) -> Iterator[Workspace]:
    app.run()
    yield session.workspace()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = (b for b in app.button if b.label == label)
    return button.click().run()


def field(app: AppTest, label: str) -> TextInput | TextArea:
    """The field whose label begins so."""
    return next(t for t in (*app.text_input, *app.text_area) if t.label.startswith(label))


def card(app: AppTest) -> str:
    return words_on(app).split('rt-id">')[1][:7]


def test_postponing_shows_the_next_and_names_what_waits(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    assert card(app) == "P000001"
    press(app, "Postpone")
    assert card(app) == "P000002" and "Postponed to the end" in words_on(app)
    press(app, "Undo")
    assert card(app) == "P000001" and "Taken back: postponed" in words_on(app)
    press(app, "Postpone")
    at_page(app, "records", own="postponed by me")
    assert list(app.dataframe[0].value["Report"]) == ["P000001"]


def test_earlier_decisions_are_opened_one_by_one_and_changed(app: AppTest, ws: Workspace) -> None:
    service.cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE)
    service.cast(ws, "P000002", TA, "Ann", VoteValue.INCLUDE)
    at_page(app, "screening")
    press(app, "Earlier decision")
    assert card(app) == "P000002"
    press(app, "Earlier decision")
    assert card(app) == "P000001"
    press(app, "Maybe")
    assert [str(v.vote) for v in service.own_votes(ws, "P000001", "Ann")] == ["maybe"]
    assert card(app) == "P000003", "the queue goes on"
    press(app, "My decisions")
    assert list(app.dataframe[0].value["Report"]) == ["P000001", "P000002"]
    assert "All of them" not in links(app)
    press(app, "Close")
    assert not app.dataframe
    for n in range(4, 4 + card_tools.LISTED):
        service.cast(ws, f"P{n:06d}", TA, "Ann", VoteValue.INCLUDE)
    press(app, "My decisions")
    there = links(app)["All of them"].partition("?")[2]
    at_page(app, "records", **dict(parse_qsl(there)))
    assert list(app.dataframe[0].value["Report"])[:2] == ["P000053", "P000052"]
    assert len(app.dataframe[0].value) == card_tools.LISTED + 2


def test_the_vote_keeps_how_long_the_card_was_shown(
    app: AppTest, ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from review.ui.screening import decision_time

    now = [1000.0]
    monkeypatch.setattr(decision_time.time, "monotonic", lambda: now[0])
    at_page(app, "screening")
    now[0] += 20
    press(app, "Include")
    now[0] += decision_time.LONGEST_LOOK + 1
    press(app, "Maybe")
    with ws.store.read() as conn:
        assert list(reading.seconds(conn).values()) == [20.0], "who was away is not timed"


def test_own_words_are_marked_beside_the_protocols_and_switched_off(
    app: AppTest, ws: Workspace
) -> None:
    title = service.next_report(ws, TA, "Ann").lead.title  # type: ignore[union-attr]
    word = title.split()[-1].strip(".")
    own = OwnGroup("My <words>", "amber", (word,))
    preferences.mark_words(ws, "Ann", MarkedWords((own,), hidden=("exposure",)))
    at_page(app, "screening")
    shown = words_on(app)
    assert 'class="rt-mark rt-own-amber" title="My &lt;words&gt;"' in shown
    assert 'class="rt-mark rt-exposure"' not in shown and 'rt-mark rt-outcome"' in shown
    press(app, "Marks")
    assert "rt-mark" not in words_on(app).split("rt-paper")[1]
    press(app, "Marks")
    assert "rt-own-amber" in words_on(app)


def test_own_keys_are_on_the_buttons_and_a_clash_is_refused(app: AppTest, ws: Workspace) -> None:
    preferences.choose_keys(ws, "Ann", DecisionKeys(include="Y", exclude="X", undo="Z"))
    at_page(app, "screening")
    keys = {b.label: b.proto.shortcut for b in app.button}
    assert (keys["Include"], keys["Exclude"], keys["Undo"]) == ("y", "x", "z") or (
        keys["Include"], keys["Exclude"], keys["Undo"]) == ("Y", "X", "Z")  # fmt: skip


def test_an_abstract_is_added_on_the_card(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    (button,) = (b for b in app.button if b.label in ("Mend the text", "Add the abstract"))
    button.click().run()
    next(t for t in app.text_area if t.label == "Abstract").input("Typed by hand.")
    next(t for t in app.text_input if t.label == "Where it is from").input("The PDF")
    press(app, "Keep")
    assert "Typed by hand." in words_on(app)
    assert service.own_votes(ws, "P000001", "Ann") == []


def test_a_text_that_a_colleague_mended_meanwhile_is_told_before_it_is_replaced(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "screening")
    press(app, "Mend the text" if records.get(ws, "P000001").lead.abstract else "Add the abstract")
    field(app, "Where it is from").input("The PDF")
    field(app, "Title").input("By Ann").run()
    mend(ws, "P000001", "Ben", {"abstract": "By Ben."}, "the PDF")
    app.run()
    assert field(app, "Abstract").value == "By Ben.", "left alone, it follows"
    mend(ws, "P000001", "Ben", {"title": "By Ben"}, "the PDF")
    app.run()
    press(app, "Keep")
    assert "title of P000001 is not what was on the screen" in app.error[0].value
    assert "Ben has written it anew" in app.error[0].value
    assert records.get(ws, "P000001").lead.title == "By Ben"
    assert field(app, "Title").value == "By Ann", "what was typed stays"
    press(app, "Keep")
    now = records.get(ws, "P000001").lead
    assert (now.title, now.abstract) == ("By Ann", "By Ben.")


def test_words_and_keys_are_chosen_in_the_settings(app: AppTest, ws: Workspace) -> None:
    at_page(app, "settings")
    field(app, "Name, amber").input("Animals")
    field(app, "Words, amber").input("rat, mouse\nrat")
    press(app, "Keep these words")
    (group,) = preferences.marked_words(ws, "ann").own
    assert group == OwnGroup("Animals", "amber", ("rat", "mouse"))
    for wrong in ("re:[", "re:(a+)+$", " - "):
        field(app, "Words, amber").input(f"rat\n{wrong}")
        press(app, "Keep these words")
        assert "cannot be marked" in app.error[0].value
    assert preferences.marked_words(ws, "ann").own == (group,)
    field(app, "Include").input("e")
    field(app, "Maybe").input("n")
    press(app, "Keep these keys")
    said = " ".join(e.value.replace("\\", "") for e in app.error)
    assert "E cannot mean “exclude”" in said and "N cannot mean “maybe”: it is the note" in said
    assert preferences.decision_keys(ws, "Ann") == DecisionKeys()
    field(app, "Include").input("y")
    field(app, "Maybe").input("m")
    press(app, "Keep these keys")
    assert preferences.decision_keys(ws, "Ann") == DecisionKeys(include="Y")
    press(app, "The usual keys")
    assert preferences.decision_keys(ws, "Ann") == DecisionKeys()


def test_keys_that_a_later_protocol_needs_fall_back_to_the_usual_ones(ws: Workspace) -> None:
    digit = ws.protocol.reasons[0].key
    assert preferences.problems(DecisionKeys(include=digit), ws.protocol)
    assert preferences.problems(DecisionKeys(include="IJ"), ws.protocol)
    assert preferences.problems(DecisionKeys(include="R"), ws.protocol)


def test_the_progress_says_what_it_covers(app: AppTest, ws: Workspace) -> None:
    for n in range(1, 8):
        value = VoteValue.INCLUDE if n % 2 else VoteValue.EXCLUDE
        service.cast(ws, f"P{n:06d}", TA, "Ann", value, seconds=36)
    at_page(app, "progress")
    heads = [h.value for h in app.header]
    total = f"{service.progress(ws, TA, 'Ann').total:,}"
    assert heads[0] == f"Title and abstract: 7 of {total} reports decided"
    assert heads[1] == f"4 included by title and abstract; 7 of {total} reports screened"
    (row,) = app.dataframe[0].value.to_dict("records")
    assert row["Reports an hour"] == "100 (from 7 of 7 reports)"


def test_a_list_is_sorted_voted_on_at_once_and_taken_back_as_one(
    app: AppTest, ws: Workspace
) -> None:
    service.cast(ws, "P000002", TA, "Ann", VoteValue.INCLUDE)
    service.cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE)
    at_page(app, "records", own="I included", order="my newest vote first")
    assert list(app.dataframe[0].value["Report"]) == ["P000001", "P000002"]
    app.selectbox(key="bulk_vote").set_value("exclude").run()
    press(app, "See what it will do")
    said = words_on(app)
    assert "replace your earlier vote on **2 reports**: P000001, P000002" in said
    service.cast(ws, "P000002", TA, "Ann", VoteValue.MAYBE, replace=True)
    press(app, "Cast 2 votes")
    assert "P000002 is not what was listed" in "".join(e.value for e in app.error)
    press(app, "Cast 2 votes")
    assert {str(service.own_votes(ws, f"P00000{n}", "Ann")[0].vote) for n in (1, 2)} == {"exclude"}
    app.query_params["own"] = "I excluded"
    press(app, "Undo all of them")
    found = [str(service.own_votes(ws, f"P00000{n}", "Ann")[0].vote) for n in (1, 2)]
    assert found == ["include", "maybe"]


def test_who_takes_over_the_window_finds_their_own_words_and_what_is_in_force(
    app: AppTest, ws: Workspace
) -> None:
    preferences.mark_words(ws, "Ann", MarkedWords((OwnGroup("Hers", "amber", ("rat",)),)))
    at_page(app, "settings")
    assert field(app, "Words, amber").value == "rat"
    elsewhere = MarkedWords((OwnGroup("Hers", "amber", ("mouse",)),), hidden=("outcome",))
    preferences.mark_words(ws, "Ann", elsewhere)
    app.run()
    assert field(app, "Words, amber").value == "mouse", "nobody has typed here: it follows"
    app.toggle(key="own-shown").set_value(False).run()
    assert not preferences.marked_words(ws, "Ann").shown, "a switch acts at once"
    app.multiselect[0].set_value(["exposure"]).run()
    at_page(app, "settings")
    assert app.multiselect[0].value == ["exposure"], "a choice that is not kept yet comes back"
    app.text_input(key="reviewer").set_value("Ben").run()
    assert field(app, "Words, amber").value == ""
    press(app, "Keep these words")
    assert preferences.marked_words(ws, "Ben") == MarkedWords()
    assert preferences.marked_words(ws, "Ann").own == elsewhere.own
