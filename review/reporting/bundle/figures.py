"""The numbers of a review as plain documents: written into a bundle, worked out anew from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from review.coding import coding_agreement
from review.gaps import service as gaps
from review.progress import NOBODY, Watch
from review.reporting import service as reporting
from review.screening import reviewer_agreement, stop_outlook
from review.workspace import Workspace

FIGURES: Mapping[str, Callable[[Workspace], Any]] = {
    "flow": lambda ws: reporting.flow(ws).to_json(),
    "gaps": lambda ws: gaps.to_json(gaps.matrix(ws)),
    "claims": lambda ws: gaps.claims_json(gaps.claims(ws)),
    "agreement": lambda ws: reviewer_agreement.agreement_json(reviewer_agreement.agreement(ws)),
    "coding_agreement": lambda ws: coding_agreement.agreement_json(coding_agreement.agreement(ws)),
    "stopping": lambda ws: stop_outlook.to_json(stop_outlook.outlook(ws)),
    "about": reporting.about,
}
"""Name -> how it is worked out. The commands of these names print the same."""


LATER = {"fleiss"}
"""Numbers inside a document that programs before this one did not work out."""


def figures(ws: Workspace, watch: Watch = NOBODY) -> dict[str, Any]:
    """All of them, as JSON reads them back."""
    found = {}
    told = watch.step("figures worked out")
    for n, (name, work_out) in enumerate(FIGURES.items()):
        told.stop_if_cancelled()
        told.at(n, len(FIGURES))
        found[name] = json.loads(json.dumps(work_out(ws), default=str))
    told.at(len(FIGURES), len(FIGURES))
    return found


def differences(told: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Where figures that a bundle tells are not those that follow from its log.

    Numbers and ids are compared. Sentences about them are the program's, which may word them anew.
    """
    lines: list[str] = []
    for name, value in told.items():
        if name in found:
            lines += _differ(name, value, _as_told(value, found[name]))
    return lines


def _as_told(told: Any, found: Any) -> Any:
    """A document without the numbers that the program of the bundle did not know of."""
    if isinstance(told, dict) and isinstance(found, dict):
        return {key: value for key, value in found.items() if key in told}
    return found


def _differ(name: str, told: Any, found: Any) -> Iterator[str]:
    if isinstance(told, dict) and isinstance(found, dict):
        later = LATER - set(told)
        for key in dict.fromkeys([*told, *(key for key in found if key not in later)]):
            yield from _differ(f"{name}, {key}", told.get(key), found.get(key))
    elif isinstance(told, list) and isinstance(found, list) and len(told) == len(found):
        for n, (one, other) in enumerate(zip(told, found, strict=True), start=1):
            place = one.get("id", n) if isinstance(one, dict) else n
            yield from _differ(f"{name}, {place}", one, _as_told(one, other))
    elif _is_sentence(told) and _is_sentence(found):
        return
    elif told != found and (told or found):  # none, where one program counts it and one does not
        yield f"{name}: the bundle says {_short(told)}, and {_short(found)} follows from its log."


def _is_sentence(value: Any) -> bool:
    return isinstance(value, str) and " " in value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
