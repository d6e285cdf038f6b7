"""Events of who votes on what: reports handed to people, pilot batches, people who have left."""

from __future__ import annotations

from typing import ClassVar

from review.events.base import EventData, Names, key_of
from review.events.screening import STAGES
from review.model import Stage
from review.people import person_key


class ReportsAssigned(EventData):
    """Reports that one person is to vote on at a stage; what was assigned before stays.

    Attributes:
        records: the lead records of the reports.
        seed: of the draw that shared them out; None where a person made the list.
    """

    kind: ClassVar[str] = "reports_assigned"
    undoable: ClassVar[bool] = True

    stage: Stage
    reviewer: str
    records: tuple[str, ...]
    seed: int | None = None

    def words(self, names: Names) -> str:
        n = len(self.records)
        drawn = "" if self.seed is None else f", drawn with seed {self.seed}"
        reports = "1 report" if n == 1 else f"{n:,} reports"
        return f"Assigned {reports} on {STAGES[self.stage]} to {self.reviewer}{drawn}"


class ReviewerLeft(EventData):
    """A person votes no more: what was assigned to them waits for everybody else."""

    kind: ClassVar[str] = "reviewer_left"
    undoable: ClassVar[bool] = True

    reviewer: str
    why: str = ""

    @property
    def key(self) -> str:
        return key_of("left", person_key(self.reviewer))

    def words(self, names: Names) -> str:
        return f"{self.reviewer} has left"

    def remark(self) -> str:
        return self.why


class PilotDrawn(EventData):
    """A batch of reports that everybody votes on before the rest of a stage opens.

    Attributes:
        records: the lead records of the reports; ``seed`` of their draw.
        people: who takes part, each of whom votes on all of it; nobody in older logs, where as many
            as the stage asks for did.
    """

    kind: ClassVar[str] = "pilot_drawn"
    undoable: ClassVar[bool] = True
    redecides: ClassVar[bool] = True

    stage: Stage
    records: tuple[str, ...]
    seed: int
    people: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[str, ...]:
        return self.records

    def words(self, names: Names) -> str:
        whom = f" for {', '.join(self.people)}" if self.people else ""
        return (
            f"Drew a pilot batch of {len(self.records):,} on {STAGES[self.stage]} "
            f"with seed {self.seed}{whom}"
        )


class PilotEnded(EventData):
    """The rest of a stage is open after its pilot batch, and the batch asks for no more votes than
    the rest.

    Attributes:
        records: the lead records of the batch.
    """

    kind: ClassVar[str] = "pilot_ended"
    undoable: ClassVar[bool] = True
    redecides: ClassVar[bool] = True

    stage: Stage
    pilot: str
    records: tuple[str, ...] = ()
    why: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        return self.records

    @property
    def key(self) -> str:
        return key_of("pilot ended", self.pilot)

    def words(self, names: Names) -> str:
        return f"Opened the rest of {STAGES[self.stage]} after the pilot batch"

    def remark(self) -> str:
        return self.why
