"""What the fields of a record say of its study design: OpenAlex's own, and MeSH.

MeSH descriptors that end in "as Topic" name what a paper is about and never its design; the same
holds for Random Allocation (mostly animals), Prospective and Follow-Up Studies, and Surveys and
Questionnaires, which stand on papers of many designs. They are left out on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from review.coding.design_detection import DesignSuggestion

OPENALEX_DESIGNS = "OpenAlex study_designs"
OPENALEX_TYPE = "OpenAlex type"
MESH = "MeSH"
SOURCES = (OPENALEX_DESIGNS, OPENALEX_TYPE, MESH)

_FROM_OPENALEX: Mapping[str, tuple[str, float]] = {
    "randomized-controlled-trial": ("rct_parallel", 0.97),
    "clinical-trial": ("nonrandomized_trial", 0.8),
    "observational-study": ("observational", 0.95),
    "case-report": ("case_report", 0.97),
    "systematic-review": ("systematic_review", 0.97),
    "meta-analysis": ("meta_analysis", 0.98),
    "study-protocol": ("study_protocol", 0.98),
}
"""OpenAlex's designs.

No confidence is above the precision published for the design (96.5 to 99.9 %,
github.com/ourresearch/openalex-study-designs, 1.0.1). A clinical trial that is not also tagged as
randomised may have missed that tag, so it gets less.
"""

_FROM_TYPE: Mapping[str, tuple[str, float]] = {
    "review": ("narrative_review", 0.5),
    "editorial": ("editorial", 0.8),
    "letter": ("commentary", 0.7),
    "preprint": ("preprint", 0.8),
    "dissertation": ("thesis", 0.9),
    "book": ("book", 0.8),
    "book-chapter": ("book", 0.8),
    "dataset": ("dataset_record", 0.9),
    "erratum": ("erratum", 0.9),
}
"""OpenAlex's types that say something of a design or form."""

_FROM_MESH: Mapping[str, tuple[str, float]] = {
    "randomized controlled trial": ("rct_parallel", 0.6),
    "pragmatic clinical trial": ("rct_parallel", 0.6),
    "equivalence trial": ("rct_parallel", 0.6),
    "controlled clinical trial": ("nonrandomized_trial", 0.5),
    "clinical trial": ("nonrandomized_trial", 0.5),
    "clinical trial, phase i": ("nonrandomized_trial", 0.5),
    "clinical trial, phase ii": ("nonrandomized_trial", 0.5),
    "clinical trial protocol": ("study_protocol", 0.95),
    "case reports": ("case_report", 0.85),
    "systematic review": ("systematic_review", 0.9),
    "scoping review": ("scoping_review", 0.9),
    "meta-analysis": ("meta_analysis", 0.85),
    "network meta-analysis": ("network_meta_analysis", 0.85),
    "review": ("narrative_review", 0.5),
    "observational study": ("observational", 0.85),
    "twin study": ("observational", 0.8),
    "editorial": ("editorial", 0.8),
    "letter": ("commentary", 0.7),
    "comment": ("commentary", 0.8),
    "guideline": ("guideline", 0.8),
    "practice guideline": ("guideline", 0.85),
    "double-blind method": ("rct_parallel", 0.5),
    "single-blind method": ("rct_parallel", 0.45),
    "cross-over studies": ("rct_crossover", 0.5),
    "cross-sectional studies": ("cross_sectional_survey", 0.65),
    "case-control studies": ("case_control", 0.6),
    "cohort studies": ("cohort", 0.6),
    "longitudinal studies": ("cohort", 0.55),
    "retrospective studies": ("observational", 0.55),
    "cell line": ("in_vitro", 0.25),
    "cells, cultured": ("in_vitro", 0.25),
}
"""Publication types and headings of MeSH, in small letters; how far each is trusted was chosen."""

ANIMALS, HUMANS = "animals", "humans"
ANIMALS_ONLY = ("animal_in_vivo", 0.6)

SYNTHESES = frozenset(
    "systematic_review meta_analysis network_meta_analysis scoping_review umbrella_review".split()
)


def by_fields(
    mesh: Sequence[str],
    type: str,
    study_designs: Sequence[str],
    said: Sequence[DesignSuggestion],
) -> list[DesignSuggestion]:
    """What the fields of a record say of its design.

    Args:
        mesh: MeSH headings, and publication types where the source gives them.
        type: the source's type of the work.
        study_designs: OpenAlex's designs, as ids or addresses that end in them.
        said: what its words say: a "review" is no narrative one where they speak of a search.
    """
    designs = [name.rstrip("/").rsplit("/", 1)[-1].strip().lower() for name in study_designs]
    if "randomized-controlled-trial" in designs:  # OpenAlex then names the clinical trial as well
        designs = [name for name in designs if name != "clinical-trial"]
    found = [
        DesignSuggestion(*_FROM_OPENALEX[name], name, OPENALEX_DESIGNS)
        for name in designs
        if name in _FROM_OPENALEX
    ]
    kind = type.strip().lower()
    if kind in _FROM_TYPE:
        found.append(DesignSuggestion(*_FROM_TYPE[kind], type.strip(), OPENALEX_TYPE))
    found += _by_mesh(mesh)
    if any(one.value in SYNTHESES for one in (*found, *said)):
        found = [one for one in found if one.value != "narrative_review"]
    return found


def _by_mesh(mesh: Sequence[str]) -> list[DesignSuggestion]:
    """What headings and publication types say; of several for one design the surest."""
    best: dict[str, DesignSuggestion] = {}
    headings = {_heading(name): name for name in mesh}
    for name, text in headings.items():
        if name in _FROM_MESH:
            said = DesignSuggestion(*_FROM_MESH[name], text, MESH)
            if said.confidence > best.get(said.value, said).confidence or said.value not in best:
                best[said.value] = said
    if ANIMALS in headings and HUMANS not in headings:
        best.setdefault(ANIMALS_ONLY[0], DesignSuggestion(*ANIMALS_ONLY, headings[ANIMALS], MESH))
        best = {v: s for v, s in best.items() if not v.startswith("rct_")}
    return list(best.values())


def _heading(name: str) -> str:
    """A heading without its qualifier and the star of a main topic."""
    return name.split("/")[0].strip(" *").lower()
