"""RIS for programs that read more, or less, in it than Zotero does.

Each is the reference as `review.reporting.references` has it, with the notes that one program
looks for: ASReview LAB 3 a label in the first ``N1`` line (docs/source/lab/data_format.rst of its
repository), RevMan Web the study in ``NS`` (documentation.cochrane.org/revman-kb). Covidence keeps
every note it is given with the reference, so it gets none but that a report was retracted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from review import author_names
from review.model import Decision, Record, Report, Stage
from review.reporting.references import one_line, ris_entry, ris_text
from review.reporting.tables import ExportData, shown

COVIDENCE_LIMIT = 15_000
"""References that Covidence takes from one file (support.covidence.org)."""


def asreview(d: ExportData) -> Iterator[str]:
    """All reports for ASReview LAB: those who passed title and abstract are relevant."""
    said = (v for v in d.votes if v.stage is Stage.TITLE_ABSTRACT and not v.standing.is_idle)
    newest = {vote.report: vote for vote in said}

    def entry(report: Report, r: Record) -> Mapping[str, Any]:
        vote = newest.get(report.id)
        time = f"{vote.time:%Y-%m-%d %H:%M:%S}" if vote and vote.time else ""
        more = {"time": time, "note": one_line(vote.note) if vote else ""}
        notes = [f"ASReview_{_label(report)}", *_retracted(d, report)]
        notes += [
            f"asreview_{name}: {json.dumps(text, ensure_ascii=False)}"
            for name, text in more.items()
            if text
        ]
        return ris_entry(report.id, r, notes)

    return _written(entry(report, d.whole(report)) for report in d.reports)


def _label(report: Report) -> str:
    if report.excluded:
        return "irrelevant"
    return "relevant" if report.title_abstract is Decision.INCLUDE else "not_seen"


def covidence(d: ExportData) -> Iterator[str]:
    """All reports for Covidence: the reference alone, without decisions and codes."""
    return _written(
        ris_entry(report.id, d.whole(report), _retracted(d, report), _sources(d, report))
        for report in d.reports
    )


def revman(d: ExportData) -> Iterator[str]:
    """The included reports for RevMan Web, each with the study that it belongs to.

    A study is called by the first author and the year of its first report, as Cochrane's
    handbook does (section 4.6.2), with a letter where two are called so.
    """
    included = [report for report in d.reports if report.included]
    names = study_names(d, included)
    return _written(
        {
            **ris_entry(report.id, d.whole(report), _retracted(d, report)),
            "study": names[report.study],
        }
        for report in included
    )


def study_names(d: ExportData, reports: list[Report]) -> dict[str, str]:
    """Study -> a name that no other one of them has; ``Vale 2019``, ``Vale 2019b``."""
    first: dict[str, Report] = {}
    for report in sorted(reports, key=lambda r: (d.whole(r).year or 9999, r.id)):
        first.setdefault(report.study, report)
    given: Counter[str] = Counter()
    found: dict[str, str] = {}
    taken: set[str] = set()
    for study, report in first.items():
        r = d.whole(report)
        name = author_names.study_name(r.authors, r.title, r.year)
        plain, letters = name, given[name]
        while name in taken:
            letters += 1
            name = f"{plain}{_letters(letters)}"
        given[plain] = letters
        taken.add(name)
        found[study] = one_line(name)
    return found


def _letters(n: int) -> str:
    """``b`` for 1, ``z`` for 25, then ``ba``: what comes after a name that is taken."""
    text = ""
    while n:
        n, rest = divmod(n, 26)
        text = chr(ord("a") + rest) + text
    return text


def zotero(d: ExportData) -> Iterator[str]:
    """All reports for Zotero: labels, decisions and codes are tags there, to filter by."""
    confirmed = d.confirmed()

    def entry(report: Report) -> Mapping[str, Any]:
        r = d.whole(report)
        fields = ris_entry(report.id, r, _retracted(d, report), _sources(d, report))
        first, second = shown(report)
        tags = [*r.keywords, *r.labels, f"title and abstract: {first}"]
        tags += [f"full text: {second}"] if second else []
        tags += [f"reason: {d.reasons.get(report.reason, report.reason)}"] if report.reason else []
        tags += ["retracted"] if report.id in d.retracted else []
        tags += [
            _tag(d, dimension, value)
            for dimension, values in sorted(confirmed.get(report.id, {}).items())
            for value in values
        ]
        return {**fields, "keywords": list(dict.fromkeys(filter(None, map(one_line, tags))))}

    return _written(map(entry, d.reports))


def _tag(d: ExportData, dimension: str, value: str) -> str:
    """A code in words: ``Study design: Case report``."""
    known = d.codebook.find(dimension)
    if known is None:
        return f"{dimension}: {value}"
    label = known.value(value).label if d.codebook.has(dimension, value) else value
    return f"{known.label}: {label}"


def _retracted(d: ExportData, report: Report) -> list[str]:
    """The one note that goes into every file: that the report was retracted."""
    note = d.retracted_note(report)
    return [note] if note else []


def _sources(d: ExportData, report: Report) -> str:
    return one_line("; ".join(dict.fromkeys(one.source for _id, one in d.records[report.id])))


def _written(entries: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    """References with a blank line between them."""
    between = ""
    for entry in entries:
        yield between + ris_text(entry)
        between = "\r\n"
