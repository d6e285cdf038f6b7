"""The command line from end to end: what it prints, where, and with which exit code."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from review.cli import app
from review.commands import dedupe
from review.config import ROOT
from review.store import Store
from tests import old_reviews
from tests.reviews import LIBRARY_SIZE
from tests.servers.openalex import OpenAlexServer

RIS = """TY  - JOUR
TI  - Kratom and sleep quality in adults with chronic pain
AU  - Doe, Jane
PY  - 2020
JO  - Journal of Sleep
DO  - 10.1000/one
ER  -

TY  - JOUR
TI  - Kratom and sleep quality in adults with chronic pain.
AU  - Doe, J.
PY  - 2020
JO  - J Sleep
DO  - 10.1000/ONE
ER  -
"""


class Run:
    """What one command came to."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Run]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, with a review still to be made in it."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("local"))
    monkeypatch.setenv("REVIEW_DATA", str(folder))
    monkeypatch.setenv("REVIEW_REVIEWER", "Ann")
    return folder


@pytest.fixture
def review(data: Path) -> Command:
    """Runs one command in this process."""
    runner = CliRunner()

    def run(*arguments: object) -> Run:
        result = runner.invoke(app, [str(a) for a in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Run(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `init` leaves in the data folder that ships, which is only copied from."""
    folder = tmp_path_factory.mktemp("made") / "data"
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("local"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("REVIEW_DB", raising=False)  # the developer's own review
        patch.setenv("REVIEW_DATA", str(folder))
        patch.setenv("REVIEW_REVIEWER", "Ann")
        assert CliRunner().invoke(app, ["init"]).exit_code == 0
    return folder / "local"


@pytest.fixture
def begun(review: Command, data: Path, made: Path) -> Command:
    """The same, with a review begun."""
    shutil.copytree(made, data / "local")
    return review


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_init_brings_the_library_and_is_safe_to_repeat(review: Command) -> None:
    first, second = review("init", "--json").json, review("init", "--json").json
    assert first["new"] > 200 and first["suggestions"] > first["new"] and first["adopted"]
    assert (second["new"], second["suggestions"], second["adopted"]) == (0, 0, False)
    assert second["known"] == first["new"]
    assert review("check").code == 0


def test_deduplicating_a_large_review_says_how_far_it_is_and_stops_without_a_trace(
    begun: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dedupe, "LARGE", 200)
    with monkeypatch.context() as pressed:
        pressed.setattr(dedupe, "stop_on_signal", lambda: nullcontext(lambda: True))
        stopped = begun("dedupe")
    assert (stopped.code, stopped.out) == (1, "")
    assert "Nothing of this run is kept" in stopped.err
    assert begun("merges", "--json").json == []
    result = begun("dedupe", "--json")
    assert result.json["merged"] > 0
    assert f"{LIBRARY_SIZE} of {LIBRARY_SIZE} records read" in result.err


def test_a_whole_review_from_import_to_flow_diagram(begun: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "new.ris", RIS)
    imported = begun("import", file, "--source", "pubmed", "--json").json
    assert (imported["new"], imported["run"]["outcome"]) == (2, "complete")
    before = begun("prisma", "--json").json["boxes"]
    merged = begun("dedupe", "--json").json["merged"]
    assert begun("dedupe", "--json").json["merged"] == 0
    flow = begun("prisma", "--json").json
    assert set(flow) == {"boxes", "reasons", "awaiting", "ids", "failed_sums"}
    assert flow["boxes"]["duplicates"] == merged
    assert flow["boxes"]["records_screened"] == before["records_screened"] - merged

    reports = flow["ids"]["records_screened"][:4]
    votes = ["report,stage,reviewer,vote,reason,note,time"]
    votes += [f"{r},title_abstract,Ann,include,,," for r in reports[:3]]
    votes += [f"{reports[3]},title_abstract,Ann,exclude,not_kratom,,2026-01-31T12:00:00+00:00"]
    votes += [f"{reports[0]},full_text,Ann,include,,,"]
    votes += [f"{reports[1]},full_text,Ann,exclude,language,,"]
    file = write(tmp_path / "votes.csv", "\n".join(votes))
    assert begun("votes", "import", file, "--json").json["added"] == 6
    assert begun("votes", "import", file, "--json").json == {
        "added": 0, "unchanged": 6, "mistakes": [],
    }  # fmt: skip
    flow = begun("prisma", "--json").json
    assert flow["boxes"]["new_reports"] == flow["boxes"]["dbr_excluded"] == 1
    assert flow["reasons"] == {"language": 1}
    assert flow["awaiting"]["full_text"] == 1
    assert flow["failed_sums"] == []
    assert begun("votes", "export", tmp_path / "out.csv").code == 0
    assert len(rows(tmp_path / "out.csv")) == 6
    assert begun("check", "--json").json["ok"]


@pytest.mark.parametrize("name", ["gaps", "claims", "prisma"])
def test_what_was_looked_at_stands_over_the_numbers(begun: Command, name: str) -> None:
    assert f"0 of {LIBRARY_SIZE} reports screened; 0 coded." in begun(name).out.replace("\n", " ")


def test_the_history_of_votes_is_another_file_than_votes_that_count(
    begun: Command, tmp_path: Path
) -> None:
    for vote in ("include", "exclude"):
        rows = f"report,stage,reviewer,vote\nP000001,title_abstract,Ann,{vote}"
        begun("votes", "import", write(tmp_path / "in.csv", rows))
    assert "1 vote written" in begun("votes", "export", tmp_path / "counts.csv").out
    said = begun("votes", "history", tmp_path / "all.csv").out
    assert "2 votes written" in said and "replaced and undone ones among them" in said
    listed = (tmp_path / "all.csv").read_text(encoding="utf-8-sig").splitlines()
    columns = "report,stage,reviewer,vote,reason,note,time,event,final,counts,standing"
    assert listed[0] == f"{columns},also,seconds"
    assert [line.split(",")[-4:-2] for line in listed[1:]] == [
        ["no", "replaced or taken back"], ["yes", "counts"],
    ]  # fmt: skip


def test_the_gap_map_shows_every_cell_and_claims_their_level(
    begun: Command, tmp_path: Path
) -> None:
    gaps = begun("gaps", "--json").json
    assert len(gaps["cells"]) == len(gaps["rows"]) * len(gaps["columns"]) > 0
    assert {"row", "column", "confirmed", "suggested", "reports", "gap"} <= set(gaps["cells"][0])
    file = tmp_path / "gaps.csv"
    assert f"{len(gaps['row_gaps']):,} gaps written" in begun("gaps", "--csv", file).out
    listed = [line.split(",") for line in file.read_text("utf-8-sig").splitlines()[1:]]
    assert [line[0] for line in listed] == list(gaps["row_gaps"])
    claims = begun("claims", "--json").json
    assert claims and {"id", "text", "testable", "level", "reports", "needs"} <= set(claims[0])
    wrong = begun("gaps", "--rows", "colour")
    assert wrong.code == 1 and "study_design" in wrong.err


def test_the_flow_diagram_as_files(begun: Command, tmp_path: Path) -> None:
    csv_file, svg = tmp_path / "flow.csv", tmp_path / "flow.svg"
    assert begun("prisma", "--csv", csv_file, "--svg", svg).code == 0
    assert csv_file.read_text(encoding="utf-8").startswith("data,node,box,description,boxtext")
    assert svg.read_text(encoding="utf-8").startswith("<svg ")


@pytest.mark.parametrize("format", ["csv", "xlsx", "ris", "asreview", "prisma2020"])
def test_exports(begun: Command, tmp_path: Path, format: str) -> None:
    out = tmp_path / "out"
    assert begun("export", format, out, "--json").json["reports"] > 200
    assert out.stat().st_size > 1000


def test_an_export_may_hold_a_part_of_the_review(begun: Command, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    waiting = begun("export", "csv", out, "--status", "awaiting title and abstract", "--json").json
    worded = begun("export", "csv", out, "--words", "withdrawal sleep", "--json").json
    assert waiting["reports"] > worded["reports"] > 0
    wrong = begun("export", "csv", out, "--status", "somewhere")
    assert wrong.code == 2 and "awaiting full text" in wrong.err


def test_an_export_says_that_it_holds_votes_others_must_not_see_yet(
    data: Path, review: Command, tmp_path: Path
) -> None:
    protocol = data / "protocol.yaml"
    text = protocol.read_text("utf-8").replace("reviewers: 1", "reviewers: 2")
    protocol.write_text(text, "utf-8")
    assert review("init").code == 0
    votes = "report,stage,reviewer,vote\nP000001,title_abstract,Ann,include\n"
    assert review("votes", "import", write(tmp_path / "votes.csv", votes)).code == 0
    line = (
        "The file holds every vote: 1 vote is on reports that somebody has still to vote on blind"
    )
    everything = [
        ("votes", "export"), ("votes", "history"), ("export", "rayyan"), ("export", "xlsx"),
    ]  # fmt: skip
    for command in everything:
        assert line in review(*command, tmp_path / "out", "--as", "Lea", "--json").err
    assert review("export", "bibtex", tmp_path / "out").err == ""
    # A file for one person holds nothing of the kind, so there is nothing to say of it.
    for command in (("votes", "export"), ("export", "csv"), ("table", "votes")):
        out = tmp_path / "out.csv"
        assert review(*command, out, "--reviewer", "Bo").err == ""
        assert ",Ann," not in out.read_text("utf-8")
    with closing(sqlite3.connect(data / "local" / "review.db")) as db:
        told = "SELECT count(*) FROM event WHERE kind = ? AND actor = ?"
        (taken,) = db.execute(told, ("export", "Lea")).fetchone()
    assert taken == len(everything)


def test_an_unknown_export_is_bad_usage_that_lists_the_formats(
    begun: Command, tmp_path: Path
) -> None:
    result = begun("export", "word", tmp_path / "out")
    assert result.code == 2 and "csv, xlsx, ris" in result.err and result.out == ""
    assert not (tmp_path / "out").exists()


def test_a_place_that_no_file_can_have_is_named_and_left_as_it_is(
    begun: Command, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for command in (("export", "csv"), ("export", "map-svg"), ("bundle",), ("votes", "export")):
        refused = begun(*command, tmp_path)
        assert refused.code == 2 and "is a directory" in refused.err, command
        refused = begun(*command, tmp_path / "pipe")
        assert refused.code == 1 and "no plain file" in refused.err, command
    assert begun("prisma", "--svg", tmp_path).err == f"Error: {tmp_path} is a folder. " + (
        "Name a file in it.\n"
    )
    for wrong in (("table", "reports", "x.foo"), ("export", "csv", "x.csv", "--years", "soon")):
        assert begun(*wrong).code == 2
    assert {p.name for p in tmp_path.iterdir()} <= {"data", "pipe"}
    assert (tmp_path / "pipe").is_fifo()


def test_pull_asks_for_the_price_unless_told_not_to(
    begun: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAlexServer(works=120) as server:
        monkeypatch.setenv("OPENALEX_URL", server.url)
        monkeypatch.setenv("OPENALEX_API_KEY", "secret-key")
        asked = begun("pull", "--query", "kratom")
        assert asked.code == 1 and "USD" in asked.err and "works" in asked.err
        assert all("cursor" not in seen.params for seen in server.requests)
        done = begun(
            "pull", "--query", "kratom", "--filter", "is_retracted:false", "--yes", "--json"
        )
        again = begun(
            "pull", "--query", "kratom", "--filter", "is_retracted:false", "--yes", "--json"
        )
    assert done.code == 0
    (run,) = done.json
    assert run["outcome"] == "complete" and run["added"] == run["promised"] > 0
    assert again.json[0]["added"] == 0
    assert "secret-key" not in done.out + done.err


def test_pull_without_the_source_says_so_and_keeps_a_failed_run(
    begun: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAlexServer(works=10, keys=["another"]) as server:
        monkeypatch.setenv("OPENALEX_URL", server.url)
        monkeypatch.setenv("OPENALEX_API_KEY", "wrong-key")
        result = begun("pull", "--search", "kratom_core", "--yes", "--json")
    assert result.code == 1 and "key" in result.err.lower()
    assert result.json[0]["outcome"] == "failed"
    assert "wrong-key" not in result.out + result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["pull", "--search", "nothing", "--yes"],
        ["pull", "--search", "kratom_core", "--query", "x", "--yes"],
        ["pull", "--query", "x", "--filter", "no-colon", "--yes"],
        ["import"],
        ["votes", "import"],
        ["no-such-command"],
        ["prisma", "--no-such-option"],
    ],
)
def test_bad_usage_is_exit_code_2(begun: Command, arguments: list[str]) -> None:
    result = begun(*arguments)
    assert result.code == 2 and result.out == "" and "Error" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["prisma"], ["dedupe"], ["merges"], ["links"], ["gaps"], ["claims"], ["check"],
        ["agreement"], ["stopping"], ["export", "csv", "x"], ["votes", "export", "x.csv"],
        ["import", "x.ris"],
    ],
)  # fmt: skip
def test_without_a_review_every_command_says_how_to_make_one(
    review: Command, arguments: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    result = review(*arguments)
    assert result.code == 1 and result.out == ""
    assert "review init" in result.err and "Traceback" not in result.err


def test_db_may_stand_before_or_after_the_command(begun: Command, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    assert begun("--db", other, "init").code == 0
    assert begun("import", write(tmp_path / "n.ris", RIS), "--db", other).code == 0
    here = begun("prisma", "--json").json["boxes"]["database_results"]
    there = begun("--db", other, "prisma", "--json").json["boxes"]["database_results"]
    after = begun("prisma", "--json", "--db", f"sqlite:///{other}").json["boxes"]
    assert there == after["database_results"] == here + 2
    wrong = begun("prisma", "--db", "mysql://host/name")
    assert wrong.code == 1 and "mysql" in wrong.err


def test_check_finds_a_state_that_does_not_follow_from_the_log(begun: Command, data: Path) -> None:
    url = f"sqlite:///{data / 'local' / 'review.db'}"
    store = Store(url)
    with store.write() as conn:
        conn.execute(text("UPDATE report SET title_abstract = 'include' WHERE id = 'P000003'"))
        conn.execute(text("DELETE FROM record_raw WHERE record = 'R000005'"))
    store.close()
    result = begun("check")
    assert result.code == 1
    assert "Table report" in result.out and "P000003" in result.out and "R000005" in result.out
    assert begun("check", "--json").json["ok"] is False  # looking changed nothing


def test_check_tells_on_stderr_how_far_it_is(begun: Command) -> None:
    result = begun("check", "--json")
    events = result.json["events"]
    assert result.json == {"ok": True, "events": events, "problems": []}
    assert f"{events:,} of {events:,} events replayed" in result.err


def test_a_review_of_an_earlier_version_is_upgraded_with_a_count(
    review: Command, data: Path
) -> None:
    (data / "local").mkdir(exist_ok=True)
    old_reviews.make(f"sqlite:///{(data / 'local' / 'review.db').as_posix()}", "0003")
    result = review("prisma", "--json")
    assert result.json["boxes"]["database_results"] == 6
    assert "16 of 16 events replayed to upgrade the review" in result.err
    assert "upgrade" not in review("prisma").err


@pytest.mark.parametrize(
    "change",
    ["UPDATE alembic_version SET version_num = '0999'", "UPDATE event SET kind = 'risk_of_bias'"],
)
@pytest.mark.parametrize("command", ["init", "prisma", "check"])
def test_a_review_of_a_newer_version_is_refused(
    begun: Command, data: Path, change: str, command: str
) -> None:
    file = data / "local" / "review.db"
    store = Store(f"sqlite:///{file.as_posix()}")
    with store.write() as conn:
        conn.execute(text(change))
    store.close()
    before = file.read_bytes()
    result = begun(command)
    assert result.code == 1 and result.out == ""
    assert "newer version of the program" in result.err and "Nothing was changed" in result.err
    assert "Traceback" not in result.err and "SELECT" not in result.err
    assert file.read_bytes() == before


def test_mistakes_of_the_protocol_are_named_together(review: Command, data: Path) -> None:
    (data / "protocol.yaml").write_text("title: 1\nsearches: []\n", encoding="utf-8")
    result = review("init")
    assert result.code == 1 and "protocol.yaml:1" in result.err and "Traceback" not in result.err


def test_files_without_a_review(review: Command, tmp_path: Path) -> None:
    source = write(
        tmp_path / "in.csv",
        "id,title,author,year,doi,abstract\n"
        'a,Kratom use and sleep quality in adults,"Doe, J",2020,10.1000/one,x\n'
        'b,Kratom use and sleep quality in adults.,"Doe, Jane",2020,10.1000/ONE,x\n'
        "c,Opioid receptors in mice: a randomised trial of mitragynine,,2019,,A cohort study\n",
    )
    out, pairs = tmp_path / "out.csv", tmp_path / "pairs.csv"
    result = review("dedupe-file", source, out, "--pairs", pairs, "--json")
    assert result.code == 0 and result.json["duplicates"] == 1
    clusters = {row["id"]: row["cluster"] for row in rows(out)}
    assert clusters["a"] == clusters["b"] != clusters["c"]
    assert list(rows(pairs)[0]) == ["id_a", "id_b", "score", "verdict", "why"]
    assert review("suggest-file", source, out, "--json").code == 0
    assert list(rows(out)[0]) == [
        "id", "dimension", "value", "confidence", "rank", "quote", "source",
    ]  # fmt: skip
    missing = review("dedupe-file", tmp_path / "absent.csv", out)
    assert missing.code == 1 and "absent.csv" in missing.err


# --- as a process of its own -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kratom and sleep", "Write AND in capitals"),
        ("kratom[tiab]", "[tiab] is a field of PubMed"),
        ("kratom " * 300, "characters; keep it under"),
    ],
)
def test_pull_refuses_what_the_page_refuses_and_sends_nothing(
    begun: Command, monkeypatch: pytest.MonkeyPatch, query: str, said: str
) -> None:
    with OpenAlexServer(works=10) as server:
        monkeypatch.setenv("OPENALEX_URL", server.url)
        result = begun("pull", "--query", query, "--yes")
    assert result.code == 1 and said in result.err and result.out == ""
    assert server.requests == []
