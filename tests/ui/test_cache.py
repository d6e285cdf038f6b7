"""What is worked out for the pages is kept for the newest state of the review, and no longer."""

from __future__ import annotations

import gc
import os
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from review.coding import service as coding
from review.gaps import service as gaps
from review.ui.cache import Answers
from tests.factories import make_workspace, suggest


class Answer:
    """Something large."""


def test_a_question_is_answered_once_in_a_state() -> None:
    answers = Answers()
    first = answers.get((1,), "map", Answer)
    assert answers.get((1,), "map", Answer) is first
    assert answers.get((1,), "claims", Answer) is not first
    assert answers.get((2,), "map", Answer) is not first


def test_over_500_changes_no_more_answers_are_kept_than_after_one() -> None:
    answers = Answers()
    made: weakref.WeakSet[Answer] = weakref.WeakSet()

    def work() -> Answer:
        made.add(found := Answer())
        return found

    for state in range(500):
        for question in ("map", "claims"):
            answers.get((state,), question, work)
    gc.collect()
    assert len(made) == 2


def test_many_questions_about_one_state_are_bounded_too() -> None:
    answers = Answers()
    first = answers.get((1,), "0", Answer)
    for n in range(1, Answers.KEPT + 1):
        answers.get((1,), str(n), Answer)
    assert answers.get((1,), "0", Answer) is not first


def test_those_who_ask_at_the_same_time_wait_for_one_answer() -> None:
    answers, made = Answers(), []
    both = threading.Event()

    def work() -> int:
        both.wait(0.2)
        made.append(1)
        return 7

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(answers.get, (1,), "map", work) for _ in range(4)]
        both.set()
        assert [one.result() for one in asked] == [7] * 4
    assert made == [1]


def test_a_state_is_asked_of_the_database_once_and_again_after_every_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, (report,) = make_workspace(tmp_path, f"sqlite:///{tmp_path / 'review.db'}", 1)
    answers, asked = Answers(), []
    marker = gaps.change_marker
    monkeypatch.setattr(gaps, "change_marker", lambda of: asked.append(1) or marker(of))

    def long_ago() -> None:
        for file in tmp_path.glob("review.db*"):
            os.utime(file, (1, 1))

    seen = [answers.state(ws)]
    for write in (
        lambda: coding.tag(ws, report, "outcome", "death", "Ann"),
        lambda: suggest(ws, report, "outcome", "pain_intensity"),
    ):
        long_ago()
        for _ in range(3):
            assert answers.state(ws) == seen[-1]
        before = len(asked)
        assert answers.state(ws) == seen[-1] and len(asked) == before  # nothing was written
        write()
        for _ in range(2):  # what was just written is looked for each time
            assert answers.state(ws) != seen[-1]
        assert len(asked) == before + 2
        seen.append(answers.state(ws))
    ws.store.close()
