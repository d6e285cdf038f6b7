"""A review that is exported and imported into an empty one is the same review."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from review.config import Config
from review.dedupe import manual_decisions
from review.errors import Cancelled
from review.events import FindingWritten, NoteWritten, ProtocolAdopted, TagGiven, VoteCast
from review.model import Record, Stage, VoteValue
from review.progress import Watch
from review.report_content import FIELDS
from review.reporting import service
from review.screening import service as screening
from review.search import importing
from review.sources import file_preview
from review.store import Store, log, report_content, reports
from review.workspace import Workspace
from tests import histories, reviews
from tests.histories import Step

FORMATS = ("csv", "xlsx", "ris", "json")

NASTY = (
    "=HYPERLINK(\"http://evil.example\";\"x\")", "+1", "-2 mg", "@SUM(A1)", "'=1+1", "''quoted''",
    "a; b;", ";", "semicolon; and, comma", 'He said "no" — "yes"', "two\nlines\n\nand a third",
    "windows\r\nends\rhere", "tab\tin it", "李, 明；王", "眠りと痛み", "النوم والألم", "ab‮gnp.exe",
    "zero​width‌‍ marks﻿", "_x0041_ and _x000D_", "\x0b and \x07", "line\u2028and\u2029paragraph",
    "ER  - \nTY  - JOUR", "  blanks around  ", "  ", '{"vote": [1]}', "[cut here]", "N/A", "#N/A",
    "<script>alert(1)</script> & x", "e\u0301 \U0001f343", "1e5", "007", "=", "review-record {}",
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=12),
)
lists = st.lists(texts.filter(bool), max_size=3).map(tuple)
papers = st.lists(
    st.builds(
        Record,
        source=st.sampled_from(("openalex", "isrctn", "a file; of\nours")),
        key=st.uuids().map(str),
        title=texts,
        authors=lists,
        year=st.sampled_from((None, 1999, 2024)),
        journal=texts,
        volume=texts,
        pages=st.sampled_from(("", "1-9", "S12-S19", "e100", "NCT01234567", "1–9")),
        doi=st.sampled_from(("", "10.1/a", "10.1/A;b", "10.1/ü")),
        pmid=st.sampled_from(("", "123")),
        abstract=texts,
        language=texts,
        type=st.sampled_from(("", "article", "chapter", "Trial registration")),
        url=texts,
        keywords=lists,
        mesh=lists,
        labels=lists,
        study_designs=lists,
        retracted=st.booleans(),
    ),
    min_size=histories.RECORDS,
    max_size=histories.RECORDS,
)
words = st.lists(st.tuples(st.integers(0, 5), texts.filter(str.strip), texts), max_size=4)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty review where title and abstract ask for two votes; it is copied, never changed."""
    folder = tmp_path_factory.mktemp("empty")
    ws = reviews.workspace(folder, f"sqlite:///{(folder / 'empty.db').as_posix()}")
    rules: dict[str, Any] = {
        "version": "v1", "title": "t", "reviewers": {"title_abstract": 2, "full_text": 1},
        "not_retrieved": ["full_text_missing"], "text": {},
    }  # fmt: skip
    with ws.store.write() as conn:
        log.append(conn, "Ann", [ProtocolAdopted(**rules)], protocol="v1")
    ws.store.close()
    return folder / "empty.db"


