"""How long does it take to order a large queue, and does the next report wait for it?

    python benchmarks/ordering_scale.py [--reports 50000] [--votes 1000]

Makes a review of so many reports in a temporary folder, casts votes, and prints: processor seconds
of the features; milliseconds of an update of the model (median of ten); seconds of bringing the
order up to date as the app does behind its pages, from the database to the database; the time of
the next report, as arrived and in order; the peak memory of the model; and the test that says
whether screening may stop, by itself at several places and with its queries.  Features and updates
are of abstracts of 150 to 240 words that are as common and as rare as those of a natural
language (Zipf's law).
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.screening_latency import REVIEWER, build_bare  # noqa: E402
from review.model import Stage  # noqa: E402
from review.screening import ordering, ranking, service, stopping, stopping_state  # noqa: E402
from review.spreadsheet import write_csv  # noqa: E402
from review.store import queue_plans, reading  # noqa: E402
from review.workspace import Workspace  # noqa: E402

TA = Stage.TITLE_ABSTRACT
VOCABULARY = 80_000
LONGEST = 254


def texts(count: int) -> list[tuple[str, str]]:
    """Titles and abstracts of made-up words."""
    chance = np.random.default_rng(7)
    words = np.array([f"w{n:x}a" for n in range(VOCABULARY)])
    often = 1 / np.arange(1, VOCABULARY + 1)
    drawn = words[chance.choice(VOCABULARY, size=LONGEST * count, p=often / often.sum())]
    lengths = chance.integers(164, 255, count)
    found = []
    for n in range(count):
        own = drawn[LONGEST * n : LONGEST * n + int(lengths[n])]
        found.append((" ".join(own[:14]), " ".join(own[14:])))
    return found


def next_cards(ws: Workspace, *, ordered: bool, times: int = 50) -> float:
    """Median milliseconds of the processor to the next report."""
    took = []
    for _ in range(times):
        begun = time.process_time()
        if ordered:  # as the page asks
            service.next_report(ws, TA, REVIEWER)
        else:
            with ws.store.read() as conn:
                reading.next_card(conn, TA, REVIEWER)
        took.append(1000 * (time.process_time() - begun))
    return statistics.median(took)


def model(count: int, votes: int) -> None:
    """Features and updates by themselves."""
    made = texts(count)
    begun = time.process_time()
    ranker = ranking.Ranker([t for t, _ in made], [a for _, a in made], "w1a w2a w3a")
    print(f"features of {count:,} records: {time.process_time() - begun:.1f} s of the processor")
    chance = np.random.default_rng(1)
    at = chance.permutation(count)[:votes]
    took = []
    for _ in range(10):
        labels = (chance.random(votes) < 0.1).astype(int)
        begun = time.process_time()
        ranker.rank(at, labels)
        took.append(1000 * (time.process_time() - begun))
    print(f"an update with {votes:,} labelled: {statistics.median(took):.0f} ms of the processor")


def test_of_the_end(count: int) -> None:
    """What is said of the end of screening, at places of a good order."""
    chance = np.random.default_rng(1)
    often = (np.arange(count) + 50.0) ** -1.4
    took = []
    for relevant in (count // 1000, count // 150, count // 30):
        labels = np.zeros(count, dtype=np.int64)
        labels[chance.choice(count, relevant, replace=False, p=often / often.sum())] = 1
        for screened in (count // 5, count // 2, 4 * count // 5):
            begun = time.process_time()
            stopping.assess(labels[:screened], count, largest_bias=2)
            took.append(1000 * (time.process_time() - begun))
    took = took[1:]  # the first loads a library
    print(f"the test of the end: {min(took):.0f} to {max(took):.0f} ms of the processor")


def in_a_review(folder: Path, count: int, votes: int) -> None:
    """The whole way, in a review."""
    ws = build_bare(folder, count)
    arrived = next_cards(ws, ordered=False)
    begun = time.process_time()
    ordering.bring_up_to_date(ws, TA)
    print(f"the first order of the review: {time.process_time() - begun:.1f} s of the processor")
    with ws.store.read() as conn:
        plan = queue_plans.in_force(conn, TA)
        first = queue_plans.places(conn, plan)[:votes] if plan else []
    said = [
        {
            "report": id_,
            "stage": TA,
            "reviewer": REVIEWER,
            "vote": "exclude" if n % 10 else "include",
        }
        for n, id_ in enumerate(first)
    ]
    write_csv(folder / "votes.csv", ("report", "stage", "reviewer", "vote"), said)
    service.import_votes(ws, folder / "votes.csv", REVIEWER)
    before = next_cards(ws, ordered=False)
    begun = time.process_time()
    ordering.bring_up_to_date(ws, TA)
    print(f"the next one: {time.process_time() - begun:.1f} s of the processor")
    print(
        f"the next report: as arrived {arrived:.1f} ms, after {votes:,} votes {before:.1f} ms; "
        f"in order {next_cards(ws, ordered=True):.1f} ms"
    )
    begun = time.process_time()
    stopping_state.stopping(ws)
    print(f"the test of the end, with its queries: {1000 * (time.process_time() - begun):.0f} ms")
    ws.store.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reports", type=int, default=50_000)
    parser.add_argument("--votes", type=int, default=1_000)
    options = parser.parse_args()
    model(options.reports, options.votes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KB on Linux
    print(f"peak memory of the model: {peak:,.0f} MB")
    test_of_the_end(options.reports)
    with tempfile.TemporaryDirectory() as name:
        in_a_review(Path(name), options.reports, options.votes)


if __name__ == "__main__":
    main()
