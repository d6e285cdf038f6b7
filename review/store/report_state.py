"""Reports, studies and decisions as they follow from merges, links and votes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from review.decision_rule import Ballot, outcome
from review.model import QUEUES, Stage, VoteValue
from review.people import person_key
from review.store import displayed_fields, stops
from review.store.chunks import chunks
from review.store.report_rules import Rules
from review.store.schema import edge, member, record, report, sighting, vote, withdrawal
from review.store.votes_asked import Asked, asked


def report_id(record_id: str) -> str:
    """The report a record makes when it is alone: ``R000012`` -> ``P000012``."""
    return "P" + record_id[1:]


def study_id(record_id: str) -> str:
    """The study a record makes when it is alone: ``R000012`` -> ``S000012``."""
    return "S" + record_id[1:]


def refresh(
    conn: Connection, joined: Collection[str], voted: Collection[str], in_force: Rules
) -> None:
    """Bring reports up to date.

    Args:
        joined: records whose merges or links may have changed.
        voted: records whose votes may have changed.
        in_force: what the protocol says about deciding.
    """
    done: set[str] = set()
    if joined:
        done = _rejoin(conn, joined, in_force)
    left = [r for r in voted if r not in done]
    if left:
        reports = _reports_of(conn, left)
        found = _decisions(conn, reports, in_force)
        decided = [{"decided": id_, **values} for id_, values in found.items()]
        if decided:
            conn.execute(update(report).where(report.c.id == bindparam("decided")), decided)


def _reports_of(conn: Connection, records: Collection[str]) -> dict[str, list[str]]:
    ids: set[str] = set()
    for part in chunks(records):
        ids.update(conn.execute(select(member.c.report).where(member.c.record.in_(part))).scalars())
    found: dict[str, list[str]] = defaultdict(list)
    for part in chunks(sorted(ids)):
        for row in conn.execute(select(member).where(member.c.report.in_(part))):
            found[row.report].append(row.record)
    return found


def _rejoin(conn: Connection, seeds: Collection[str], in_force: Rules) -> set[str]:
    """Work out reports and studies anew around the given records; return all records looked at."""
    reached, edges = _closure(conn, seeds)
    # Withdrawn records hold others together still, but are not shown.
    root = _components(reached, [(e.record_a, e.record_b) for e in edges if e.kind == "merge"])
    study_root = _components(reached, [(e.record_a, e.record_b) for e in edges])
    clusters: dict[str, list[str]] = defaultdict(list)
    studies: dict[str, str] = {}
    for r in sorted(reached - _withdrawn(conn, reached)):
        clusters[root[r]].append(r)
        studies.setdefault(study_root[r], study_id(r))
    by_report = {report_id(members[0]): members for members in clusters.values()}
    stale = _move_members(conn, reached, {r: p for p, rs in by_report.items() for r in rs})
    for part in chunks(sorted(stale)):
        conn.execute(delete(report).where(report.c.id.in_(part)))
    decisions = _decisions(conn, by_report, in_force)
    leads = _leads(conn, by_report)
    rows = [
        {
            "id": id_,
            "lead": leads[id_],
            "records": len(members),
            "study": studies[study_root[members[0]]],
            **decisions[id_],
        }
        for id_, members in by_report.items()
    ]
    for part_rows in chunks(rows):
        conn.execute(insert(report), part_rows)
    displayed_fields.refresh(conn, sorted(stale), by_report, leads)
    return reached


def _withdrawn(conn: Connection, records: Collection[str]) -> set[str]:
    """Records that only withdrawn runs brought; their votes and tags wait for them."""
    gone = select(withdrawal.c.run).where(withdrawal.c.active)
    if conn.execute(gone.limit(1)).scalar() is None:
        return set()
    kept: set[str] = set()
    for part in chunks(records):
        seen = select(sighting.c.record).where(
            sighting.c.record.in_(part), sighting.c.run.not_in(gone)
        )
        kept.update(conn.execute(seen).scalars())
    return set(records) - kept


def _move_members(conn: Connection, reached: Collection[str], now: Mapping[str, str]) -> set[str]:
    """Put records into their reports of now; return all reports left or entered."""
    before: dict[str, str] = {}
    for part in chunks(reached):
        rows = conn.execute(select(member).where(member.c.record.in_(part)))
        before.update({row.record: row.report for row in rows})
    gone = [r for r in before if now.get(r) != before[r]]
    for part in chunks(gone):
        conn.execute(delete(member).where(member.c.record.in_(part)))
    come = [{"record": r, "report": p} for r, p in now.items() if before.get(r) != p]
    for part_rows in chunks(come):
        conn.execute(insert(member), part_rows)
    return {*before.values(), *now.values()}


def _closure(conn: Connection, seeds: Collection[str]) -> tuple[set[str], list[Row[Any]]]:
    """All records reachable from the seeds, by active edges or by sharing a report or study."""
    seen: set[str] = set()
    edges: dict[str, Row[Any]] = {}
    frontier = set(seeds)
    while frontier:
        seen |= frontier
        reached: set[str] = set()
        for part in chunks(sorted(frontier)):
            touching = or_(edge.c.record_a.in_(part), edge.c.record_b.in_(part))
            live = edge.c.active & edge.c.kind.in_(("merge", "link"))
            for row in conn.execute(select(edge).where(touching & live)):
                edges[row.event] = row
                reached |= {row.record_a, row.record_b}
            reports = select(member.c.report).where(member.c.record.in_(part))
            studies = select(report.c.study).where(report.c.id.in_(reports))
            # Two statements in one: with "or" the database would read every record each time.
            of_reports = select(member.c.record).where(member.c.report.in_(reports))
            of_studies = (
                select(member.c.record)
                .join(report, report.c.id == member.c.report)
                .where(report.c.study.in_(studies))
            )
            siblings = of_reports.union(of_studies)
            reached.update(conn.execute(siblings).scalars())
        frontier = reached - seen
    return seen, sorted(edges.values(), key=lambda e: e.seq)


def _components(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Smallest member of each node's connected component."""
    parent = {n: n for n in nodes}

    def find(n: str) -> str:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for a, b in edges:
        low, high = sorted((find(a), find(b)))
        parent[high] = low
    return {n: find(n) for n in parent}


