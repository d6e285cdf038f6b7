"""Tables that one database, register or tool writes, told by their heads.

What `review.sources.table_headers` knows of heads in general holds for them too; here stands what
holds for one of them alone. Heads are those of PubMed ("Save", CSV), Embase (CSV),
ClinicalTrials.gov (https://clinicaltrials.gov/data-api/about-api/csv-download, and the form before
2023), WHO ICTRP (https://trialsearch.who.int), Publish or Perish and Google Scholar ("My
library").
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from review.publication_types import REGISTRATION

Heads = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table with one origin; heads in small letters with ``_`` for other signs.

    Attributes:
        label: what its origin is called on screen.
        signs: sets of heads; where all of one are there, it is this table.
        never: heads that it has not, or it is somebody's own table.
        columns: field -> heads that hold it, best first, before those known in general.
        sections: what its entries say in several columns, in words that begin a paragraph -> heads.
        only: fields that no other columns hold than those named here.
        register: name of the register of studies it comes from, `""` for a database.
        journal: stands for the journal where no column holds one.
        type: the type of all its entries.
        no_types: what it calls a type, in small letters, and is none.
    """

    label: str
    signs: tuple[frozenset[str], ...]
    never: frozenset[str] = frozenset()
    columns: Mapping[str, Heads] = field(default_factory=dict)
    sections: Mapping[str, Heads] = field(default_factory=dict)
    only: frozenset[str] = frozenset()
    register: str = ""
    journal: str = ""
    type: str = ""
    no_types: frozenset[str] = frozenset()

    @property
    def heads(self) -> frozenset[str]:
        """Every head it is known to have."""
        named = {head for sign in self.signs for head in sign}
        for heads in (*self.columns.values(), *self.sections.values()):
            named.update(heads)
        return frozenset(named)


def _signs(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words.split()) for words in sets)


_OF_REPORTS = frozenset("authors author doi abstract journal pmid journal_book".split())
"""Heads of references to publications, which no register has."""

_NO_COLUMN = frozenset("authors editors volume issue pages first_page last_page isbn doi".split())

CLINICALTRIALS = KnownTable(
    "ClinicalTrials.gov",
    _signs(
        "nct_number study_title",
        "nct_number title conditions",
        "nct_number title status",
        "nct_number title interventions",
        "nct_number title study_results",
        "nct_number title sponsor_collaborators",
        "nct_number title study_type",
        "nct_id brief_title overall_status",
        "nct_number brief_title",
        "study_title study_url study_status",
        "study_title study_url conditions",
        "rank title status study_results conditions",
    ),
    _OF_REPORTS,
    {
        "title": ("study_title", "title", "brief_title", "official_title"),
        "group_authors": ("sponsor", "sponsor_collaborators", "lead_sponsor"),
        "year": (
            "first_posted", "study_first_posted", "first_received", "study_first_submitted",
            "start_date",
        ),
        "accession": ("nct_number", "nct_id"),
        "url": ("study_url", "url"),
        "abstract": ("brief_summary", "summary"),
        "keywords": ("conditions", "condition"),
    },
    {
        "Official title": ("official_title",),
        "Acronym": ("acronym",),
        "Conditions": ("conditions", "condition"),
        "Interventions": ("interventions", "intervention"),
        "Outcome measures": ("outcome_measures",),
        "Primary outcome measures": ("primary_outcome_measures",),
        "Secondary outcome measures": ("secondary_outcome_measures",),
        "Other outcome measures": ("other_outcome_measures",),
        "Eligibility": ("eligibility_criteria",),
        "Sex": ("sex", "gender"),
        "Age": ("age",),
        "Study type": ("study_type",),
        "Study design": ("study_design", "study_designs"),
        "Phase": ("phases", "phase"),
        "Enrollment": ("enrollment",),
        "Status": ("study_status", "status", "overall_status"),
        "Collaborators": ("collaborators",),
        "Other identifiers": ("other_ids", "secondary_ids"),
    },
    _NO_COLUMN | {"type", "study_designs"},
    "ClinicalTrials.gov",
    "ClinicalTrials.gov",
    REGISTRATION,
)  # fmt: skip

