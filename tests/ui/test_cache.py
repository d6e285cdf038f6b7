"""What is worked out for the pages is kept for the newest state of the review, and no longer."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

from review.ui.cache import Answers


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
