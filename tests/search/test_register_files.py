"""Files of registers: counted with the registers in the diagram, its exports and the search log."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from review import publication_types
from review.dedupe import manual_decisions, service
from review.model import is_register
from review.reporting import flow_csv, flow_diagram
from review.reporting.flow_boxes import Choices, Drawing
from review.reporting.service import export, flow
from review.search import search_log
from review.search.importing import import_bytes
from review.sources.file_reading import read_file
from review.store import bulk_reads
from review.workspace import Workspace
from tests import reviews
from tests.sources.test_database_exports import PLATFORM, REGISTER, STUDY, table, trials

RIS = (
    "TY  - JOUR\nTI  - Tea and sleep: what came of it\nAU  - Sand, Rita\nPY  - 2021\n"
    "AB  - We gave leaf tea to old people and asked how they slept. NCT01234567.\n"
    "JO  - Annals of Rest\nER  - \n"
)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    workspace = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'r.db').as_posix()}")
    yield workspace
    workspace.store.close()


def come(ws: Workspace, text: str, name: str, source: str | None = None) -> tuple[int, int]:
    found = import_bytes(ws, text.encode(), name, None, source, actor="Ann")
    return found.new, found.known


def test_registers_are_counted_apart_from_databases_everywhere(ws: Workspace) -> None:
    come(ws, RIS, "embase.ris")
    come(ws, table([REGISTER, REGISTER | {"NCT Number": "NCT02234567"}]), "SearchResults.csv")
    come(ws, trials(PLATFORM), "results.xml", "update in May")
    sources = {"embase": 1, "ClinicalTrials.gov": 2, "WHO ICTRP (update in May)": 1}
    now = flow(ws)
    assert now.sources == sources
    assert (now.boxes["database_results"], now.boxes["register_results"]) == (1, 3)
    assert now.failed_sums == []
    rows = {r["data"]: r["n"] for r in csv.DictReader(
        io.StringIO(flow_csv.prisma2020_csv(now, Choices())))}  # fmt: skip
    assert (rows["database_results"], rows["register_results"]) == ("1", "3")
    assert rows["database_specific_results"] == "embase, 1"
    listed = "ClinicalTrials.gov, 2; WHO ICTRP (update in May), 1"
    assert rows["register_specific_results"] == listed
    picture = flow_diagram.svg(Drawing(now, Choices())).replace("\u00a0", " ")
    assert "Databases (n = 1)" in picture and "Registers (n = 3)" in picture
    registries = [line.about for line in search_log.recorded(ws, 3)]
    assert sorted(registries) == sorted(source for source in sources if is_register(source))


def test_a_trial_and_its_report_become_one_study_and_stay_two_reports(ws: Workspace) -> None:
    come(ws, RIS, "embase.ris")
    come(ws, table([REGISTER]), "ctg-studies.csv")
    assert service.dedupe(ws).merged == 0
    (offer,) = manual_decisions.proposed_links(ws)
    assert offer.why == "One is the registration NCT01234567 itself, the other names it."
    manual_decisions.link(ws, offer.left.id, offer.right.id, "Ann")
    with ws.store.read() as conn:
        assert len(set(bulk_reads.studies(conn).values())) == 1
    assert flow(ws).boxes["records_screened"] == 2


def test_one_registration_out_of_two_registers_is_one_report(ws: Workspace) -> None:
    come(ws, table([REGISTER]), "ctg-studies.csv")
    again = PLATFORM | {
        "TrialID": "NCT01234567", "Public title": REGISTER["Study Title"],
        "Source Register": "ClinicalTrials.gov", "Primary sponsor": REGISTER["Sponsor"],
        "web address": REGISTER["Study URL"], "Secondary ID": "LEAF-1",
    }  # fmt: skip
    come(ws, trials(again), "ICTRP-Results.xml")
    service.dedupe(ws)
    with ws.store.read() as conn:
        reports = {report for _id, _source, report in bulk_reads.memberships(conn)}
    assert len(reports) == 1
    assert flow(ws).boxes["register_results"] == 2


def test_importing_a_registers_file_again_adds_nothing(ws: Workspace) -> None:
    for text, name in (
        (table([REGISTER]), "SearchResults.csv"),
        (trials(PLATFORM), "ICTRP-Results.xml"),
        (json.dumps({"studies": [STUDY]}), "other.json"),
    ):
        assert come(ws, text, name, "old name")[0] == 1
        assert come(ws, text, name) == (0, 1)
        assert come(ws, text, name, "old name") == (0, 1)


@pytest.mark.parametrize("format", ["ris", "bibtex", "csl-json", "csv"])
@pytest.mark.parametrize(
    "number", ["NCT01234567", "EUCTR2015-004321-12-DE", "RBR-5d2wz6", "CTRI/2018/05/014011"]
)
def test_a_registration_leaves_and_comes_back_whole(
    ws: Workspace, tmp_path: Path, format: str, number: str
) -> None:
    come(ws, trials(PLATFORM | {"TrialID": number, "Primary sponsor": "Tea LLC"}), "x.xml")
    file = tmp_path / f"out.{format.removeprefix('csl-')}"
    export(ws, format, file)
    (back,) = read_file(file, format).records
    assert (back.title, back.pages, back.year) == ("Leaf tea for rest", number, 2018)
    assert (back.authors, back.journal) == (("Tea LLC",), "ChiCTR")
    assert back.url == PLATFORM["web address"]
    assert publication_types.kind_of(back.type).ris == "RPRT"
