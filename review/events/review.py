"""Events of the review as a whole: its protocol, and taking steps back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from review.events.base import EventData, Names


class ProtocolAdopted(EventData):
    """A version of the protocol comes into force.

    Attributes:
        reviewers: stage -> votes needed for a decision.
        coders: people who code each report independently.
        not_retrieved: exclusion reasons that mean the full text could not be had.
        assigning: what becomes of reports that nobody was given (`review.protocol.assignment`).
        people: whom they are shared between; ``seed`` of that draw.
        text: file name -> its whole text.
    """

    kind: ClassVar[str] = "protocol"

    version: str
    title: str = ""
    reviewers: Mapping[str, int] = {}
    coders: int = 1
    not_retrieved: tuple[str, ...] = ()
    assigning: str = "everyone"
    people: tuple[str, ...] = ()
    seed: int = 1
    text: Mapping[str, str] = {}


class Undone(EventData):
    """Earlier events are taken back; taking back an undo brings them back."""

    kind: ClassVar[str] = "undo"
    undoable: ClassVar[bool] = True
    regroups: ClassVar[bool] = True

    cancels: tuple[str, ...]

    def words(self, names: Names) -> str:
        return "Took back an earlier step"
