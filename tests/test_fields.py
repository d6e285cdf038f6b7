"""Which record each field of a report is taken from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.display_fields import FIELD_RULES, composed, fields_of
from review.model import Record


def record(key: str = "a", **values: object) -> Record:
    return Record("made-up", key, **values)  # type: ignore[arg-type]


words = st.sampled_from(["", "one", "two", "a longer text"])
names = st.lists(st.sampled_from(["Doe, J", "Roe, R", "Poe, E"]), max_size=3).map(tuple)
some_records = st.lists(
    st.builds(
        Record,
        source=st.just("made-up"),
        key=st.uuids().map(str),
        title=words,
        authors=names,
        year=st.sampled_from([None, 2019, 2020]),
        journal=words,
        volume=words,
        abstract=words,
        doi=words,
        retracted=st.booleans(),
    ),
    min_size=1,
    max_size=4,
).map(lambda found: [(f"R{n:06}", r) for n, r in enumerate(found, 1)])


def test_the_lead_speaks_and_others_fill_what_it_lacks() -> None:
    lead = record(title="As printed", doi="")
    other = record("b", title="AS PRINTED", doi="10.1000/x")
    found = fields_of([("R1", other), ("R2", lead)], lead="R2")
    assert (found["title"].value, found["title"].record) == ("As printed", "R2")
    assert found["title"].others == (("R1", "AS PRINTED"),)
    assert (found["doi"].value, found["doi"].record, found["doi"].others) == ("10.1000/x", "R1", ())


def test_abstract_and_authors_are_the_longest() -> None:
    short = record(abstract="Cut off", authors=("Doe, J", "et al."))
    full = record("b", abstract="Cut off no more", authors=("Doe, J", "Roe, R", "Poe, E"))
    shown = composed([("R1", short), ("R2", full)], "R1")
    assert (shown.abstract, shown.authors) == (full.abstract, full.authors)


def test_the_place_in_print_comes_from_one_record() -> None:
    preprint = record(title="A", year=2020, journal="medRxiv", abstract="text")
    article = record("b", title="A", year=2021, journal="Pain", volume="12", pages="1-9")
    shown = composed([("R1", preprint), ("R2", article)], "R1")
    assert (shown.year, shown.journal, shown.volume) == (2021, "Pain", "12")
    assert shown.key == "a"


def test_what_a_person_chose_goes_before_the_rule_while_the_record_is_there() -> None:
    members = [("R1", record(title="One")), ("R2", record("b", title="Two"))]
    found = fields_of(members, "R1", {"title": "R2"})["title"]
    assert (found.value, found.record, found.chosen) == ("Two", "R2", True)
    assert found.others == (("R1", "One"),)
    alone = fields_of(members[:1], "R1", {"title": "R2"})["title"]
    assert (alone.value, alone.chosen) == ("One", False)


def test_a_retraction_that_one_source_tells_holds_for_the_report() -> None:
    assert composed([("R1", record()), ("R2", record("b", retracted=True))]).retracted


@given(some_records)
def test_no_value_is_invented_and_none_is_lost(members: list[tuple[str, Record]]) -> None:
    found = fields_of(members)
    by_id = dict(members)
    for field in FIELD_RULES:
        shown = found[field]
        assert shown.value == getattr(by_id[shown.record], field)
        said = {getattr(r, field) for _, r in members} - {"", None, ()}
        assert bool(shown.value) == bool(said)
        assert {v for _, v in shown.others} | ({shown.value} if shown.value else set()) == said


@given(some_records)
def test_a_report_of_one_record_is_shown_as_the_record(members: list[tuple[str, Record]]) -> None:
    id_, one = members[0]
    assert composed([(id_, one)]) == one
