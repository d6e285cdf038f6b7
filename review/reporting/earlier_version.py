"""What of a review is work since an earlier version of it: for diagrams of updates. Pure.

Ids of reports and studies change with merges and links, so both are followed through their records,
whose ids never change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from review.model import Place
from review.reporting.flow_rows import RecordRow, ReportRow


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version of the review as it was.

    Attributes:
        name: such as ``version 2``.
        homes: record -> the report that held it then.
        included: report included then -> its study.
        left: reports excluded then.
        stopped: reports that were left unscreened when a person ended the screening.
    """

    name: str
    day: date
    homes: Mapping[str, str]
    included: Mapping[str, str]
    left: Set[str]
    stopped: Set[str] = frozenset()


NO_VERSION = Earlier("", date.min, {}, {}, frozenset())
"""Stands for the version before the first: nothing was there."""


def earlier(
    name: str, day: date, records: Iterable[RecordRow], reports: Iterable[ReportRow]
) -> Earlier:
    """A version by the records and reports that it had."""
    then = list(reports)
    return Earlier(
        name,
        day,
        {r.id: r.report for r in records},
        {p.id: p.study for p in then if p.place is Place.INCLUDED},
        frozenset(p.id for p in then if p.place.left),
        frozenset(p.id for p in then if p.place is Place.STOPPED),
    )


@dataclass(frozen=True, slots=True)
class Since:
    """What has been work since a version.

    A report stays out of it only where it is finished as it was then. What was decided otherwise
    since, or waited then or waits now, is carried over.

    Attributes:
        known: reports that hold a record of the version.
        at_work: reports that are work since: new ones, and those carried over.
        kept: reports included now that stand for one included then.
        kept_studies: the same of studies.
        gone: reports included then that none of today stands for: excluded since, waiting, or one
            report with another.
        gone_studies: the same of studies.
    """

    known: frozenset[str]
    at_work: frozenset[str]
    kept: frozenset[str] = field(default=frozenset())
    kept_studies: frozenset[str] = field(default=frozenset())
    gone: tuple[str, ...] = ()
    gone_studies: tuple[str, ...] = ()

    @property
    def carried(self) -> frozenset[str]:
        """Work that the version had already."""
        return self.at_work & self.known


def since(version: Earlier, records: Iterable[RecordRow], reports: Sequence[ReportRow]) -> Since:
    """Compare the review with a version of it.

    Args:
        records, reports: of today, reports in order of id.
    """
    before: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record.id in version.homes:
            before[record.report].add(version.homes[record.id])
    stands_for = _claimed(
        {
            p.id: before[p.id] & version.included.keys()
            for p in reports
            if p.place is Place.INCLUDED and p.id in before
        }
    )
    studies: dict[str, set[str]] = defaultdict(set)
    for p in reports:
        if p.place is Place.INCLUDED and p.id in before:
            studies[p.study] |= {
                version.included[r] for r in before[p.id] & version.included.keys()
            }
    stands_for_study = _claimed(studies)
    as_it_was = {
        p.id
        for p in reports
        if p.id in stands_for
        or (p.place.left and p.id in before and before[p.id] <= version.left)
        or (p.place is Place.STOPPED and p.id in before and before[p.id] <= version.stopped)
    }
    return Since(
        known=frozenset(before),
        at_work=frozenset(p.id for p in reports if p.id not in as_it_was),
        kept=frozenset(stands_for),
        kept_studies=frozenset(stands_for_study),
        gone=tuple(sorted(version.included.keys() - set(stands_for.values()))),
        gone_studies=tuple(sorted(set(version.included.values()) - set(stands_for_study.values()))),
    )


def _claimed(wanted: Mapping[str, Set[str]]) -> dict[str, str]:
    """One of then for each of today that has any; none of then is taken twice.

    Where one of then was parted since, the first stands for it and the others are new.
    """
    taken: dict[str, str] = {}
    used: set[str] = set()
    for now in sorted(wanted):
        free = min(wanted[now] - used, default=None)
        if free is not None:
            taken[now] = free
            used.add(free)
    return taken
