"""What people decide on the command line: given, listed and taken back."""

from __future__ import annotations

from pathlib import Path

from tests.reviews import LIBRARY_SIZE
from tests.test_cli import RIS, Command, begun, data, made, review, rows, write

__all__ = ["begun", "data", "made", "review"]


def test_merges_are_listed_and_taken_back(begun: Command) -> None:
    begun("dedupe")
    merge = begun("merges", "--json").json[0]
    assert merge["active"] and len(merge["records"]) == 2 and len(merge["reports"]) == 1
    assert begun("merges", "--undo", merge["id"]).code == 0
    after = {m["id"]: m for m in begun("merges", "--json").json}
    assert not after[merge["id"]]["active"] and len(after[merge["id"]]["reports"]) == 2
    again = begun("merges", "--undo", merge["id"])
    assert again.code == 1 and "taken back already" in again.err


def test_a_run_is_withdrawn_and_restored(begun: Command, tmp_path: Path) -> None:
    def identified() -> int:
        return int(begun("prisma", "--json").json["boxes"]["database_results"])

    before = identified()
    file = write(tmp_path / "wrong.ris", RIS)
    run = begun("import", file, "--source", "pubmed", "--json").json["run"]["id"]
    listed = begun("runs", "--json").json
    assert listed[0]["id"] == run and not listed[0]["withdrawn"]
    unsure = begun("runs", "--withdraw", run)
    assert unsure.code == 1 and "2 records leave the review" in unsure.err
    assert identified() == before + 2
    done = begun("runs", "--withdraw", run, "--yes", "--why", "wrong file", "--json")
    assert done.code == 0 and done.json[0]["withdrawn"] and identified() == before
    assert begun("runs").out.splitlines()[0].endswith("withdrawn")
    assert begun("runs", "--withdraw", run, "--yes").code == 1
    assert begun("runs", "--restore", run).code == 0 and identified() == before + 2
    assert begun("runs", "--restore", run).code == 1
    assert begun("runs", "--restore", run, "--withdraw", run).code == 2


def test_the_search_log_takes_what_only_a_person_knows(begun: Command, tmp_path: Path) -> None:
    def of(item: int) -> list[dict[str, str]]:
        return [line for line in begun("search-log", "--json").json if line["item"] == item]

    assert [line["known"] for line in of(6)] == ["not stated"]
    assert begun("search-log", "--state", "6", "Asked two authors.", "--as", "Ann").code == 0
    (line,) = of(6)
    assert (line["value"], line["known"], line["by"]) == ("Asked two authors.", "stated", "Ann")
    assert begun("search-log", "--none", "6", "--as", "Bo").code == 0
    assert [line["value"] for line in of(6)] == ["none"]
    assert begun("search-log", "--take-back", "6").code == 0
    assert [line["by"] for line in of(6)] == ["Ann"]
    review = ("--state", "14", "one synonym was added", "--reviewed-by", "J. Doe")
    done = begun(
        "search-log", *review, "--reviewed-on", "2026-03-02", "--csv", tmp_path / "log.csv"
    )
    assert done.code == 0
    assert "Reviewed by J. Doe on 2026-03-02" in (tmp_path / "log.csv").read_text(encoding="utf-8")
    shown = begun("search-log").out
    assert "of 16 items answered; open: 2 Multi-database searching" in shown
    assert begun("search-log", "--none", "8").code == 1
    assert begun("search-log", "--take-back", "7").code == 1
    for wrong in (
        ["--state", "6", "x", "--none", "6"],
        ["--state", "6", "x", "--reviewed-by", "J"],
        ["--state", "six", "x"],
    ):
        assert begun("search-log", *wrong).code == 2


def test_links_are_listed_confirmed_rejected_and_taken_back(begun: Command) -> None:
    begun("dedupe")

    def states() -> dict[str, str]:
        return {one["id"]: one["state"] for one in begun("links", "--json").json}

    first, second = [one for one, state in states().items() if state == "suggested"][:2]
    assert "linked as one study" in begun("links", "--confirm", first).out
    assert begun("links", "--reject", second).code == 0
    after = begun("links", "--json").json
    assert not {first, second} & {one["id"] for one in after}
    confirmed, rejected = (
        next(one["id"] for one in after if one["state"] == state)
        for state in ("confirmed", "rejected")
    )
    assert confirmed in begun("links").out
    assert begun("links", "--undo", confirmed).code == begun("links", "--undo", rejected).code == 0
    assert states()[confirmed] == states()[rejected] == "taken back"
    assert states()[first] == states()[second] == "suggested"
    merge = begun("merges", "--json").json[0]["id"]
    wrong = begun("links", "--undo", merge)
    assert wrong.code == 1 and "not a decision of this kind" in wrong.err
    assert begun("links", "--confirm", first, "--undo", merge).code == 2
    assert begun("links", "--confirm", "D0").err.startswith("Error: There is no pair D0")


def test_tags_and_findings_go_in_and_out(begun: Command, tmp_path: Path) -> None:
    tags = write(
        tmp_path / "tags.csv",
        "report,dimension,value,reviewer,quote,time\nP000001,study_design,cohort,Ann,=1+1,\n"
        "P000001,study_design,no_such_design,Ann,,\n",
    )
    result = begun("tags", "import", tags, "--json")
    assert result.code == 0 and result.json["added"] == 1
    assert len(result.json["mistakes"]) == 1 and "tags.csv:3" in result.err
    findings = write(
        tmp_path / "findings.csv",
        "report,exposure,population,outcome,instrument,study_design,comparator,duration,direction,"
        "quote,reviewer,time\n"
        "P000001,extract,human_healthy,pain_intensity,,cohort,,,better,,Ann,\n",
    )
    imported = begun("findings", "import", findings, "--json")
    for noun, source in (("tags", tags), ("findings", findings)):
        out = tmp_path / f"{noun}-out.csv"
        assert begun(noun, "export", out).code == 0
        contract = list(rows(source)[0])
        assert list(rows(out)[0])[: len(contract)] == contract  # later columns stand behind
    assert rows(tmp_path / "tags-out.csv")[0]["quote"] == "'=1+1"
    assert (imported.json["added"], imported.json["mistakes"]) == (1, [])


def test_screening_is_stopped_checked_and_looked_back_on_by_commands(begun: Command) -> None:
    assert "Say why you stop" in begun("screening", "stop", "--as", "Ann").err
    said = begun("screening", "stop", "--why", "pilot only", "--as", "Ann").out
    stop = said.split(":")[0]
    assert f"{LIBRARY_SIZE} reports not screened: stopped" in said
    drawn = begun("screening", "check", "5", "--seed", "7", "--as", "Ann").out
    assert "5 reports drawn with seed 7" in drawn
    told = begun("stopping", "--json").json
    assert told["not_screened"] == LIBRARY_SIZE - 5
    assert (told["stops"][0]["event"], told["stops"][0]["check"]["drawn"]) == (stop, 5)
    assert "5 of 334" in (text := begun("stopping").out) and "pilot only" in text
    flow = begun("prisma", "--json").json
    assert flow["boxes"]["records_not_screened"] == LIBRARY_SIZE - 5 and not flow["failed_sums"]
    assert begun("check").code == 0
    assert begun("screening", "undo", stop, "--as", "Bo").code == 0
    assert begun("stopping", "--json").json["stops"] == []
    assert "there are fewer" in begun("screening", "look-back", "--as", "Ann").out
    assert begun("screening", "keep", "P000001", "--as", "Ann").code == 1
    assert begun("screening", "check", "5").code == 1
