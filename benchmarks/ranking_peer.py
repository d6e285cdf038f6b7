"""Measure the order of screening beside ASReview, the best open tool we know, on the same sets.

    python benchmarks/ranking_peer.py FOLDER [SET ...] [--seeds 2]

FOLDER holds a table a set, ``SET.csv`` or ``SET.csv.gz``, with title, abstract and label (1 or 0).
ASReview (van de Schoot et al. 2021, Apache licence 2.0) is installed from PyPI into an environment
of its own, ``benchmarks/.envs``, the first time, and runs its default model, ELAS u4.

Screening is played through with the same two records known at first, the same measures
(`review.screening.simulation`) and an update each time a fiftieth more has been screened.  Printed
per set, a row each, as means over the seeds: WSS@95, recall at 10%, loss, the mean place of the
relevant records with an abstract and without one (as a share of all; "nan" where there is none),
CPU seconds for the features, milliseconds of CPU an update, and peak memory in MB.  Then the
means over all sets, those of places over the sets with relevant records of both kinds; and in how
many sets ours is better and worse.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEER = "asreview==3.0.8"
MEASURES = ("wss95", "recall10", "loss")
PLACES = ("with_abstract", "without")
COSTS = ("features", "update", "megabytes")
SMALLER_IS_BETTER = ("loss", *COSTS)

# Run by either tool's own Python: `build` makes the features and gives what scores all records.
OURS = """
import sklearn.preprocessing, sklearn.svm  # loaded before the clock starts, as theirs are
from review.screening.ranking import Ranker
def build(titles, abstracts):
    return Ranker(titles, abstracts).rank
"""
THEIRS = """
import pandas as pd
from asreview.learner import ActiveLearningCycle
from asreview.models.models import get_ai_config
def build(titles, abstracts):
    cycle = ActiveLearningCycle.from_meta(get_ai_config()["value"])
    features = cycle.transform(pd.DataFrame({"title": titles, "abstract": abstracts}))
    def rank(at, said):
        cycle.fit(features[at], said)
        return cycle.classifier.decision_function(features)
    return rank
"""
MEASURE = """
import csv, gzip, json, resource, time, warnings
import numpy as np
warnings.simplefilter("ignore")  # the mean of no record is no number
from review.screening.ranking import SHORT
from review.screening.simulation import draw_priors, simulate
csv.field_size_limit(10**9)
with (gzip.open if SOURCE.endswith(".gz") else open)(SOURCE, "rt", encoding="utf-8-sig") as file:
    rows = list(csv.DictReader(file))
titles, abstracts = [r["title"] for r in rows], [r.get("abstract") or "" for r in rows]
labels = np.array([int(float(r["label"])) for r in rows])
without = np.array([len(a.strip()) <= SHORT for a in abstracts])
begun = time.process_time()
rank = build(titles, abstracts)
features = time.process_time() - begun
found, updates, begun = [], 0, time.process_time()
for seed in range(SEEDS):
    done = simulate(rank, labels, draw_priors(labels, seed))
    order = np.array(done.order)
    place = (1 + np.arange(len(order))) / len(order)
    relevant = labels[order] == 1
    found.append([
        done.measures.wss95, done.measures.recall10, done.measures.loss,
        *(np.mean(place[relevant & kind]) for kind in (~without[order], without[order])),
    ])
    updates += done.updates
update = 1000 * (time.process_time() - begun) / updates
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KB on Linux
print(json.dumps([*np.nanmean(found, axis=0), features, update, megabytes]))
"""


def peer_python() -> Path:
    """Return the Python of the environment that holds the peer, made if it is missing."""
    folder = ROOT / "benchmarks" / ".envs" / PEER.replace("==", "-")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    probe = [str(python), "-c", "import asreview"]
    if not python.exists() or subprocess.run(probe, capture_output=True).returncode:
        print(f"installing {PEER} into {folder.relative_to(ROOT)}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


def run(python: Path | str, tool: str, source: Path, seeds: int) -> dict[str, float]:
    """Run one tool on one set in a process of its own and return its measures and costs."""
    head = (
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nSOURCE, SEEDS = {str(source)!r}, {seeds}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "run.py"
        script.write_text(head + tool + MEASURE, encoding="utf-8")
        done = subprocess.run([str(python), str(script)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"failed on {source}:\n{done.stderr}")
    values = json.loads(done.stdout.splitlines()[-1])
    return dict(zip((*MEASURES, *PLACES, *COSTS), values, strict=True))


def row(name: str, label: str, values: dict[str, float]) -> str:
    """One line of the table."""
    return (
        f"{name:32} {label:16} {values['wss95']:7.3f} {values['recall10']:7.3f}"
        f" {values['loss']:7.4f} {values['with_abstract']:7.3f} {values['without']:7.3f}"
        f" {values['features']:8.1f} {values['update']:8.1f}"
        f" {values['megabytes']:6.0f}"
    )


def main() -> None:
    """Measure both tools on the sets named on the command line, or on all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of sets")
    parser.add_argument("sets", nargs="*", help="names of sets (default: all)")
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    files = {
        f.name.split(".csv")[0]: f.resolve()
        for f in sorted(arguments.folder.glob("*.csv*"))
        if "label" in heading(f)
    }
    tools = {"ours": (sys.executable, OURS), PEER: (peer_python(), THEIRS)}
    found: dict[str, list[dict[str, float]]] = {label: [] for label in tools}
    print(
        f"{'set':32} {'tool':16} {'WSS@95':>7} {'at 10%':>7} {'loss':>7} {'with':>7}"
        f" {'without':>7} {'feat. s':>8} {'upd. ms':>8} {'MB':>6}"
    )
    for name in arguments.sets or files:
        with ThreadPoolExecutor() as at_once:  # the costs are those of the processor, not the clock
            running = {
                label: at_once.submit(run, python, tool, files[name], arguments.seeds)
                for label, (python, tool) in tools.items()
            }
        for label, done in running.items():
            found[label].append(done.result())
            print(row(name, label, found[label][-1]), flush=True)
    for label, values in found.items():
        both = [v for v in values if not math.isnan(v["without"])]
        means = {
            k: statistics.fmean(v[k] for v in ((both or values) if k in PLACES else values))
            for k in values[0]
        }
        print(row(f"mean of {len(values)} sets", label, means))
    for measure in MEASURES:
        sign = -1 if measure in SMALLER_IS_BETTER else 1
        apart = [sign * (a[measure] - b[measure]) for a, b in zip(*found.values(), strict=True)]
        better, worse = sum(d > 0 for d in apart), sum(d < 0 for d in apart)
        print(f"{measure}: ours better in {better} sets, worse in {worse}")


def heading(file: Path) -> list[str]:
    """Names of the columns of a table."""
    import csv
    import gzip

    with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8-sig") as text:
        return next(csv.reader(text), [])


if __name__ == "__main__":
    main()