ICTRP = KnownTable(
    "WHO ICTRP",
    _signs(
        "trialid public_title", "trialid scientific_title", "trial_id public_title",
        "trial_id scientific_title", "main_id public_title", "main_id scientific_title",
    ),
    _OF_REPORTS,
    {
        "title": ("public_title", "scientific_title"),
        "group_authors": ("primary_sponsor",),
        "year": (
            "date_registration", "date_registration3", "date_of_registration", "date_enrollement",
            "date_enrolment", "date_of_first_enrollment",
        ),
        "journal": ("source_register", "register", "primary_register"),
        "accession": ("trialid", "trial_id", "main_id"),
        "url": ("web_address", "url", "results_url_link"),
        "keywords": ("condition", "conditions", "health_conditions"),
        "abstract": ("brief_summary", "summary"),
    },
    {
        "Scientific title": ("scientific_title",),
        "Acronym": ("acronym", "scientific_acronym"),
        "Conditions": ("condition", "conditions", "health_conditions"),
        "Interventions": ("intervention", "interventions"),
        "Primary outcomes": ("primary_outcome", "primary_outcomes"),
        "Secondary outcomes": ("secondary_outcome", "secondary_outcomes"),
        "Inclusion criteria": ("inclusion_criteria",),
        "Exclusion criteria": ("exclusion_criteria",),
        "Sex": ("inclusion_gender",),
        "Study type": ("study_type",),
        "Study design": ("study_design",),
        "Phase": ("phase",),
        "Target size": ("target_size",),
        "Countries": ("countries",),
        "Status": ("recruitment_status",),
        "Results": ("results_summary",),
        "Other identifiers": ("secondary_id", "secondary_ids", "secid"),
    },
    _NO_COLUMN | {"type", "study_designs"},
    "WHO ICTRP",
    "WHO ICTRP",
    REGISTRATION,
)  # fmt: skip

EMBASE = KnownTable(
    "Embase",
    _signs(
        "title author_names pui", "title author_names medline_pmid",
        "title author_names embase_accession_id", "title author_names embase_accession_number",
        "title author_names source_title", "title author_names embase_link",
        "title author_names emtree_medical_index_terms",
        "title author_names emtree_drug_index_terms",
        "title author_names source abstract", "title author_names publication_type",
        "title embase_accession_id", "title embase_accession_number", "title embase_link",
    ),
    frozenset({"author_s_id", "cited_by"}),
    {
        "title": ("title", "original_title", "original_non_english_title"),
        "authors": ("author_names",),
        "year": ("publication_year", "date_of_publication"),
        "journal": ("source_title",),
        "pmid": ("medline_pmid",),
        "accession": ("embase_accession_id", "embase_accession_number", "pui"),
        "abstract": ("abstract", "original_abstract", "original_non_english_abstract"),
        "language": ("language_of_article", "article_language"),
        "url": ("full_text_link", "embase_link"),
        "keywords": (
            "author_keywords", "emtree_drug_index_terms_major_focus", "emtree_drug_index_terms",
            "emtree_medical_index_terms_major_focus", "emtree_medical_index_terms",
        ),
        "registrations": ("clinical_trial_numbers", "clinical_trial_number"),
        "citation": ("source",),
    },
    only=frozenset({"pmid"}),
)  # fmt: skip

PUBMED = KnownTable(
    "PubMed",
    _signs(
        "pmid title journal_book", "pmid title citation create_date",
        "pmid title citation first_author", "pmid title citation nihms_id",
    ),
    columns={"citation": ("citation",)},
)  # fmt: skip

PUBLISH_OR_PERISH = KnownTable(
    "Publish or Perish",
    _signs("cites title gsrank", "cites title citesurl", "cites title articleurl",
           "cites title querydate"),
    columns={
        "journal": ("source",),
        "url": ("articleurl", "fulltexturl"),
        "first_page": ("startpage",),
        "last_page": ("endpage",),
    },
    no_types=frozenset({"pdf", "html", "doc", "citation", "ps", "rtf", "xls", "ppt", "txt"}),
)  # fmt: skip

SCHOLAR = KnownTable(
    "Google Scholar",
    _signs("authors title publication volume number pages year publisher"),
    frozenset("doi abstract url issn".split()),
)

ALL: tuple[KnownTable, ...] = (
    CLINICALTRIALS, ICTRP, PUBMED, EMBASE, PUBLISH_OR_PERISH, SCHOLAR,
)  # fmt: skip

HEADS = frozenset(head for table in ALL for head in table.heads)
"""Every head that one of the tables is known to have."""


def told(heads: Iterable[str]) -> KnownTable | None:
    """The table that has these heads, or None for one of unknown origin.

    Args:
        heads: in small letters with ``_`` for other signs; the signs do not count.
    """
    there = {_bare(head) for head in heads}
    for table in ALL:
        if _all(table.never, there, any_=True):
            continue
        if any(_all(sign, there) for sign in table.signs):
            return table
    return None


def _all(wanted: Collection[str], there: set[str], any_: bool = False) -> bool:
    found = (_bare(head) in there for head in wanted)
    return any(found) if any_ else all(found)


def _bare(head: str) -> str:
    return head.replace("_", "")
