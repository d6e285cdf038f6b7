"""What files of our own bring besides records: how these are joined, and what people said of them.

The same file is imported again and again, into a review that went on meanwhile. So what stands here
goes before what a file says:

- Records that are one report in the file become one here, unless somebody said of the two what they
  are to each other, or took that back.
- A vote follows the rule of `review.screening.votes`.
- A tag, a finding or a note that stands here is known. Where the same person says otherwise here,
  that stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from review.coding.code_events import (
    CodingTarget,
    finding_written,
    named,
    pairing,
    read_finding,
    says_the_same,
    tag_given,
)
from review.coding.value_lookup import dimension_named, value_named
from review.errors import DecisionError
from review.events import (
    EventData,
    FieldChosen,
    NoteWritten,
    RecordsMerged,
    ReportsLinked,
    VoteCast,
)
from review.model import Finding, Stage, Tag, VoteValue
from review.people import person_key, same_person
from review.report_content import FindingSaid, ReportContent, TagSaid, VoteSaid
from review.screening.votes import LONGEST_NAME, Taken, known_reasons, reason_ids
from review.sources.file_entries import FileVote
from review.spreadsheet import read_time
from review.store import (
    Connection,
    active_decisions,
    coding_queue,
    edges,
    field_choices,
    log,
    reports,
    votes,
)
from review.store.reports import Membership
from review.workspace import Workspace

WHY = "one report in the file {file}"
SAME_STUDY = "one study in the file {file}"


@dataclass(slots=True)
class Brought:
    """What became of what a file of our own brings besides records.

    Attributes:
        votes: what became of its votes.
        added: kind (tags, findings, notes, merges, links, chosen fields) -> how many are new.
        known: kind -> how many stand here already.
        kept: reports on which the same person says something else here, which stays.
        refused: why something was left out -> how often.
    """

    votes: Taken = field(default_factory=Taken)
    added: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Brought) -> Brought:
        return Brought(
            self.votes + other.votes,
            self.added + other.added,
            self.known + other.known,
            self.kept + other.kept,
            self.refused + other.refused,
        )

    def sentences(self) -> list[str]:
        """What became of it in sentences, votes aside; none where there was nothing."""
        said = []
        if self.added:
            said.append(f"New besides votes: {_listed(self.added)}.")
        if self.known:
            said.append(f"Known before: {_listed(self.known)}.")
        if self.kept:
            places = ", ".join(dict.fromkeys(self.kept[:5]))
            more = " and others" if len(self.kept) > 5 else ""
            said.append(
                f"{len(self.kept):,} tags, findings or chosen fields of the file differ from what "
                f"was said here, which stays: {places}{more}."
            )
        if self.refused:
            reasons = "; ".join(f"{why} ({n:,})" for why, n in self.refused.most_common(5))
            said.append(f"Left out: {reasons}")
        return said


@dataclass(slots=True)
class Intake:
    """One file of ours while it goes into a review.

    Attributes:
        run: the import that brings it; ``same`` earlier imports of the very same file.
        file: its name.
        wanted: whether what people said comes in.
        studies: study in the file -> a record here that is of it.
        records: record in the file -> its id here, as far as the file has been read: a vote may
            cover records that were of its report when it was cast, and are of another now.
    """

    ws: Workspace
    actor: str
    run: str
    same: Collection[str]
    file: str
    wanted: bool = True
    studies: MutableMapping[str, str] = field(default_factory=dict)
    records: MutableMapping[str, str] = field(default_factory=dict)

    def take_in(
        self,
        conn: Connection,
        contents: Sequence[ReportContent],
        ids: Mapping[tuple[str, str], str],
    ) -> Brought:
        """Write what a part of the file brings into the log.

        Args:
            contents: reports whose records are stored.
            ids: source and key of a record -> its id here.
        """
        placed = [_Placed.of(content, ids) for content in contents]
        for one in placed:
            self.records.update(one.ids)
        found = Brought()
        joins = [*self._merges(conn, placed, found), *self._links(conn, placed, found)]
        self._append(conn, joins)
        homes = reports.memberships(conn, [id_ for one in placed for id_ in one.ids.values()])
        if self.wanted and any(one.says for one in placed):
            found += self._votes(conn, placed, homes)
            codes = [
                *self._tags(conn, placed, homes, found),
                *self._findings(conn, placed, homes, found),
                *self._notes(conn, placed, homes, found),
            ]
            self._append(conn, codes)
        self._append(conn, [*self._choices(conn, placed, homes, found)])
        return found

    def _append(self, conn: Connection, new: Sequence[EventData]) -> None:
        if new:
            log.append(conn, self.actor, new, protocol=self.ws.protocol.version)

    def _merges(
        self, conn: Connection, placed: Sequence[_Placed], found: Brought
    ) -> Iterator[EventData]:
        several = [one for one in placed if len(one.ids) > 1]
        if not several:
            return
        here = [id_ for one in several for id_ in one.ids.values()]
        said = {frozenset((e.record_a, e.record_b)) for e in edges.on(conn, here)}
        homes = reports.memberships(conn, here)
        for one in several:
            first, *others = one.ids.values()
            for other in others:
                if homes[first].report == homes[other].report:
                    found.known["merges"] += 1
                elif frozenset((first, other)) not in said:
                    found.added["merges"] += 1
                    yield RecordsMerged(records=(first, other), why=WHY.format(file=self.file))

    def _links(
        self, conn: Connection, placed: Sequence[_Placed], found: Brought
    ) -> Iterator[EventData]:
        for one in placed:
            if not one.content.study:
                continue
            first = one.lead
            other = self.studies.setdefault(one.content.study, first)
            if other == first:
                continue
            if any({e.record_a, e.record_b} == {other, first} for e in edges.on(conn, [first])):
                found.known["links"] += 1
            else:
                found.added["links"] += 1
                yield ReportsLinked(records=(other, first), why=SAME_STUDY.format(file=self.file))

    def _choices(
        self,
        conn: Connection,
        placed: Sequence[_Placed],
        homes: Mapping[str, Membership],
        found: Brought,
    ) -> Iterator[EventData]:
        if not any(one.content.shown for one in placed):
            return
        chosen = field_choices.chosen_fields(conn)
        for one in placed:
            for name, record in one.content.shown.items():
                here = one.ids.get(record)
                if here is None or len(one.ids) < 2:
                    continue
                stands = chosen.get(homes[here].report, {}).get(name)
                if stands == here:
                    found.known["chosen fields"] += 1
                elif stands is not None:  # what was chosen here goes before what a file says
                    found.kept.append(homes[here].report)
                else:
                    found.added["chosen fields"] += 1
                    yield FieldChosen(
                        record=here, report=homes[here].report, field=name, reviewer=self.actor
                    )

    def _votes(
        self, conn: Connection, placed: Sequence[_Placed], homes: Mapping[str, Membership]
    ) -> Brought:
        voted = [one for one in placed if one.content.votes]
        here = [id_ for one in voted for id_ in one.ids.values()]
        before = votes.earlier(conn, here) if here else {}
        finals = active_decisions.votes_of(conn, {homes[id_].report for id_ in here})
        # A reason may have been one of this stage under another version of the protocol.
        own = {stage: reason_ids(self.ws.protocol, stage) for stage in Stage}
        every = {word: id_ for ids in own.values() for word, id_ in ids.items()}
        reasons = {stage: every | own[stage] for stage in Stage}
        taken, refused = Taken(), Counter[str]()
        kept: list[str] = []
        known = 0
        new: list[VoteCast] = []
        for one in voted:
            settled: set[Stage] = set()
            for said in one.content.votes:
                record = one.at(said.record)
                home = homes[record].report
                value, unknown = _voted(reasons[said.stage], said)
                mine = [
                    e
                    for e in (() if said.final else before.get(record, ()))
                    if e.stage is said.stage and same_person(e.reviewer, said.reviewer)
                ]
                now = [e for e in mine if e.active]
                settling = [
                    v
                    for v in finals.get(home, ())
                    if said.final and v.final and v.stage is said.stage
                ]
                here_now = [(e.vote, (e.reason, *e.also)) for e in now]
                here_now += [(v.vote, (v.reason, *v.also)) for v in settling]
                if any(e.run in self.same for e in mine) or (said.vote, value) in here_now:
                    known += 1
                elif settling or any(not e.run for e in now):
                    kept.append(home)
                elif not said.reviewer.strip():
                    refused["a vote without a reviewer's name"] += 1
                else:
                    new.append(self._vote(one, said, home, value, unknown, said.stage in settled))
                    taken.reviewers[new[-1].reviewer] += 1
                    taken.stages[said.stage] += 1
                    taken.reasons.update(unknown)
                if said.final:
                    settled.add(said.stage)
        self._append(conn, new)
        whole = Taken(taken.reviewers, known, tuple(kept), taken.reasons, taken.stages)
        return Brought(votes=whole, refused=refused)

    def _vote(
        self,
        one: _Placed,
        said: VoteSaid,
        home: str,
        reasons: tuple[str, ...],
        unknown: Sequence[str],
        after: bool,
    ) -> VoteCast:
        """A vote as it was cast, on the records that are here.

        Args:
            after: whether a final vote stands before it in the file.
        """
        record = one.at(said.record)
        here = self.records
        settles = [here[id_] for id_ in said.settles if id_ in here]
        words = [said.note, f"Reasons: {'; '.join(unknown)}" if unknown else ""]
        return VoteCast(
            record=record,
            report=home,
            covers=tuple(here[id_] for id_ in said.covers if id_ in here) or (record,),
            stage=said.stage,
            vote=said.vote,
            reason=reasons[0],
            also=reasons[1:],
            note=" | ".join(filter(None, words)),
            reviewer=said.reviewer.strip()[:LONGEST_NAME],
            final=said.final,
            settles=tuple(settles) if len(settles) > 1 else (),
            # So that it takes the place of none that the file holds beside it.
            after_final=after and not said.final,
            time=_time(said.time),
            run=self.run,
        )

    def _tags(
        self,
        conn: Connection,
        placed: Sequence[_Placed],
        homes: Mapping[str, Membership],
        found: Brought,
    ) -> Iterator[EventData]:
        tagged = [one for one in placed if one.content.tags]
        on = {homes[id_].report for one in tagged for id_ in one.ids.values()}
        here = _by_report(active_decisions.tags(conn, among=on, given=True))
        closed = coding_queue.closed_forms(conn)
        for one in tagged:
            times = Counter(map(_question, one.content.tags))
            for said in one.content.tags:
                record = one.at(said.record)
                home = homes[record].report
                try:
                    dimension = dimension_named(self.ws.protocol.codebook, said.dimension)
                    value = value_named(dimension, said.value)
                    reviewer = named(said.reviewer)
                    if why := closed.why_not(home, reviewer):
                        raise DecisionError(why)
                except DecisionError as error:
                    found.refused[str(error)] += 1
                    continue
                mine = [
                    t
                    for t in here.get(home, ())
                    if t.dimension == dimension.id and same_person(t.reviewer, reviewer)
                ]
                if any(t.value == value for t in mine):
                    found.known["tags"] += 1
                elif mine and not dimension.many:
                    found.kept.append(home)
                else:
                    found.added["tags"] += 1
                    given = tag_given(
                        CodingTarget(home, record), dimension, value, reviewer,
                        quote=said.quote, time=_time(said.time),
                    )  # fmt: skip
                    # Where a file holds several answers to one question, all of them stood there.
                    several = times[_question(said)] > 1
                    yield given.model_copy(update={"single": False}) if several else given

    def _findings(
        self,
        conn: Connection,
        placed: Sequence[_Placed],
        homes: Mapping[str, Membership],
        found: Brought,
    ) -> Iterator[EventData]:
        coded = [one for one in placed if one.content.findings]
        on = {homes[id_].report for one in coded for id_ in one.ids.values()}
        here = _by_report(active_decisions.findings(conn, among=on, given=True))
        for one in coded:
            for said in one.content.findings:
                record = one.at(said.record)
                home = homes[record].report
                try:
                    new = read_finding(self.ws.protocol.codebook, home, _texts(said))
                except DecisionError as error:
                    found.refused[str(error)] += 1
                    continue
                alike = [f for f in here.get(home, ()) if pairing(f) == pairing(new)]
                if any(says_the_same(new, f) for f in alike):
                    found.known["findings"] += 1
                elif alike:
                    found.kept.append(home)
                else:
                    found.added["findings"] += 1
                    yield finding_written(CodingTarget(home, record), new, time=_time(said.time))

    def _notes(
        self,
        conn: Connection,
        placed: Sequence[_Placed],
        homes: Mapping[str, Membership],
        found: Brought,
    ) -> Iterator[EventData]:
        for one in placed:
            if not one.content.notes:
                continue
            home = homes[one.lead].report
            here = {(person_key(who), text) for who, text, _ in active_decisions.notes(conn, home)}
            for said in one.content.notes:
                if (person_key(said.reviewer), said.text) in here:
                    found.known["notes"] += 1
                    continue
                found.added["notes"] += 1
                yield NoteWritten(
                    record=one.at(said.record), report=home, text=said.text,
                    reviewer=said.reviewer.strip()[:LONGEST_NAME], time=_time(said.time),
                )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Placed:
    """A report of the file with the ids that its records have here, the oldest first."""

    content: ReportContent
    ids: Mapping[str, str]

    @classmethod
    def of(cls, content: ReportContent, ids: Mapping[tuple[str, str], str]) -> _Placed:
        here = {id_: ids[record.source, record.key] for id_, record in content.records}
        return cls(content, here)

    @property
    def lead(self) -> str:
        return next(iter(self.ids.values()))

    @property
    def says(self) -> bool:
        c = self.content
        return bool(c.votes or c.tags or c.findings or c.notes)

    def at(self, record: str) -> str:
        """The record here that something was said of."""
        return self.ids.get(record, self.lead)


def _voted(ids: Mapping[str, str], said: VoteSaid) -> tuple[tuple[str, ...], list[str]]:
    """The reasons of a vote that the protocol has, and those it has not."""
    words = "; ".join(filter(None, (said.reason, *said.also)))
    known, unknown = known_reasons(ids, FileVote(vote=said.vote, reason=words))
    return tuple(known), unknown if said.vote is VoteValue.EXCLUDE else []


def _question(said: TagSaid) -> tuple[str, str, str]:
    return said.record, said.dimension, person_key(said.reviewer)


def _texts(said: FindingSaid) -> dict[str, str]:
    return {k: "" if v is None else str(v) for k, v in said.model_dump().items()}


def _time(text: str) -> str:
    """A time as it stands in the file; "" for one that cannot be."""
    try:
        return read_time(text)
    except DecisionError:
        return ""


_Code = TypeVar("_Code", Tag, Finding)


def _by_report(said: Sequence[_Code]) -> dict[str, list[_Code]]:
    by: dict[str, list[_Code]] = {}
    for one in said:
        by.setdefault(one.report, []).append(one)
    return by


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{n:,} {kind[:-1] if n == 1 else kind}" for kind, n in counts.items() if n)
