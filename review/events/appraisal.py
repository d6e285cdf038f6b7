"""Events of risk of bias: what people said of one domain of one report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from review.events.base import BlindStatement, Names, key_of


class DomainJudged(BlindStatement):
    """What one assessor says of one domain of a form, all of it; the newest counts.

    Attributes:
        form, form_version: the form as it was read; ``domain`` is one of it, or ``overall``.
        answers: number of a signalling question -> answer.
        judgement: ``""`` as long as there are answers only.
        label: form, domain and judgement in words, for the history.
    """

    kind: ClassVar[str] = "appraisal"
    undoable: ClassVar[bool] = True

    form: str
    form_version: str = ""
    domain: str
    answers: Mapping[str, str] = {}
    judgement: str = ""
    label: str = ""

    @property
    def key(self) -> str:
        return key_of("appraisal", self.record, self.form, self.domain, self.person)

    def words(self, names: Names) -> str:
        what = self.label or f"{self.form}, {self.domain}: {self.judgement or 'not judged'}"
        return f"{'Agreed on risk of bias' if self.consensus else 'Judged risk of bias'}: {what}"
