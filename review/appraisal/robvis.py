"""Settled judgements as the robvis program reads them (github.com/mcguinlu/robvis, data_raw)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from review.appraisal.forms import OVERALL, Form, Judgement
from review.appraisal.judging import Settled
from review.spreadsheet import write_csv

NOTHING = "No information"
"""What stands where nothing is settled; robvis draws it as such."""


def columns(form: Form) -> tuple[str, ...]:
    """The head that robvis expects: ``D1``, ``D2``, … of a tool that it knows, else the domains."""
    if form.robvis == "Generic":
        names = [re.sub(r"[^A-Za-z0-9]+", ".", domain.label).strip(".") for domain in form.domains]
    else:
        names = [f"D{n}" for n in range(1, len(form.domains) + 1)]
    return ("Study", *names, "Overall")


def rows(form: Form, found: Sequence[Settled]) -> Iterator[Mapping[str, object]]:
    """One row a report whose overall judgement is settled."""
    heads = columns(form)
    for one in found:
        if not one.judgements.get(OVERALL):
            continue
        said = (_word(form, domain, one.judgements) for domain in _domains(form))
        yield dict(zip(heads, (one.study, *said), strict=True))


def write(form: Form, found: Sequence[Settled], path: Path) -> int:
    """Write one form's file; returns the number of rows."""
    return write_csv(path, columns(form), rows(form, found), encoding="utf-8")


def write_all(found: Sequence[tuple[Form, Sequence[Settled]]], path: Path) -> list[Path]:
    """Write a file for each form: the first at ``path``, others beside it with the form's name.

    Returns:
        The files written; one with a head alone where nothing is settled.
    """
    written: list[Path] = []
    for form, those in found:
        file = path.with_name(f"{path.stem}-{form.id}{path.suffix}") if written else path
        write(form, those, file)
        written.append(file)
    return written


def _domains(form: Form) -> list[str]:
    return [*(domain.id for domain in form.domains), OVERALL]


def _word(form: Form, domain: str, judgements: Mapping[str, str]) -> str:
    found: Judgement | None = form.judgement(domain, judgements.get(domain, ""))
    return (found.robvis or found.label) if found else NOTHING
