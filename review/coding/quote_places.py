"""Where the words of a suggestion stand: in the title, or in which sentence of the abstract."""

from __future__ import annotations

from dataclasses import dataclass

from review.coding.sentences import Words


@dataclass(frozen=True, slots=True)
class Place:
    """Where words begin.

    Attributes:
        sentence: 0 is the title, 1 the first sentence of the abstract.
        start, end: in title and abstract, joined by a line break.
    """

    sentence: int
    start: int
    end: int

    @property
    def words(self) -> str:
        """The place as a person reads it: ``title``, ``abstract, sentence 3``."""
        return f"abstract, sentence {self.sentence}" if self.sentence else "title"


class Sentences:
    """The sentences of one record."""

    def __init__(self, title: str, abstract: str) -> None:
        """Cut a record into sentences, as the rules do."""
        self._words = Words.of(title, abstract)

    def at(self, start: int, end: int) -> Place:
        """The place of some characters of title and abstract, joined by a line break."""
        return Place(self._words.sentence(start), start, end)

    def place_of(self, quote: str) -> Place | None:
        """Where a quote stands; None for no words, and where they are there no more.

        Words that stand in several places are found at the first.
        """
        start = self._words.text.find(quote) if quote else -1
        if start < 0:
            return None
        return self.at(start, start + len(quote))
