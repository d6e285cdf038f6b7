"""One run of deduplication: read, compare and look for links, and only then write.

Nobody waits while records are compared: the review is read at the beginning and written at the
end, in one transaction that heeds what people decided meanwhile. So a run that is stopped leaves
nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from review.dedupe.link_inputs import Received, report_details
from review.dedupe.links import Links, find_links
from review.dedupe.manual_decisions import questions
from review.dedupe.merge_planning import (
    Join,
    after,
    joins,
    left_open,
    with_contradictions,
    within_studies,
)
from review.dedupe.pairs import find_pairs
from review.dedupe.registries import DATABANKS
from review.events import (
    Deduplicated,
    RecordCorrected,
    RecordMended,
    RecordsMerged,
    RunWithdrawn,
    Undone,
)
from review.progress import NOBODY, Watch
from review.store import Connection, bulk_reads, log, pair_rulings, records
from review.store import pairs as stored_pairs

DEDUPE_RULES = "dedupe rules 4"
"""Name and version of the rules, kept with every merge they make."""

MERGES = 1_000
"""Merges written at a time, so that the count moves."""

REGROUPING = (RecordsMerged, Undone, RunWithdrawn)
"""Events that change which records a report has."""


@dataclass(frozen=True, slots=True)
class DedupeResult:
    """What a run came to.

    Attributes:
        merged: merges written.
        unsure: pairs open for a person, from this and earlier runs.
        compared: records compared for the first time under these rules.
    """

    merged: int
    unsure: int
    compared: int


class DedupeStep(StrEnum):
    """What a run does at the moment, in words that follow a count."""

    READING = "records read"
    COMPARING = "pairs compared"
    LINKING = "reports looked at for links"
    STORING = "merges stored"


@dataclass(frozen=True, slots=True)
class Compared:
    """What these rules have compared: all records up to a number, but for some numbers.

    Attributes:
        last: 0 before the first run.
        seq: place of the last run in the log.
        settled: whether its links are those of the reports as they stood after it.
    """

    last: int = 0
    skipped: frozenset[int] = frozenset()
    seq: int = 0
    settled: bool = True


def compared(conn: Connection) -> Compared:
    """What has been compared so far."""
    done = log.newest(conn, Deduplicated)
    if done is None or done.data.rules != DEDUPE_RULES:
        return Compared()
    said = done.data
    # Corrected since then, they may be like others now.
    kinds = (RecordCorrected, RecordMended)
    corrected = {_number(id_) for id_ in log.touched_since(conn, done.seq, kinds)}
    skipped = frozenset(said.skipped) | {n for n in corrected if n <= said.last}
    return Compared(said.last, skipped, done.seq, said.settled)


@dataclass(frozen=True, slots=True)
class Ground:
    """What merges are made on.

    Attributes:
        home: record -> smallest record of its report, after which the report is named.
        apart: records that the rules must not join.
        study: record -> study, and ``different`` pairs of studies that a person tells apart; both
            empty where nobody told any.
    """

    home: Mapping[str, str]
    apart: Sequence[tuple[str, str]]
    study: Mapping[str, str]
    different: frozenset[frozenset[str]]

    def joins(self, found: pd.DataFrame) -> list[Join]:
        """The merges that pairs lead to, as far as what people said allows."""
        made = joins(found, self.home, self.apart)
        return within_studies(made, self.study, self.different) if self.different else made


@dataclass(frozen=True, slots=True)
class DedupeInput:
    """What a run works on.

    Attributes:
        before: what earlier runs have compared.
        new: records to compare with all.
        rows: all records in force, as `review.store.records.rows_for_dedupe` gives them.
        more: what their entries as received say.
        regrouped: records that people joined or took apart since the last run.
        ground: what stands while the run begins.
    """

    before: Compared
    new: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    more: Received
    regrouped: frozenset[str]
    ground: Ground

    @property
    def among(self) -> Sequence[str] | None:
        """The new records where others have been compared before; None where all are new."""
        return self.new if self.before.last else None


@dataclass(frozen=True, slots=True)
class DedupePlan:
    """What a run has worked out, before anything of it is stored.

    Attributes:
        pairs: as `review.dedupe.pairs.find_pairs` gives them.
        made: the merges these lead to, and ``home`` where records are after them.
        links: what those that it is about may be linked with; all reports where `all_links`.
    """

    pairs: pd.DataFrame
    made: Sequence[Join]
    home: Mapping[str, str]
    links: Links
    all_links: bool


def read(conn: Connection, *, everything: bool) -> DedupeInput | None:
    """Read what there is to compare; None when nothing is new.

    Args:
        everything: compare all records again.
    """
    before = Compared() if everything else compared(conn)
    new = records.later_than(conn, before.last, before.skipped)
    if not new:
        return None
    return DedupeInput(
        before,
        new,
        records.rows_for_dedupe(conn),
        Received.of(records.raw_without_abstract(conn), records.entries_naming(conn, DATABANKS)),
        frozenset(log.touched_since(conn, before.seq, REGROUPING)),
        _ground(conn),
    )


def work_out(given: DedupeInput, watch: Watch = NOBODY) -> DedupePlan:
    """Compare the records, and look for links between the reports that they will form."""
    frame = pd.DataFrame(given.rows, dtype=object)  # the texts as they are, not another time
    pairs = find_pairs(
        frame, given.among, watch.step(DedupeStep.READING), watch.step(DedupeStep.COMPARING)
    )
    if given.among is not None:
        pairs = with_contradictions(frame, pairs, given.ground.home)
    del frame
    made = given.ground.joins(pairs)
    home = after(given.ground.home, made)
    among = _to_link(given, home)
    entries = report_details(given.rows, given.more, home)
    links = find_links(entries, among, watch.step(DedupeStep.LINKING))
    return DedupePlan(pairs, made, home, links, among is None)


def _to_link(given: DedupeInput, home: Mapping[str, str]) -> set[str] | None:
    """Reports whose links have to be looked for: those that are not as they were; None for all."""
    changed = {*given.new, *given.regrouped}
    if given.among is None or not given.before.settled or not changed <= home.keys():
        return None  # the first run; or records have left, and reports are less than they were
    return {home[record] for record in changed}


def store(
    conn: Connection, actor: str, given: DedupeInput, found: DedupePlan, watch: Watch = NOBODY
) -> DedupeResult:
    """Write what a run found, as far as it agrees with what people decided meanwhile.

    Links were looked for between the reports as they were to become. Where a decision has made
    others of them since, the next run looks for the links of all.
    """
    ground = _ground(conn)
    pairs, made, home = found.pairs, found.made, found.home
    if ground != given.ground:
        here = list(ground.home)
        pairs = pairs[pairs["id_a"].isin(here) & pairs["id_b"].isin(here)]
        made = ground.joins(pairs)
        home = after(ground.home, made)
    open_pairs = left_open(pairs, home).to_dict("records")
    stored_pairs.replace(
        conn, given.among, ({str(k): v for k, v in row.items()} for row in open_pairs)
    )
    for part in watch.step(DedupeStep.STORING).parts(len(made), MERGES):
        log.append(conn, actor, [_merge(join) for join in made[part]])
    looked = {record for record, report in found.home.items() if report in found.links.about}
    stored_pairs.replace_links(
        conn,
        None if found.all_links else looked,
        ({"id_a": p.a, "id_b": p.b, "score": p.score, "why": p.why} for p in found.links.proposals),
    )
    result = DedupeResult(len(made), len(questions(conn)), len(given.new))
    settled = all(home.get(record) == report for record, report in found.home.items())
    log.append(conn, actor, [_done(given, ground, result, settled)])
    return result


def _ground(conn: Connection) -> Ground:
    """What stands now."""
    different = frozenset(pair_rulings.between(conn, pair_rulings.UNLINKED))
    return Ground(
        {record: "R" + report[1:] for record, _source, report in bulk_reads.memberships(conn)},
        pair_rulings.out_of_bounds(conn),
        bulk_reads.studies(conn) if different else {},
        different,
    )


def _merge(join: Join) -> RecordsMerged:
    return RecordsMerged(records=(join.first, join.other), score=join.score, why=join.why)


def _done(given: DedupeInput, ground: Ground, result: DedupeResult, settled: bool) -> Deduplicated:
    """The event of a run: what has been compared, and what it came to."""
    ids = [row["id"] for row in given.rows]
    newest = max(given.before.last, *map(_number, ids))
    # Records of runs withdrawn at the moment may come back, and must be compared then: those
    # compared earlier as well, with what has come in while they were away.
    present = {_number(id_) for id_ in ids if id_ in ground.home}
    skipped = set(range(1, newest + 1)) - present
    return Deduplicated(
        rules=DEDUPE_RULES,
        last=newest,
        skipped=tuple(sorted(skipped)),
        settled=settled,
        compared=result.compared,
        merged=result.merged,
        unsure=result.unsure,
    )


def _number(record_id: str) -> int:
    return int(record_id[1:])
