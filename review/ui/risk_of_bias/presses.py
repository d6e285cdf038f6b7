"""What the buttons and fields of risk of bias do, and how they name what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import streamlit as st

from review.appraisal import results
from review.appraisal import service as appraisal
from review.appraisal.forms import OVERALL, Form
from review.appraisal.judging import Judged
from review.appraisal.service import AppraisalSheet, AppraisalTask
from review.outdated import Shown
from review.records.event_sentences import event_words
from review.ui import drafts, page_address, session, stale_press
from review.ui.errors import careful, tell

DOMAIN = "rob-domain"
"""The open domain, in the session."""

FORM = "rob-form"


@dataclass(frozen=True, slots=True)
class Of:
    """What an assessment is of.

    Attributes:
        result: ``""`` for the whole report.
    """

    report: str
    form: str
    result: str = ""

    @property
    def address(self) -> dict[str, str]:
        """Its place in the address of the page."""
        found = {"report": self.report, "form": self.form}
        return found | ({"result": self.result} if self.result else {})


FIELDS = {"quote": "Words of the paper", "place": "Where they stand", "note": "Why"}


@careful
@stale_press.while_shown
def answer(seen: Shown, of: Of, domain: str, question: str, said: str) -> None:
    """Answer one signalling question."""
    appraisal.answer(
        session.workspace(), of.report, of.form, domain, question, said, session.reviewer(),
        result=of.result, shown=seen,
    )  # fmt: skip


@careful
@stale_press.while_shown
def judge(seen: Shown, of: Of, domain: str, judgement: str) -> None:
    """Judge one domain, and open the next one without a judgement."""
    ws, reviewer = session.workspace(), session.reviewer()
    appraisal.judge(
        ws, of.report, of.form, domain, judgement, reviewer, result=of.result, shown=seen
    )  # fmt: skip
    found = appraisal.sheet(ws, of.report, of.form, reviewer, result=of.result)
    if said_of(found, domain).judgement:
        st.session_state[DOMAIN] = next_domain(found, domain)


@careful
@stale_press.while_shown
def agree(seen: Shown, of: Of, domain: str, judgement: str) -> None:
    """Keep what assessors agreed on."""
    field = key(of, domain, "why")
    appraisal.agree(
        session.workspace(), of.report, of.form, domain, judgement, session.reviewer(),
        note=str(st.session_state.get(field) or ""), result=of.result, shown=seen,
    )  # fmt: skip
    drafts.used(field)


@careful
def explain(seen: Shown, of: Of, domain: str) -> None:
    """Keep the words behind a judgement."""
    said = {name: str(st.session_state.get(key(of, domain, name)) or "") for name in FIELDS}
    appraisal.explain(
        session.workspace(), of.report, of.form, domain, session.reviewer(),
        quote=said["quote"], quote_place=said["place"], note=said["note"], result=of.result,
        shown=seen,
    )  # fmt: skip
    fields = [key(of, domain, name) for name in FIELDS]
    drafts.used(*fields, values=list(said.values()))
    tell("Kept.")


@careful
def attach(found: AppraisalSheet, seen: Shown, domain: str, words: str, place: str) -> None:
    """Take words of the abstract or full text as those behind the judgement of the open domain.

    Args:
        place: where they stand in a full text; "" for title and abstract.
    """
    of, own = of_sheet(found), said_of(found, domain)
    appraisal.explain(
        session.workspace(), of.report, of.form, domain, session.reviewer(), quote=words,
        quote_place=place, note=own.note, result=of.result, shown=seen,
    )  # fmt: skip
    for name in ("quote", "place"):
        st.session_state.pop(key(of, domain, name), None)
    tell("These words are kept with the judgement.")


@careful
@stale_press.once
def undo() -> None:
    """Take back one's newest step."""
    ws = session.workspace()
    done = appraisal.undo_last(ws, session.reviewer())
    if done is None:
        tell("There is no judgement of yours to take back.")
        return
    st.session_state[DOMAIN] = getattr(done.data, "domain", "")
    for key in [k for k in st.session_state if str(k).startswith("rob-")]:
        if str(key).split("-")[1] in FIELDS:  # the fields begin again with what counts now
            del st.session_state[key]
    tell(f"Taken back: {event_words(done, ws.protocol, with_remark=False)}")


@careful
@stale_press.once
def go_on(tasks: Sequence[Of], here: Of) -> None:
    """Open the next report, or result, that one has not judged."""
    left = [task for task in tasks if task != here]
    later = (
        [task for task in left if tasks.index(task) > tasks.index(here)] if here in tasks else []
    )
    if not left:
        tell("No other report waits for your judgement.")
        return
    st.session_state.pop(DOMAIN, None)
    page_address.become((later or left)[0].address)


@stale_press.while_shown
def step(options: Sequence[str], by: int) -> None:
    """Open the domain before or after the open one."""
    now = st.session_state.get(DOMAIN)
    at = options.index(now) if now in options else 0
    st.session_state[DOMAIN] = options[(at + by) % len(options)]


def other_form(report: str) -> None:
    """Judge the report with another form."""
    st.session_state.pop(DOMAIN, None)
    page_address.become({"report": report, "form": str(st.session_state[FORM])})


def other_result(of: Of) -> None:
    """Judge another result of the report with the same form, or all of it."""
    st.session_state.pop(DOMAIN, None)
    chosen = " ".join(str(st.session_state[key(of, "", "result")] or "").split())
    if len(chosen) > results.LONGEST:
        tell(f"A result is named in at most {results.LONGEST} signs.")
        return
    page_address.become(replace(of, result=chosen).address)


def said_of(found: AppraisalSheet, domain: str) -> Judged:
    """What the reviewer said of a domain."""
    form: Form = found.form
    return found.own.get(domain) or Judged(found.report.id, form.id, domain, "")


def of_sheet(found: AppraisalSheet) -> Of:
    """What a sheet is about."""
    return Of(found.report.id, found.form.id, found.result)


def of_task(task: AppraisalTask) -> Of:
    """What a task is about."""
    return Of(task.report, task.form.id, task.state.result)


def item_of(found: AppraisalSheet) -> str:
    """What is on the page, as a press names it."""
    return " ".join(filter(None, (found.report.id, found.form.id, found.result)))


def next_domain(found: AppraisalSheet, domain: str) -> str:
    """The first domain after this one, round the end, that has no judgement; itself if none."""
    options = [*(d.id for d in found.form.domains), OVERALL]
    at = options.index(domain) if domain in options else 0
    order = [*options[at + 1 :], *options[: at + 1]]
    return next((id_ for id_ in order if not said_of(found, id_).judgement), domain)


def key(of: Of, domain: str, name: str) -> str:
    """A key of a field or button; results in own words by a number, as a key becomes a class."""
    result = f"-{crc32(of.result.encode()):08x}" if of.result else ""
    return f"rob-{name}-{of.report}-{of.form}-{domain}{result}"
