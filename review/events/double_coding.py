"""Events of coding by several people: finishing a form, and settling where forms disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from review.events.base import Names, OnRecord, key_of
from review.events.coding import (
    FindingRemoved,
    FindingWritten,
    SuggestionAnswered,
    TagGiven,
    TagRemoved,
)
from review.people import person_key

FINDINGS = "findings"
"""What the comparison calls the findings of a report, beside the dimensions of the codebook."""


class _OnForms(OnRecord):
    """A step on the coding forms of one report; it hangs on the record the report was shown by."""

    undoable: ClassVar[bool] = True
    recounts: ClassVar[bool] = True


class CodingFinished(_OnForms):
    """A reviewer has coded all they can of a report, and lays their form open to comparison.

    Attributes:
        codes: dimension -> values on the form; what agreement is measured on.
    """

    kind: ClassVar[str] = "coding_finished"

    codes: Mapping[str, tuple[str, ...]] = {}

    @property
    def key(self) -> str:
        return key_of("coding_finished", self.record, person_key(self.reviewer))

    def words(self, names: Names) -> str:
        return "Finished coding"


class CodesSettled(_OnForms):
    """What counts of one dimension, whatever the forms say; no value is an answer too.

    Attributes:
        why: the reason, or how it was agreed.
        quotes: value -> the words behind it and their place, of the coders that gave it.
    """

    kind: ClassVar[str] = "codes_settled"

    dimension: str
    values: tuple[str, ...] = ()
    why: str = ""
    recodes: str = ""
    quotes: Mapping[str, tuple[str, str]] = {}

    @property
    def key(self) -> str:
        return key_of("codes_settled", self.record, self.dimension)

    def words(self, names: Names) -> str:
        said = [names.tagged(self.dimension, value) for value in self.values]
        return f"Consensus: {'; '.join(said) or f'no value of {self.dimension}'}"

    def remark(self) -> str:
        return self.why


class FindingsSettled(_OnForms):
    """Which of the findings on the forms count.

    Attributes:
        kept: events of these findings. When one of them is written anew or removed, the settlement
            holds no more.
        recodes: the value of the codebook that was retired, where findings are settled for that.
    """

    kind: ClassVar[str] = "findings_settled"

    kept: tuple[str, ...] = ()
    why: str = ""
    recodes: str = ""

    @property
    def key(self) -> str:
        return key_of("findings_settled", self.record)

    def words(self, names: Names) -> str:
        n = len(self.kept)
        return f"Consensus: {n} finding{'' if n == 1 else 's'} kept"

    def remark(self) -> str:
        return self.why


CODES = (
    TagGiven, TagRemoved, FindingWritten, FindingRemoved, SuggestionAnswered, CodingFinished,
)  # fmt: skip
"""Steps that tell what one coder thinks of a report."""
