"""Events of reading: what is postponed, what a person prefers, and texts added by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from review.events.base import ByReviewer, Names, OnRecord, key_of, value_words
from review.events.screening import STAGES
from review.model import Stage
from review.people import person_key


class ReportPostponed(OnRecord):
    """A person puts a report to the end of their own queue. It decides nothing."""

    kind: ClassVar[str] = "postponed"
    undoable: ClassVar[bool] = True

    stage: Stage

    @property
    def key(self) -> str:
        return key_of("postponed", self.record, self.stage, person_key(self.reviewer))

    def words(self, names: Names) -> str:
        return f"Postponed at {STAGES[self.stage]}"


class PreferenceSet(ByReviewer):
    """What a person prefers of the program: words to mark, keys. The newest of a name counts."""

    kind: ClassVar[str] = "preference"
    undoable: ClassVar[bool] = True

    name: str
    value: Any = None

    @property
    def key(self) -> str:
        return key_of("preference", self.name, person_key(self.reviewer))

    def words(self, names: Names) -> str:
        return f"Chose for themselves: {self.name}"


class RecordMended(OnRecord):
    """A person adds or mends the title or abstract of a record by hand.

    Attributes:
        changes: field -> what was, and what is.
        source: where the text was taken from, in the words of who added it.
    """

    kind: ClassVar[str] = "record_mended"
    undoable: ClassVar[bool] = True
    regroups: ClassVar[bool] = True

    source: str
    changes: Mapping[str, tuple[Any, Any]]

    def words(self, names: Names) -> str:
        said = (
            f"{names.field(name)} was {value_words(old)}, is {value_words(new)}"
            for name, (old, new) in self.changes.items()
        )
        return f"Changed by hand: {'; '.join(said)}"

    def remark(self) -> str:
        return f"Taken from: {self.source}"
