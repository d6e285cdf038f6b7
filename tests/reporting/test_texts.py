"""Texts of a report: from the log and nothing else, and the same in every kind of file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from typer.testing import CliRunner

from review.cli import app
from review.errors import DecisionError, NotFoundError
from review.model import Record, RunStatus, Stage, VoteValue
from review.reporting import flows, service
from review.reporting.flow_boxes import WORDS
from review.reporting.texts import files, manuscript_tables, search_appendix
from review.reporting.texts import service as texts
from review.reporting.texts.checklists import State, checklists
from review.reporting.texts.files import TEXTS
from review.reporting.texts.methods_facts import METHODS
from review.reporting.texts.results_facts import RESULTS
from review.reporting.texts.search_appendix import SearchTold
from review.reporting.texts.words import safe
from review.reporting.word_documents import TO_WRITE, write_docx
from review.screening import service as screening
from review.store import integrity, log, records
from review.versions import service as versions
from review.workspace import Workspace
from tests import reviews

NASTY = "| <script>alert(1)</script> [x](http://evil.example) *a* `b` # c & é ![d](e) \\ ~~f~~ $g$"
SENT = "https://api.openalex.org/works?search=(kratom OR ```ketum```)&filter=x|y"


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("texts")
    ws = reviews.workspace(folder, f"sqlite:///{(folder / 'review.db').as_posix()}")
    with ws.store.write() as conn:
        run = records.start_run(conn, "Ann", "kratom_core", "openalex", SENT, promised=3)
        found = [Record("openalex", f"W{n}", f"Kratom paper {n}", year=2020) for n in range(3)]
        records.add_records(conn, "Ann", run, found)
        records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)
    reviews.add(ws, [Record("Embase", "E1", "From a file")], source="Embase")
    yes, no = VoteValue.INCLUDE, VoteValue.EXCLUDE
    screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Ann", yes)
    screening.cast(ws, "P000001", Stage.FULL_TEXT, "Ann", yes)
    screening.cast(ws, "P000002", Stage.TITLE_ABSTRACT, "Bo", no, reason="not_kratom")
    yield ws
    ws.store.close()


# ---- checklists ------------------------------------------------------------------------------


def test_the_checklists_have_the_items_of_their_guidelines() -> None:
    numbers = {id_: [i.number for i in one.items] for id_, one in checklists().items()}
    whole = [re.sub(r"[a-z]$", "", number) for number in numbers["prisma2020"]]
    assert list(dict.fromkeys(whole)) == [str(n) for n in range(1, 28)]
    assert len(numbers["prisma2020"]) == 42
    assert numbers["prisma-scr"] == [str(n) for n in range(1, 23)]
    assert [i.number for i in checklists()["prisma-scr"].items if i.optional] == ["12", "16"]
    assert {"L1", "L2", "L3", "L4"} < set(numbers["prisma-lsr"])
    assert numbers["swim"] == ["1a", "1b", *(str(n) for n in range(2, 10))]


def test_what_a_checklist_asks_the_log_for_is_there_to_be_asked() -> None:
    asked = {name for one in checklists().values() for item in one.items for name in item.known}
    assert asked <= {*METHODS, *RESULTS} and not {*METHODS} & {*RESULTS}


def test_the_log_fills_what_it_knows_and_says_where_from(ws: Workspace) -> None:
    found = {one.item.number: one for one in texts.answers(ws, "prisma2020")}
    assert found["4"].state is found["8"].state is State.ANSWERED
    assert found["16a"].state is State.PARTLY  # two reports still wait
    assert found["7"].state is State.PARTLY  # the string of the file's search is not known
    assert "OpenAlex" in found["6"].facts[0].text
    assert found["6"].state is State.PARTLY  # when the file was searched for, nobody said
    assert all(place for one in found.values() for place in one.places)
    for number in ("3", "12", "14", "25", "26"):
        assert found[number].state is State.OPEN and not found[number].facts
    assert texts.answers(ws, "prisma-scr")[11].state is State.OPTIONAL  # nobody appraised anything


def test_nothing_is_called_reported_that_was_not_done(tmp_path: Path) -> None:
    def answered() -> set[str]:
        return {
            f"{id_} {one.item.number}"
            for id_ in (*checklists(), files.PRISMA_S)
            for one in texts.answers(ws, id_)
            if one.state is State.ANSWERED
        }

    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    assert answered() == {"prisma2020 4", "prisma-scr 4"}  # what the protocol asks, and no more
    assert RESULTS["flow"](ws).text == "No record has been identified yet."
    assert "Studies are to be grouped" in METHODS["grouping"](ws).text
    two = [Record("Embase", f"E{n}", f"Paper {n}") for n in range(2)]
    first, second = reviews.add(ws, two, source="Embase")
    for stage in Stage:
        screening.cast(ws, first.replace("R", "P"), stage, "Ann", VoteValue.INCLUDE)
    assert "prisma2020 8" in answered()
    assert not {"prisma2020 16a", "prisma2020 17", "prisma2020 18", "prisma-lsr 16a"} & answered()
    screening.cast(ws, second.replace("R", "P"), Stage.TITLE_ABSTRACT, "Ann", VoteValue.EXCLUDE)
    assert "prisma2020 16a" in answered()
    assert "prisma-lsr 16a" not in answered()  # there is no version before
    assert "1 report was sought; 0 were excluded on full text." in RESULTS["flow"](ws).text
    ws.store.close()


def test_a_written_item_is_an_event_that_is_replaced_and_taken_back(ws: Workspace) -> None:
    def written() -> str:
        (one,) = [one for one in texts.answers(ws, "prisma2020") if one.item.number == "24a"]
        return one.written.text if one.written else ""

    texts.write_item(ws, "prisma2020", "24A", "Ann", NASTY)
    texts.write_item(ws, "prisma2020", "24a", "Bo", "PROSPERO CRD1")
    with pytest.raises(DecisionError, match="says that already"):
        texts.write_item(ws, "prisma2020", "24a", "Ann", " PROSPERO CRD1 ")
    assert written() == "PROSPERO CRD1"
    texts.take_back(ws, "prisma2020", "24a", "Ann")
    assert written() == NASTY
    with ws.store.write() as conn:
        log.replay(conn)
    assert written() == NASTY and integrity.check(ws.store).differences == ()
    for bad in ("28", "", "24"):
        with pytest.raises(NotFoundError):
            texts.write_item(ws, "prisma2020", bad, "Ann", "x")
    with pytest.raises(DecisionError, match="Write what"):
        texts.write_item(ws, "swim", "2", "Ann", "  ")


def test_an_item_of_prisma_s_is_the_one_of_the_search_log(ws: Workspace) -> None:
    texts.write_item(ws, "prisma-s", "6", "Ann", "Two authors were asked.")
    six = texts.answers(ws, "prisma-s")[5]
    assert six.state is State.ANSWERED
    assert "Two authors were asked" in texts.text(ws, "search-appendix").markdown
    texts.take_back(ws, "prisma-s", "6", "Ann")


# ---- texts -----------------------------------------------------------------------------------


def test_the_numbers_of_a_text_are_those_of_the_diagram(ws: Workspace) -> None:
    said = RESULTS["flow"](ws).text
    b = flows.flow(ws).boxes
    assert f"identified {b['database_results']} records" in said
    assert f"Of {b['records_screened']} records to screen, {b['records_excluded']} was" in said
    assert "2 still await a decision" in said and "screened" not in said
    assert "1 study in 1 report is included so far" in said


def test_what_the_log_does_not_know_is_marked_and_never_made_up(ws: Workspace) -> None:
    methods = texts.text(ws, "methods").markdown
    assert "[to be written: risk of bias]" in methods  # nobody judged any
    assert "searched on [to be written: date of the search]" in methods  # of the file
    assert "Disagreements" not in methods and "pilot" not in methods
    assert "no help of machines" in texts.text(ws, "automation").markdown


def test_the_appendix_has_each_search_exactly_as_it_was_sent(ws: Workspace) -> None:
    said = texts.text(ws, "search-appendix").markdown
    block = re.search(r"As sent:\n\n(`{3,})\n(.*?)\n\1\n", said, re.DOTALL)
    assert block is not None and block[2] == SENT and len(block[1]) == 4
    assert "| 3 of 3 |" in said and "2026" in said.split("As sent")[0]
    (run,) = [r for r in service_runs(ws) if r.online]
    told = search_appendix.appendix([SearchTold(run, "P", understood="works where x")], [], "T")
    assert "As the source itself puts it" in told and "works where x" in told


def service_runs(ws: Workspace) -> list[records.SearchRun]:
    with ws.store.read() as conn:
        return records.runs(conn)


@pytest.mark.parametrize("name", [name for name in TEXTS if name != files.MANUSCRIPT])
def test_word_and_markdown_say_the_same(ws: Workspace, tmp_path: Path, name: str) -> None:
    """Every mark for people, every heading and every cell of a table is in both."""
    text = texts.text(ws, name)
    files.write(text, tmp_path / "a.docx")
    files.write(text, tmp_path / "b.docx")
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    word = Document(str(tmp_path / "a.docx"))
    headings = [p.text for p in word.paragraphs if p.style.name.startswith("Heading")]
    inside = re.sub(r"^(`{3,}).*?^\1$", "", text.markdown, flags=re.DOTALL | re.MULTILINE)
    assert len(headings) == len(re.findall(r"^#+ ", inside, re.MULTILINE)) > 0
    paragraphs = [*word.paragraphs]
    for table in word.tables:
        paragraphs += [p for row in table.rows for cell in row.cells for p in cell.paragraphs]
    marks = [
        run.text for p in paragraphs for run in p.runs
        if run.font.highlight_color == WD_COLOR_INDEX.YELLOW
    ]  # fmt: skip
    assert sorted(marks) == sorted(TO_WRITE.findall(text.markdown))
    if name.startswith("checklist-"):
        asked = texts.checklist(name.removeprefix("checklist-"))
        assert len(word.tables[0].rows) == len(asked.items) + 1


def test_text_from_outside_stays_text(tmp_path: Path) -> None:
    write_docx(f"# {safe(NASTY)}\n\n| a |\n|---|\n| {safe(NASTY)} |\n", tmp_path / "x.docx")
    word = Document(str(tmp_path / "x.docx"))
    assert word.paragraphs[0].text == NASTY and word.tables[0].cell(1, 0).text == NASTY
    write_docx(safe("bell \x07 and \x00 null"), tmp_path / "y.docx")
    assert "bell" in Document(str(tmp_path / "y.docx")).paragraphs[0].text


def test_the_manuscript_holds_the_picture_and_all_appendices(ws: Workspace, tmp_path: Path) -> None:
    service.export(ws, files.MANUSCRIPT, tmp_path / "m.docx")
    word = Document(str(tmp_path / "m.docx"))
    assert len(word.inline_shapes) == 1
    headings = [p.text for p in word.paragraphs if p.style.name == "Heading 2"]
    assert [h for h in headings if h.startswith("Appendix")] == [
        "Appendix A. Search appendix",
        "Appendix B. PRISMA 2020 checklist",
        "Appendix C. PRISMA-S checklist, for the literature search",
    ]


def test_the_manuscript_holds_its_tables_cut_with_a_word_and_nothing_from_outside_runs() -> None:
    (first, *_rest) = manuscript_tables.TABLES
    rows = [
        {"report": f"P{n}", "study_design": NASTY, "outcome": "Pain"}
        for n in range(manuscript_tables.MOST_ROWS + 2)
    ]
    said = manuscript_tables.lines(1, first, "102 studies.", lambda _name: (rows, {"P0": "Vale"}))
    assert said[0].startswith("**Table 1. Characteristics of included studies.** 102 studies.")
    assert said[2] == "| Study | Design | Outcomes |"  # the other columns hold nothing
    assert said[4] == f"| Vale | {safe(NASTY)} | Pain |"
    assert len(said) == 4 + manuscript_tables.MOST_ROWS + 3 and "2 more rows" in said[-2]


def test_each_table_of_the_manuscript_is_one_of_the_report(ws: Workspace, tmp_path: Path) -> None:
    service.export(ws, files.MANUSCRIPT, tmp_path / "m.md")
    said = (tmp_path / "m.md").read_text("utf-8")
    titles = re.findall(r"^\*\*Table (\d)\. (.+?)\.\*\*", said, re.MULTILINE)
    assert [int(n) for n, _ in titles] == [*range(1, len(titles) + 1)]
    assert "Characteristics of included studies" in dict(titles).values()
    assert "| Kratom paper 0 2020 (P000001) |" in said
    with service.table(ws, "claims") as claims:
        assert all(f"| {row['claim']}: " in said for row in claims.rows)
    for planned in manuscript_tables.TABLES:
        with service.table(ws, planned.name) as found:
            planned.make(list(found.rows), str)


# ---- the words of the diagram, and versions ----------------------------------------------------


def test_words_of_a_box_are_kept_in_the_log_and_can_be_put_back(ws: Workspace) -> None:
    before = flows.flow(ws).boxes
    flows.word_box(ws, "Ann", "duplicates", "  Copies of the\nsame text ")
    assert flows.drawing(ws).choices.words == {"duplicates": "Copies of the same text"}
    assert flows.drawing(ws).choices.words and flows.flow(ws).boxes == before
    flows.word_box(ws, "Ann", "duplicates", "")
    assert flows.drawing(ws).choices.words == {}
    for box, words in (
        ("nothing", "x"),
        ("duplicates", WORDS["duplicates"]),
        ("removed", "x" * 201),
    ):
        with pytest.raises(DecisionError):
            flows.word_box(ws, "Ann", box, words)


def test_an_update_goes_on_from_a_version(ws: Workspace, tmp_path: Path) -> None:
    with pytest.raises(DecisionError, match="no version yet"):
        flows.drawing(ws, flows.Kind.UPDATED)
    made = versions.make(ws, "Ann", "First search")
    reviews.add(ws, [Record("Embase", "E2", "Later")], source="Embase")
    found = flows.drawing(ws, flows.Kind.LIVING).flow
    assert (found.boxes["database_results"], found.boxes["previous_studies"]) == (1, 1)
    assert found.since == "version 1" and found.failed_sums == []
    assert "Since version 1" in RESULTS["flow_since"](ws).text
    answers = {one.item.number: one for one in texts.answers(ws, "prisma-lsr")}
    assert answers["L3"].facts[1].text.startswith("From version 1 to now: 1 record came in")
    assert answers["L4"].facts[0].text == (
        "Ann screened title and abstract of 1 report and full text of 1 report. "
        "Bo screened title and abstract of 1 report."
    )
    where = {"REVIEW_DATA": str(ws.config.data), "REVIEW_DB": str(ws.store.url)}
    ids = tmp_path / "ids.csv"
    said = CliRunner().invoke(app, ["prisma", "--since", "1", "--ids", str(ids)], env=where)
    assert said.exit_code == 0, said.output
    lines = ids.read_text("utf-8-sig").splitlines()
    assert "source:Embase,Embase,1,R000005," in lines
    for option, name, ending in (
        ("--since=1", "flow-ids", "csv"), ("--living", "flow-svg", "svg"),
        ("--since=1", "prisma2020", "csv"), ("--living", "flow-docx", "docx"),
    ):  # fmt: skip
        asked, drawn = tmp_path / f"asked.{ending}", tmp_path / f"drawn.{ending}"
        by = "ids" if name == "flow-ids" else ending
        for words in (["export", name, str(asked), option], ["prisma", option, f"--{by}={drawn}"]):
            said = CliRunner().invoke(app, words, env=where)
            assert said.exit_code == 0, said.output
        assert asked.read_bytes() == drawn.read_bytes(), name
    said = CliRunner().invoke(app, ["export", "csv", str(ids), "--living"], env=where)
    assert said.exit_code == 2 and "flow-svg" in said.output
    versions.take_back(ws, "Ann", made.number)


def test_the_command_shows_a_checklist_and_writes_items(ws: Workspace) -> None:
    where = {"REVIEW_DATA": str(ws.config.data), "REVIEW_DB": str(ws.store.url)}

    def run(*more: str) -> str:
        result = CliRunner().invoke(app, ["checklist", *more], env=where)
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "Ann: Vote counting." in run("swim", "--state", "3", "Vote counting.", "--as", "Ann")
    assert '"none": true' in run("swim", "--none", "3", "--as", "Ann", "--json")
    assert "Ann: Vote counting." in run("swim", "--take-back", "3", "--as", "Ann")
    bad = CliRunner().invoke(app, ["checklist", "nothing"], env=where)
    assert bad.exit_code == 1 and "prisma-scr" in bad.output