@pytest.fixture(scope="module", autouse=True)
def no_suggestions() -> Iterator[None]:
    """Suggestions follow from the records, and take longer than all the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "refresh_suggestions", lambda *_: None)
        patch.setattr(importing, "waiting", lambda _ws: [])
        yield


@contextmanager
def copied(empty: Path, path: Path) -> Iterator[Workspace]:
    path.unlink(missing_ok=True)
    shutil.copy(empty, path)
    url = f"sqlite:///{path.as_posix()}"
    ws = Workspace(Config(empty.parent / "data", url), Store(url), reviews.shipped_protocol())
    try:
        yield ws
    finally:
        ws.store.close()


def everything(ws: Workspace) -> dict[str, Any]:
    """What a review holds, by the place of its reports and records and not by their ids."""
    with ws.store.read() as conn:
        ids = [id_ for report in reports.listing(conn) for id_ in report.record_ids]
        place = {id_: n for n, id_ in enumerate(ids)}

    def placed(said: dict[str, Any]) -> dict[str, Any]:
        covers = sorted(place[r] for r in said.get("covers", ()) if r in place)
        settles = sorted(place[r] for r in said.get("settles", ()) if r in place)
        who = {"reviewer": said["reviewer"].strip()}  # blanks around a name are no part of it
        one = {**said, **who, "record": place[said["record"]], "settles": settles}
        return one | {"covers": covers if covers != [one["record"]] else []}

    with service.export_data(ws, None) as d, ws.store.read() as conn:
        studies: dict[str, int] = {}
        events = {x.event for x in (*d.votes, *d.tags, *d.findings)}  # type: ignore[attr-defined]
        said = report_content.said(conn, None, events)
        return {
            "reports": [
                (
                    {name: getattr(d.whole(r), name) for name in FIELDS},
                    [
                        (m.source, m.key, [getattr(m, n) for n in FIELDS])
                        for _, m in d.records[r.id]
                    ],
                    (r.title_abstract, r.full_text, r.reason, r.place),
                    studies.setdefault(r.study, len(studies)),
                    {kind: [placed(dict(o)) for o in rows] for kind, rows in said[r.id].items()},
                    [(v.reviewer.strip(), v.standing) for v in d.votes if v.report == r.id],
                )
                for r in d.reports
            ],
            "flow": {k: n for k, n in d.read_drawing().flow.boxes.items() if n is not None},
        }


STAYS = (
    "stop", "check", "pilot", "pilot_end", "leave", "assign", "postpone", "adopt",
    "full_text", "discuss",
)  # fmt: skip
"""Steps that no file of the content brings along: how a review is run, where a full text was got,
what was said of a conflict. A bundle does."""


def without_what_stays(history: list[histories.Step]) -> list[histories.Step]:
    return [step for step in history if step[0] not in STAYS]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(
    max_examples=max(6, settings().max_examples // 12),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    found=papers,
    long=st.integers(0, 11),
    history=histories.steps.map(without_what_stays),
    said=words,
)
def test_what_is_exported_comes_back_whole(
    empty: Path,
    tmp_path_factory: pytest.TempPathFactory,
    found: list[Record],
    long: int,
    history: list[Step],
    said: list[tuple[int, str, str]],
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    found = [
        replace(r, abstract=f"{r.abstract} 眠り ab; \n" * (40_000 // (len(r.abstract) + 10) + 1))
        if n == long
        else r
        for n, r in enumerate(found)
    ]
    with copied(empty, folder / "a.db") as ws:
        reviews.add(ws, found, "openalex")
        with ws.store.write() as conn:
            histories.play(conn, history)
            for n, text, quote in said:
                record = f"R{n + 1:06d}"
                note = NoteWritten(record=record, text=text, reviewer="=Bo")
                tag = TagGiven(
                    record=record, dimension="outcome", value="pain_intensity", quote=quote,
                    reviewer="Bo; Cy", single=False,
                )  # fmt: skip
                finding = FindingWritten(
                    record=record, exposure="fresh_leaf", population="human_healthy",
                    outcome="pain_intensity", study_design="cohort", direction="better",
                    dose=text.strip(), quote=quote, reviewer="Bo", n=n,
                )  # fmt: skip
                log.append(conn, "Bo", [note, tag, finding])
        whole = everything(ws)
        assume(whole["reports"])
        for format in FORMATS:
            service.export(ws, format, folder / f"out.{format}", viewer=None)
    for format in FORMATS:
        with copied(empty, folder / "b.db") as ws:
            file = folder / f"out.{format}"
            result = importing.import_file(ws, file, actor="Zed")
            assert not result.mistakes and not result.brought.refused
            assert everything(ws) == whole, format
            again = importing.import_file(ws, file, actor="Zed")
            assert not again.new and not again.votes.added and not again.brought.added
            assert everything(ws) == whole, format
    shutil.rmtree(folder)


@pytest.fixture
def small(empty: Path, tmp_path: Path) -> Iterator[Workspace]:
    """Two reports, one of two records, with a vote on each and a note."""
    with copied(empty, tmp_path / "small.db") as ws:
        found = [Record("openalex", f"W{n}", f"Paper {n}", ("Vale, F",), 2020) for n in range(3)]
        reviews.add(ws, found, "openalex")
        manual_decisions.merge(ws, "R000001", "R000002", "Ann")
        screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
        screening.cast(
            ws, "P000003", Stage.TITLE_ABSTRACT, "Ann", VoteValue.EXCLUDE, reason="not_kratom"
        )
        with ws.store.write() as conn:
            log.append(conn, "Ann", [NoteWritten(record="R000003", text="Why?", reviewer="Ann")])
        yield ws


@pytest.mark.parametrize("format", FORMATS)
def test_the_first_look_tells_what_a_file_of_ours_brings(
    small: Workspace, tmp_path: Path, format: str
) -> None:
    path = tmp_path / f"out.{format}"
    service.export(small, format, path, viewer=None)
    look = file_preview.preview(path.read_bytes(), path.name)
    assert look.brings == {"reports": 2, "records": 3, "votes": 2, "notes": 1}
    assert [record.title for record in look.records[:2]] == ["Paper 0", "Paper 2"]


def test_what_stands_here_goes_before_what_a_file_says(
    small: Workspace, empty: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    service.export(small, "csv", path, viewer=None)
    with copied(empty, tmp_path / "b.db") as ws:
        importing.import_file(ws, path, actor="Zed")
        merged = manual_decisions.merge(ws, "R000001", "R000003", "Zed")
        screening.cast(ws, "P000001", Stage.FULL_TEXT, "Ann", VoteValue.EXCLUDE, reason="language")
        assert merged and len(report_ids(ws)) == 1
        again = importing.import_file(ws, path, actor="Zed")
        assert not again.new and not again.votes.added
        assert len(report_ids(ws)) == 1


def test_a_reason_that_was_one_of_the_stage_under_an_earlier_protocol_stays_a_reason(
    small: Workspace, empty: Path, tmp_path: Path
) -> None:
    with small.store.write() as conn:
        vote = VoteCast(
            record="R000003", report="P000003", covers=("R000003",), stage=Stage.TITLE_ABSTRACT,
            vote=VoteValue.EXCLUDE, reason="full_text_missing", reviewer="Bo",
        )  # fmt: skip
        log.append(conn, "Bo", [vote])
    path = tmp_path / "out.csv"
    service.export(small, "csv", path, viewer=None)
    with copied(empty, tmp_path / "b.db") as ws:
        importing.import_file(ws, path, actor="Zed")
        with service.export_data(ws, None) as d:
            assert {(v.reviewer, v.reason, v.note) for v in d.votes} >= {
                ("Bo", "full_text_missing", "")
            }


def test_a_note_without_words_costs_no_report(
    small: Workspace, empty: Path, tmp_path: Path
) -> None:
    with small.store.write() as conn:
        log.append(conn, "Ann", [NoteWritten(record="R000001", text="", reviewer="Ann")])
    path = tmp_path / "out.json"
    service.export(small, "json", path, viewer=None)
    with copied(empty, tmp_path / "b.db") as ws:
        found = importing.import_file(ws, path, actor="Zed")
        assert not found.mistakes and found.new == 3


def test_a_workbook_that_is_stopped_leaves_nothing_behind(
    small: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tmp_path / "rows"
    rows.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(rows))
    watch = Watch(cancelled=lambda: True)
    with pytest.raises(Cancelled):
        service.export(small, "xlsx", tmp_path / "out" / "review.xlsx", viewer=None, watch=watch)
    assert not [*rows.iterdir()] and not [*(tmp_path / "out").iterdir()]


def test_a_file_imported_without_its_votes_brings_records_alone(
    small: Workspace, empty: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.ris"
    service.export(small, "ris", path, viewer=None)
    with copied(empty, tmp_path / "b.db") as ws:
        wanted = importing.VotesWanted(False)
        found = importing.import_file(ws, path, votes=wanted, actor="Zed")
        assert found.new == 3 and not found.votes.added and "notes" not in found.brought.added
        assert found.brought.added == {"merges": 1}


def test_a_report_that_cannot_be_read_costs_itself_alone(
    small: Workspace, empty: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.json"
    service.export(small, "json", path, viewer=None)
    text = path.read_text("utf-8")
    path.write_text(text.replace('"vote":"exclude"', '"vote":"perhaps"'), "utf-8")
    with copied(empty, tmp_path / "b.db") as ws:
        found = importing.import_file(ws, path, actor="Zed")
        assert found.new == 2 and len(found.mistakes) == 1
        assert "votes.0.vote" in str(found.mistakes[0])


def report_ids(ws: Workspace) -> list[str]:
    with ws.store.read() as conn:
        return reports.ids(conn)
