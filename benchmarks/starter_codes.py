"""The library's starter codes against the rules and the model, value by value.

    python benchmarks/starter_codes.py [--data FOLDER] [--dimension NAME] [--list N] [--json]

One reader coded the library from titles and abstracts; what ships of each paper is its title.  So
a value that the reader gave and the rules do not suggest may stand in an abstract that is not here.
For each value: how many papers both have it on, only the reader, only the rules, and the share of
the rules' suggestions that the reader gave (agreed) and of the reader's that they suggest (found).
In a dimension with one answer the best suggestion of a paper stands for the rules.  Disagreements
are listed with the title and the words that fired.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review.coding.suggestion_rules import ProposedValue, Tagger  # noqa: E402
from review.config import ROOT  # noqa: E402
from review.protocol import load  # noqa: E402
from review.protocol.codebook import Codebook, Dimension  # noqa: E402
from review.sources.library import SOURCE, LibraryContent, read_library  # noqa: E402


@dataclass(frozen=True)
class Paper:
    """One paper: dimension -> values of the reader, and of the rules with their words."""

    key: str
    title: str
    coded: dict[str, set[str]]
    suggested: dict[str, dict[str, ProposedValue]]


def papers(content: LibraryContent, book: Codebook) -> list[Paper]:
    """The library as both see it."""
    coded: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in content.suggestions:
        coded[one.record.removeprefix(f"{SOURCE}:")][one.dimension].add(one.value)
    tagger = Tagger(book)
    found = []
    for record in content.records:
        suggested: dict[str, dict[str, ProposedValue]] = defaultdict(dict)
        for p in tagger.suggest(record.title, record.abstract):
            if book.dimension(p.dimension).many or not suggested[p.dimension]:
                suggested[p.dimension].setdefault(p.value, p)
        found.append(Paper(record.key, record.title, coded[record.key], suggested))
    return found


def figures(found: list[Paper], dimension: Dimension) -> Iterator[dict[str, object]]:
    """A row for each value that either has."""
    for value in dimension.values:
        reader = {p.key for p in found if value.id in p.coded.get(dimension.id, ())}
        rules = {p.key for p in found if value.id in p.suggested.get(dimension.id, ())}
        if not reader | rules:
            continue
        both = len(reader & rules)
        yield {
            "dimension": dimension.id,
            "value": value.id,
            "both": both,
            "only_reader": len(reader - rules),
            "only_rules": len(rules - reader),
            "agreed": round(both / len(rules), 3) if rules else None,
            "found": round(both / len(reader), 3) if reader else None,
            "f1": round(2 * both / (len(reader) + len(rules)), 3),
        }


def disagreements(found: list[Paper], dimension: Dimension) -> Iterator[dict[str, object]]:
    """A row for each paper on which they differ."""
    for p in found:
        reader = p.coded.get(dimension.id, set())
        rules = p.suggested.get(dimension.id, {})
        if reader != set(rules):
            yield {
                "paper": p.key,
                "dimension": dimension.id,
                "only_reader": sorted(reader - set(rules)),
                "only_rules": [
                    {"value": v, "source": s.source, "words": s.quote}
                    for v, s in rules.items()
                    if v not in reader
                ],
                "title": p.title,
            }


def main() -> None:
    """Print the figures and the disagreements."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--dimension", action="append", help="only these; all when not given")
    parser.add_argument("--list", type=int, default=10, metavar="N", help="disagreements listed")
    parser.add_argument("--json", action="store_true", help="all of it as one JSON document")
    asked = parser.parse_args()
    book = load(asked.data).codebook
    found = papers(read_library(asked.data / "library", book), book)
    names = asked.dimension or [d.id for d in book.dimensions]
    dimensions = [book.dimension(name) for name in names]
    rows = [row for d in dimensions for row in figures(found, d)]
    differing = {d.id: list(disagreements(found, d)) for d in dimensions}
    if asked.json:
        print(json.dumps({"papers": len(found), "values": rows, "disagreements": differing}))
        return
    for dimension in dimensions:
        own = [row for row in rows if row["dimension"] == dimension.id]
        if not own:
            continue
        both, only = sum(int(str(r["both"])) for r in own), len(differing[dimension.id])
        print(f"\n{dimension.label}: agreed on {both}; {only} of {len(found)} papers differ")
        for r in own:
            print(
                f"  {r['value']:<34} both {r['both']:>3}  only reader {r['only_reader']:>3}  "
                f"only rules {r['only_rules']:>3}  agreed {r['agreed']}  found {r['found']}"
            )
        for d in differing[dimension.id][: asked.list]:
            rules = "; ".join(f"{s['value']} ({s['source']})" for s in d["only_rules"])  # type: ignore[attr-defined]
            print(f"    {d['paper']} reader {d['only_reader']}, rules {rules or '-'}: {d['title']}")


if __name__ == "__main__":
    main()
