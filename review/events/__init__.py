"""The events of the log, one class a kind.

`base` says what every event has; the other modules hold the kinds by where they come from. A new
kind is a class in one of them, its rows in `review.store.projectors`, and the service that writes
it.
"""

from review.events.base import Event, EventData, Names
from review.events.codebook import CodebookEdited, CodebookPutBack, RecodingKept
from review.events.coding import (
    FindingRemoved,
    FindingWritten,
    SuggestionAnswered,
    TagGiven,
    TagRemoved,
)
from review.events.double_coding import CodesSettled, CodingFinished, FindingsSettled
from review.events.duplicates import (
    Deduplicated,
    FieldChosen,
    PairRuled,
    RecordsKeptApart,
    RecordsMerged,
    ReportsLinked,
    ReportsNotLinked,
)
from review.events.review import ProtocolAdopted, Undone
from review.events.runs import (
    LookedUp,
    RecordCorrected,
    RecordsAdded,
    RecordsChanged,
    RunFinished,
    RunPart,
    RunPlanned,
    RunResumed,
    RunStarted,
    RunWithdrawn,
    SearchStated,
)
from review.events.screening import NoteWritten, VoteCast

__all__ = [
    "CodebookEdited",
    "CodebookPutBack",
    "CodesSettled",
    "CodingFinished",
    "Deduplicated",
    "Event",
    "EventData",
    "FieldChosen",
    "FindingRemoved",
    "FindingWritten",
    "FindingsSettled",
    "LookedUp",
    "Names",
    "NoteWritten",
    "PairRuled",
    "ProtocolAdopted",
    "RecordCorrected",
    "RecordsAdded",
    "RecordsChanged",
    "RecordsKeptApart",
    "RecordsMerged",
    "RecodingKept",
    "ReportsLinked",
    "ReportsNotLinked",
    "RunFinished",
    "RunPart",
    "RunPlanned",
    "RunResumed",
    "RunStarted",
    "RunWithdrawn",
    "SearchStated",
    "SuggestionAnswered",
    "TagGiven",
    "TagRemoved",
    "Undone",
    "VoteCast",
]
