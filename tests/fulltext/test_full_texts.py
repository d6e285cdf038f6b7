"""Full texts: states that agree with the flow diagram, files kept by checksum, matching, search."""

from __future__ import annotations

import errno
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from review.cli import app
from review.config import Config
from review.dedupe import manual_decisions
from review.errors import DecisionError, FileError, NotFoundError, StoreError
from review.events.full_text import Said
from review.fulltext import files, open_copy, pdf_text, service
from review.fulltext.limits import PdfLimits
from review.fulltext.matching import Known, Reports
from review.fulltext.states import FullTextState, state_of
from review.model import Decision, Place, Record, Stage, VoteValue
from review.records import service as records
from review.reporting import service as reporting
from review.reporting.bundle import service as bundle
from review.screening import service as screening
from review.workspace import Workspace, open_workspace
from tests.reviews import add, workspace

TITLE = "Kratom and sleep in a cohort of working adults"
OTHER = "Withdrawal symptoms after daily kratom use for years"
PAPERS = [
    Record(
        "made-up", "a", title=TITLE, authors=("Smith, Anna",), year=2019, doi="10.1000/ab.c-1",
        pmid="31234567", raw={"best_oa_location": {"pdf_url": "https://open.example/a.pdf"}},
    ),
    Record("made-up", "b", title=OTHER, authors=("Jones, Bo",), year=2021, doi="10.1000/xyz"),
    Record("made-up", "c", title="Editorial", authors=("Smith, Anna",), year=2019),
]  # fmt: skip
A, B, C = "P000001", "P000002", "P000003"


def pdf(*pages: str) -> bytes:
    made = FPDF()
    made.set_font("Helvetica", size=12)
    for text in pages:
        made.add_page()
        made.multi_cell(0, 8, text)
    return bytes(made.output())


ARTICLE = pdf(
    f"{TITLE}\nAnna Smith, 2019\ndoi: 10.1000/ab.c-1", "Methods", "Sleep improved in all."
)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    ws = workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    add(ws, PAPERS)
    yield ws
    ws.store.close()


def include(ws: Workspace, *reports: str) -> None:
    for report in reports:
        for who in ("Ann", "Bob"):
            screening.cast(ws, report, Stage.TITLE_ABSTRACT, who, VoteValue.INCLUDE, replace=True)


def now(ws: Workspace, report: str) -> FullTextState:
    (found,) = service.standings(ws, report)
    return found.state


def listed(ws: Workspace, has: str) -> set[str]:
    """What Records lists under a word of its field on what a report has."""
    return set(records.ids(ws, records.ReportFilter(has=has)))


def test_a_full_text_is_sought_got_and_kept_by_its_checksum(ws: Workspace) -> None:
    assert now(ws, A) is FullTextState.NOT_SOUGHT
    include(ws, A)
    assert now(ws, A) is FullTextState.SOUGHT
    done = service.attach(ws, A, "scan 1.pdf", ARTICLE, "Ann")
    assert now(ws, A) is FullTextState.OWN_PDF
    (file,) = service.attachments(ws)
    assert file.sha256 == hashlib.sha256(ARTICLE).hexdigest()
    assert file.path.read_bytes() == ARTICLE and file.path.is_relative_to(ws.config.local)
    assert (file.report, file.pages, file.bytes) == (A, 3, len(ARTICLE))
    assert service.attach(ws, A, "again.pdf", ARTICLE, "Bob").id == done.id
    assert listed(ws, "has a PDF") == {A} and listed(ws, "no PDF") == {B, C}
    with pytest.raises(DecisionError):
        records.take_back(ws, done.id, "Bob")
    records.take_back(ws, done.id, "Ann")
    assert service.attachments(ws) == [] and now(ws, A) is FullTextState.SOUGHT
    assert listed(ws, "has a PDF") == set() and A in listed(ws, "no PDF")
    assert file.is_here  # an undo of the undo finds it
    assert service.purge(ws) == 1 and not file.is_here


