"""Votes as events of the log, and the rule by which those inside a file of records are taken in.

A file of another screening tool is imported again and again while work goes on on both sides. So:

- A vote that came with the very same file before is known, whatever became of it here since.
- A vote equal to the one that stands is known.
- A vote that differs from one the same reviewer cast here does not replace it.
- Any other is new; it replaces one that came with another file.

Such a vote was cast on one record, whatever that record is joined with here. So it stands on that
record alone, and two that contradict each other show as a conflict.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from review.errors import DecisionError
from review.events import VoteCast
from review.events.screening import STAGES
from review.model import Stage, Standing, Vote, VoteValue
from review.people import same_person
from review.protocol.model import Protocol
from review.sources.file_entries import FileVote
from review.spreadsheet import read_time
from review.store import Connection, active_decisions, bulk_reads, log, votes
from review.store.reports import Membership
from review.store.votes import Earlier
from review.workspace import Workspace

LONGEST_NAME = 200
"""Characters of a reviewer's name that are kept."""

LISTED = 5
"""Reports or reasons that are named; the others are only said to be there."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the votes inside a file.

    Attributes:
        reviewers: reviewer -> votes that are new.
        known: votes known before.
        kept: reports on which the same reviewer cast another vote here, which stays.
        reasons: words for reasons that the protocol does not have -> new votes that keep them as a
            note.
        stages: stage -> votes that are new.
    """

    reviewers: Counter[str] = field(default_factory=Counter)
    known: int = 0
    kept: tuple[str, ...] = ()
    reasons: Counter[str] = field(default_factory=Counter)
    stages: Counter[Stage] = field(default_factory=Counter)

    @property
    def added(self) -> int:
        """Votes that are new."""
        return self.reviewers.total()

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.reviewers + other.reviewers,
            self.known + other.known,
            self.kept + other.kept,
            self.reasons + other.reasons,
            self.stages + other.stages,
        )


def vote_cast(
    protocol: Protocol,
    on: Membership,
    stage: Stage,
    reviewer: str,
    value: VoteValue,
    reason: str = "",
    note: str = "",
    *,
    final: bool = False,
    also: Sequence[str] = (),
    settles: Collection[str] = (),
    after: str = "",
    time: str = "",
    run: str = "",
) -> VoteCast:
    """One vote as it goes into the log.

    Args:
        on: the report it is cast on; it replaces the reviewer's votes on all records in that.
        reason: id of an exclusion reason; dropped when the vote is no exclusion.
        also: ids of further reasons, dropped likewise.
        settles: records of the report with votes at this stage, for a final one; it stays with
            these when others are parted from them.
        after: the record of the final vote that stands on the report at this stage, for any other
            vote; "" where none does.
        time: when it was cast, in ISO 8601, where that was not just now.
        run: the import that brought it.

    Raises:
        DecisionError: no reviewer, or no such reason.
    """
    reviewer = reviewer.strip()[:LONGEST_NAME]
    if not reviewer:
        raise DecisionError("A vote needs a reviewer's name.")
    if value is not VoteValue.EXCLUDE:
        reason, also = "", ()
    for one in filter(None, (reason, *also)):
        if one not in {r.id for r in protocol.reasons}:
            known = ", ".join(r.id for r in protocol.reasons)
            raise DecisionError(f"'{one}' is not an exclusion reason of the protocol ({known}).")
    reason, *further = dict.fromkeys(filter(None, (reason, *also))) or ("",)
    on_records = sorted(settles) or [after or on.lead]
    return VoteCast(
        record=on.lead if on.lead in on_records else on_records[0],
        report=on.report,
        covers=on.records,
        stage=stage,
        vote=value,
        reason=reason,
        also=tuple(further),
        note=note,
        reviewer=reviewer,
        final=final,
        settles=tuple(on_records) if len(on_records) > 1 else (),
        after_final=bool(after),
        time=time,
        run=run,
    )


def vote_here(
    conn: Connection,
    protocol: Protocol,
    on: Membership,
    stage: Stage,
    reviewer: str,
    value: VoteValue,
    reason: str = "",
    note: str = "",
    *,
    also: Sequence[str] = (),
    final: bool = False,
) -> VoteCast:
    """One vote on a report as it stands: a final one settles the votes on it, another comes after
    a final one that stands.

    Args and raises: as for `vote_cast`.
    """
    here = [v for v in active_decisions.votes(conn, on.report) if v.stage is stage]
    return vote_cast(
        protocol, on, stage, reviewer, value, reason, note,
        also=also,
        final=final,
        settles={v.record for v in here} if final else (),
        after="" if final else settled_records(here).get((on.report, stage), ""),
    )  # fmt: skip


def settled_records(cast: Iterable[Vote]) -> dict[tuple[str, Stage], str]:
    """Report and stage -> record of the newest final vote that stands there."""
    standing = (v for v in cast if v.final and v.standing is Standing.COUNTS)
    return {(v.report, v.stage): v.record for v in standing}


