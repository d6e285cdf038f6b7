"""Events of searching and importing: runs, the records they bring, and what people state of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from review.events.base import ByReviewer, EventData, Names, key_of, value_words
from review.events.coding import Replaced
from review.model import RunStatus


class RunStarted(EventData):
    """A search run or an import began.

    Attributes:
        left_out: for a run that follows citations, a record of each report it cannot follow.
    """

    kind: ClassVar[str] = "run_started"

    run: str
    search: str
    source: str
    request: str = ""
    promised: int | None = None
    left_out: tuple[str, ...] = ()


class RunPart(BaseModel):
    """One part of a run that is cut by date of publication; ``first`` and ``last`` as ISO dates."""

    model_config = ConfigDict(frozen=True)

    name: str
    first: str
    last: str


class RunPlanned(EventData):
    """A run is fetched in several parts."""

    kind: ClassVar[str] = "run_planned"

    run: str
    parts: tuple[RunPart, ...]


class RunResumed(EventData):
    """A run that had stopped goes on; ``after`` says why it had stopped."""

    kind: ClassVar[str] = "run_resumed"

    run: str
    after: str = ""


class RunFinished(EventData):
    """A run came to its end; ``outcome`` is how.

    Attributes:
        understood: the search as the source itself put it, in one line; "" where it did not say.
    """

    kind: ClassVar[str] = "run_finished"

    run: str
    outcome: RunStatus
    why: str = ""
    understood: str = ""


class RunWithdrawn(EventData):
    """A person took a whole run back, with the records that only it brought."""

    kind: ClassVar[str] = "run_withdrawn"
    undoable: ClassVar[bool] = True
    regroups: ClassVar[bool] = True

    run: str
    why: str = ""

    def remark(self) -> str:
        return self.why


class RecordsAdded(EventData):
    """A page of records came in.

    Attributes:
        records: those that are new; ``again`` those that were known before.
        received: entries of the page, bad ones included; as many as ``records`` when None.
        cursor: where the run, or this part of it, goes on.
    """

    kind: ClassVar[str] = "records_added"
    regroups: ClassVar[bool] = True

    run: str
    records: tuple[str, ...]
    again: tuple[str, ...] = ()
    received: int | None = None
    promised: int | None = None
    cursor: str | None = ""
    cost_usd: float = 0.0
    part: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        return self.records

    @property
    def seen_again(self) -> tuple[str, ...]:
        return self.again

    def words(self, names: Names) -> str:
        return f"Found by a search (run {self.run})"


class LookedUp(EventData):
    """Known reports were looked up at a source by their identifiers.

    Attributes:
        records: a record of each report that was asked for.
        unknown: those of them that the source does not know.
        differing: those of them under whose identifier the source has another work.
    """

    kind: ClassVar[str] = "looked_up"

    run: str
    records: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[str, ...]:
        return self.records

    def words(self, names: Names) -> str:
        return f"Looked up by its identifiers (run {self.run})"


class RecordsChanged(EventData):
    """A source says something else of known records: record -> field -> old and new value."""

    kind: ClassVar[str] = "records_changed"

    run: str
    records: tuple[str, ...]
    changes: Mapping[str, Mapping[str, tuple[Any, Any]]]

    @property
    def about(self) -> tuple[str, ...]:
        return self.records

    def words(self, names: Names) -> str:
        fields = {name for changed in self.changes.values() for name in changed}
        listed = ", ".join(sorted(fields)).replace("_", " ")
        return f"The source has changed {listed} (run {self.run})"


class RecordCorrected(EventData):
    """A later edition of the library says something else of a known record, and this is applied.

    Attributes:
        edition: name of the edition.
        changes: field -> what was, and what is.
    """

    kind: ClassVar[str] = "record_corrected"
    undoable: ClassVar[bool] = True
    regroups: ClassVar[bool] = True

    run: str
    record: str
    edition: str = ""
    changes: Mapping[str, tuple[Any, Any]]

    @property
    def about(self) -> tuple[str, ...]:
        return (self.record,)

    def words(self, names: Names) -> str:
        said = (
            f"{names.field(name)} was {value_words(old)}, is {value_words(new)}"
            for name, (old, new) in self.changes.items()
        )
        edition = f", {self.edition}" if self.edition else ""
        return f"Corrected by the library{edition} (run {self.run}): {'; '.join(said)}"


class SearchStated(ByReviewer):
    """What a person states of one item of PRISMA-S; the newest statement of an item counts."""

    kind: ClassVar[str] = "search_stated"
    undoable: ClassVar[bool] = True

    item: int
    text: str = ""
    none: bool = False
    details: Mapping[str, str] = {}
    replaces: Replaced = ()

    @property
    def taken_over(self) -> tuple[str, ...]:
        return self.replaces

    @property
    def key(self) -> str:
        return key_of("search_stated", str(self.item))
