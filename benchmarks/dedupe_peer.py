"""Measure deduplication beside BibDedupe, the best open tool we know, on the same files.

    python benchmarks/dedupe_peer.py FOLDER [SET ...]

FOLDER holds one folder a set, as for `dedupe_quality`.  BibDedupe (Wagner 2024, MIT licence) is
installed from PyPI into an environment of its own, ``benchmarks/.envs``, the first time; neither
tool sees the other's libraries.

Printed per set, a row each: pair F1 after joining, works lost and duplicates left, CPU seconds
(all processes), seconds on the clock and peak memory in MB of the largest process.  Both rows
count from records in memory to clusters; reading the file is a part of the memory only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import pandas as pd
from dedupe_quality import quality

ROOT = Path(__file__).resolve().parents[1]
PEER = "bib-dedupe==0.11.0"

# Run by either tool's own Python: reads records, writes the cluster of each, prints the cost.
OURS = """
import sys
sys.path.insert(0, ROOT)
from pathlib import Path
from review.dedupe import cluster, find_pairs, read_records
records = read_records(Path(SOURCE))
def run():
    return cluster(records["id"], find_pairs(records))
"""
THEIRS = """
import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep
records = pd.read_csv(SOURCE, dtype=str, keep_default_na=False, na_values=[""])
records = records.rename(columns={"id": "ID", "entrytype": "ENTRYTYPE"})
for column in ("ENTRYTYPE", "author", "title", "year", "journal", "volume", "number", "pages",
               "doi", "abstract", "isbn"):
    if column not in records.columns:
        records[column] = "article" if column == "ENTRYTYPE" else ""
records["booktitle"] = records["journal"]  # where it looks for the name of proceedings
def run():
    matched = match(block(prep(records, cpu=2), cpu=2), cpu=2)
    found = {record: record for record in records["ID"]}
    for members in cluster(matched):
        found |= dict.fromkeys(members, min(members))
    return found
"""
MEASURE = """
if __name__ == "__main__":
    import csv, json, resource, time
    wall = time.perf_counter()
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    found = run()
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cost = {
        "cpu": sum(a.ru_utime + a.ru_stime - b.ru_utime - b.ru_stime
                   for a, b in zip(after, before)),
        "wall": time.perf_counter() - wall,
        "megabytes": max(a.ru_maxrss for a in after) / 1024,  # KB on Linux
    }
    with open(OUT, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "cluster"])
        writer.writerows(found.items())
    with open(OUT + ".json", "w", encoding="utf-8") as file:
        json.dump(cost, file)
"""


def peer_python() -> Path:
    """Return the Python of the environment that holds the peer, made if it is missing."""
    folder = ROOT / "benchmarks" / ".envs" / PEER.replace("==", "-")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    probe = [str(python), "-c", "import bib_dedupe"]
    if not python.exists() or subprocess.run(probe, capture_output=True).returncode:
        print(f"installing {PEER} into {folder.relative_to(ROOT)}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


def run(python: Path | str, tool: str, source: Path, out: Path) -> dict[str, float]:
    """Run one tool on one file in a process of its own and return its cost."""
    head = f"ROOT, SOURCE, OUT = {str(ROOT)!r}, {str(source)!r}, {str(out)!r}\n"
    script = out.with_suffix(".py")  # a file, so that the tool's own processes can be spawned
    script.write_text(head + tool + MEASURE, encoding="utf-8")
    done = subprocess.run([str(python), str(script)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{tool.strip().splitlines()[1]} failed on {source}:\n{done.stderr}")
    cost: dict[str, float] = json.loads(Path(f"{out}.json").read_text(encoding="utf-8"))
    return cost


def main() -> None:
    """Measure both tools on the sets named on the command line, or on all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of sets")
    parser.add_argument("sets", nargs="*", help="names of sets (default: all)")
    arguments = parser.parse_args()
    names = arguments.sets or sorted(p.parent.name for p in arguments.folder.glob("*/gold.csv"))
    tools = [("ours", sys.executable, OURS), (PEER, peer_python(), THEIRS)]
    print(
        f"{'set':14} {'tool':18} {'F1':>7} {'lost':>5} {'left':>5}"
        f" {'CPU s':>8} {'wall s':>8} {'MB':>7}"
    )
    for name in names:
        source = (arguments.folder / name / "records.csv.gz").resolve()
        gold = pd.read_csv(arguments.folder / name / "gold.csv", dtype=str).set_index("id")
        for label, python, tool in tools:
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder) / "clusters.csv"
                cost = run(python, tool, source, out)
                found = pd.read_csv(out, dtype=str, keep_default_na=False).set_index("id")
            q = quality(gold["cluster"], found["cluster"])
            print(
                f"{name:14} {label:18} {q.f1:7.4f} {q.works_lost:5} {q.duplicates_left:5}"
                f" {cost['cpu']:8.1f} {cost['wall']:8.1f} {cost['megabytes']:7.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
