"""Events of risk of bias: what people said of one domain of one report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from review.events.base import EventData, Moment, Names, key_of
from review.people import person_key


class DomainJudged(EventData):
    """What one assessor says of one domain of a form, all of it; the newest counts.

    Attributes:
        form, form_version: the form as it was read; ``domain`` is one of it, or ``overall``.
        answers: number of a signalling question -> answer.
        judgement: ``""`` as long as there are answers only.
        label: form, domain and judgement in words, for the history.
        note: why.
        consensus: said for all assessors, after comparing.
    """

    kind: ClassVar[str] = "appraisal"
    undoable: ClassVar[bool] = True

    record: str
    report: str = ""
    reviewer: str
    form: str
    form_version: str = ""
    domain: str
    answers: Mapping[str, str] = {}
    judgement: str = ""
    label: str = ""
    quote: str = ""
    quote_place: str = ""
    note: str = ""
    consensus: bool = False
    time: Moment = None

    @property
    def about(self) -> tuple[str, ...]:
        return (self.record,)

    @property
    def key(self) -> str:
        who = "" if self.consensus else person_key(self.reviewer)
        return key_of("appraisal", self.record, self.form, self.domain, who)

    @property
    def by(self) -> str:
        return self.reviewer

    @property
    def when(self) -> Moment:
        return self.time

    def words(self, names: Names) -> str:
        what = self.label or f"{self.form}, {self.domain}: {self.judgement or 'not judged'}"
        return f"{'Agreed on risk of bias' if self.consensus else 'Judged risk of bias'}: {what}"

    def remark(self) -> str:
        return self.note