def test_what_is_said_can_be_taken_back_and_a_decision_goes_before_it(ws: Workspace) -> None:
    include(ws, A)
    service.state(ws, A, Said.ON_PAPER, "Ann", "from the library")
    later = service.state(ws, A, Said.LANGUAGE, "Ann", "Japanese")
    assert now(ws, A) is FullTextState.LANGUAGE
    records.take_back(ws, later.id, "Ann")
    assert now(ws, A) is FullTextState.ON_PAPER
    for who in ("Ann", "Bob"):
        service.not_retrieved(ws, A, who, "no answer from the authors")
    (found,) = service.standings(ws, A)
    assert (found.state, found.why) == (FullTextState.NOT_RETRIEVED, "no answer from the authors")


def test_a_remark_stands_with_what_it_was_said_of_alone(ws: Workspace) -> None:
    include(ws, A)
    service.state(ws, A, Said.ORDERED, "Ann", "at the library")
    (before,) = service.standings(ws, A)
    assert (before.state, before.why) == (FullTextState.ORDERED, "at the library")
    service.attach(ws, A, "a.pdf", ARTICLE, "Ann")
    (after,) = service.standings(ws, A)
    assert (after.state, after.why) == (FullTextState.OWN_PDF, "")  # what was ordered has come


STEPS = st.tuples(
    st.sampled_from([A, B, C]),
    st.sampled_from(["in", "out", *Said, "missing", "wrong", "maybe", "fine", "file"]),
)


@settings(max_examples=15)
@given(st.lists(STEPS, max_size=12))
def test_states_and_flow_diagram_never_disagree(steps: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ws = workspace(Path(folder), "sqlite://")
        add(ws, PAPERS)
        for report, step in steps:
            _do(ws, report, step)
        flow = reporting.flow(ws)
        boxes = flow.boxes
        assert list(flow.ids["dbr_sought_reports"]) == [s.report for s in service.standings(ws)]
        states = [found.state for found in service.standings(ws)]
        ws.store.close()
    assert boxes["dbr_sought_reports"] == len(states)
    assert FullTextState.NOT_SOUGHT not in states
    missing = states.count(FullTextState.NOT_RETRIEVED)
    assert boxes["dbr_notretrieved_reports"] == missing


def test_files_and_states_go_with_their_records_through_merge_and_split(ws: Workspace) -> None:
    include(ws, A, B)
    service.attach(ws, A, "a.pdf", ARTICLE, "Ann")
    service.attach(ws, B, "same.pdf", ARTICLE, "Bob")
    second = service.attach(ws, B, "supplement.pdf", pdf("more"), "Bob")
    service.state(ws, B, Said.LANGUAGE, "Bob", "Thai")
    merged = manual_decisions.merge(ws, A, B, "Ann")
    assert [a.name for a in service.attachments(ws)] == ["a.pdf", "supplement.pdf"]
    assert [(s.state, s.why) for s in service.standings(ws)] == [(FullTextState.LANGUAGE, "Thai")]
    records.take_back(ws, second.id, "Bob")
    manual_decisions.undo(ws, merged.id, "Ann")
    assert [(a.report, a.name) for a in service.attachments(ws)] == [
        (A, "a.pdf"), (B, "same.pdf"),
    ]  # fmt: skip
    assert [now(ws, A), now(ws, B)] == [FullTextState.OWN_PDF, FullTextState.LANGUAGE]


def _do(ws: Workspace, report: str, step: str) -> None:
    cast = {
        "in": (Stage.TITLE_ABSTRACT, VoteValue.INCLUDE, ""),
        "out": (Stage.TITLE_ABSTRACT, VoteValue.EXCLUDE, ""),
        "wrong": (Stage.FULL_TEXT, VoteValue.EXCLUDE, "not_kratom"),
        "maybe": (Stage.FULL_TEXT, VoteValue.MAYBE, ""),
        "fine": (Stage.FULL_TEXT, VoteValue.INCLUDE, ""),
    }
    for who in ("Ann", "Bob"):
        if step == "missing":
            service.not_retrieved(ws, report, who, replace=True)
        elif step in cast:
            stage, value, reason = cast[step]
            screening.cast(ws, report, stage, who, value, reason=reason, replace=True)
    if step == "file":
        service.attach(ws, report, "article.pdf", ARTICLE, "Ann")
    if step in list(Said):
        service.state(ws, report, Said(step), "Ann")


def test_awaiting_ends_with_a_decision() -> None:
    here = (Decision.INCLUDE, Decision.INCLUDE, Place.INCLUDED, Said.ORDERED)
    assert state_of(*here, False) is FullTextState.READ
    assert state_of(*here, True) is FullTextState.OWN_PDF


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"<html>%PD", "is no PDF"), (b"", "is no PDF"), (b"%PDF-1.7 and then nothing", "damaged")],
)
def test_what_is_no_pdf_is_refused(ws: Workspace, content: bytes, says: str) -> None:
    with pytest.raises(FileError, match=says):
        service.attach(ws, A, "x.pdf", content, "Ann")
    assert service.attachments(ws) == []


