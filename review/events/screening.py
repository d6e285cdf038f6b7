"""Events of screening: votes and notes."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import model_validator

from review.events.base import Moment, Names, OnRecord, key_of
from review.model import Stage, Vote, VoteValue
from review.people import person_key

STAGES = {Stage.TITLE_ABSTRACT: "title and abstract", Stage.FULL_TEXT: "full text"}
_VOTES = {
    VoteValue.INCLUDE: "Included",
    VoteValue.EXCLUDE: "Excluded",
    VoteValue.MAYBE: "Said maybe",
}


class VoteCast(OnRecord):
    """One reviewer's vote. It takes the place of the same reviewer's earlier votes on all records
    that were one report when it was cast; votes cast before records were joined all stand, so that
    a contradiction shows as a conflict.

    A final vote on what was decided on several records takes the place of none of these: it goes
    before them while they are one report (`review.decision_rule`), and leaves them as they were
    when the merge is taken back.

    Attributes:
        record: the record the report was shown by; ``covers`` all that were joined in it.
        final: cast by an adjudicator; it settles a conflict.
        settles: the records that a final vote settled votes of, where there are several.
        after_final: a final vote stood on the report already. It is kept on the record of that one
            and takes the place of no vote on another, as it changes nothing.
        also: further reasons of an exclusion; ``reason`` is the first, the one that counts.
        run: the import that brought it with a file of records.
        file: name of the file of votes that it was read from.
        batch: what is the same in all votes that were cast by one press.
        seconds: from when the report was shown to the vote, where that was measured.
    """

    kind: ClassVar[str] = "vote"
    undoable: ClassVar[bool] = True
    redecides: ClassVar[bool] = True

    covers: tuple[str, ...] = ()
    stage: Stage
    vote: VoteValue
    reason: str = ""
    also: tuple[str, ...] = ()
    note: str = ""
    final: bool = False
    settles: tuple[str, ...] = ()
    after_final: bool = False
    time: Moment = None
    run: str = ""
    file: str = ""
    batch: str = ""
    seconds: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _covers_its_record(cls, values: Any) -> Any:
        if isinstance(values, dict) and not values.get("covers"):
            return {**values, "covers": [values.get("record")]}
        return values

    @property
    def about(self) -> tuple[str, ...]:
        return (self.record, *(r for r in self.settles if r != self.record))

    @property
    def key(self) -> str:
        if self.settles:
            return key_of("settlement", *self.settles, self.stage, person_key(self.reviewer))
        return self._key(self.record)

    @property
    def covered(self) -> tuple[str, ...]:
        if self.settles or self.after_final:
            return ()
        return tuple(self._key(r) for r in self.covers if r != self.record)

    def _key(self, record: str) -> str:
        role = "final" if self.final else "vote"
        return key_of(role, record, self.stage, person_key(self.reviewer))

    @property
    def when(self) -> Moment:
        return self.time

    def words(self, names: Names) -> str:
        words = vote_words(self, names) + (" (settles a conflict)" if self.final else "")
        words += ", together with others of a list" if self.batch else ""
        words += f", read from the file {self.file}" if self.file else ""
        return words + (f", came with a file (run {self.run})" if self.run else "")

    def remark(self) -> str:
        return self.note


def vote_words(vote: VoteCast | Vote, names: Names) -> str:
    """A vote in words: ``Excluded on title and abstract: Wrong population``."""
    words = f"{_VOTES[vote.vote]} on {STAGES[vote.stage]}"
    if not vote.reason:
        return words
    further = "".join(f"; also {names.reason(one)}" for one in vote.also)
    return f"{words}: {names.reason(vote.reason)}{further}"


class NoteWritten(OnRecord):
    """A note on a report; ``time`` is when it was written, where that was not just now."""

    kind: ClassVar[str] = "note"
    undoable: ClassVar[bool] = True

    text: str
    time: Moment = None

    @property
    def when(self) -> Moment:
        return self.time

    def words(self, names: Names) -> str:
        return "Wrote a note"

    def remark(self) -> str:
        return self.text


class ConflictDiscussed(OnRecord):
    """A note on a conflict, to those who disagree and who settles it."""

    kind: ClassVar[str] = "discussed"
    undoable: ClassVar[bool] = True

    stage: Stage
    text: str

    def words(self, names: Names) -> str:
        return f"Discussed the conflict on {STAGES[self.stage]}"

    def remark(self) -> str:
        return self.text
