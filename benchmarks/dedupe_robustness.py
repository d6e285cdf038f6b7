"""Measure how deduplication bears the ways in which databases write one record differently.

    python benchmarks/dedupe_robustness.py FOLDER [SET ...] [--change NAME ...]

FOLDER holds one folder a set, as for `dedupe_quality`.  Each change of `CHANGES` is made to every
second record, drawn at random with a fixed seed, so that records with it meet records without it.

Printed per set, a row each change: pair F1 after joining, works lost, duplicates left, and by how
much each differs from the set unchanged.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.dedupe_quality import Quality, quality  # noqa: E402
from review.dedupe.cluster import cluster  # noqa: E402
from review.dedupe.pairs import find_pairs  # noqa: E402
from review.dedupe.plain_files import read_records  # noqa: E402

SEED = 1
_NAME = re.compile(r"([^,]+),\s*(.+)")
_RANGE = re.compile(r"^(\d+)-+(\d+)$")


def _initials(authors: str) -> str:
    """Turn ``Smith, Anna B. and Rahman, Omar`` into ``Smith A. B.; Rahman O.``."""
    people = [_NAME.fullmatch(person.strip()) for person in authors.split(" and ")]
    if not all(people):
        return authors
    return "; ".join(
        f"{p.group(1)} {' '.join(word[0] + '.' for word in p.group(2).split())}"
        for p in people
        if p
    )


def _short_range(pages: str) -> str:
    """Turn ``123-129`` into ``123-9``."""
    found = _RANGE.match(pages)
    if not found or len(found.group(1)) != len(found.group(2)):
        return pages
    first, last = found.groups()
    same = next((at for at in range(len(first)) if first[at] != last[at]), len(first) - 1)
    return f"{first}-{last[same:]}"


def _abbreviated(journal: str) -> str:
    """Turn ``Journal of Sleep Research`` into ``J. Sleep Res.``, roughly as ISO 4 does."""
    small = {"of", "the", "and", "in", "for", "on"}
    words = [word for word in re.split(r"[\s&]+", journal) if word.lower() not in small]
    if len(words) < 2:
        return journal
    short = {"journal": "J.", "international": "Int.", "conference": "Conf."}
    return " ".join(short.get(w.lower(), w[:4] + "." if len(w) > 5 else w) for w in words)


def _entities(text: str) -> str:
    """Write special letters as HTML prints them."""
    escaped = html.escape(text).encode("ascii", "xmlcharrefreplace").decode()
    return escaped.replace("-", "&ndash;", 1)


CHANGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "authors as Last F.": ("author", _initials),
    "numbered authors": ("author", lambda text: re.sub(r"$|(?= and )", " 0001", text)),
    "first author only": ("author", lambda text: re.split(r" and |; ", text)[0]),
    "no authors": ("author", lambda _: ""),
    "no DOI": ("doi", lambda _: ""),
    "no abstract": ("abstract", lambda _: ""),
    "abstract cut": ("abstract", lambda text: text[:100]),
    "title in capitals": ("title", str.upper),
    "title in entities": ("title", _entities),
    "title cut at 60 letters": ("title", lambda text: text[:60]),
    "no subtitle": ("title", lambda text: re.split(r"[:?] ", text)[0]),
    "footnote mark": ("title", lambda text: f"{text} 1"),
    "journal abbreviated": ("journal", _abbreviated),
    "journal in capitals": ("journal", str.upper),
    "no journal": ("journal", lambda _: ""),
    "no volume": ("volume", lambda _: ""),
    "no issue": ("number", lambda _: ""),
    "pages 123-9": ("pages", _short_range),
    "first page only": ("pages", lambda text: re.split(r"[-–]", text)[0]),
    "en dash in pages": ("pages", lambda text: re.sub(r"-+", "–", text)),
    "no pages": ("pages", lambda _: ""),
    "no year": ("year", lambda _: ""),
    "year later by one": ("year", lambda text: str(int(text) + 1) if text.isdigit() else text),
}
"""What is changed: the field, and its new text."""


def changed(records: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return records of which every second one, at random, is changed."""
    field, change = CHANGES[name]
    if field not in records.columns:
        return records
    drawn = np.random.default_rng(SEED).random(len(records)) < 0.5
    records = records.copy()
    records.loc[drawn, field] = records.loc[drawn, field].map(change)
    return records


def measure(records: pd.DataFrame, gold: pd.Series) -> Quality:
    """Deduplicate records and score the result."""
    return quality(gold, pd.Series(cluster(records["id"], find_pairs(records))))


def main() -> None:
    """Measure the sets named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of sets")
    parser.add_argument("sets", nargs="*", help="names of sets (default: all)")
    parser.add_argument("--change", nargs="*", choices=CHANGES, help="only these changes")
    arguments = parser.parse_args()
    names = arguments.sets or sorted(p.parent.name for p in arguments.folder.glob("*/gold.csv"))
    for name in names:
        folder = arguments.folder / name
        records = read_records(folder / "records.csv.gz")
        gold = pd.read_csv(folder / "gold.csv", dtype=str).set_index("id")["cluster"]
        plain = measure(records, gold)
        print(f"{name}: F1 {plain.f1:.4f}, lost {plain.works_lost}, left {plain.duplicates_left}")
        for change in arguments.change or CHANGES:
            q = measure(changed(records, change), gold)
            print(
                f"  {change:24} F1 {q.f1:.4f} ({q.f1 - plain.f1:+.4f})"
                f"  lost {q.works_lost} ({q.works_lost - plain.works_lost:+d})"
                f"  left {q.duplicates_left} ({q.duplicates_left - plain.duplicates_left:+d})",
                flush=True,
            )


if __name__ == "__main__":
    main()