def test_a_scan_and_a_file_with_a_password_are_kept_without_words(ws: Workspace) -> None:
    made = FPDF()
    made.set_encryption(owner_password="o", user_password="u")
    made.add_page()
    locked = service.attach(ws, A, "locked.pdf", bytes(made.output()), "Ann").data.sha256
    scan = service.attach(ws, A, "scan.pdf", pdf(""), "Ann").data.sha256
    assert service.text(ws, locked).problem == pdf_text.PROTECTED
    assert (service.text(ws, scan).problem, service.text(ws, scan).has_words) == ("", False)
    assert len(service.attachments(ws, A)) == 2


def test_a_file_over_the_limit_is_refused_and_the_setting_named(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEW_MAX_PDF_MB", "0")
    with pytest.raises(FileError, match="REVIEW_MAX_PDF_MB"):
        service.attach(ws, A, "x.pdf", ARTICLE, "Ann")


def test_nothing_is_kept_for_a_report_that_is_not_there(ws: Workspace) -> None:
    with pytest.raises(NotFoundError):
        service.attach(ws, "P999999", "x.pdf", ARTICLE, "Ann")
    assert files.kept(ws.config.local) == {}


def test_a_reader_that_hangs_or_ends_early_leaves_the_file_without_words(tmp_path: Path) -> None:
    file = tmp_path / "x.pdf"
    file.write_bytes(ARTICLE)
    assert "within 0 seconds" in pdf_text.read(file, 200, 0).problem
    assert pdf_text.read(file, 2, 30).pages[1].strip() == "Methods"  # the third is counted only
    assert pdf_text.read(file, 2, 30).total == 3
    assert "ended early" in pdf_text.read(tmp_path / "none.pdf", 200, 30).problem


def test_words_are_read_once_for_each_checksum(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = service.attach(ws, A, "x.pdf", ARTICLE, "Ann").data.sha256
    monkeypatch.setattr(pdf_text, "read", None)  # would fail if it were asked again
    assert len(service.text(ws, sha).pages) == 3
    assert PdfLimits().pages == 200


def test_a_file_whose_reading_was_cut_off_is_read_when_it_is_attached_again(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off = pdf_text.PdfText(problem="its text could not be read within 30 seconds")
    with monkeypatch.context() as busy:
        busy.setattr(pdf_text, "read", lambda *_: cut_off)
        sha = service.attach(ws, A, "x.pdf", ARTICLE, "Ann").data.sha256
    assert service.text(ws, sha) == cut_off  # nobody who looks waits for it again
    service.attach(ws, A, "x.pdf", ARTICLE, "Ann")
    assert len(service.text(ws, sha).pages) == 3


def test_a_folder_goes_to_its_reports_and_what_is_not_plain_is_asked(
    ws: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "papers" / "more"
    folder.mkdir(parents=True)
    (folder / "download (1).PDF").write_bytes(ARTICLE)
    (folder / "10.1000_xyz.pdf").write_bytes(pdf("scanned"))
    (folder / "Smith 2019.pdf").write_bytes(pdf("no more than this"))
    (folder / "page.pdf").write_bytes(b"<html>")
    (folder / "read me.txt").write_bytes(ARTICLE)
    placed = {p.name: p for p in service.attach_many(ws, service.in_folder(folder.parent), "Ann")}
    assert placed["download (1).PDF"].match.report == A
    assert "DOI and the title" in placed["download (1).PDF"].match.how
    assert placed["10.1000_xyz.pdf"].match.report == B
    asked = placed["Smith 2019.pdf"]
    assert asked.done is None and asked.match.candidates == (A, C)
    assert "no PDF" in placed["page.pdf"].problem
    assert len(placed) == 4 and len(service.attachments(ws)) == 2
    service.attach_kept(ws, C, asked.name, asked.sha256, "Ann")
    assert [a.report for a in service.attachments(ws)][-1] == C


def test_a_file_that_was_asked_about_stays_asked_until_a_person_says(
    ws: Workspace, tmp_path: Path
) -> None:
    """Whoever comes, after a reload too; and the same folder once more changes nothing."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "Smith 2019.pdf").write_bytes(pdf("no more than this"))
    (folder / "left.pdf").write_bytes(pdf("nor this"))
    service.attach_many(ws, service.in_folder(folder), "Ann")
    first, left = service.asked(ws)
    assert (first.name, first.match.candidates) == ("Smith 2019.pdf", (A, C))
    service.ask_no_more(ws, left.sha256)
    service.attach_kept(ws, C, first.name, first.sha256, "Bob")
    assert service.asked(ws) == []
    (again, _) = service.attach_many(ws, service.in_folder(folder), "Ann")
    assert again.done is not None and again.done.data.report == C
    assert len(service.attachments(ws)) == 1


def test_a_full_disk_ends_the_work_in_words_and_what_was_attached_stays(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = files.keep

    def full(local: Path, content: bytes) -> str:
        if content == b"%PDF-2":
            raise OSError(errno.ENOSPC, "No space left on device")
        return keep(local, content)

    monkeypatch.setattr(files, "keep", full)
    given = [("P000001.pdf", ARTICLE), ("P000002.pdf", b"%PDF-2"), ("P000003.pdf", ARTICLE)]
    placed = service.attach_many(ws, given, "Ann")
    assert [p.name for p in placed] == ["P000001.pdf", "P000002.pdf"]
    assert placed[1].problem.startswith("Stopped at P000002.pdf. The disk is full")
    assert [a.report for a in service.attachments(ws)] == [A]
    with monkeypatch.context() as patch:  # the file found room, its event did not
        patch.setattr(service, "_attach_kept", lambda *_: raising(StoreError("No room.")))
        placed = service.attach_many(ws, [("P000002.pdf", pdf("two"))] * 2, "Ann")
    assert [p.problem for p in placed] == ["Stopped at P000002.pdf. No room."]


def raising(error: Exception) -> NoReturn:
    raise error


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("P000001 論文 مقال é.pdf", "P000001 論文 مقال é.pdf"),
        ("../../etc/P000001.pdf", "P000001.pdf"),
        ("C:\\my papers\\P000001 .pdf", "P000001 .pdf"),
        ("P000001\ncaf\udce9\x1b[31m\u202efdp.pdf", "P000001?caf??[31m?fdp.pdf"),
    ],
)
def test_a_name_is_kept_without_folders_and_signs_that_no_screen_shows(
    name: str, kept: str
) -> None:
    assert files.plain_name(name) == kept


def test_both_databases_take_whatever_a_file_is_called(tmp_path: Path, db_url: str) -> None:
    ws = workspace(tmp_path, db_url)
    with closing(ws.store):
        add(ws, PAPERS)
        (placed,) = service.attach_many(ws, [("P000001 caf\udce9\0.pdf", ARTICLE)], "Ann")
        (file,) = service.attachments(ws)
    assert (placed.name, file.name, file.report) == ("P000001 caf??.pdf",) * 2 + (A,)


KNOWN = [
    Known(A, "10.1000/ab.c-1", "31234567", "Smith, Anna", 2019, TITLE),
    Known(B, "10.1000/xyz", "", "Jones, Bo", 2021, OTHER),
    Known(C, "", "", "Smith, Anna", 2019, "Editorial"),
]


@pytest.mark.parametrize(
    ("name", "text", "report"),
    [
        ("10.1000_ab.c-1.pdf", "", A),
        ("10.1000%2Fab.c-1 (2).pdf", "", A),
        ("PMID31234567.pdf", "", A),
        ("31234567.pdf", "", A),
        ("P000002 final.pdf", "", B),
        ("smith_2019_kratom_sleep_cohort.pdf", "", A),
        ("x.pdf", f"{TITLE}\nAnna Smith\nReceived 2019", A),
        ("x.pdf", f"1{TITLE}2 Anna Smith, 2019", A),  # marks of a footnote stuck to it
        ("x.pdf", f"{TITLE.upper()}\nhttps://doi.org/10.1000/ab.c-1.", A),
        # Asked: another work that names it, or two that are named.
        ("x.pdf", "As shown in doi: 10.1000/ab.c-1 and elsewhere", ""),
        ("x.pdf", f"Comment on: {TITLE}. Smith 2019, doi 10.1000/ab.c-1", ""),
        ("10.1000_xyz.pdf", f"{TITLE}\nAnna Smith 2019", ""),
        ("Smith 2019.pdf", "", ""),
        ("x.pdf", "Editorial. Smith 2019", ""),
        ("12345678.pdf", "", ""),
        ("x.pdf", "", ""),
    ],
)
def test_a_file_is_matched_only_where_it_is_plain(name: str, text: str, report: str) -> None:
    assert Reports(KNOWN).match(name, [text] if text else []).report == report


def test_words_are_found_by_page_and_quoted_as_they_stand() -> None:
    pages = ["Nothing here.", "Sleep\nimproved; sleep improved.", "(a+b"]
    assert service.hits(pages, " sleep  IMPROVED") == [service.Hit(2, 2)]
    assert service.hits(pages, "(a+") == [service.Hit(3, 1)]
    assert service.hits(pages, "  ") == []
    assert service.quoted(pages[1], 2, "Sleep improved") == "“Sleep improved” (page 2)"
    assert service.quoted(pages[1], 2, "never said") == ""


def test_a_word_that_is_parted_at_the_end_of_a_line_is_found_and_read_whole(
    tmp_path: Path,
) -> None:
    made = FPDF()
    made.set_font("Helvetica", size=12)
    made.add_page()
    lines = ("Signs of with-", "drawal, beta-", "adrenergic or beta-adrenergic, and CYP-", "2D6.")
    for n, line in enumerate(lines):
        made.text(20, 20 + 6 * n, line)
    made.output(str(tmp_path / "x.pdf"))
    (page,) = pdf_text.read(tmp_path / "x.pdf", 200, 30).pages
    assert page == "Signs of withdrawal, beta-adrenergic or beta-adrenergic, and CYP-2D6."
    assert service.quoted(page, 1, "of withdrawal") == "“of withdrawal” (page 1)"


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("betaadrenergic", "beta-adrenergic"),  # the line ended with its hyphen
        ("10\u201320 mg", "10-20 mg"),
        ("patient\u2019s", "patient's"),
        ("naïve", "nai\u0308ve"),
        ("in\u00a0vitro", "in vitro"),
    ],
)
def test_the_same_words_are_found_however_they_are_printed(page: str, wanted: str) -> None:
    assert service.hits([page], wanted) == [service.Hit(1, 1)]
    assert service.hits(["1020 mg"], "10-20 mg") == []


@pytest.mark.parametrize(
    ("found", "address"),
    [
        ("https://open.example/a.pdf", "https://open.example/a.pdf"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://a@b.example/", ""),
        ("https://open.example/a b", ""),
        ("//open.example", ""),
        (7, ""),
    ],
)
def test_an_open_copy_is_an_address_of_the_web(found: object, address: str) -> None:
    assert open_copy.address([{}, {"open_access": {"oa_url": found}}, "x"]) == address


def test_the_open_copy_of_a_report_is_known(ws: Workspace) -> None:
    assert service.open_address(ws, A) == "https://open.example/a.pdf"
    assert service.open_address(ws, B) == ""


def test_the_commands_attach_say_and_list(ws: Workspace, tmp_path: Path) -> None:
    """Progress on stderr, one JSON document on stdout, and exit code 1 for what is left."""
    include(ws, A, B)
    where = {"REVIEW_DATA": str(ws.config.data), "REVIEW_DB": ws.config.db}

    def run(*words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(app, ["full-text", *words, "--as", "Ann"], env=where)
        assert done.exit_code == code, done.output
        return done

    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "P000001.pdf").write_bytes(ARTICLE)
    for n in range(19):
        (folder / f"page {n}.pdf").write_bytes(b"<html>")
    done = run("folder", str(folder), "--json", code=1)
    assert [f["report"] for f in json.loads(done.stdout)][:2] == [A, ""]
    told = [line for line in done.stderr.splitlines() if line.endswith("files looked at")]
    assert (told[1], told[-1]) == ("2 of 20 files looked at", "20 of 20 files looked at")
    one, two = folder / "P000001.pdf", tmp_path / "two.pdf"
    two.write_bytes(pdf("two"))
    both = json.loads(run("attach", str(one), str(two), "--report", B, "--json").stdout)
    assert [f["report"] for f in both] == [B, B]
    told_of = "R000002"  # the report is found by its record too, as after a merge
    assert "P000002: retrieved: own PDF." in run("state", told_of, "ordered").stdout
    for who in ("Ann", "Bob"):
        words = ["full-text", "state", B, "not_retrieved", "--why", "lost", "--as", who]
        CliRunner().invoke(app, words, env=where)
    states = json.loads(CliRunner().invoke(app, ["full-text", "list", "--json"], env=where).stdout)
    assert {s["report"]: (s["state"], s["why"]) for s in states["states"]} == {
        A: ("retrieved: own PDF", ""), B: ("not retrieved", "lost"),
    }  # fmt: skip


@pytest.mark.parametrize("with_files", [True, False])
def test_a_bundle_carries_the_files_unless_it_is_to_be_handed_on(
    ws: Workspace, tmp_path: Path, with_files: bool
) -> None:
    service.attach(ws, A, "article.pdf", ARTICLE, "Ann")
    bundle.write(ws, tmp_path / "review.zip", "Ann", full_texts=with_files)
    made = bundle.restore(tmp_path / "review.zip", folder=tmp_path / "second")
    second = open_workspace(Config(data=made.data, db=made.database))
    with closing(second.store):
        (there,) = service.attachments(second)
    assert there.path.is_relative_to(made.data) and there.is_here is with_files
    assert there.sha256 == hashlib.sha256(ARTICLE).hexdigest()
    assert not with_files or there.path.read_bytes() == ARTICLE
    with zipfile.ZipFile(tmp_path / "review.zip") as packed:
        assert any("full_texts" in name for name in packed.namelist()) is with_files
    assert not made.differences
