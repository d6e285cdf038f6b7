"""What was done in the last days and weeks, from the log's times; nothing is replayed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from review.model import Stage
from review.store import recent, visible_votes
from review.workspace import Workspace

DAYS = 7
WEEKS = 8

Given = tuple[str, datetime]
"""A report, and when something was done on it."""


@dataclass(frozen=True, slots=True)
class Lately:
    """What was done since a time, each with the reports it was done on.

    Votes are those that anybody may see (`review.store.visible_votes`).

    Attributes:
        voted: stage -> reports that were voted on.
        runs: search runs and imports that ended.
    """

    since: datetime
    added: tuple[str, ...]
    voted: dict[Stage, tuple[str, ...]]
    tagged: tuple[str, ...]
    found: tuple[str, ...]
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """What was done in one week, which begins on a Monday (UTC).

    Attributes:
        reports: name of a number -> the reports on which that was done.
    """

    monday: date
    added: int
    votes: int
    tags: int
    findings: int
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def lately(ws: Workspace, now: datetime | None = None) -> Lately:
    """What was done in the last `DAYS` days."""
    since = (now or datetime.now(UTC)) - timedelta(days=DAYS)
    with ws.store.read() as conn:
        votes = visible_votes.votes(conn, visible_votes.NO_VIEWER)
        return Lately(
            since=since,
            added=_reports(recent.new_reports(conn, since)),
            voted={
                stage: tuple(
                    dict.fromkeys(
                        v.report for v in votes if v.stage is stage and v.time and v.time >= since
                    )
                )
                for stage in Stage
            },
            tagged=_reports(recent.tags(conn, since)),
            found=_reports(recent.findings(conn, since)),
            runs=tuple(recent.ended_runs(conn, since)),
        )


def weeks(ws: Workspace, now: datetime | None = None) -> list[Week]:
    """What was done in each of the last `WEEKS` weeks, this one among them, oldest first."""
    today = (now or datetime.now(UTC)).astimezone(UTC).date()
    this = today - timedelta(days=today.weekday())
    mondays = [this - timedelta(weeks=n) for n in range(WEEKS - 1, -1, -1)]
    since = datetime.combine(mondays[0], datetime.min.time(), UTC)
    with ws.store.read() as conn:
        votes = visible_votes.votes(conn, visible_votes.NO_VIEWER)
        cast = [(v.report, v.time) for v in votes if v.time and v.time >= since]
        done = {
            "added": _by_week(recent.new_reports(conn, since)),
            "votes": _by_week(cast),
            "tags": _by_week(recent.tags(conn, since)),
            "findings": _by_week(recent.findings(conn, since)),
        }
    return [_week(monday, done) for monday in mondays]


def _week(monday: date, done: Mapping[str, Mapping[date, list[str]]]) -> Week:
    on = {part: by_week.get(monday, []) for part, by_week in done.items()}
    reports = {part: tuple(dict.fromkeys(ids)) for part, ids in on.items()}
    return Week(monday, **{part: len(ids) for part, ids in on.items()}, reports=reports)


def _reports(given: Iterable[Given]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(report for report, _ in given))


def _by_week(given: Iterable[Given]) -> dict[date, list[str]]:
    """Monday -> the report of each thing done in its week."""
    found: dict[date, list[str]] = {}
    for report, at in given:
        day = at.astimezone(UTC).date()
        found.setdefault(day - timedelta(days=day.weekday()), []).append(report)
    return found
