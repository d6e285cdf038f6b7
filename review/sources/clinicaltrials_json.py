"""The JSON of ClinicalTrials.gov, as its website and its API (version 2) give it.

Modules as in https://clinicaltrials.gov/data-api/about-api/study-data-structure. A study's fields
are called as the columns of the register's table, and are read as these
(`review.sources.known_tables`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from review.errors import FileError
from review.sources import json_entries, known_tables, size_limits, table_headers, table_rows
from review.sources.file_entries import Given, Items

_STUDY = "protocolSection"
_BEGINS = re.compile(r"[\ufeff\s]*[\[{]")
_MORE = re.compile(r'"nextPageToken"\s*:\s*"')

_FIELDS: Mapping[str, str] = {
    "NCT Number": "identificationModule.nctId",
    "Study Title": "identificationModule.briefTitle",
    "Official Title": "identificationModule.officialTitle",
    "Acronym": "identificationModule.acronym",
    "Study Status": "statusModule.overallStatus",
    "First Posted": "statusModule.studyFirstPostDateStruct.date",
    "Study First Submitted": "statusModule.studyFirstSubmitDate",
    "Start Date": "statusModule.startDateStruct.date",
    "Brief Summary": "descriptionModule.briefSummary",
    "Conditions": "conditionsModule.conditions",
    "Keywords": "conditionsModule.keywords",
    "Interventions": "armsInterventionsModule.interventions.type+name",
    "Primary Outcome Measures": "outcomesModule.primaryOutcomes.measure+timeFrame",
    "Secondary Outcome Measures": "outcomesModule.secondaryOutcomes.measure+timeFrame",
    "Other Outcome Measures": "outcomesModule.otherOutcomes.measure+timeFrame",
    "Sponsor": "sponsorCollaboratorsModule.leadSponsor.name",
    "Collaborators": "sponsorCollaboratorsModule.collaborators.name",
    "Eligibility Criteria": "eligibilityModule.eligibilityCriteria",
    "Sex": "eligibilityModule.sex",
    "Age": "eligibilityModule.stdAges",
    "Phases": "designModule.phases",
    "Enrollment": "designModule.enrollmentInfo.count",
    "Study Type": "designModule.studyType",
    "Allocation": "designModule.designInfo.allocation",
    "Intervention Model": "designModule.designInfo.interventionModel",
    "Observational Model": "designModule.designInfo.observationalModel",
    "Masking": "designModule.designInfo.maskingInfo.masking",
    "Primary Purpose": "designModule.designInfo.primaryPurpose",
    "Organization ID": "identificationModule.orgStudyIdInfo.id",
    "Secondary IDs": "identificationModule.secondaryIdInfos.id",
}
"""Column of the register's table -> where a study holds it; of ``a+b`` both, parted by ``: ``."""

_DESIGN = ("Allocation", "Intervention Model", "Observational Model", "Masking", "Primary Purpose")
_IDS = ("Organization ID", "Secondary IDs")


def parse(given: Given) -> Items:
    """Read the studies of a JSON file of ClinicalTrials.gov.

    Yields:
        An entry for each, ``raw`` the study, and the mistakes.

    Raises:
        FileError: there is no study at all.
    """
    none = True
    text = given.text
    for line, item in json_entries.find(text, "studies", {_STUDY}):
        if isinstance(item, str):
            yield given.mistake(line, "", f"the study cannot be read ({item}); left out")
        elif size_limits.is_deeper(item, given.limits.depth):
            given.account.entries += 1
            yield given.mistake(line, "", "the study is too deeply nested; left out")
        elif not isinstance(item.get(_STUDY), Mapping):
            given.account.entries += 1
            yield given.mistake(line, _STUDY, "the item is no study of the register; left out")
        else:
            none = False
            row = columns(item[_STUDY])
            head = table_headers.head(line, tuple(row), {}, known_tables.CLINICALTRIALS)
            yield table_rows.entry(line, [*row.values()], head, given, dict(item))
            _tell(item, given)
    if none:
        raise FileError(
            f"{given.name} holds no study of ClinicalTrials.gov. Download the results as CSV or "
            "JSON again."
        )
    if _MORE.search(text, max(0, len(text) - 1000)) or _MORE.search(text, 0, 1000):
        given.account.remark("the file is one page of the results: more pages follow it")


def looks_like(text: str) -> bool:
    """Whether it begins like JSON and holds a study of the register."""
    return _BEGINS.match(text) is not None and f'"{_STUDY}"' in text


def columns(study: Mapping[str, Any]) -> dict[str, str]:
    """A study's fields as the columns of the register's table; those that hold nothing are out."""
    told = {head: "|".join(_texts(study, path.split("."))) for head, path in _FIELDS.items()}
    design = "|".join(f"{head}: {told[head]}" for head in _DESIGN if told[head])
    ids = "|".join(dict.fromkeys(told[head] for head in _IDS if told[head]))
    url = f"https://clinicaltrials.gov/study/{told['NCT Number']}" if told["NCT Number"] else ""
    kept = {head: text for head, text in told.items() if head not in (*_DESIGN, *_IDS)}
    kept |= {"Study Design": design, "Other IDs": ids, "Study URL": url}
    return {head: text for head, text in kept.items() if text}


def _texts(value: Any, path: list[str]) -> list[str]:
    """The texts at a path; lists on the way are gone through."""
    if isinstance(value, list):
        return [text for each in value for text in _texts(each, path)]
    if not path:
        return [_plain(value)] if _plain(value) else []
    if not isinstance(value, Mapping):
        return []
    if len(path) == 1 and "+" in path[0]:
        parts = (_plain(value.get(name)) for name in path[0].split("+"))
        said = ": ".join(filter(None, parts))
        return [said] if said else []
    return _texts(value.get(path[0]), path[1:])


def _plain(value: object) -> str:
    if isinstance(value, str):
        # Half a character pair may be escaped in JSON, but is no text.
        return value.encode("utf-8", "replace").decode("utf-8").strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _tell(item: Mapping[str, Any], given: Given) -> None:
    """Name the parts of a study that no field takes."""
    read = {path.split(".")[0] for path in _FIELDS.values()}
    for name in item[_STUDY]:
        if name not in read:
            given.account.left_aside(str(name), "")
    for name, value in item.items():
        if name != _STUDY:
            given.account.left_aside(str(name), _plain(value))
