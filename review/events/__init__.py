"""The events of the log, one class a kind.

`base` says what every event has; the other modules hold the kinds by where they come from. A new
kind is a class in one of them, its rows in `review.store.projectors`, and the service that writes
it.
"""

from review.events.appraisal import DomainJudged
from review.events.assignment import PilotDrawn, PilotEnded, ReportsAssigned, ReviewerLeft
from review.events.base import Event, EventData, Names
from review.events.bundles import BundleAsked, ExportTaken
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
from review.events.extraction import ValueExtracted
from review.events.full_text import FullTextAttached, FullTextStated
from review.events.gaps import GapStated
from review.events.ordering import OrderTrained, PlacesKept
from review.events.reading import PreferenceSet, RecordMended, ReportPostponed
from review.events.reporting import ReportStated
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
from review.events.screening import ConflictDiscussed, NoteWritten, VoteCast
from review.events.stopping import DecisionConfirmed, LookedBack, RestSampled, ScreeningStopped
from review.events.suggesting import (
    DesignModelTrained,
    ShippedModelChosen,
    SuggestionsMadeAnew,
)
from review.events.versions import VersionMade

__all__ = [
    "BundleAsked",
    "ExportTaken",
    "CodebookEdited",
    "CodebookPutBack",
    "CodesSettled",
    "ConflictDiscussed",
    "CodingFinished",
    "DecisionConfirmed",
    "Deduplicated",
    "DesignModelTrained",
    "DomainJudged",
    "Event",
    "EventData",
    "FieldChosen",
    "FindingRemoved",
    "FindingWritten",
    "FindingsSettled",
    "FullTextAttached",
    "FullTextStated",
    "GapStated",
    "LookedBack",
    "LookedUp",
    "Names",
    "NoteWritten",
    "OrderTrained",
    "PlacesKept",
    "PairRuled",
    "PreferenceSet",
    "PilotDrawn",
    "PilotEnded",
    "ProtocolAdopted",
    "RecordCorrected",
    "RecordMended",
    "RecordsAdded",
    "RecordsChanged",
    "RecordsKeptApart",
    "RecordsMerged",
    "RecodingKept",
    "ReportPostponed",
    "ReportStated",
    "ReportsAssigned",
    "ReportsLinked",
    "ReportsNotLinked",
    "RestSampled",
    "ReviewerLeft",
    "RunFinished",
    "RunPart",
    "RunPlanned",
    "RunResumed",
    "RunStarted",
    "RunWithdrawn",
    "ScreeningStopped",
    "SearchStated",
    "ShippedModelChosen",
    "SuggestionAnswered",
    "SuggestionsMadeAnew",
    "TagGiven",
    "TagRemoved",
    "Undone",
    "VersionMade",
    "ValueExtracted",
    "VoteCast",
]