def take_in(
    ws: Workspace,
    conn: Connection,
    found: Sequence[FileVote],
    records: Mapping[str, str],
    run: str,
    *,
    same: Collection[str] = (),
    nameless: str,
    actor: str,
) -> Taken:
    """Write the votes inside a file of records into the log, by the rule of this module.

    Args:
        records: key of a record in the file -> its id here.
        run: the import that brings them.
        same: earlier imports of the very same file.
        nameless: whose votes those are that name nobody.
        actor: who imports.
    """
    ids = {records[vote.record] for vote in found}
    homes, before = bulk_reads.homes(conn, ids), votes.earlier(conn, ids)
    new: list[VoteCast] = []
    reviewers, reasons, stages = Counter[str](), Counter[str](), Counter[Stage]()
    ids_of_reasons = {stage: reason_ids(ws.protocol, stage) for stage in Stage}
    kept: list[str] = []
    for vote in found:
        record = records[vote.record]
        reviewer = (vote.reviewer.strip() or nameless.strip())[:LONGEST_NAME]
        (reason, *also), unknown = known_reasons(ids_of_reasons[vote.stage], vote)
        mine = [
            e for e in before[record] if e.stage is vote.stage and same_person(e.reviewer, reviewer)
        ]
        current = next((e for e in reversed(mine) if e.active), None)
        if any(e.run in same for e in mine) or _equal(current, vote.vote, (reason, *also)):
            continue
        if current is not None and not current.run:
            kept.append(homes[record])
            continue
        alone = Membership(homes[record], record, (record,))
        said = (vote.stage, reviewer, vote.vote, reason)
        time, note = _time_and_note(vote, reason)
        new.append(vote_cast(ws.protocol, alone, *said, note, also=also, time=time, run=run))
        reviewers[reviewer] += 1
        stages[vote.stage] += 1
        reasons.update(unknown)
    log.append(conn, actor, new, protocol=ws.protocol.version)
    return Taken(reviewers, len(found) - len(new) - len(kept), tuple(kept), reasons, stages)


def reason_ids(protocol: Protocol, stage: Stage) -> dict[str, str]:
    """The exclusion reasons of a stage: the bare words of id and label -> id."""
    reasons = [r for r in protocol.reasons if stage in r.stages]
    return {_bare(name): r.id for r in reasons for name in (r.label, r.id)}


def known_reasons(ids: Mapping[str, str], vote: FileVote) -> tuple[list[str], list[str]]:
    """The reasons of a file's vote that the protocol has.

    Args:
        ids: as `reason_ids` gives them.

    Returns:
        Their ids, ``""`` alone when there is none; and the reasons that the protocol does not have.
    """
    if vote.vote is not VoteValue.EXCLUDE:
        return [""], []
    words = [word for word in vote.reason.split("; ") if word.strip()]
    known = [ids[_bare(word)] for word in words if _bare(word) in ids]
    return list(dict.fromkeys(known)) or [""], [word for word in words if _bare(word) not in ids]


def import_summary(taken: Taken) -> list[str]:
    """What became of the votes inside a file, in sentences; none when it held no votes."""
    found = []
    if taken.added:
        each = ", ".join(f"{name} {n:,}" for name, n in sorted(taken.reviewers.items()))
        found.append(f"{_count(taken.added, 'new vote')}: {each}.")
    if taken.stages[Stage.FULL_TEXT]:
        stages = (f"{STAGES[stage]} {taken.stages[stage]:,}" for stage in Stage)
        found.append(f"New votes by stage: {', '.join(stages)}.")
    if taken.known:
        found.append(f"{_count(taken.known, 'vote')} known before.")
    if taken.kept:
        listed = ", ".join(dict.fromkeys(taken.kept[:LISTED]))
        more = " and others" if len(taken.kept) > LISTED else ""
        found.append(
            f"{_count(len(taken.kept), 'vote')} of the file differ from what the same reviewer "
            f"decided here, which stays: {listed}{more}."
        )
    if taken.reasons:
        words = ", ".join(f"{word} ({n:,})" for word, n in taken.reasons.most_common(LISTED))
        more = " and others" if len(taken.reasons) > LISTED else ""
        found.append(f"Reasons that the protocol does not have are kept as notes: {words}{more}.")
    return found


def _equal(current: Earlier | None, value: VoteValue, reasons: Sequence[str]) -> bool:
    if current is None:
        return False
    return (current.vote, (current.reason, *current.also)) == (value, tuple(reasons))


def _time_and_note(vote: FileVote, reason: str) -> tuple[str, str]:
    """When a vote was cast, if the file says so readably, and all of its words that are left."""
    words = [vote.note]
    if vote.reason and (not reason or "; " in vote.reason):
        words.append(f"Reasons: {vote.reason}")
    try:
        time = read_time(vote.time)
    except DecisionError:
        time = ""
        words.append(f"Time: {vote.time}")
    return time, " | ".join(filter(None, words))


def _bare(words: str) -> str:
    return re.sub(r"[\W_]+", " ", words.casefold()).strip()


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun if n == 1 else noun + 's'}"
