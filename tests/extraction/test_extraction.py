"""The extraction table: fields of the protocol, values of people, blindness, files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import protocol as protocols
from review.config import ROOT
from review.errors import DecisionError, ProtocolError
from review.events.extraction import Extractable
from review.extraction import service
from review.extraction.values import Extracted, checked
from review.protocol.extraction import ExtractionField
from review.records import service as records
from review.reporting import service as reporting
from review.store import log
from review.workspace import Workspace
from tests.coding.conftest import Small
from tests.factories import exclude, include, make_workspace, paper
from tests.reviews import add

FIELDS = """
extraction:
  - {id: people, label: People analysed, kind: number}
  - {id: dose, label: Dose given, kind: number, unit: mg, per: arm}
  - {id: began, label: Recruitment began, kind: date}
  - {id: setting, label: Setting, kind: choice, choices: [{id: clinic, label: Clinic},
      {id: field, label: In the field}]}
  - {id: funding, label: Funding, kind: text}
"""


def protocol_with(tmp_path: Path, text: str) -> Path:
    data = tmp_path / "fields"
    data.mkdir(exist_ok=True)
    shipped = (ROOT / "data" / "protocol.yaml").read_text(encoding="utf-8")
    (data / "protocol.yaml").write_text(shipped + text, encoding="utf-8")
    book = (ROOT / "data" / "codebook.yaml").read_text(encoding="utf-8")
    (data / "codebook.yaml").write_text(book, encoding="utf-8")
    return data


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory) -> tuple[ExtractionField, ...]:
    data = protocol_with(tmp_path_factory.mktemp("protocol"), FIELDS)
    return protocols.load(data).extraction


@pytest.fixture
def small(tmp_path: Path, db_url: str, fields: tuple[ExtractionField, ...]) -> Iterator[Small]:
    ws, reports = make_workspace(tmp_path, db_url, 3)
    ws = replace(ws, protocol=ws.protocol.model_copy(update={"extraction": fields}))
    yield Small(ws, reports)
    ws.store.close()


def for_two(ws: Workspace) -> Workspace:
    return replace(ws, protocol=ws.protocol.model_copy(update={"extractors": 2}))


def cells(ws: Workspace, who: str = "Ann") -> list[tuple[str, str, dict[str, str]]]:
    return [(row.report, row.arm, row.values) for row in service.table(ws, who)]


# ---- the protocol ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("kind: number}", "kind: numbr}", "extraction[people].kind: must be"),
        ("id: began", "id: people", "'people'"),
        ("kind: date}", "kind: choice}", "needs choices"),
        ("kind: text}", "kind: text, unit: mg}", "only a number has a unit"),
        ("per: arm", "per: arms", "extraction[dose].per: must be"),
    ],
)
def test_a_mistake_in_a_field_is_named_with_its_line(
    tmp_path: Path, right: str, wrong: str, words: str
) -> None:
    with pytest.raises(ProtocolError) as error:
        protocols.load(protocol_with(tmp_path, FIELDS.replace(right, wrong)))
    (mistake,) = error.value.mistakes
    assert mistake.line is not None and words in str(mistake)


# ---- values ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "said", "kept"),
    [
        ("people", "1,204", "1204"), ("people", "\u22120.5", "-0.5"), ("people", "12e3", "12e3"),
        ("people", "about 12", None), ("people", "1,2", None), ("began", "2026", "2026"),
        ("began", "2026-02", "2026-02"), ("began", "2026-02-30", None), ("began", "May", None),
        ("setting", "in the field", "field"), ("setting", "home", None),
        ("funding", "=1+1", "=1+1"),
    ],
)  # fmt: skip
def test_a_value_is_of_the_kind_of_its_field(
    small: Small, field: str, said: str, kept: str | None
) -> None:
    asked = service.field_named(small.ws, field)
    if kept is None:
        with pytest.raises(DecisionError, match=asked.label):
            checked(asked, Extracted("P1", field, "Ann", value=said))
    else:
        assert checked(asked, Extracted("P1", field, "Ann", value=said)).value == kept


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_kept_as_that_number(number: float) -> None:
    asked = ExtractionField(id="x", label="X", kind="number")
    assert float(checked(asked, Extracted("P1", "x", "A", value=repr(number))).value) == number


def test_values_have_their_unit_words_and_place_and_the_table_shows_them(small: Small) -> None:
    ws, (report, other, _) = small.ws, small.reports
    (record,) = add(ws, [paper(9, abstract="We gave 48 people kratom.")])
    home = "P" + record[1:]
    service.extract(ws, home, "people", "Ann", "48", quote="48 people")
    service.extract(ws, home, "dose", "Ann", "10", arm="Low dose")
    service.extract(ws, home, "dose", "Ann", "5", arm="High dose", unit="mg/kg")
    service.extract(ws, home, "Setting", "Ann", "Clinic")
    service.extract(ws, home, "began", "Ann", state="not reported")
    service.extract(ws, other, "funding", "Ann", state="not_applicable")
    sheet = service.sheet(ws, home, "Ann")
    assert sheet.own["people", ""].quote_place == "abstract 8-17"
    assert sheet.arms == ("Low dose", "High dose")
    exclude(ws, report)
    study = {"people": "48", "setting": "Clinic", "began": "Not reported"}
    assert cells(ws) == [
        (other, "", {"funding": "Does not apply"}),
        (home, "", study),
        (home, "High dose", {"dose": "5 mg/kg"}),
        (home, "Low dose", {"dose": "10 mg"}),
    ]


def test_a_value_is_replaced_cleared_and_brought_back(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    first = service.extract(ws, report, "people", "Ann", "48")
    assert service.extract(ws, report, "people", "ann", "48").id == first.id
    service.extract(ws, report, "people", "Ann", "50")
    service.extract(ws, report, "people", "Ann", "")
    assert cells(ws) == []
    service.undo_last(ws, "Ann")
    assert cells(ws) == [(report, "", {"people": "50"})]
    service.undo_last(ws, "Ann")
    service.undo_last(ws, "Ann")
    assert service.undo_last(ws, "Ann") is None and cells(ws) == []
    told = [s.event.data.words(None) for s in records.dossier(ws, report, "Ann").steps  # type: ignore[arg-type]
            if s.event.kind == "extracted"]  # fmt: skip
    assert told == ["Extracted People analysed: " + v for v in ("48", "50", "nothing")]
    with ws.store.write() as conn:
        before = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == before


def test_what_the_protocol_does_not_ask_is_refused(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    for said in (
        {"field": "colour", "value": "red"},
        {"field": "dose", "value": "5"},
        {"field": "people", "value": "5", "arm": "A"},
        {"field": "people", "value": "5", "state": "not_reported"},
        {"field": "people", "state": "unknown"},
    ):
        with pytest.raises(DecisionError):
            service.extract(ws, report, reviewer="Ann", **said)


def test_two_people_extract_blind_field_by_field_and_agree(small: Small) -> None:
    ws, (report, *_) = for_two(small.ws), small.reports
    service.extract(ws, report, "people", "Ann", "48")
    service.extract(ws, report, "funding", "Ann", "None")
    service.extract(ws, report, "people", "Ben", "50")

    def seen(who: str) -> set[tuple[str, str]]:
        state = service.sheet(ws, report, who).fields
        steps = records.dossier(ws, report, who).steps
        told = {(s.event.data.field, s.event.by) for s in steps if s.event.kind == "extracted"}  # type: ignore[attr-defined]
        there = {(field, by) for (field, _), one in state.items() for by in one.by}
        assert told == there
        return there

    assert seen("Ben") == seen("Kim") == {("people", "Ann"), ("people", "Ben")}
    assert cells(ws, "Ben") == [(report, "", {"people": "differ: 48 / 50"})]
    with pytest.raises(DecisionError, match="1 of 2"):
        service.extract(ws, report, "funding", "Ben", "None", consensus=True)
    service.extract(ws, report, "funding", "Ben", "none")
    service.extract(ws, report, "people", "Ben", "49", consensus=True, note="table 1 says so")
    assert cells(ws) == [(report, "", {"people": "49", "funding": "None"})]
    service.undo_last(ws, "Ben")
    assert cells(ws)[0][2]["people"] == "differ: 48 / 50"


def test_the_next_report_is_an_included_one_with_fields_to_fill_in(small: Small) -> None:
    ws, (first, _, third) = small.ws, small.reports
    assert service.next_report(ws, "Ann") is None
    include(ws, first)
    include(ws, third)
    assert service.next_report(ws, "Ann") == first
    assert service.next_report(ws, "Ann", after=first) == third
    assert service.next_report(ws, "Ann", after=third) == first
    for field in ("people", "began", "setting", "funding"):
        service.extract(ws, first, field, "Ann", state="not_reported")
    assert service.next_report(ws, "Ann") == third
    assert service.next_report(ws, "Ben") == first


# ---- files -------------------------------------------------------------------------------------


def test_values_come_back_as_they_went_out(small: Small, tmp_path: Path) -> None:
    ws, (report, other, _) = small.ws, small.reports
    service.extract(ws, report, "people", "Ann", "-1", quote="-5 %", quote_place="p. 3")
    service.extract(ws, report, "dose", "Ann", "5", arm="=A", unit="µg", note="x")
    service.extract(ws, report, "began", "Ben", state="not_reported")
    service.extract(ws, report, "people", "Ann", "12", consensus=True)
    path = tmp_path / "extraction.csv"
    reporting.export(ws, "extraction", path, viewer=None)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert tuple(next(csv.reader(file))) == service.COLUMNS
    assert service.import_values(ws, path, "Kim").unchanged == 4
    moved = path.read_text(encoding="utf-8-sig").replace(report, other)
    path.write_text(moved, encoding="utf-8")
    assert service.import_values(ws, path, "Kim").added == 4

    def said(where: str) -> object:
        fields = service.sheet(ws, where, "Ann").fields
        return {
            place: [(o.reviewer, o.arm, o.value, o.unit, o.state, o.quote, o.quote_place, o.note)
                    for o in (*state.by.values(), *filter(None, [state.consensus]))]
            for place, state in fields.items()
        }  # fmt: skip

    assert said(report) == said(other)


def test_bad_rows_are_named_with_their_lines(small: Small, tmp_path: Path) -> None:
    report = small.reports[0]
    rows = (
        f"{report},people,48,Ann", f"{report},people,50,Ann", f"{report},colour,red,Ann",
        f"{report},people,many,Ben", "P999999,people,4,Ann", f"{report},began,,Ann",
    )  # fmt: skip
    path = tmp_path / "e.csv"
    path.write_text("\n".join(["report,field,value,reviewer", *rows]) + "\n", encoding="utf-8")
    found = service.import_values(small.ws, path, "Ann")
    assert (found.added, [m.line for m in found.mistakes]) == (1, [3, 4, 5, 6, 7])


def test_what_is_blind_is_not_in_the_file_of_another(small: Small, tmp_path: Path) -> None:
    ws, (report, *_) = for_two(small.ws), small.reports
    service.extract(ws, report, "people", "Ann", "48")
    path = tmp_path / "e.csv"
    assert service.export_values(ws, path, viewer="Ben") == 0
    assert service.export_values(ws, path, viewer="Ann") == 1
    assert service.export_values(ws, path) == 1
    assert Extractable.REPORTED in path.read_text(encoding="utf-8-sig")
