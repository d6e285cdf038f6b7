"""Registrations and reports of one trial: linked as one study, never made one text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from review.dedupe import manual_decisions, service
from review.dedupe.links import LIKELY, MANY, ReportDetails, find_links
from review.dedupe.pairs import SAME, find_pairs
from review.dedupe.registrations import own_numbers
from review.dedupe.registries import databanks, registry_numbers
from review.model import Record
from review.publication_types import REGISTRATION
from review.workspace import Workspace
from tests import reviews

TITLE = "Leaf tea for the rest of older people in a northern town: a randomised trial"


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    workspace = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'r.db').as_posix()}")
    yield workspace
    workspace.store.close()


def registration(number: str = "NCT01234567", **fields: object) -> Record:
    values: dict[str, object] = {
        "title": TITLE, "authors": ("University of Rest",), "year": 2019,
        "journal": "ClinicalTrials.gov", "pages": number, "type": REGISTRATION,
        "abstract": "Conditions: Sleep\nInterventions: Leaf tea",
        "url": f"https://clinicaltrials.gov/study/{number}",
    }  # fmt: skip
    values |= fields
    return Record("ClinicalTrials.gov", f"id:{number}", **values)  # type: ignore[arg-type]


def article(key: str = "a", **fields: object) -> Record:
    values: dict[str, object] = {
        "title": TITLE, "authors": ("Sand, Rita",), "year": 2019, "journal": "Annals of Rest",
        "abstract": "We gave tea. Registered as NCT01234567.", "doi": f"10.5555/{key}",
    }  # fmt: skip
    return Record("pubmed", key, **(values | fields))  # type: ignore[arg-type]


def offered(ws: Workspace) -> list[tuple[str, str, str]]:
    return [(o.left.id, o.right.id, o.why) for o in manual_decisions.proposed_links(ws)]


def test_a_report_and_the_registration_it_names_are_offered_as_one_study(ws: Workspace) -> None:
    reviews.add(ws, [registration(), article(title="Tea and sleep")])
    assert service.dedupe(ws).merged == 0
    why = "One is the registration NCT01234567 itself, the other names it."
    assert offered(ws) == [("R000001", "R000002", why)]
    assert manual_decisions.unsure(ws) == []


@pytest.mark.parametrize("missing", [{}, {"authors": ()}, {"authors": (), "abstract": ""}])
def test_a_registration_and_a_report_of_one_title_are_never_one_text(
    ws: Workspace, missing: dict[str, object]
) -> None:
    reviews.add(ws, [registration(**missing), article(**missing)])
    assert service.dedupe(ws).merged == 0
    assert manual_decisions.unsure(ws) == []
    assert [pair[:2] for pair in offered(ws)] == [("R000001", "R000002")]


def test_one_registration_out_of_two_registers_is_one_text(ws: Workspace) -> None:
    platform = replace(registration(), source="WHO ICTRP", key="id:NCT01234567")
    reviews.add(ws, [registration(), platform])
    assert service.dedupe(ws).merged == 1


def test_two_registrations_are_asked_about_also_where_one_names_the_other(ws: Workspace) -> None:
    other = registration(
        "EUCTR2015-004321-12-DE", url="https://x.example/1",
        journal="EU Clinical Trials Register", abstract="Other identifiers: NCT01234567",
    )  # fmt: skip
    reviews.add(ws, [registration(), other])
    assert service.dedupe(ws).merged == 0
    asked = manual_decisions.unsure(ws)
    if asked:
        assert "the registration numbers differ" in asked[0].why
    else:
        assert [pair[:2] for pair in offered(ws)] == [("R000001", "R000002")]


@pytest.mark.parametrize(
    "raw",
    [
        {"Title": "x", "Clinical Trial Numbers": "ClinicalTrials.gov (NCT01234567)"},
        {"CLINICAL TRIAL NUMBERS": "ClinicalTrials.gov\nNCT01234567"},
        {"ris": "TY  - JOUR\nAN  - NCT01234567\nER  - "},
        {"ris": "TY  - JOUR\nC5  - NCT01234567.\r\nER  - "},
        {"nbib": "PMID- 1\nSI  - ClinicalTrials.gov/NCT01234567\nTI  - Later"},
    ],
)
def test_the_number_may_stand_in_a_field_for_it(ws: Workspace, raw: dict[str, str]) -> None:
    named = article(title="Twelve months later", abstract="Nothing.", raw=raw)
    reviews.add(ws, [registration(), named])
    service.dedupe(ws)
    assert len(offered(ws)) == 1


def test_a_number_that_running_text_cites_is_no_field_for_it() -> None:
    assert databanks('{"ris": "N2  - As in NCT01234567, we\\nAN  - 12 NCT01234567x"}') == ""


def details(id_: str, **fields: object) -> ReportDetails:
    return ReportDetails(id_, **{"title": f"Paper {id_}", **fields})  # type: ignore[arg-type]


def test_a_registration_goes_with_each_of_its_many_reports() -> None:
    many = [details(f"a{n:02}", text="NCT01234567") for n in range(MANY + 4)]
    entry = details("r", numbers="NCT01234567", registration=True)
    found = {(p.a, p.b): p.score for p in find_links([*many, entry]).proposals}
    assert found == {(one.id, "r"): 0.95 for one in many}
    assert min(found.values()) >= LIKELY
    bit_by_bit = find_links([*many, entry], ["r"])
    assert {(p.a, p.b) for p in bit_by_bit.proposals} == set(found)


def test_a_registration_and_a_report_of_one_title_are_offered_without_a_number() -> None:
    a = details("a", title=TITLE, authors="Sand, Rita", year=2020)
    b = details("b", title=TITLE, authors="University", year=2019, registration=True)
    (offer,) = find_links([a, b]).proposals
    assert (offer.score, offer.why) == (
        0.75, "Same title, one without authors; one is the registration.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "numbers"),
    [
        ({"source": "ClinicalTrials.gov", "pages": "NCT01234567"}, {"NCT01234567"}),
        ({"source": "cochrane", "journal": "https://clinicaltrials.gov/show/NCT01234567"},
         {"NCT01234567"}),
        ({"source": "ictrp", "pages": "PER-015-19"}, {"per-015-19"}),
        ({"source": "ictrp"}, set()),
        ({"source": "pubmed", "pages": "12-19", "abstract": "NCT01234567"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_an_entry_of_a_register_has_its_own_number(
    row: dict[str, str], numbers: set[str] | None
) -> None:
    assert own_numbers(row) == numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("EUCTR2015-004321-12-DE", "2015-004321-12"),
        ("CTIS2022-500123-12-00", "2022-500123-12"),
        ("ITMCTR2000003059", "ITMCTR2000003059"),
        ("JPRN-UMIN000012345", "UMIN000012345"),
    ],
)
def test_numbers_as_ictrp_writes_them(text: str, number: str) -> None:
    assert registry_numbers(text) == {number}


def test_plain_files_hold_registrations_and_reports_apart_too() -> None:
    both = {"title": TITLE, "year": "2019", "author": "Sand R"}
    rows = [
        both | {"id": "1", "source": "ctgov", "pages": "NCT01234567"},
        both | {"id": "2", "source": "pubmed", "pages": "12-19"},
        both | {"id": "3", "source": "embase", "pages": "12-19"},
    ]
    found = find_pairs(pd.DataFrame(rows))
    same = found[found["verdict"] == SAME]
    assert [*zip(same["id_a"], same["id_b"], strict=True)] == [("2", "3")]
