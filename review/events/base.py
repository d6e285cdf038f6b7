"""What every event of the log has, and the register of its kinds.

A kind of event is one subclass of `EventData`: its fields with their types, how older logs are
read, whether one person's undo may take it back, what it changes, and its sentence in the history.
What it writes into the derived tables stands in `review.store.projectors`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from typing_extensions import TypeVar

from review.errors import NewerReviewError, StoreError
from review.people import person_key


def _moment(value: object) -> object:
    """An empty time is none; one without a zone is UTC."""
    if value in ("", None):
        return None
    time = datetime.fromisoformat(value) if isinstance(value, str) else value
    return time.replace(tzinfo=UTC) if isinstance(time, datetime) and not time.tzinfo else time


Moment = Annotated[datetime | None, BeforeValidator(_moment)]
"""A point in time that a person gave, or none."""


class Names(Protocol):
    """Words for the ids that events hold, as the protocol in force has them."""

    def reason(self, id_: str) -> str:
        """An exclusion reason."""

    def value(self, dimension: str, value: str) -> str:
        """A codebook value: ``Case report``."""

    def tagged(self, dimension: str, value: str) -> str:
        """The same with its dimension: ``Study design: Case report``."""

    def field(self, name: str) -> str:
        """A field of a record: ``DOI``."""


class EventData(BaseModel):
    """What one event says. Subclasses register themselves under their ``kind``.

    Attributes:
        kind: the word in the log; never changed once written.
        undoable: whether one person's undo may take it back.
        regroups: reports are worked out anew after it: what belongs to them or how they are shown.
        redecides: the decisions of the reports it is about are worked out anew after it.
        recounts: which of their codes count is worked out anew after it.
        replaces: events that it takes the place of, while it is not undone itself.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: ClassVar[str] = ""
    undoable: ClassVar[bool] = False
    regroups: ClassVar[bool] = False
    redecides: ClassVar[bool] = False
    recounts: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.kind:
            known = KINDS.setdefault(cls.kind, cls)
            if known.__qualname__ != cls.__qualname__:
                raise TypeError(f"two classes of events are called {cls.kind}")

    @property
    def about(self) -> tuple[str, ...]:
        """Ids of the records it is about."""
        return ()

    @property
    def seen_again(self) -> tuple[str, ...]:
        """Ids of records that it is not about, but whose reports may change with it."""
        return ()

    @property
    def taken_over(self) -> tuple[str, ...]:
        """Events that it takes the place of."""
        return ()

    @property
    def key(self) -> str | None:
        """Of the events of one key the newest counts; None where each stands for itself."""
        return None

    @property
    def covered(self) -> tuple[str, ...]:
        """Further keys on which this event is newer than all before it."""
        return ()

    @property
    def when(self) -> datetime | None:
        """The time a person gave with it, where that is not the time of writing."""
        return None

    @property
    def by(self) -> str | None:
        """Whose step it is, where that need not be who wrote it into the log."""
        return None

    def words(self, names: Names) -> str:
        """What happened, without who and when."""
        return self.kind.replace("_", " ").capitalize()

    def remark(self) -> str:
        """What a person wrote with it: why, a note; ``""`` when nothing."""
        return ""

    def written(self) -> dict[str, Any]:
        """The event as plain JSON values; what is as by default is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)


class ByReviewer(EventData):
    """A step of the reviewer whom it names, whoever wrote it into the log."""

    reviewer: str

    @property
    def by(self) -> str:
        return self.reviewer


class OnRecord(ByReviewer):
    """A reviewer's step on one report; it hangs on a record of it.

    Attributes:
        record: the one the report was shown by.
        report: that held the record then.
    """

    record: str
    report: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        return (self.record,) if self.record else ()


class BlindStatement(OnRecord):
    """What one person says of a record beside others, until they agree; its kinds say of what.

    Attributes:
        quote_place: where the quote stands.
        note: why.
        consensus: said for all, after comparing.
        time: when it was said, where that is not the time of writing.
    """

    quote: str = ""
    quote_place: str = ""
    note: str = ""
    consensus: bool = False
    time: Moment = None

    @property
    def when(self) -> Moment:
        return self.time

    @property
    def person(self) -> str:
        """Whose statement it takes the place of: the same person's, or the earlier consensus."""
        return "" if self.consensus else person_key(self.reviewer)

    def remark(self) -> str:
        return self.note


KINDS: dict[str, type[EventData]] = {}
"""Kind -> class, filled as the classes are defined."""


D = TypeVar("D", bound=EventData, covariant=True, default=EventData)


@dataclass(frozen=True, slots=True)
class Event(Generic[D]):
    """One line of the log. ``seq`` orders the log, ``data`` is what it says."""

    seq: int
    id: str
    at: datetime
    actor: str
    protocol: str
    data: D

    @property
    def kind(self) -> str:
        """The word in the log for what happened."""
        return self.data.kind

    @property
    def by(self) -> str:
        """Whose step it is: the reviewer it names, or else who wrote it."""
        return self.data.by or self.actor


def read(kind: str, payload: Mapping[str, Any]) -> EventData:
    """What an event of the log says, whichever version of the program wrote it.

    Raises:
        NewerReviewError: a later version wrote it.
        StoreError: it is damaged.
    """
    cls = KINDS.get(kind)
    if cls is None:
        raise NewerReviewError(
            f"This review holds events of the kind '{kind}', which this version does not know. "
            "A newer version of the program wrote them: open the review with that one."
        )
    try:
        return cls.model_validate(payload)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise StoreError(
            f"An event of the kind '{kind}' cannot be read: {where or 'it'} is damaged."
        ) from error


def key_of(*parts: str) -> str:
    """A short key for some words, the same in every run."""
    text = json.dumps(parts, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def value_words(value: Any) -> str:
    """A value of a field of a record as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    return "nothing" if value in (None, "") else str(value)


def kinds(classes: tuple[type[EventData], ...]) -> Iterator[str]:
    """The words in the log for some classes."""
    return (cls.kind for cls in classes)
