"""Every page from ``app.py``, without a browser: what is drawn, and what a press does."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.dedupe import manual_decisions
from review.dedupe import service as dedupe
from review.events import RecordsKeptApart
from review.model import Record, Stage, Vote, VoteValue
from review.protocol.loading import PROTOCOL_FILE
from review.records import service as records
from review.screening import service as screening
from review.search import service as searching
from review.ui import errors, jobs, navigation
from review.workspace import Workspace
from tests.reviews import LIBRARY_SIZE, add
from tests.ui.conftest import REVIEWER, at_page, words_on

FIRST = "P000001"


def votes_of(ws: Workspace, report: str = FIRST) -> list[Vote]:
    return screening.own_votes(ws, report, REVIEWER)


def press(app: AppTest, label: str) -> AppTest:
    """Click the button of this label."""
    return next(b for b in app.button if b.label == label).click().run()


def labels(app: AppTest) -> list[str]:
    return [b.label for b in app.button]


# ---- all pages -------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", navigation.available(), ids=lambda spec: spec.slug)
def test_a_page_is_drawn_on_a_new_review(app: AppTest, spec: navigation.PageSpec) -> None:
    at_page(app, spec.folder)
    assert not app.exception
    assert [e.value for e in app.error] == []


def test_the_first_start_makes_a_review_with_its_library(app: AppTest, ws: Workspace) -> None:
    assert sum(records.sources(ws).values()) == LIBRARY_SIZE
    assert "Mitragynine, pain and sleep" in words_on(app)


def test_who_works_is_asked_in_the_sidebar(app: AppTest) -> None:
    app.run()
    assert app.sidebar.text_input(key="reviewer").value == REVIEWER


def test_without_a_name_nobody_can_vote(app: AppTest) -> None:
    at_page(app, "screening")
    app.sidebar.text_input(key="reviewer").set_value(" ").run()
    assert "Say who is working first" in words_on(app)
    assert "Include" not in labels(app)


def test_mistakes_of_the_protocol_are_listed_with_their_lines(app: AppTest, data: Path) -> None:
    file = data / PROTOCOL_FILE
    file.write_text(file.read_text(encoding="utf-8") + "\nsearchs: []\n", encoding="utf-8")
    app.run()
    text = words_on(app)
    assert "1 mistake" in text
    assert "protocol.yaml\\:" in text
    assert not app.exception


def test_an_edited_protocol_is_adopted_without_a_restart(app: AppTest, data: Path) -> None:
    app.run()
    file = data / PROTOCOL_FILE
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Mitragynine, pain and sleep", "Another title"), encoding="utf-8")
    app.run()
    assert "Another title" in words_on(app)


def test_an_unexpected_error_is_one_sentence_and_goes_to_the_log(
    app: AppTest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the cause")

    monkeypatch.setattr(screening, "next_report", broken)
    at_page(app, "screening")
    assert [e.value for e in app.error] == [errors.UNEXPECTED]
    assert "the cause" not in words_on(app)
    assert "the cause" in (data / "local" / "review.log").read_text(encoding="utf-8")


# ---- screening -------------------------------------------------------------------------------


def test_including_stores_the_vote_and_shows_the_next_report(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    press(app, "Include")
    (vote,) = votes_of(ws)
    assert (vote.stage, vote.vote) == (Stage.TITLE_ABSTRACT, VoteValue.INCLUDE)
    assert "P000002" in words_on(app)
    assert f"<b>1</b> of {LIBRARY_SIZE} · {LIBRARY_SIZE - 1} left" in words_on(app)


def test_excluding_asks_for_a_reason_of_this_stage(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    press(app, "Exclude")
    assert "Not about kratom" in labels(app)
    assert "Full text not found" not in labels(app)
    assert "Include" not in labels(app)
    press(app, "Not about kratom")
    (vote,) = votes_of(ws)
    assert (vote.vote, vote.reason) == (VoteValue.EXCLUDE, "not_kratom")


def test_ticked_reasons_go_with_the_vote_and_the_first_counts(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    press(app, "Exclude")
    for reason in ("policy_only", "not_kratom", "policy_only"):
        app.button(key=f"tick-{reason}-{FIRST}").click().run()
    press(app, "Exclude for the ticked reasons")
    assert votes_of(ws)[0].reasons == ("not_kratom",)
    press(app, "Exclude")
    app.button(key="tick-policy_only-P000002").click().run()
    press(app, "Not about kratom")
    assert votes_of(ws, "P000002")[0].reasons == ("policy_only", "not_kratom")


def test_back_leaves_the_reasons_without_a_vote(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    press(app, "Exclude")
    press(app, "Back")
    assert "Include" in labels(app)
    assert votes_of(ws) == []


def test_full_text_needs_a_reason(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    press(app, "Include")
    at_page(app, "screening", stage="full_text")
    assert FIRST in words_on(app)
    press(app, "Exclude")
    assert "No reason" not in labels(app)
    press(app, "Full text not found")
    vote = votes_of(ws)[-1]
    assert (vote.stage, vote.reason) == (Stage.FULL_TEXT, "full_text_missing")


def test_a_note_survives_exclude_back_and_another_page_and_is_used_once(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "screening")
    key = f"note-title_abstract-{FIRST}"
    app.text_area(key=key).set_value("ask the authors")
    app.button(key=f"exclude-title_abstract-{FIRST}").click().run()
    app.button(key=f"back-title_abstract-{FIRST}").click().run()
    assert app.text_area(key=key).value == "ask the authors"
    at_page(app, "settings")
    at_page(app, "screening")
    assert app.text_area(key=key).value == "ask the authors"
    app.button(key=f"exclude-title_abstract-{FIRST}").click().run()
    app.button(key=f"reason--title_abstract-{FIRST}").click().run()
    assert votes_of(ws)[0].note == "ask the authors"
    next(b for b in app.button if b.label == "Undo").click().run()
    assert app.text_area(key=key).value == "ask the authors"  # it came back with the report
    app.button(key=f"include-title_abstract-{FIRST}").click().run()
    assert votes_of(ws)[0].note == "ask the authors"


def test_what_was_typed_and_chosen_is_there_again_after_another_page(app: AppTest) -> None:
    at_page(app, "search")
    app.text_area(key="own_query").input("kratom AND tea").run()
    at_page(app, "gap_map")
    app.selectbox(key="map-rows").select("population").run()
    at_page(app, "settings")
    at_page(app, "search")
    assert app.text_area(key="own_query").value == "kratom AND tea"
    at_page(app, "gap_map")
    assert app.selectbox(key="map-rows").value == "population"


def test_a_note_is_kept_with_the_vote(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    app.text_area(key=f"note-title_abstract-{FIRST}").set_value("asked the authors").run()
    press(app, "Maybe")
    assert votes_of(ws)[0].note == "asked the authors"


def test_undo_says_what_it_took_back_and_shows_that_report_again(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "screening")
    press(app, "Include")
    press(app, "Undo")
    assert votes_of(ws) == []
    text = words_on(app)
    assert f"Taken back: Included on title and abstract · {FIRST}" in text
    assert f'<span class="rt-id">{FIRST}</span>' in text


def test_a_press_for_a_report_already_voted_on_changes_nothing(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    screening.cast(ws, FIRST, Stage.TITLE_ABSTRACT, REVIEWER, VoteValue.MAYBE)  # another window
    press(app, "Include")
    assert [v.vote for v in votes_of(ws)] == [VoteValue.MAYBE]
    assert [t.value for t in app.toast]
    assert not app.error


def test_a_report_named_in_the_address_can_be_voted_on_again(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    press(app, "Include")
    at_page(app, "screening", report=FIRST)
    assert "Your vote so far: Included on title and abstract" in words_on(app)
    press(app, "Maybe")
    assert [v.vote for v in records.dossier(ws, FIRST, REVIEWER).votes] == [VoteValue.MAYBE]


def test_another_reviewers_vote_is_nowhere_on_the_page(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    screening.cast(ws, FIRST, Stage.TITLE_ABSTRACT, "Berta", VoteValue.MAYBE, note="berta says")
    app.run()
    assert "Berta" not in words_on(app)
    assert "berta says" not in words_on(app)


def test_an_empty_queue_says_what_comes_next(app: AppTest, data: Path) -> None:
    at_page(app, "screening", stage="full_text")
    assert "No report has passed title and abstract yet." in words_on(app)
    press(app, "Screen titles and abstracts")
    assert FIRST in words_on(app)


@pytest.mark.parametrize("label", ["Include", "Exclude", "Maybe", "Undo"])
def test_a_press_meant_for_another_report_changes_nothing(
    app: AppTest, ws: Workspace, label: str
) -> None:
    screening.cast(ws, FIRST, Stage.TITLE_ABSTRACT, REVIEWER, VoteValue.MAYBE)
    at_page(app, "screening")
    app.session_state["_shown"] = "title_abstract P000003 decisions"  # the page has gone on
    press(app, label)
    assert [v.vote for v in votes_of(ws)] == [VoteValue.MAYBE]
    assert votes_of(ws, "P000002") == [] and "No reason" not in labels(app)


# ---- duplicates ------------------------------------------------------------------------------


def test_finding_duplicates_runs_behind_the_page_and_says_what_it_did(app: AppTest) -> None:
    at_page(app, "duplicates")
    press(app, "Find duplicates")
    for _ in range(100):
        if f"{LIBRARY_SIZE} records compared" in words_on(app):
            break
        app.run()
    assert f"{LIBRARY_SIZE} records compared" in words_on(app)


def test_a_stopped_run_says_that_nothing_is_kept(
    app: AppTest, ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.Job, "cancelled", lambda job: True)
    at_page(app, "duplicates")
    press(app, "Find duplicates")
    for _ in range(100):
        if "Stopped." in words_on(app):
            break
        app.run()
    assert "Nothing was merged, and nothing of the run is kept" in words_on(app)
    assert "Find duplicates" in labels(app)
    assert not dedupe.status(ws).compared


def test_a_judged_pair_leaves_and_comes_back_on_undo(app: AppTest, ws: Workspace) -> None:
    dedupe.dedupe(ws)
    pairs = manual_decisions.unsure(ws)
    assert pairs
    at_page(app, "duplicates")
    press(app, "Different")
    assert len(manual_decisions.unsure(ws)) == len(pairs) - 1
    press(app, "Undo")
    assert len(manual_decisions.unsure(ws)) == len(pairs)


def test_a_press_that_was_meant_for_the_pair_before_changes_nothing(
    app: AppTest, ws: Workspace
) -> None:
    """The browser may hold the buttons of two pairs for a moment, and press both."""
    dedupe.dedupe(ws)
    at_page(app, "duplicates")
    waiting = manual_decisions.unsure(ws)
    app.session_state["_shown"] = waiting[1].id  # the page has gone on already
    press(app, "Same text")
    assert manual_decisions.unsure(ws) == waiting


def test_saying_same_joins_the_records(app: AppTest, ws: Workspace) -> None:
    dedupe.dedupe(ws)
    pair = manual_decisions.unsure(ws)[0]
    at_page(app, "duplicates")
    press(app, "Same text")
    joined = records.get(ws, pair.left.id)
    assert {pair.left.id, pair.right.id} <= set(joined.record_ids)


def test_one_study_keeps_two_reports(app: AppTest, ws: Workspace) -> None:
    dedupe.dedupe(ws)
    pairs = manual_decisions.unsure(ws)
    at_page(app, "duplicates")
    press(app, "Two reports, one study")
    left, right = records.get(ws, pairs[0].left.id), records.get(ws, pairs[0].right.id)
    assert left.id != right.id
    assert left.study == right.study
    assert len(manual_decisions.unsure(ws)) == len(pairs) - 1
    press(app, "Undo")
    assert len(manual_decisions.unsure(ws)) == len(pairs)
    assert records.get(ws, pairs[0].left.id).study != records.get(ws, pairs[0].right.id).study


def test_a_review_never_compared_says_so_and_offers_nothing_else(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "duplicates")
    assert f"The {LIBRARY_SIZE} records of this review have not been compared yet" in words_on(app)
    assert labels(app).count("Find duplicates") == 1
    assert app.button(key="rt-empty-step").label == "Find duplicates"
    assert not {"Same text", "Undo"} & set(labels(app))


def test_records_that_came_in_later_are_offered_to_be_compared(app: AppTest, ws: Workspace) -> None:
    dedupe.dedupe(ws)
    add(ws, [Record("made-up", "1", title="A paper that came later")])
    at_page(app, "duplicates")
    assert app.button(key="find-duplicates").label == "Compare 1 new record"


def test_reports_of_one_study_have_a_view_of_their_own(app: AppTest, ws: Workspace) -> None:
    dedupe.dedupe(ws)
    first, second = manual_decisions.proposed_links(ws)[:2]
    at_page(app, "duplicates", view="studies")
    assert "Do these report one study?" in words_on(app)
    press(app, "One study")
    assert records.get(ws, first.left.id).study == records.get(ws, first.right.id).study
    press(app, "Different studies")
    assert records.get(ws, second.left.id).study != records.get(ws, second.right.id).study
    left = {p.id for p in manual_decisions.proposed_links(ws)}
    assert not {first.id, second.id} & left
    press(app, "Undo")
    assert second.id in {p.id for p in manual_decisions.proposed_links(ws)}


# ---- search ----------------------------------------------------------------------------------


def test_searches_are_shown_exactly_as_they_are_sent(app: AppTest, ws: Workspace) -> None:
    at_page(app, "search")
    text = words_on(app)
    for search in ws.protocol.searches:
        assert search.label in text
    assert "AND (sleep OR insomnia" in text


def test_nothing_runs_before_its_price_is_known(app: AppTest) -> None:
    at_page(app, "search")
    assert "Ask count and price" in labels(app)
    assert "Run this search" not in labels(app)


def test_files_that_could_not_be_read_in_part_name_the_lines(app: AppTest, ws: Workspace) -> None:
    ris = b"TY  - JOUR\nTI  - One\nER  - \n\nTY  - JOUR\nAU  - Nobody\nER  - \n"
    searching.import_bytes(ws, ris, "x.ris", actor=REVIEWER)
    at_page(app, "search", view="log")
    assert list(app.dataframe[0].value["Ended"]) == ["Partial", "Complete"]


# ---- records ---------------------------------------------------------------------------------


def test_the_address_fills_the_fields_of_the_list(app: AppTest) -> None:
    at_page(app, "records", q="fibromyalgia")
    assert app.text_input(key="q").value == "fibromyalgia"
    titles = list(app.dataframe[0].value["Title"])
    assert titles
    assert all("ibromyalgia" in title for title in titles)


def test_a_number_elsewhere_opens_its_list(app: AppTest) -> None:
    at_page(app, "records", ids="P000003,P000001,P999999")
    assert list(app.dataframe[0].value["Report"]) == ["P000001", "P000003"]


def test_a_report_has_a_page_with_its_history(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening")
    press(app, "Include")
    at_page(app, "records", report=FIRST)
    text = words_on(app)
    assert "Included on title and abstract" in text
    assert "Found by library" in text
    press(app, "Take back")
    assert votes_of(ws) == []
    assert "<s>Included on title and abstract</s> (taken back)" in words_on(app)


def test_a_field_of_a_merged_report_can_be_shown_as_another_record_has_it(
    app: AppTest, ws: Workspace
) -> None:
    one, other = add(
        ws,
        [Record("made-up", "1", title="One wording"), Record("made-up", "2", title="Another")],
    )
    merged = one.replace("R", "P")
    manual_decisions.merge(ws, one, other, REVIEWER)
    at_page(app, "records", report=merged)
    assert f"{one} · made-up" in words_on(app)
    app.button(key=f"choose-{merged}-title-{other}").click().run()
    assert records.get(ws, merged).lead.title == "Another"
    assert f"{other} · made-up · chosen" in words_on(app)
    app.button(key=f"choose-{merged}-title-rule").click().run()
    assert records.get(ws, merged).lead.title == "One wording"


def test_a_record_id_leads_to_the_report_that_holds_it(app: AppTest) -> None:
    at_page(app, "records", report="R000007")
    assert '<span class="rt-id">P000007</span>' in words_on(app)


def test_an_unknown_report_is_said_plainly(app: AppTest) -> None:
    at_page(app, "records", report="P999999")
    assert "There is no report" in words_on(app)
    assert not app.exception


# ---- overview --------------------------------------------------------------------------------


def test_a_new_review_begins_with_finding_duplicates(app: AppTest) -> None:
    at_page(app, "overview")
    assert app.button(key="next-step").label == "Find duplicates"


def test_after_duplicates_the_next_step_is_to_judge_what_is_left(
    app: AppTest, ws: Workspace
) -> None:
    dedupe.dedupe(ws)
    at_page(app, "overview")
    assert app.button(key="next-step").label == "Judge pairs"


def test_proposed_links_are_a_task_that_opens_their_view(app: AppTest, ws: Workspace) -> None:
    dedupe.dedupe(ws)
    count = len(dedupe.status(ws).links)
    at_page(app, "overview")
    assert f"{count} pairs of reports may come from one study." in words_on(app)
    (link,) = [e.proto for e in app.get("page_link") if e.proto.label == "Look at the links"]
    assert "view=studies" in link.query_string


def test_two_people_who_judge_one_pair_do_not_overrule_each_other(
    app: AppTest, ws: Workspace
) -> None:
    dedupe.dedupe(ws)
    at_page(app, "duplicates")
    pair = manual_decisions.unsure(ws)[0]
    manual_decisions.answer(ws, pair.id, RecordsKeptApart, "Bo")
    press(app, "Same text")
    assert records.get(ws, pair.left.id).id != records.get(ws, pair.right.id).id
    assert any("Bo has judged" in e.value for e in app.error)
