"""Whether works of OpenAlex are read rightly: every field beside a plain reading made here.

    python -m benchmarks.openalex_fields FOLDER

The folder holds works as OpenAlex served them, one JSON object a line (``*.jsonl``,
``*.jsonl.gz``). The readings below share no code with `review.sources.openalex.works`; they are
slow, plain, and know the fields as https://help.openalex.org describes them (read 2026-11). What
they cannot settle (where mark-up ends and text begins) is compared by letters and digits alone.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from review.model import Record
from review.sources.openalex.works import work_to_record

Work = Mapping[str, Any]
AIM = 3_000
"""Works a second on one core."""


def works_of(folder: Path) -> Iterator[Work]:
    """All works of a folder."""
    for path in sorted(folder.glob("*.jsonl*")):
        opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open()
        with opened as lines:
            yield from (json.loads(line) for line in lines if line.strip())


def abstract(work: Work) -> str:
    """Every word put at each of its places in a long enough row; the empty places left out."""
    index = work.get("abstract_inverted_index")
    if not index:
        return ""
    row = [""] * (1 + max(place for places in index.values() for place in places))
    for word, places in index.items():
        for place in places:
            row[place] = f"{row[place]} {word}"
    return " ".join(" ".join(row).split())


def title(work: Work) -> str:
    """Letters and digits of the title, tags and entities aside."""
    text = html.unescape(html.unescape(work["title"] or work["display_name"] or ""))
    return letters(re.sub(r"</?[a-zA-Z][^<>]*>", "", text))


def letters(text: str) -> str:
    """Letters and digits alone."""
    return "".join(character for character in text if character.isalnum())


def journal(work: Work) -> str:
    """The source of the primary location, its raw name, or (before 2023) the host venue."""
    place = work.get("primary_location") or {}
    named = (place.get("source") or {}).get("display_name") or place.get("raw_source_name")
    return (named or (work.get("host_venue") or {}).get("display_name") or "").strip()


def authors(work: Work) -> list[str]:
    """Names as printed, or as OpenAlex knows the person; who has no name is left out."""
    shown = []
    for one in work["authorships"]:
        name = one.get("raw_author_name") or (one.get("author") or {}).get("display_name")
        if name and name.strip():
            shown.append(" ".join(name.split()))
    return shown


def pages(work: Work) -> str:
    """First and last page, one where they are the same."""
    ends = [work["biblio"].get(name) for name in ("first_page", "last_page")]
    return "-".join(dict.fromkeys(end.strip() for end in ends if end and end.strip()))


def number(work: Work, name: str, before: str) -> str:
    """The digits at the end of an identifier's address."""
    digits = re.search(r"(\d+)/?$", work["ids"].get(name) or "")
    return before + digits.group(1) if digits else ""


def distinct(work: Work, field: str, *parts: str) -> list[str]:
    """The names in a list of objects, each once."""
    found = []
    for one in work.get(field) or []:
        name = next((one[part] for part in parts if one.get(part)), "").strip()
        if name and name not in found:
            found.append(name)
    return found


def address(work: Work) -> str:
    """The landing page, or the DOI's address."""
    place = work.get("primary_location") or {}
    return place.get("landing_page_url") or work.get("doi") or ""


# Field of a record -> the plain reading, and what of our record is held beside it.
READINGS: Mapping[str, tuple[Callable[[Work], object], Callable[[Record], object]]] = {
    "id": (lambda w: w["id"].split("/")[-1], lambda r: r.openalex_id),
    "key": (lambda w: w["id"].split("/")[-1], lambda r: r.key),
    "doi": (lambda w: (w.get("doi") or "")[len("https://doi.org/") :], lambda r: r.doi),
    "title": (title, lambda r: letters(r.title)),
    "authors": (authors, lambda r: list(r.authors)),
    "year": (lambda w: w["publication_year"], lambda r: r.year),
    "year of the date": (lambda w: int(w["publication_date"][:4]), lambda r: r.year),
    "journal": (journal, lambda r: r.journal),
    "volume": (lambda w: (w["biblio"]["volume"] or "").strip(), lambda r: r.volume),
    "issue": (lambda w: (w["biblio"]["issue"] or "").strip(), lambda r: r.issue),
    "pages": (pages, lambda r: r.pages),
    "pmid": (lambda w: number(w, "pmid", ""), lambda r: r.pmid),
    "pmcid": (lambda w: number(w, "pmcid", "PMC"), lambda r: r.pmcid),
    "abstract": (abstract, lambda r: " ".join(r.abstract.split())),
    "language": (lambda w: w.get("language") or "", lambda r: r.language),
    "type": (lambda w: w["type"], lambda r: r.type),
    "url": (address, lambda r: r.url),
    "keywords": (
        lambda w: distinct(w, "keywords", "display_name", "keyword"),
        lambda r: list(r.keywords),
    ),
    "mesh": (lambda w: distinct(w, "mesh", "descriptor_name"), lambda r: list(r.mesh)),
    "study_designs": (
        lambda w: [one["id"].split("/")[-1] for one in w.get("study_designs") or []],
        lambda r: list(r.study_designs),
    ),
    "retracted": (lambda w: str(w["is_retracted"]) == "True", lambda r: r.retracted),
    "raw, open access": (lambda w: w["open_access"], lambda r: r.raw["open_access"]),
    "raw, whole": (lambda w: json.dumps(w), lambda r: json.dumps(r.raw)),
}


def main() -> None:
    """Print how many works were read, what was read wrongly, and how fast."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    works = list(works_of(parser.parse_args().folder))
    filled: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    exceptions = 0
    for work in works:
        try:
            record = work_to_record(work)
        except Exception as error:  # whatever it is, it is what is looked for
            exceptions += 1
            print(f"{work.get('id')}: {type(error).__name__}: {error}")
            continue
        for field, (plain, ours) in READINGS.items():
            expected, read = plain(work), ours(record)
            filled[field] += bool(expected)
            if expected != read:
                wrong[field] += 1
                print(f"{record.key} {field}: {str(read)[:200]!r}, not {str(expected)[:200]!r}")
    print(f"{len(works)} works, {exceptions} exceptions, {sum(wrong.values())} misread fields")
    for field in READINGS:
        print(f"  {field:<18} in {filled[field]:>5} works, misread {wrong[field]}")
    rounds = max(1, 20_000 // max(1, len(works)))
    begun = time.process_time()
    for _ in range(rounds):
        for work in works:
            work_to_record(work)
    speed = rounds * len(works) / (time.process_time() - begun)
    print(f"{speed:,.0f} works a second on one core (aim: {AIM:,})")


if __name__ == "__main__":
    main()
