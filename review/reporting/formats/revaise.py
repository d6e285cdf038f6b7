"""The review as a RevAIse record: a systematic review in data that machines read.

Classes and slots of the RevAIse model 0.7 (open-and-sustainable.github.io/revaise-model), as YAML.
What only people can write is not made up: it is named in comments at the head, by the items of
PRISMA 2020 that the model's shapes ask for.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import yaml

from review import __version__, author_names
from review.appraisal.forms import OVERALL, Form
from review.appraisal.judging import Settled
from review.model import Decision, Finding, Record, Report, Stage
from review.people import person_key
from review.protocol.model import Protocol
from review.reporting.prisma import Flow
from review.reporting.tables import ExportData
from review.values import keywords

BY_PEOPLE = {
    "review_abstract": "2 Abstract",
    "sections.rationale": "3 Rationale",
    "synthesis_narrative": "12 to 15 and 20 to 22 Synthesis: its stage, where there is one",
    "sections.discussion_interpretation": "23a Interpretation",
    "sections.discussion_evidence_limitations": "23b Limitations of the evidence",
    "sections.discussion_process_limitations": "23c Limitations of the process",
    "protocol.registration_id": "24a Registration",
    "protocol.registration_url": "24b Where the protocol can be read",
    "funding_sources": "25 Support",
    "conflicts_of_interest": "26 Competing interests",
    "data_availability": "27 Availability of data",
}
"""Slot -> item of PRISMA 2020 that only people can write."""

NOBODY = "Nobody has decided anything yet"
"""In the place of the authors, of whom the model asks for one."""

_ADDRESSES = {
    "openalex": "https://openalex.org", "pubmed": "https://pubmed.ncbi.nlm.nih.gov",
    "embase": "https://www.embase.com", "scopus": "https://www.scopus.com",
    "wos": "https://www.webofscience.com", "clinicaltrials": "https://clinicaltrials.gov",
    "ictrp": "https://trialsearch.who.int",
}  # fmt: skip
_TOOLS = {
    "rob2": "COCHRANE_ROB2", "robins_i": "COCHRANE_ROBINS_I", "syrcle": "SYRCLE",
    "amstar2": "AMSTAR",
}  # fmt: skip
_JUDGEMENTS = {
    "low": "LOW_RISK", "some concerns": "SOME_CONCERNS", "moderate": "MODERATE_RISK",
    "serious": "SERIOUS_RISK", "high": "HIGH_RISK", "critical": "CRITICAL_RISK",
    "no information": "NO_INFORMATION", "unclear": "NO_INFORMATION",
}  # fmt: skip
_NUMBER = r"[-\u2212+]?\d+(?:\.\d+)?"
_EFFECT = re.compile(rf"\s*({_NUMBER})\s*")
_INTERVAL = re.compile(rf"({_NUMBER})\s*(?:to|;|,|\.\.|\u2013)\s*({_NUMBER})")
_BOOK = "codebook"


def record(d: ExportData) -> Iterator[str]:
    """The whole record, with what is missing in comments before it."""
    yield f"# RevAIse record, written by review-tracker {__version__}.\n"
    yield "# Only people can write, and none of it is made up here:\n"
    yield from (f"#   {slot}: PRISMA 2020, item {item}\n" for slot, item in BY_PEOPLE.items())
    yield yaml.safe_dump(content(d), sort_keys=False, allow_unicode=True, width=100)


def content(d: ExportData) -> dict[str, Any]:
    """The record as plain data.

    Raises:
        ValueError: the protocol was not read.
    """
    if d.protocol is None:
        raise ValueError("A RevAIse record is that of a protocol.")
    protocol, flow = d.protocol, d.read_drawing().flow
    identified = flow.boxes["database_results"] + flow.boxes["register_results"]
    people = _people(d)
    waiting = {stage: flow.awaiting.get(stage, 0) for stage in Stage}
    found: dict[str, Any] = {
        "review_id": f"{_slug(protocol.title)}-{protocol.version}",
        "review_title": protocol.title,
        "review_type": "SYSTEMATIC_REVIEW",
        "review_status": "IN_PROGRESS",
        "review_authors": [{"name": name} for name in people or [NOBODY]],
        "version": protocol.version,
        "protocol": {
            "research_question": _text(protocol.question.text),
            "eligibility_criteria": " ".join(
                f"{criterion.kind.capitalize()}: {_text(criterion.text)}"
                for criterion in protocol.criteria
            ),
            "picos": " ".join(
                f"{name}: {_text(str(getattr(protocol.question, name.lower())))}"
                for name in ("Population", "Exposure", "Comparator", "Outcome")
            ),
            "amendments": [
                {
                    "amendment_id": f"protocol-{version}",
                    "amendment_date": time,
                    "amendment_type": "PROTOCOL_CHANGE",
                    "amendment_reason": "not written down",
                    "amendment_description": f"The review follows protocol version {version}.",
                    "amendment_author": {"name": actor},
                }
                for time, actor, version in d.adopted[1:]
            ],
        },
        "conforms_to": [
            {
                "protocol_id": "prisma_2020", "protocol_name": "PRISMA 2020",
                "protocol_version": "2020", "protocol_kind": "REPORTING",
                "protocol_uri": "https://www.prisma-statement.org/prisma-2020",
            }
        ],
        "flow_diagram": {
            "flow_diagram_id": "flow", "flow_standard": "PRISMA 2020",
            "records_identified": identified,
            "records_screened": flow.boxes["records_screened"] - waiting[Stage.TITLE_ABSTRACT],
            "reports_sought": flow.boxes["dbr_sought_reports"],
            "reports_assessed": flow.boxes["dbr_assessed"] - waiting[Stage.FULL_TEXT],
            "total_included": flow.boxes["new_studies"],
            "flow_diagram_notes": str(d.about.get("coverage", "")),
        },
        "stages": [
            _search(d),
            *_screening(d, protocol, flow, identified, people),
            _extraction(d, protocol),
            *_risk_of_bias(d, protocol),
        ],
        "literature_records": list(_literature(d)),
        "software_env": {"os": platform.system(), "python_version": platform.python_version()},
    }  # fmt: skip
    if d.read_text:
        found["sections"] = {"discussion_implications": d.read_text("implications").markdown}
    return {name: value for name, value in _without_nothing(found).items()}


def _people(d: ExportData) -> list[str]:
    """Who decided or coded something, each once, as far as the reader of the file may see it."""
    names: dict[str, str] = {}
    for name in (*(v.reviewer for v in d.votes), *(t.reviewer for t in d.tags)):
        names.setdefault(person_key(name), name)
    return sorted(names.values(), key=str.casefold)


def _search(d: ExportData) -> dict[str, Any]:
    names = dict.fromkeys(run.source for run in d.runs)
    started = [run.started for run in d.runs]
    return {
        "stage_type": "search",
        "stage_label": "Searches and imports",
        "started_at": _time(min(started, default=None)),
        "search_protocol": {
            "base_protocol_id": "search-protocol",
            "search_strategy_description": "The strings as sent stand in search_queries.",
        },
        "databases": [{"database_name": name, "database_url": _address(name)} for name in names],
        "search_queries": [
            {
                "query_id": run.id,
                "database_name": run.source,
                "query_string": run.request or run.search,
                "query_date": _time(run.started),
                "results_count": run.received,
                "query_notes": f"{run.search}: {run.status}",
            }
            for run in d.runs
        ],
    }


def _address(source: str) -> str:
    known = (url for name, url in _ADDRESSES.items() if name in source.casefold())
    return next(known, f"urn:review-tracker:source:{quote(source)}")


def _screening(
    d: ExportData, protocol: Protocol, flow: Flow, identified: int, people: Sequence[str]
) -> Iterator[dict[str, Any]]:
    criteria = {
        f"{kind}usion_criteria": [
            _text(c.text) for c in protocol.criteria if c.kind == f"{kind}ude"
        ]
        for kind in ("incl", "excl")
    }
    reports = list(d.reports)
    passed = [r for r in reports if r.title_abstract is Decision.INCLUDE]
    duplicates = flow.boxes["duplicates"]
    for stage, of in ((Stage.TITLE_ABSTRACT, reports), (Stage.FULL_TEXT, passed)):
        first = stage is Stage.TITLE_ABSTRACT
        out = [r.id for r in of if r.excluded and r.left_at is stage]
        within = [
            r.id for r in of if (r.title_abstract is Decision.INCLUDE if first else r.included)
        ]
        who = dict.fromkeys(v.reviewer for v in d.votes if v.stage is stage)
        yield {
            "stage_type": "screening_title_abstract" if first else "screening_fulltext",
            "stage_label": "Titles and abstracts" if first else "Full texts",
            "deduplication_process": {
                "dedup_id": "deduplication",
                "input_record_count": identified,
                "unique_record_count": identified - duplicates,
                "duplicate_count": duplicates,
                "dedup_method": "HYBRID",
            }
            if first
            else None,
            "screening_criteria": {"criteria_id": f"criteria-{stage}", **criteria},
            "screening_protocol": {
                "base_protocol_id": f"protocol-{stage}",
                "minimum_reviewers_per_record": protocol.rule(stage).reviewers,
                "blind_screening": protocol.rule(stage).reviewers > 1,
                "conflict_resolution_strategy": "THIRD_REVIEWER"
                if protocol.assignment.referee
                else "CONSENSUS",
            },
            "screening_rounds": [
                {
                    "round_id": f"round-{stage}",
                    "round_type": "TITLE_ABSTRACT" if first else "FULL_TEXT",
                    "round_number": 1 if first else 2,
                    "input_records": {
                        "collection_id": f"reports-{stage}",
                        "collection_name": "Reports to screen",
                        "record_count": len(of),
                    },
                    "excluded_record_ids": out,
                    "included_record_ids": within,
                    "reviewers": [{"name": name, "participant_role": ["SCREENER"]} for name in who],
                }
            ]
            if who
            else [],
        }


def _extraction(d: ExportData, protocol: Protocol) -> dict[str, Any]:
    return {
        "stage_type": "data_extraction",
        "stage_label": "Coding by the codebook",
        "extraction_protocol": {
            "base_protocol_id": "extraction-protocol",
            "minimum_extractors_per_study": protocol.coding.reviewers_per_report,
            "independent_extraction": protocol.coding.reviewers_per_report > 1,
        },
        "extraction_forms": [
            {
                "form_id": _BOOK,
                "form_name": "Codebook",
                "form_version": protocol.version,
                "form_sections": [
                    {
                        "section_id": f"{_BOOK}-all",
                        "section_name": _BOOK,
                        "section_label": "Codebook",
                        "section_fields": [
                            {
                                "field_id": one.id,
                                "field_name": one.id,
                                "field_label": one.label,
                                "field_type": "MULTI_SELECT" if one.many else "SELECT",
                                "field_description": _text(one.definition),
                                "field_required": one.required,
                            }
                            for one in d.codebook.dimensions
                        ],
                    }
                ],
            }
        ],
    }


def _risk_of_bias(d: ExportData, protocol: Protocol) -> Iterator[dict[str, Any]]:
    for form, settled in d.appraisals:
        yield {
            "stage_type": "risk_of_bias",
            "stage_label": form.label,
            "rob_protocol": {
                "base_protocol_id": f"risk-of-bias-{form.id}",
                "rob_tool": form.name,
                "rob_tool_version": form.version,
                "rob_domains": [domain.label for domain in form.domains],
                "minimum_raters": protocol.appraisal.assessors,
            },
            "rob_assessments": [
                {
                    "rob_assessment_id": f"{form.id}-{one.report}-{one.result}".strip("-"),
                    "overall_judgement": _judged(form, OVERALL, one.judgements),
                    "rob_domain_judgements": [
                        {
                            "rob_domain_id": domain.id,
                            "rob_domain_name": domain.label,
                            "rob_domain_judgement": _judged(form, domain.id, one.judgements),
                        }
                        for domain in form.domains
                        if _judged(form, domain.id, one.judgements)
                    ],
                    "rob_notes": one.study,
                }
                for one in settled
            ],
        }


def _judged(form: Form, domain: str, said: Mapping[str, str]) -> str | None:
    known = form.judgement(domain, said.get(domain, ""))
    return _JUDGEMENTS.get(known.label.casefold()) if known else None


def _literature(d: ExportData) -> Iterator[dict[str, Any]]:
    """The included reports with the results that people wrote down."""
    findings: dict[str, list[Finding]] = {}
    for finding in d.findings:
        findings.setdefault(finding.report, []).append(finding)
    outcomes = d.codebook.find("outcome")
    biases = {
        one.report: _assessment(form, one)
        for form, settled in reversed(d.appraisals)
        for one in sorted(settled, key=lambda s: s.result, reverse=True)
    }  # of several, that of the whole report by the first form
    for report in d.reports:
        if report.included:
            yield {
                **_bibliographic(report, d.whole(report)),
                "risk_of_bias": biases.get(report.id),
                "study_results": [
                    _result(one, outcomes.value(one.outcome).label)
                    if outcomes and d.codebook.has("outcome", one.outcome)
                    else _result(one, one.outcome)
                    for one in findings.get(report.id, ())
                ],
            }


def _assessment(form: Form, one: Settled) -> dict[str, Any]:
    tool = "JBI" if form.id.startswith("jbi") else _TOOLS.get(form.id, "CUSTOM")
    return {
        "assessment_id": f"{form.id}-of-{one.report}",
        "item_id": one.report,
        "assessment_tool": tool,
        "target_outcome": one.result,
        "overall_risk_of_bias": _judged(form, OVERALL, one.judgements),
        "assessor": {"name": one.by, "participant_role": ["QUALITY_ASSESSOR"]},
        "assessment_date": _time(one.at),
    }


def _bibliographic(report: Report, r: Record) -> dict[str, Any]:
    return {
        "record_id": report.id,
        "title": r.title or "Without a title",
        "authors": [{"name": name} for name in author_names.people(r.authors)],
        "publication_year": r.year,
        "abstract": r.abstract,
        "doi": r.doi,
        "pmid": r.pmid,
        "journal": r.journal,
        "volume": r.volume,
        "issue": r.issue,
        "pages": r.pages,
        "publication_language": r.language,
        "publication_type": r.type,
        "keywords": list(keywords.each(r.keywords)),
    }


def _result(one: Finding, outcome: str) -> dict[str, Any]:
    effect = _EFFECT.fullmatch(one.effect)
    # "95%" is no limit of an interval.
    interval = _INTERVAL.search(re.sub(r"\d+\s*%", "", one.effect_interval))
    said = [f"Direction: {one.direction}", one.effect_unit, one.instrument, one.quote]
    return {
        "result_outcome": outcome,
        "result_effect_estimate": _float(effect[1]) if effect else None,
        "result_ci_lower": _float(interval[1]) if interval else None,
        "result_ci_upper": _float(interval[2]) if interval else None,
        "result_total_n": one.n,
        "result_notes": "; ".join(filter(None, said)),
    }


def _float(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _text(text: str) -> str:
    return " ".join(text.split())


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _without_nothing(value: Any) -> Any:
    """The same without slots that hold nothing; false and zero say something."""
    if isinstance(value, dict):
        kept = {name: _without_nothing(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, "", [], {})}
    return [_without_nothing(inner) for inner in value] if isinstance(value, list) else value
