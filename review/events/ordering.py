"""Events of the order in which reports are screened."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from review.events.base import EventData, Names
from review.events.screening import STAGES
from review.model import Order, Stage


class OrderTrained(EventData):
    """A model ordered the reports of a stage that nobody had voted on.

    What others need to judge and repeat it (RAISE, PRISMA-trAIce): which model, from what. The
    scores are not kept: the same program makes the same ones of the same log, but for the weights
    of words, which may know records merged before they were built anew. See also `PlacesKept`.

    Attributes:
        model: what kind of model.
        version: of the program part that orders (`review.screening.ranking.VERSION`).
        settings: name -> value.
        seed: of the model and of the random sample.
        sample: reports in the random sample that comes first; 0 without one.
        reports: how many were ordered.
        votes: how many votes it learned from, on so many reports as follow.
        relevant, irrelevant: reports that it learned from.
    """

    kind: ClassVar[str] = "order_trained"

    stage: Stage
    order: Order
    model: str
    version: str
    settings: dict[str, float] = {}
    seed: int = 0
    sample: int = 0
    reports: int = 0
    votes: int = 0
    relevant: int = 0
    irrelevant: int = 0

    def words(self, names: Names) -> str:
        learned = (
            f"that learned from the votes on {self.relevant + self.irrelevant:,} reports"
            if self.votes
            else "that knows the protocol's question only"
        )
        return f"Ordered {self.reports:,} reports on {STAGES[self.stage]} by a model {learned}"


class PlacesKept(EventData):
    """Where an order by relevance had put the reports that were voted on while it was in force.

    Each place is by a model that knew no vote on the report. It decides nothing, and who reads it
    has voted on the report, unless it is decided (`review.store.model_places`).

    Attributes:
        order: the event of the model that made the order, of that ``version``, at the time
            ``ordered``.
        ranked: how many reports the model had put in order.
        places: record that the report was shown by -> its place, from 1, the likeliest first.
    """

    kind: ClassVar[str] = "places_kept"

    stage: Stage
    order: str
    version: str
    ordered: datetime
    ranked: int
    places: dict[str, int]

    def words(self, names: Names) -> str:
        return f"Kept the places in the order on {STAGES[self.stage]} of what was voted on since"
