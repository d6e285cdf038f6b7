"""The check of the log: on a copy, while others work, and it finds what does not follow."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from review.errors import Cancelled
from review.events import RecordsMerged, TagGiven, VoteCast
from review.model import Record, RunStatus, Stage, VoteValue
from review.progress import Progress, Watch
from review.store import Store, active_decisions, log, records
from review.store.integrity import check
from review.store.schema import record_raw, report, tag, vote


@pytest.fixture
def review(store: Store) -> Store:
    """Twelve papers, one voted on and tagged, two of them merged."""
    papers = [Record("openalex", f"W{n}", title=f"Paper {n}", raw={"n": n}) for n in range(12)]
    with store.write() as conn:
        run = records.start_run(conn, "Ann", "core", "openalex")
        added = records.add_records(conn, "Ann", run, papers)
        records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)
        merge = RecordsMerged(records=(added.new[0], added.new[1]), score=0.97, why="same DOI")
        tagged = TagGiven(record="R000004", reviewer="Ann", dimension="outcome", value="pain")
        log.append(conn, "Ann", [merge, tagged, ballot("Ann")])
    return store


def ballot(reviewer: str) -> VoteCast:
    return VoteCast(
        record="R000003", stage=Stage.TITLE_ABSTRACT, vote=VoteValue.MAYBE, reviewer=reviewer
    )


def test_all_is_well_with_a_review_that_follows_from_its_log(review: Store) -> None:
    found = check(review)
    with review.read() as conn:
        assert found.events == len(list(log.events(conn)))
    assert found.differences == () and found.problems == ()


def test_what_does_not_follow_is_named_and_nothing_is_mended(review: Store) -> None:
    with review.write() as conn:
        conn.execute(update(report).where(report.c.id == "P000003").values(reason="made up"))
        conn.execute(delete(tag))
        conn.execute(delete(record_raw).where(record_raw.c.record == "R000005"))
    for _ in range(2):
        found = check(review)
        assert len(found.differences) == 2
        assert "Table report: 1 rows do not follow" in found.differences[0]
        assert "made up" in found.differences[0]
        assert "Table tag: 0 rows" in found.differences[1] and "pain" in found.differences[1]
        assert ["R000005" in problem for problem in found.problems] == [True]


def test_a_vote_is_cast_while_the_log_is_replayed(review: Store) -> None:
    cast: list[str] = []

    def meanwhile(now: Progress) -> None:
        reviewer = f"Reviewer {len(cast)}"
        with review.write() as conn:
            log.append(conn, reviewer, [ballot(reviewer)])
        cast.append(now.step)

    before = check(review).events
    found = check(review, Watch(meanwhile))
    assert "events replayed" in cast and len(set(cast)) == 2
    # It is of the moment when it began: the votes that came later are not in it, and not missed.
    assert found.events == before and found.differences == () and found.problems == ()
    with review.read() as conn:
        assert len(active_decisions.votes(conn)) == 1 + len(cast)
    assert check(review).differences == ()


def test_a_check_tells_how_far_it_is(review: Store) -> None:
    told: list[Progress] = []
    events = check(review, Watch(told.append)).events
    assert told[-1] == Progress(events, events, "events replayed")
    assert all(0 <= now.done <= (now.total or 0) for now in told)


@pytest.mark.parametrize("step", [0, -1])
def test_a_check_that_is_stopped_leaves_nothing_behind(
    review: Store, step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "copies").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "copies"))
    steps: list[Progress] = []
    check(review, Watch(steps.append))
    asked = iter(range(len(steps)))
    stop_at = range(len(steps))[step]

    def stop() -> bool:
        assert list((tmp_path / "copies").iterdir()), "the copy is where it is looked for"
        return next(asked) == stop_at

    with pytest.raises(Cancelled):
        check(review, Watch(cancelled=stop))
    assert list((tmp_path / "copies").iterdir()) == []
    with review.write() as conn:  # nobody holds it
        assert conn.execute(vote.select()).one().reviewer == "Ann"


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "review.db"
    store = Store(f"sqlite:///{file.as_posix()}")
    store.upgrade()
    with store.read() as conn:
        size = conn.exec_driver_sql("PRAGMA page_size").scalar_one()
        page = conn.exec_driver_sql(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_vote_record_stage_person'"
        ).scalar_one()
    store.close()
    with file.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xff" * 200)
    store = Store(f"sqlite:///{file.as_posix()}")
    found = check(store)
    assert found.problems and "damaged" in found.problems[0]
    store.close()
