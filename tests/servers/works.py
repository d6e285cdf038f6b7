"""Works in the shape OpenAlex serves since November 2025, made from a seed; all words are ours.

They carry the oddities that recorded works have: nulls, empty lists, gaps in the positions of an
abstract, words that hold line ends, mark-up in titles, missing DOIs, two works with one title.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

Work = dict[str, Any]

_EXPOSURES = (
    "kratom", "mitragynine", "7-hydroxymitragynine", "Mitragyna speciosa leaf extract",
    "kratom tea", "paynantheine", "speciociliatine", "kratom alkaloids", "pregabalin", "melatonin",
)  # fmt: skip
_OUTCOMES = (
    "chronic pain", "neuropathic pain", "sleep quality", "insomnia", "opioid withdrawal",
    "liver injury", "anxiety", "respiratory depression", "sleep latency", "pain tolerance",
)  # fmt: skip
_POPULATIONS = (
    "regular users in southern Thailand", "adults in the United States", "male rats", "mice",
    "healthy volunteers", "people with low back pain", "shift workers", "HEK cells",
    "poison centres", "Malaysian villagers",
)  # fmt: skip
_SHAPES = (
    "Effects of {e} on {o} in {p}",
    "{e} and {o}: a survey of {p}",
    "Does {e} change {o}? A controlled trial in {p}",
    "{o} after {e}: a case report",
    "A systematic review of {e} for {o}",
    "<i>In vivo</i> pharmacology of {e} and its bearing on {o}",
    "{e}, {o} &amp; {p}",
)
_DESIGNS = {
    "controlled trial": ("randomized-controlled-trial", "clinical-trial"),
    "survey": ("observational-study",),
    "case report": ("case-report",),
    "systematic review": ("systematic-review",),
}
_SENTENCES = (
    "We studied {e} in {p} and asked whether it changes {o}.",
    "Participants kept a diary for fourteen days and rated {o} each morning.",
    "Doses were weighed and plasma was drawn at six times.",
    "The comparator was a placebo that tasted alike.",
    "{o} changed little, and the interval was wide.",
    "No serious events were seen, though two people left the study.",
    "Larger studies of {e} with longer follow-up are needed.",
    "Analyses were planned before the data were seen.",
)
_GIVEN = ("Ana", "Bilal", "Chanida", "Darius", "Eve", "Farid", "Gitte", "Hiro", "Ines", "Jarunee")
_FAMILY = ("Abe", "Borg", "Chai", "Dunn", "Eriksen", "Farah", "Grün", "Haas", "Ismail", "Jaidee")
_JOURNALS = ("Journal of Leaf Pharmacology", "Pain Notes", "Sleep Letters", "Acta Botanica Medica")
_TYPES = ("article",) * 7 + ("review", "preprint", "dissertation", "book-chapter")


def make_works(count: int, seed: int = 1) -> list[Work]:
    """The same works for the same seed, ids ascending from W4000000001."""
    return list(_works(count, random.Random(seed)))


def _works(count: int, rng: random.Random) -> Iterator[Work]:
    previous = ""
    for number in range(count):
        title, words = _texts(rng)
        if previous and rng.random() < 0.03:
            title = previous
        previous = title
        yield _work(number, title, words, rng)


def _texts(rng: random.Random) -> tuple[str, list[str]]:
    chosen = {
        "e": rng.choice(_EXPOSURES), "o": rng.choice(_OUTCOMES), "p": rng.choice(_POPULATIONS)
    }  # fmt: skip
    title = rng.choice(_SHAPES).format(**chosen)
    sentences = rng.sample(_SENTENCES, rng.randint(3, len(_SENTENCES)))
    words = " ".join(sentences).format(**chosen).split(" ")
    if rng.random() < 0.04:
        words = ["Abstract", *words]
    return title[0].upper() + title[1:], words


def invert(words: list[str], rng: random.Random | None = None) -> dict[str, list[int]]:
    """Inverted index of the words; with a generator, one work in fourteen gets gaps."""
    gaps = rng is not None and rng.random() < 0.07
    index: dict[str, list[int]] = {}
    position = 0
    for word in words:
        index.setdefault(word, []).append(position)
        position += 1 + (rng.randint(1, 4) if gaps and rng and rng.random() < 0.05 else 0)
    return index


def _work(number: int, title: str, words: list[str], rng: random.Random) -> Work:
    key = f"https://openalex.org/W{4000000001 + number}"
    doi = f"https://doi.org/10.5555/leaf.{number:06d}" if rng.random() > 0.2 else None
    year = rng.randint(1990, 2026)
    date = f"{year}-01-01" if rng.random() < 0.3 else _date(year, rng)
    in_pubmed = rng.random() < 0.4
    ids = {"openalex": key}
    if doi:
        ids["doi"] = doi
    if in_pubmed:
        ids["pmid"] = f"https://pubmed.ncbi.nlm.nih.gov/{30000000 + number}"
    if rng.random() < 0.05 and len(words) > 3:
        words[2] += "\n\n" + words.pop(3)
    location = _location(doi, rng)
    pages = rng.randint(1, 900)
    authorships = [_authorship(place, rng) for place in _places(rng)]
    text = title.lower()
    designs = next((slugs for name, slugs in _DESIGNS.items() if name in text), ())
    return {
        "id": key,
        "doi": doi,
        "title": title,
        "display_name": title,
        "publication_year": year,
        "publication_date": date,
        "ids": ids,
        "language": rng.choice(("en",) * 9 + (None, "th")),
        "primary_location": location,
        "type": "review" if "review" in text else rng.choice(_TYPES),
        "study_designs": [
            {"id": f"https://openalex.org/study-designs/{slug}", "display_name": slug}
            for slug in designs
        ],
        "indexed_in": ["crossref", "pubmed"] if in_pubmed else ["crossref"],
        "open_access": {
            "is_oa": False, "oa_status": "closed", "oa_url": None,
            "any_repository_has_fulltext": False,
        },
        "authorships": authorships,
        "institutions": [],
        "countries_distinct_count": 0,
        "institutions_distinct_count": 0,
        "corresponding_author_ids": [],
        "corresponding_institution_ids": [],
        "apc_list": None,
        "apc_paid": None,
        "fwci": rng.choice((None, 0.0, 1.25)),
        "has_fulltext": False,
        "cited_by_count": rng.randint(0, 60),
        "citation_normalized_percentile": None,
        "cited_by_percentile_year": None,
        "biblio": {
            "volume": rng.choice((None, "12", "7")),
            "issue": rng.choice((None, "2")),
            "first_page": str(pages) if pages % 5 else None,
            "last_page": str(pages + 8) if pages % 5 else None,
        },
        "is_retracted": rng.random() < 0.01,
        "is_paratext": False,
        "is_xpac": False,
        "primary_topic": None,
        "topics": [],
        "keywords": [
            {"id": "https://openalex.org/keywords/leaf", "display_name": "Leaf", "score": 0.5}
        ][: rng.randint(0, 1)],
        "concepts": [],
        "mesh": _mesh(title) if in_pubmed else [],
        "locations_count": 1,
        "locations": [location],
        "best_oa_location": None,
        "sustainable_development_goals": [],
        "awards": [],
        "funders": [],
        "has_content": {"pdf": False, "grobid_xml": False},
        "content_urls": None,
        "referenced_works_count": 0,
        "referenced_works": [],
        "related_works": [],
        "abstract_inverted_index": invert(words, rng) if rng.random() > 0.15 else None,
        "counts_by_year": [],
        "updated_date": "2026-10-24T08:23:43.765630",
        "created_date": "2025-10-10T00:00:00",
    }  # fmt: skip


def _date(year: int, rng: random.Random) -> str:
    return f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def _places(rng: random.Random) -> tuple[str, ...]:
    return rng.choice(((), ("first",), ("first", "last"), ("first", "middle", "last")))


def _authorship(place: str, rng: random.Random) -> Work:
    name = f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
    key = None if rng.random() < 0.07 else f"https://openalex.org/A{rng.randint(5000000, 5999999)}"
    return {
        "author_position": place,
        "author": {"id": key, "display_name": name, "orcid": None},
        "institutions": [],
        "countries": [],
        "is_corresponding": False,
        "raw_author_name": None if rng.random() < 0.05 else name,
        "raw_affiliation_strings": [],
        "affiliations": [],
    }


def _location(doi: str | None, rng: random.Random) -> Work | None:
    if rng.random() < 0.02:
        return None
    source: Work | None = None
    if rng.random() > 0.17:
        source = {
            "id": "https://openalex.org/S1", "display_name": rng.choice(_JOURNALS), "issn_l": None,
            "issn": None, "is_oa": False, "is_in_doaj": False, "is_core": True,
            "host_organization": None, "host_organization_name": None,
            "host_organization_lineage": [], "host_organization_lineage_names": [],
            "type": "journal",
        }  # fmt: skip
    return {
        "id": doi and doi.replace("https://doi.org/", "doi:"), "is_oa": False,
        "landing_page_url": doi, "pdf_url": None, "source": source, "license": None,
        "license_id": None, "version": "publishedVersion", "is_accepted": True,
        "is_published": True, "raw_source_name": rng.choice((None, *_JOURNALS)),
        "raw_type": "journal-article",
    }  # fmt: skip


def _mesh(title: str) -> list[Work]:
    headings = [("D056664", "Mitragyna"), ("D010146", "Pain"), ("D012890", "Sleep")]
    return [
        {
            "descriptor_ui": ui, "descriptor_name": name, "qualifier_ui": qualifier,
            "qualifier_name": qualifier and "drug effects", "is_major_topic": False,
        }
        for ui, name in headings
        if name.lower()[:4] in title.lower()
        for qualifier in (None, "Q000187")
    ]  # fmt: skip
