"""What was worked out for one state of the review is not worked out twice."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from review.gaps import service as gaps
from review.store.database_file import last_written, mark
from review.workspace import Workspace

T = TypeVar("T")


def remembered(ws: Workspace, compute: Callable[..., T], *args: Any) -> T:
    """The answer of a service to a question already asked since the review last changed.

    All sessions share it, so it is only looked at.

    Args:
        compute: takes the workspace and ``args``, changes nothing, returns plain data.
        args: values whose ``repr`` tells them apart.
    """
    state = (ws.protocol.version, *_answers().state(ws))
    question = f"{compute.__module__}.{compute.__name__}{args!r}"
    return _answers().get(state, question, lambda: compute(ws, *args))


class Answers:
    """The answers to questions about one state of the review; those about earlier ones are dropped.

    An answer about a large review takes tens of megabytes, and every vote makes another state.
    """

    KEPT = 32
    """Questions whose answers are kept, those asked last."""

    def __init__(self) -> None:
        self._state: tuple[object, ...] = ()
        self._answers: OrderedDict[str, Any] = OrderedDict()
        self._asking: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()
        self._seen: tuple[tuple[object, ...], tuple[object, ...]] | None = None

    def state(self, ws: Workspace) -> tuple[object, ...]:
        """What tells this state of the review from others.

        A page asks a dozen times, and what tells it takes longer the more suggestions there are; so
        the database is only asked where its file may have been written since.
        """
        url = str(ws.store.url)
        written = last_written(url)
        before = None if written is None else (url, *written)
        if before is not None and (seen := self._seen) is not None and seen[0] == before:
            return seen[1]
        found = (url, mark(url), gaps.change_marker(ws))
        self._seen = None if before is None else (before, found)
        return found

    def get(self, state: tuple[object, ...], question: str, compute: Callable[[], T]) -> T:
        """The answer in this state, worked out once however many ask at the same time."""
        with self._lock:
            if state != self._state:
                self._state = state
                self._answers.clear()
                self._asking.clear()
            asking = self._asking[question]
        with asking:
            with self._lock:
                if state == self._state and question in self._answers:
                    self._answers.move_to_end(question)
                    known: T = self._answers[question]
                    return known
            found = compute()
            with self._lock:
                if state == self._state:
                    self._answers[question] = found
                    while len(self._answers) > self.KEPT:
                        self._asking.pop(self._answers.popitem(last=False)[0], None)
            return found


@st.cache_resource(show_spinner=False)
def _answers() -> Answers:
    return Answers()
