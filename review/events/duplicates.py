"""Events on what records are to each other: merges, links, and how a merged report is shown."""

from __future__ import annotations

from typing import ClassVar

from review.events.base import EventData, Names, OnRecord
from review.events.coding import Replaced


class PairRuled(EventData):
    """What was said of two records, by a rule or a person.

    Attributes:
        relation: the word for it in the derived table.
        score: how likely a rule held it; None when a person said it.
    """

    undoable: ClassVar[bool] = True
    regroups: ClassVar[bool] = True
    relation: ClassVar[str] = ""
    sentence: ClassVar[str] = ""

    records: tuple[str, str]
    score: float | None = None
    why: str = ""
    replaces: Replaced = ()

    @property
    def about(self) -> tuple[str, ...]:
        return self.records

    @property
    def taken_over(self) -> tuple[str, ...]:
        return self.replaces

    def words(self, names: Names) -> str:
        return f"{' and '.join(self.records)} {self.sentence}"

    def remark(self) -> str:
        return self.why


class RecordsMerged(PairRuled):
    """Two records are the same text."""

    kind: ClassVar[str] = "merge"
    relation: ClassVar[str] = "merge"
    sentence: ClassVar[str] = "merged as the same text"


class RecordsKeptApart(PairRuled):
    """Two records are different texts."""

    kind: ClassVar[str] = "keep_apart"
    relation: ClassVar[str] = "apart"
    sentence: ClassVar[str] = "kept apart as different texts"


class ReportsLinked(PairRuled):
    """Two records belong to two reports of one study."""

    kind: ClassVar[str] = "link"
    relation: ClassVar[str] = "link"
    sentence: ClassVar[str] = "linked as one study"


class ReportsNotLinked(PairRuled):
    """Two records come from different studies."""

    kind: ClassVar[str] = "not_linked"
    relation: ClassVar[str] = "unlinked"
    sentence: ClassVar[str] = "said to come from different studies"


class Deduplicated(EventData):
    """A run of deduplication came to its end.

    Attributes:
        rules: name and version of the rules.
        last: number of the newest record compared; ``skipped`` numbers that were not.
        settled: false when reports changed while links were looked for.
    """

    kind: ClassVar[str] = "deduped"

    rules: str
    last: int
    skipped: tuple[int, ...] = ()
    settled: bool = True
    compared: int = 0
    merged: int = 0
    unsure: int = 0


class FieldChosen(OnRecord):
    """A field of a report is shown as one of its records has it."""

    kind: ClassVar[str] = "field_chosen"
    undoable: ClassVar[bool] = True
    regroups: ClassVar[bool] = True

    field: str

    def words(self, names: Names) -> str:
        return f"{names.field(self.field)} shown as in {self.record}"
