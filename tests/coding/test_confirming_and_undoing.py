"""Whatever was confirmed, written and quoted, taking it back gives what was there before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from review.coding import quoting, service
from review.errors import DecisionError
from review.model import Record
from review.store import log
from review.workspace import Workspace
from tests.factories import make_workspace
from tests.reviews import add

P1 = "P000001"
TITLE = "A case of liver injury after kratom"
ABSTRACT = "We report a case of liver injury. Bilirubin rose, and pain fell. Sleep was measured."
WORDS = ("Bilirubin rose", "pain fell", "A case of liver", "page 3 says so")
PEOPLE = ("Ann", "Ben")
VALUES = (
    ("study_design", "case_report"), ("study_design", "cohort"), ("outcome", "liver_injury"),
    ("outcome", "pain_intensity"), ("exposure", "extract"), ("population", "human_chronic_pain"),
)  # fmt: skip


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    ws, _ = make_workspace(tmp_path, db_url, 0)
    add(ws, [Record("made-up", "m1", title=TITLE, abstract=ABSTRACT)])
    service.refresh_suggestions(ws)
    yield ws
    ws.store.close()


def _tag(ws: Workspace, who: str, n: int) -> None:
    dimension, value = VALUES[n % len(VALUES)]
    service.tag(ws, P1, dimension, value, who, quote=WORDS[n % len(WORDS)] if n % 3 else "")


def _untag(ws: Workspace, who: str, n: int) -> None:
    dimension, value = VALUES[n % len(VALUES)]
    service.untag(ws, P1, dimension, value, who, anyones=n % 2 == 0)


def _suggestion(ws: Workspace, n: int) -> tuple[str, str, str] | None:
    offered = service.sheet(ws, P1).open_suggestions
    every = [s for those in offered.values() for s in those]
    one = every[n % len(every)] if every else None
    return (one.dimension, one.value, one.id) if one else None


def _accept(ws: Workspace, who: str, n: int) -> None:
    if found := _suggestion(ws, n):
        service.tag(ws, P1, found[0], found[1], who, suggestion=found[2])


def _reject(ws: Workspace, who: str, n: int) -> None:
    if found := _suggestion(ws, n):
        service.reject(ws, found[2], P1, who)


def _write(ws: Workspace, who: str, n: int, replaces: str = "") -> None:
    designs, outcomes = ("case_report", "cohort"), ("liver_injury", "pain_intensity", "death")
    service.add_finding(
        ws, P1, exposure="extract", population="human_chronic_pain", outcome=outcomes[n % 3],
        study_design=designs[n % 2], direction=("better", "worse")[n // 3 % 2], reviewer=who,
        quote=WORDS[n % len(WORDS)], n=n, replaces=replaces,
    )  # fmt: skip


def _write_anew(ws: Workspace, who: str, n: int) -> None:
    if found := service.sheet(ws, P1).findings:
        _write(ws, who, n, replaces=found[n % len(found)].event)


def _remove(ws: Workspace, who: str, n: int) -> None:
    if found := service.sheet(ws, P1).findings:
        service.remove_finding(ws, found[n % len(found)].event, who)


def _confirm(ws: Workspace, who: str, n: int) -> None:
    for one in service.sheet(ws, P1).proposed_findings[:1]:
        service.add_finding(
            ws, P1, exposure=one.exposure, population=one.population, outcome=one.outcome,
            study_design=one.study_design, quote=one.quote, reviewer=who, direction="mixed",
        )  # fmt: skip


def _quote(ws: Workspace, who: str, n: int) -> None:
    quoting.quote_newest(ws, P1, who, WORDS[n % len(WORDS)], "page 3" if n % 2 else "")


STEPS: dict[str, Callable[[Workspace, str, int], None]] = {
    "tag": _tag, "untag": _untag, "accept": _accept, "reject": _reject, "confirm": _confirm,
    "write": _write, "write anew": _write_anew, "remove": _remove, "quote": _quote,
}  # fmt: skip


def state(ws: Workspace) -> object:
    """All that a coder sees of the report, events and times with it."""
    sheet = service.sheet(ws, P1)
    return (sheet.tags, sheet.findings, dict(sheet.open_suggestions), sheet.proposed_findings,
            {k: set(v) for k, v in sheet.answered_suggestions.items()})  # fmt: skip


def events(ws: Workspace) -> int:
    with ws.store.read() as conn:
        return len(list(log.events(conn)))


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    history=st.lists(
        st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(PEOPLE), st.integers(0, 11)),
        max_size=9,
    )
)
@example(
    history=[  # a code that was taken off, said again by a finding that is written anew
        ("write", "Ben", 3), ("write anew", "Ben", 1), ("confirm", "Ann", 10),
        ("untag", "Ben", 7), ("confirm", "Ann", 10), ("quote", "Ben", 10),
    ]
)  # fmt: skip
def test_confirming_and_undoing_is_the_identity(
    ws: Workspace, history: list[tuple[str, str, int]]
) -> None:
    for who in PEOPLE:  # what an example that failed left behind
        while service.undo_last(ws, who) is not None:
            pass
    done: list[tuple[str, object]] = []
    for step, who, n in history:
        before, written = state(ws), events(ws)
        try:
            STEPS[step](ws, who, n)
        except DecisionError:
            assert events(ws) == written
            continue
        if events(ws) > written:
            done.append((who, before))
    with ws.store.write() as conn:
        kept = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == kept
    for who, before in reversed(done):
        assert service.undo_last(ws, who) is not None
        assert state(ws) == before
