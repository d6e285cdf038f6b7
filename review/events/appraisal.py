"""Events of risk of bias: what people said of one domain of one report, or of one result of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import ClassVar

from review.events.base import BlindStatement, Names, key_of


class DomainJudged(BlindStatement):
    """What one assessor says of one domain of a form, all of it; the newest counts.

    Attributes:
        form, form_version: the form as it was read; ``domain`` is one of it, or ``overall``.
        result: what of the report is judged: an outcome of the codebook or own words; ``""`` for
            all of it.
        answers: number of a signalling question -> answer.
        judgement: ``""`` as long as there are answers only.
        label: form, domain and judgement in words, for the history.
    """

    kind: ClassVar[str] = "appraisal"
    undoable: ClassVar[bool] = True

    form: str
    form_version: str = ""
    domain: str
    result: str = ""
    answers: Mapping[str, str] = {}
    judgement: str = ""
    label: str = ""

    @property
    def key(self) -> str:
        of_result = (result_key(self.result),) if self.result else ()
        return key_of("appraisal", self.record, self.form, self.domain, self.person, *of_result)

    def words(self, names: Names) -> str:
        what = self.label or f"{self.form}, {self.domain}: {self.judgement or 'not judged'}"
        return f"{'Agreed on risk of bias' if self.consensus else 'Judged risk of bias'}: {what}"


def result_key(result: str) -> str:
    """What is the same in all spellings of one result: capitals and doubled blanks aside."""
    return " ".join(unicodedata.normalize("NFKC", result).casefold().split())
