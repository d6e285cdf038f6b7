"""A bundle holds a whole review, gives it back on either database, as it was."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import shutil
import sqlite3
import zipfile
from ast import literal_eval
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner
from xlsxwriter.exceptions import FileCreateError

from review.cli import app
from review.coding import service as coding
from review.config import Config
from review.errors import Cancelled, DecisionError, FileError, StoreError
from review.model import RunStatus, Stage, VoteValue
from review.progress import Watch
from review.records.service import add_note
from review.reporting import service as reporting
from review.reporting.bundle import contents, service
from review.reporting.bundle.figures import differences, figures
from review.screening.service import cast
from review.store import copies, log, records
from review.store.schema import STORED, derived_version
from review.workspace import Workspace, adopt_protocol, open_workspace
from tests.bundles import FIRST_FORMAT, bundled, changed, other_vote
from tests.factories import exclude, include, make_workspace, paper, suggest
from tests.histories import STEPS, play
from tests.histories import add as add_papers
from tests.reviews import add

NASTY = (
    "x" * 40_000, "睡眠と痛み 研究", "מחקר על שינה", "line\nbreak\r\nand\ttab", 'a "quote"; b, c',
    "=1+1", "-2", "zero\u200bwidth\u200d\ufeff", "'t Hart", "\U0001f9ea \u0301e",
)  # fmt: skip


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    made, reports = make_workspace(tmp_path / "first", db_url, papers=4)
    add(made, [replace(paper(10 + n), title=t, abstract=t) for n, t in enumerate(NASTY)])
    include(made, reports[0])
    exclude(made, reports[1], 'Bö; "Ann"')
    for text in NASTY:
        add_note(made, reports[0], "Ann", text)
    coding.tag(made, reports[0], "study_design", "cohort", "Ann")
    suggest(made, reports[2], "outcome", "sleep", confidence=0.1 + 0.2)
    yield made
    made.store.close()


def everything(ws: Workspace) -> object:
    """Every row and every number of a review."""
    with ws.store.read() as conn:
        rows = log.snapshot(conn)
    return {name: [tuple(map(plain, row)) for row in of] for name, of in rows.items()}, figures(ws)


def plain(cell: Any) -> Any:
    """A cell; of a document what it says, as PostgreSQL keeps no order of keys."""
    return literal_eval(cell) if isinstance(cell, str) and cell.startswith("{") else cell


@pytest.mark.parametrize("target", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_restored_review_is_the_same_on_either_database(
    ws: Workspace, tmp_path: Path, target: str, request: pytest.FixtureRequest
) -> None:
    path, before = bundled(ws, tmp_path), everything(ws)
    database = None
    if target == "postgres":
        if not ws.store.is_sqlite:
            ws.store.close()  # the one database there is for tests is put in its own place
        database = request.getfixturevalue("postgres_url")
    made = service.restore(path, folder=tmp_path / "second", database=database)
    again = open_workspace(Config(data=made.data, db=made.database))
    with closing(again.store):
        assert everything(again) == before
        cast(again, "P000003", Stage.TITLE_ABSTRACT, "Bo", VoteValue.INCLUDE)  # work goes on
        reporting.export(again, "csv", tmp_path / "again.csv", viewer=None)


def test_every_table_that_is_not_derived_from_the_log_goes_along() -> None:
    """The version of what is derived belongs to one database, not to the review."""
    assert {table.name for table in STORED} - {derived_version.name} == set(contents.ROWS)


def test_its_files_are_plain_and_checked(ws: Workspace, tmp_path: Path) -> None:
    path = bundled(ws, tmp_path)
    assert service.check(path)[1] == []
    with zipfile.ZipFile(path) as file:
        manifest = json.loads(file.read("manifest.json"))
        for one in manifest["files"]:
            data = file.read(one["path"])
            assert (len(data), hashlib.sha256(data).hexdigest()) == (one["bytes"], one["sha256"])
            assert one["path"].endswith((".json", ".jsonl", ".csv", ".yaml", ".svg", ".txt", ".md"))
        events = [json.loads(line) for line in file.read("log/events.jsonl").splitlines()]
        assert json.loads(file.read("figures/flow.json")) == reporting.flow(ws).to_json()
        assert file.read("data/codebook.yaml") == (ws.config.data / "codebook.yaml").read_bytes()
    assert [ev["kind"] for ev in events].count("vote") == 3
    assert events[-1]["kind"] == "bundle", "that everything was taken along is in the log"
    assert events[-1]["actor"] == "Ann"


def test_keys_and_what_else_is_local_stay_here(ws: Workspace, tmp_path: Path) -> None:
    ws.config.local.mkdir(parents=True, exist_ok=True)
    (ws.config.local / "openalex.key").write_text("SECRET")
    with zipfile.ZipFile(bundled(ws, tmp_path)) as file:
        assert not any(b"SECRET" in file.read(name) for name in file.namelist())


def test_a_trained_model_goes_along(ws: Workspace, tmp_path: Path) -> None:
    model = ws.config.local / "design_models" / "abc.npz"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"model")
    made = service.restore(bundled(ws, tmp_path), folder=tmp_path / "second")
    assert (made.data / "local" / "design_models" / "abc.npz").read_bytes() == b"model"


def test_what_stands_in_the_place_is_copied_before(ws: Workspace, tmp_path: Path) -> None:
    path = bundled(ws, tmp_path)
    include(ws, "P000003")
    made = service.restore(path, config=ws.config)
    assert made.before is not None and made.before.exists()
    again = open_workspace(ws.config)
    with closing(again.store):
        assert reporting.flow(again).boxes["new_reports"] == 1


def test_a_data_folder_that_says_something_else_is_left_alone(
    ws: Workspace, tmp_path: Path
) -> None:
    path, before = bundled(ws, tmp_path), everything(ws)
    protocol = ws.config.data / "protocol.yaml"
    protocol.write_text(protocol.read_text().replace("title:", "title: Another", 1))
    with pytest.raises(FileError, match=r"another protocol.*Nothing was changed"):
        service.restore(path, config=ws.config)
    assert everything(ws) == before


def test_a_folder_that_holds_something_is_left_alone(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(FileError, match="not empty"):
        service.restore(bundled(ws, tmp_path), folder=tmp_path / "mine")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_nothing_is_left_of_a_bundle_that_was_stopped(ws: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Cancelled):
        service.write(ws, out / "review.zip", "Ann", Watch(cancelled=lambda: True))
    assert list(out.iterdir()) == []


# --- files that are not as they were written --------------------------------------------------


def test_a_full_disk_is_said_and_leaves_nothing(
    ws: Workspace, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    full = OSError(errno.ENOSPC, "No space left on device")

    def fails(error: Exception) -> Callable[..., None]:
        def failing(*_args: object, **_named: object) -> None:
            raise error

        return failing

    with monkeypatch.context() as patch:
        patch.setattr(copies, "copy_file", fails(sqlite3.OperationalError("disk is full")))
        if ws.store.is_sqlite:
            with pytest.raises(StoreError, match="disk is full.*Free some space"):
                service.write(ws, out / "review.zip", "Ann")
    written = xlsxwriter.Workbook.close

    def half_written(book: xlsxwriter.Workbook) -> None:
        written(book)
        raise FileCreateError(full)

    with monkeypatch.context() as patch:
        patch.setattr(xlsxwriter.Workbook, "close", half_written)
        with pytest.raises(FileError, match="The disk is full"):
            reporting.export(ws, "xlsx", out / "review.xlsx")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", fails(shutil.Error([("a", "b", str(full))])))
        with pytest.raises(FileError, match="No space left.*Nothing was changed"):
            service.restore(good, folder=out / "new")
    with monkeypatch.context() as patch:
        patch.setattr(service, "_replace", fails(StoreError("no")))
        with pytest.raises(StoreError):
            service.restore(good, config=Config(data=out, db=f"sqlite:///{out / 'r.db'}"))
    assert [path for path in out.rglob("*") if path.is_file()] == []


def test_a_bundle_of_the_first_format_opens(tmp_path: Path) -> None:
    made = service.restore(FIRST_FORMAT, folder=tmp_path / "old")
    ws = open_workspace(Config(data=made.data, db=made.database))
    with closing(ws.store):
        assert reporting.flow(ws).boxes["new_reports"] == 1
        assert reporting.flow(ws).boxes["records_excluded"] == 1


def test_a_bundle_of_a_program_that_counted_otherwise_opens(good: Path, tmp_path: Path) -> None:
    def counted(content: dict[str, bytes], manifest: dict[str, Any]) -> None:
        manifest["program"] = "0.0.1"
        about = json.loads(content["figures/about.json"])
        content["figures/about.json"] = json.dumps(about | {"reports": 77}).encode()

    made = service.restore(changed(good, tmp_path, counted), folder=tmp_path / "old")
    (told,) = made.differences
    assert told.startswith("about, reports: the bundle says 77, and 2 follows")


def run(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == code, done.output
    return done.output


def test_the_commands(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "every number of the bundle follows" in run("check", str(good))
    told = run("restore", str(good), str(tmp_path / "new"))
    assert "every number the same" in told and str(tmp_path / "new") in told
    monkeypatch.setenv("REVIEW_DATA", str(tmp_path / "new"))
    boxes = json.loads(run("prisma", "--json"))["boxes"]
    assert boxes["new_reports"] == 1
    again = json.loads(run("bundle", str(tmp_path / "again.zip"), "--as", "Bo", "--json"))
    assert again["bytes"] == (tmp_path / "again.zip").stat().st_size
    other = tmp_path / "other.db"
    run("restore", str(tmp_path / "again.zip"), "--database", str(other))
    assert json.loads(run("prisma", "--json", "--db", str(other)))["boxes"] == boxes
    text = changed(good, tmp_path, other_vote)
    assert "flow, boxes" in run("check", str(text), code=1)
    assert "cannot be used as a bundle" in run("restore", str(text), str(tmp_path / "x"), code=1)


def test_any_history_comes_back(tmp_path: Path) -> None:
    """All kinds of events, undone and done again."""
    history = [(kind, n % 6, (n + 2) % 6, 7 * n % 54) for n in range(4) for kind in STEPS]
    ws, _reports = make_workspace(tmp_path, f"sqlite:///{tmp_path / 'review.db'}", papers=0)
    with ws.store.write() as conn:
        started = records.start_run(conn, "Ann", "core", "openalex")
        add_papers(conn, started, 6)
        records.finish_run(conn, "Ann", started, RunStatus.COMPLETE)
        play(conn, history)
    path, before = bundled(ws, tmp_path), everything(ws)
    ws.store.close()
    made = service.restore(path, folder=tmp_path / "second")
    again = open_workspace(Config(data=made.data, db=made.database))
    with closing(again.store):
        assert everything(again) == before


def test_a_page_gives_no_bundle_while_votes_are_blind(tmp_path: Path, db_url: str) -> None:
    ws, reports = make_workspace(tmp_path / "blind", db_url, papers=2)
    rules = ws.config.data / "protocol.yaml"
    text = re.sub(r"reviewers: 1", "reviewers: 2", rules.read_text(encoding="utf-8"))
    rules.write_text(text, encoding="utf-8")
    blind = open_workspace(ws.config)
    adopt_protocol(blind, "Ann")
    with closing(ws.store), closing(blind.store):
        assert service.why_not(blind) == ""
        cast(blind, reports[0], Stage.TITLE_ABSTRACT, "Bo", VoteValue.INCLUDE)
        said = service.why_not(blind)
        assert "would hold votes that" in said
        cast(blind, reports[1], Stage.TITLE_ABSTRACT, "Bo", VoteValue.EXCLUDE)
        assert service.why_not(blind) == said  # no count tells when another votes
        with pytest.raises(DecisionError, match="must not know"):
            service.write_for(blind, tmp_path / "review.zip", "Ann")
        assert not (tmp_path / "review.zip").exists()
        for report in reports:
            cast(blind, report, Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
        assert service.write_for(blind, tmp_path / "review.zip", "Ann").blind == 0


def test_a_number_that_the_program_of_a_bundle_did_not_know_is_no_difference() -> None:
    told = {"agreement": {"title_abstract": {"alpha": 0.2}}}
    assert differences(told, {"agreement": {"title_abstract": {"alpha": 0.2, "fleiss": 0.1}}}) == []
    told["agreement"]["title_abstract"]["fleiss"] = 0.3
    assert differences(told, {"agreement": {"title_abstract": {"alpha": 0.2, "fleiss": 0.1}}})


def test_numbers_are_compared_wherever_they_stand_and_sentences_are_not() -> None:
    told = {"claims": [{"id": "C01", "level": 2, "reports": ["P000001"], "needs": "a trial, once"}]}
    (claim,) = told["claims"]
    anew = claim | {"needs": "for G3: a trial", "direction": "mixed"}
    assert differences(told, {"claims": [anew]}) == []
    for other in ({"level": 3}, {"reports": ["P000002"]}, {"reports": []}):
        (line,) = differences(told, {"claims": [anew | other]})
        assert line.startswith("claims, C01")
    assert differences(told, {"claims": [anew, anew]})