def _leads(conn: Connection, clusters: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The record each report is shown by: one with abstract, then DOI, then the oldest."""
    leads = {id_: members[0] for id_, members in clusters.items() if len(members) == 1}
    several = [r for members in clusters.values() if len(members) > 1 for r in members]
    rank: dict[str, tuple[bool, bool, str]] = {}
    for part in chunks(several):
        statement = select(
            record.c.id, func.length(record.c.abstract).label("text"), record.c.doi
        ).where(record.c.id.in_(part))
        for row in conn.execute(statement):
            rank[row.id] = (row.text == 0, row.doi == "", row.id)
    for id_, members in clusters.items():
        if len(members) > 1:
            leads[id_] = min(members, key=lambda r: rank.get(r, (True, True, r)))
    return leads


def _decisions(
    conn: Connection, clusters: Mapping[str, Sequence[str]], in_force: Rules
) -> dict[str, dict[str, str | int | None]]:
    """Decisions at both stages, exclusion reason, place, votes lacking and the first vote of each
    report."""
    needs = asked(conn, in_force)
    records = [r for members in clusters.values() for r in members]
    ballots, first_votes = _ballots(conn, records), _first_votes(conn, records)
    covered = stops.not_to_screen(conn, clusters)
    drawn = {report for report, _ in needs.pilots}
    unvoted = _decided("", (), in_force, needs)
    left = _decided("", (), in_force, needs, stopped=True)
    found: dict[str, dict[str, str | int | None]] = {}
    for id_, members in clusters.items():
        cast = [(s, b) for r in members for s, b in ballots.get(r, ()) if b.holds(members)]
        stopped = id_ in covered and not cast
        if cast or id_ in drawn:
            said = _decided(id_, cast, in_force, needs, stopped=stopped)
        else:
            said = left if stopped else unvoted
        first = min((first_votes[r] for r in members if r in first_votes), default=None)
        found[id_] = {**said, "first_vote": first}
    return found


def _decided(
    id_: str,
    cast: Sequence[tuple[Stage, Ballot]],
    in_force: Rules,
    needs: Asked,
    *,
    stopped: bool = False,
) -> dict[str, str | int]:
    """What follows from the ballots on one report, as its columns.

    Args:
        stopped: a stop covers it.
    """
    voted = {
        stage: {person_key(b.reviewer) for s, b in cast if s is stage and not b.final}
        for stage in Stage
    }
    needed = {stage: needs.votes(id_, stage, voted[stage]) for stage in Stage}
    found = outcome(
        {stage: [b for s, b in cast if s is stage] for stage in Stage},
        needed,
        in_force.not_retrieved,
        stopped=stopped,
    )
    waits_at = {place: stage for stage, place in QUEUES.items()}.get(found.place)
    lacks = 0 if waits_at is None else max(needed[waits_at] - len(voted[waits_at]), 0)
    return {
        "title_abstract": str(found.title_abstract),
        "full_text": str(found.full_text),
        "reason": found.reason,
        "place": str(found.place),
        "lacks": lacks,
        "voters": 0 if waits_at is None else len(voted[waits_at]),
    }


def _first_votes(conn: Connection, records: Collection[str]) -> dict[str, int]:
    """Record -> the place in the log of the first vote on its title and abstract, those taken back
    among them."""
    found: dict[str, int] = {}
    for part in chunks(records):
        rows = (
            select(vote.c.record, func.min(vote.c.seq))
            .where(vote.c.record.in_(part), vote.c.stage == str(Stage.TITLE_ABSTRACT))
            .group_by(vote.c.record)
        )
        found.update((record_id, int(seq)) for record_id, seq in conn.execute(rows))
    return found


def _ballots(conn: Connection, records: Collection[str]) -> dict[str, list[tuple[Stage, Ballot]]]:
    found: dict[str, list[tuple[Stage, Ballot]]] = defaultdict(list)
    for part in chunks(records):
        rows = conn.execute(select(vote).where(vote.c.record.in_(part) & vote.c.active))
        for row in rows:
            found[row.record].append((Stage(row.stage), ballot(row)))
    return found


def ballot(row: Row[Any]) -> Ballot:
    """A row of the table of votes, as the rule of deciding sees it."""
    return Ballot(
        seq=row.seq,
        reviewer=row.reviewer,
        vote=VoteValue(row.vote),
        reason=row.reason,
        final=row.final,
        record=row.record,
        covers=tuple(row.covers),
        settles=tuple(row.settles),
        filed=bool(row.run),
        event=row.event,
    )
