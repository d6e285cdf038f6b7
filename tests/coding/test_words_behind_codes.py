"""Every code shows its words and where they stand, however it was given."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.coding import forms, quotes, quoting, service
from review.coding.suggestion_order import with_words
from review.dedupe import manual_decisions
from review.errors import OutdatedError
from review.events import FindingWritten, TagGiven
from review.events.base import read
from review.gaps import service as gaps
from review.model import READERS, Answer, Record, Tag
from review.outdated import Shown
from review.store import active_decisions, log
from review.workspace import Workspace
from tests.coding.test_service import FINDING
from tests.coding.test_two_coders import two_coders
from tests.factories import make_workspace, suggest
from tests.reviews import add

TITLE = "A case of liver injury after kratom"
ABSTRACT = (
    "Kratom is a tree. We report a case of liver injury. Bilirubin rose, and pain was absent."
)
P1 = "P000001"


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws, _ = make_workspace(tmp_path, db_url, 0)
    add(ws, [Record("made-up", "m1", title=TITLE, abstract=ABSTRACT)])
    yield ws
    ws.store.close()


def tags(ws: Workspace) -> list[Tag]:
    with ws.store.read() as conn:
        return active_decisions.tags(conn, P1)


def where(tag: Tag) -> str:
    return quotes.where(tag.quote, tag.quote_place, TITLE, ABSTRACT)


def test_the_place_of_a_tags_words_is_found_by_itself(ws: Workspace) -> None:
    service.tag(ws, P1, "outcome", "liver_injury", "Ann", quote="Bilirubin rose")
    service.tag(ws, P1, "study_design", "case_report", "Ann", quote="A case of liver")
    service.tag(ws, P1, "outcome", "death", "Ann", quote="died at home", quote_place="page 4")
    service.tag(ws, P1, "outcome", "seizure", "Ann")
    assert [t.quote_place for t in tags(ws)] == ["abstract 52-66", "title 0-15", "page 4", ""]
    assert list(map(where, tags(ws))) == ["abstract, sentence 3", "title", "page 4", ""]


def test_words_of_an_older_log_are_shown_and_told_at_their_place_too(
    ws: Workspace, tmp_path: Path
) -> None:
    old = read("tag", {"record": "R000001", "dimension": "outcome", "value": "liver_injury",
                       "reviewer": "Ann", "quote": "Bilirubin rose", "single": False})  # fmt: skip
    with ws.store.write() as conn:
        log.append(conn, "Ann", [old])
        log.replay(conn)
    (tag,) = tags(ws)
    assert (tag.quote_place, where(tag)) == ("", "abstract, sentence 3")
    assert quotes.where("gone", "abstract 3-7", TITLE, ABSTRACT) == "not in the abstract any more"
    path = tmp_path / "tags.csv"
    service.export_tags(ws, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["quote_place"] for row in csv.DictReader(file)] == ["abstract 52-66"]
    again = service.import_tags(ws, path, "Ann")
    assert (again.added, again.unchanged) == (0, 1)


def test_a_place_is_told_only_of_words_that_stand_once() -> None:
    assert quotes.only("Bilirubin rose", TITLE, ABSTRACT) == "abstract 52-66"
    assert quotes.only(TITLE, TITLE, ABSTRACT) == f"title 0-{len(TITLE)}"
    twice = f"{ABSTRACT} BILIRUBIN: rose again."
    assert quotes.only("Bilirubin rose", TITLE, twice) == ""
    assert quotes.only("Bilirubin rose", "Bilirubin rose on kratom", ABSTRACT) == ""
    assert quotes.only("no such words", TITLE, ABSTRACT) == ""


def test_every_accepted_suggestion_gives_a_tag_whose_words_stand_at_its_place(
    ws: Workspace,
) -> None:
    service.refresh_suggestions(ws)
    sheet = service.sheet(ws, P1)
    offered = [s for those in sheet.open_suggestions.values() for s in those]
    assert any(s.source in READERS for s in offered)
    for one in offered:
        service.tag(ws, P1, one.dimension, one.value, "Ann", suggestion=one.id)
        tag = next(t for t in reversed(tags(ws)) if t.value == one.value)
        assert tag.quote == one.words
        assert quotes.at(tag.quote_place, TITLE, ABSTRACT) == one.words
        assert where(tag) == sheet.places.get(one.id, "")


def test_words_of_a_record_that_the_report_is_not_shown_by_name_that_record(ws: Workspace) -> None:
    add(ws, [Record("other", "x1", title="Another", abstract="It was a cohort of 40 users.")])
    service.refresh_suggestions(ws)
    offers = service.sheet(ws, "P000002").open_suggestions["study_design"]
    one = next(s for s in offers if s.value == "cohort" and s.words)
    manual_decisions.merge(ws, "R000001", "R000002", "Ann")
    service.tag(ws, P1, "study_design", "cohort", "Ann", suggestion=one.id)
    assert where(tags(ws)[-1]) == "R000002, abstract, sentence 1"


def test_a_finding_gives_its_tags_the_words_and_places_of_suggestions(ws: Workspace) -> None:
    service.refresh_suggestions(ws)
    service.add_finding(ws, P1, **{**FINDING, "outcome": "liver_injury"})
    (liver,) = [t for t in tags(ws) if t.value == "liver_injury"]
    assert liver.quote and quotes.at(liver.quote_place, TITLE, ABSTRACT) == liver.quote


def test_places_go_into_files_and_come_back(ws: Workspace, tmp_path: Path) -> None:
    service.tag(ws, P1, "outcome", "liver_injury", "Ann", quote="Bilirubin rose")
    service.tag(ws, P1, "outcome", "death", "Ann", quote="he died", quote_place="page 4")
    path = tmp_path / "tags.csv"
    service.export_tags(ws, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    contract = ["report", "dimension", "value", "reviewer", "quote", "time"]
    assert list(rows[0]) == [*contract, "quote_place"]
    assert [row["quote_place"] for row in rows] == ["abstract 52-66", "page 4"]
    before = tags(ws)
    assert service.import_tags(ws, path, "Ann").unchanged == 2
    for _ in range(2):
        service.undo_last(ws, "Ann")
    assert tags(ws) == [] and service.import_tags(ws, path, "Ann").added == 2
    said = [(t.value, t.quote, t.quote_place, t.time) for t in tags(ws)]
    assert said == [(t.value, t.quote, t.quote_place, t.time) for t in before]


def test_the_best_value_is_that_of_the_map_and_sources_with_words_lend_them(
    ws: Workspace,
) -> None:
    made = dict.fromkeys(("codebook triggers", "OpenAlex study_designs", "MeSH"), "case_report")
    for source, value in made.items():
        suggest(ws, P1, "study_design", value, source=source, confidence=0.9)
    suggest(ws, P1, "study_design", "cohort", source="library coding, one reader", confidence=0.5)
    offered = service.sheet(ws, P1).open_suggestions["study_design"]
    assert [s.source for s in offered] == [
        "library coding, one reader", "OpenAlex study_designs", "MeSH", "codebook triggers"
    ]  # fmt: skip
    assert [one.value for one in offered] == ["cohort", *made.values()]
    facts = next(one for one in gaps.facts(ws, ["study_design"]) if one.id == P1)
    assert facts.suggested["study_design"] == ("cohort",)
    best = with_words(offered, "case_report")
    assert best is not None and best.source == "codebook triggers"


# ---- selecting words ---------------------------------------------------------------------------


def test_selected_words_become_the_quote_of_the_tag_given_last(ws: Workspace) -> None:
    (offer,) = suggest(ws, P1, "outcome", "liver_injury")
    service.tag(ws, P1, "outcome", "liver_injury", "Ann", suggestion=offer)
    service.tag(ws, P1, "outcome", "death", "Ben")
    before = tags(ws)
    done = quoting.quote_newest(ws, P1, "Ann", "Bilirubin rose")
    assert done is not None and isinstance(done.data, TagGiven)
    assert {t.value: (t.quote, where(t)) for t in tags(ws)} == {
        "liver_injury": ("Bilirubin rose", "abstract, sentence 3"), "death": ("", "")
    }  # fmt: skip
    ((answered, said),) = service.sheet(ws, P1).answered_suggestions["outcome"]
    assert (answered.id, said) == (offer, Answer.ACCEPTED), "its answer stands"
    service.undo_last(ws, "Ann")
    assert tags(ws) == before


def test_other_words_do_not_make_a_blind_tag_a_seeing_one(ws: Workspace) -> None:
    given = TagGiven(record="R000001", dimension="outcome", value="death", reviewer="Ann",
                     single=False, blind=True)  # fmt: skip
    with ws.store.write() as conn:
        log.append(conn, "Ann", [given])
    done = quoting.quote_newest(ws, P1, "Ann", "pain was absent")
    assert done is not None and isinstance(done.data, TagGiven) and done.data.blind is True


def test_selected_words_become_the_quote_of_a_finding_and_not_of_its_tags(ws: Workspace) -> None:
    assert quoting.quote_newest(ws, P1, "Ann", "Bilirubin rose") is None
    first = service.add_finding(ws, P1, **FINDING, direction="worse", n=1)
    done = quoting.quote_newest(ws, P1, "Ann", "died", "page 3")
    assert done is not None and isinstance(done.data, FindingWritten)
    (found,) = service.sheet(ws, P1).findings
    assert (found.quote, found.quote_place, found.direction, found.n) == (
        "died", "page 3", "worse", 1
    )  # fmt: skip
    service.undo_last(ws, "Ann")
    assert [f.event for f in service.sheet(ws, P1).findings] == [first.id]
    with pytest.raises(OutdatedError):
        quoting.quote_newest(ws, P1, "Ann", "x", shown=Shown(("R000009",), "none"))


# ---- a consensus -------------------------------------------------------------------------------


def test_a_consensus_keeps_the_words_of_those_who_gave_the_value(
    tmp_path: Path, db_url: str
) -> None:
    ws = two_coders(tmp_path, db_url)
    add(ws, [Record("made-up", "m1", title=TITLE, abstract=ABSTRACT)])
    for who, design, words in (("Ann", "cohort", ""), ("Ben", "case_report", "We report a case")):
        service.tag(ws, P1, "study_design", design, who, quote=words)
        service.tag(ws, P1, "outcome", "death", who)
        forms.finish(ws, P1, who)
    forms.settle(ws, P1, "study_design", ["case_report"], "Ann", "Discussed")
    (design,) = [t for t in tags(ws) if t.dimension == "study_design"]
    assert (design.settles, design.quote, where(design)) == (
        True, "We report a case", "abstract, sentence 2"
    )  # fmt: skip
    ws.store.close()
