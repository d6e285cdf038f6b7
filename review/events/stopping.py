"""Events of the end of screening: the stop, the random check of the rest, decisions looked at
again."""

from __future__ import annotations

from typing import ClassVar

from review.events.base import ByReviewer, EventData, Names, OnRecord, key_of
from review.events.screening import STAGES
from review.model import Decision, Stage
from review.people import person_key


def _reports(n: int) -> str:
    return "1 report" if n == 1 else f"{n:,} reports"


class ScreeningStopped(ByReviewer):
    """A person ends title and abstract screening with reports left that nobody has voted on.

    It covers the records that were there: what comes in later waits for votes as ever. The figures
    are those on which the person decided (`review.screening.stopping.Stopping`).

    Attributes:
        records: all records of the reports that it covers; ``reports`` is how many these were.
        total: all reports to be screened then; ``screened`` of them were, ``found`` are relevant.
        p, reached: what the test said of the target at the confidence.
        most_left, least_recall: what it said of the rest.
        bias: how many times better than chance the order was taken to be; ``p_unbiased`` is the
            test's answer where it is taken to be chance, if that is another.
    """

    kind: ClassVar[str] = "screening_stopped"
    undoable: ClassVar[bool] = True
    redecides: ClassVar[bool] = True

    records: tuple[str, ...]
    reports: int
    total: int
    screened: int
    found: int
    target: float
    confidence: float
    p: float
    reached: bool
    most_left: int
    least_recall: float | None = None
    bias: float = 1
    p_unbiased: float | None = None
    why: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        return self.records

    def words(self, names: Names) -> str:
        return (
            f"Stopped screening on {STAGES[Stage.TITLE_ABSTRACT]} after {self.screened:,} of "
            f"{_reports(self.total)}, {self.found:,} included; {self.reports:,} not screened"
        )

    def remark(self) -> str:
        return self.why


class RestSampled(ByReviewer):
    """Reports drawn at random from those that a stop left unscreened, to be screened after all.

    Attributes:
        stop: the event of the stop.
        records: all records of the reports drawn; ``reports`` is how many these are.
        left: reports that the stop left unscreened when they were drawn, these among them.
    """

    kind: ClassVar[str] = "rest_sampled"
    undoable: ClassVar[bool] = True
    redecides: ClassVar[bool] = True

    stop: str
    records: tuple[str, ...]
    reports: int
    left: int
    seed: int

    @property
    def about(self) -> tuple[str, ...]:
        return self.records

    def words(self, names: Names) -> str:
        return (
            f"Drew {_reports(self.reports)} of {self.left:,} not screened for a random check, "
            f"with seed {self.seed}"
        )


class LookedBack(EventData):
    """A model looked for decisions on title and abstract that it finds unlikely, for one person.

    What others need to judge and repeat it (RAISE, PRISMA-trAIce), as of an order
    (`review.events.ordering`); when is the time of the event, by whom its actor. It decides none.

    Attributes:
        model: what kind of model.
        version: of the program part that scores (`review.screening.ranking.VERSION`).
        settings: name -> value.
        folds: parts the decisions were dealt into; each was judged by a model of the others.
        seed: of the dealing.
        reports: how many were scored.
        decided: decisions of the team that it learned from, and ``own`` votes of this person that
            decide nothing yet.
        included: of both, those to include.
        listed: how many it found unlikely.
    """

    kind: ClassVar[str] = "looked_back"

    model: str
    version: str
    settings: dict[str, float] = {}
    folds: int
    seed: int
    reports: int
    decided: int
    own: int
    included: int
    listed: int

    def words(self, names: Names) -> str:
        return (
            f"Looked back at decisions on {STAGES[Stage.TITLE_ABSTRACT]} with a model, version "
            f"{self.version}, which finds {self.listed:,} of them unlikely"
        )


class DecisionConfirmed(OnRecord):
    """A person looked again at a decision that a model found unlikely, and stands by it.

    Attributes:
        record: the record the report was shown by.
        decision: what was confirmed; once it is another, this says nothing of it.
        rank: the report's place in the order of the model that had not seen its decision, the
            likeliest first, of ``ranked`` reports.
        model: its name and version.
    """

    kind: ClassVar[str] = "decision_confirmed"
    undoable: ClassVar[bool] = True

    decision: Decision
    rank: int
    ranked: int
    model: str

    @property
    def key(self) -> str:
        return key_of("confirmed", self.record, person_key(self.reviewer))

    def words(self, names: Names) -> str:
        return (
            f"Looked again and kept: {self.decision} on {STAGES[Stage.TITLE_ABSTRACT]} (place "
            f"{self.rank:,} of {self.ranked:,} by {self.model})"
        )
