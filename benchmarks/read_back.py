"""Whether ASReview LAB reads the files that are made for it, and we the files that it makes.

    python -m benchmarks.read_back [--show]

A review of made-up papers, three of them decided, is exported for ASReview, for Rayyan, for Zotero
and as RIS. Each file is read by ASReview's own loader, which is installed from PyPI into an
environment of its own, ``benchmarks/.envs``, the first time (500 MB). Every field it knows is
compared with what the review holds. Then ASReview writes the decided papers as CSV and RIS, and
these are imported here.

Printed per file: how many papers came, how many of their fields are the same, and each that is not.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from review import author_names
from review.config import ROOT, Config
from review.model import Record, RunStatus, Stage, VoteValue
from review.reporting import service as reporting
from review.screening import service as screening
from review.sources.file_reading import read_file
from review.store import records
from review.workspace import Workspace, adopt_protocol, open_workspace

PEER = "asreview==3.0.8"
FIELDS = ("title", "abstract", "authors", "keywords", "year", "doi", "url", "included")
PAPERS = (
    Record(
        "made-up", "1", "=Kratom: 10 % \"legal\" tea & sleep",
        ("Vale, Finn", "van der Berg, Jan Willem"), 2021, "Journal of Tea", volume="12",
        issue="1-2", pages="S12-S19", doi="10.1000/tea.1", pmid="30111111", type="article",
        url="https://tea.example/1", keywords=("Receptors, Opioid, mu", "Sleep"),
        abstract="First paragraph, with a comma.\nSecond; with a semicolon.", language="eng",
    ),
    Record(
        "made-up", "2", "Mitragynine, a review", ("World Health Organization", "Moss, Ada"), 2019,
        "Reports", pmcid="PMC6000001", openalex_id="W77", keywords=("Analgesics, Opioid",),
        abstract="Línea única — “quoted”.", mesh=("Mitragyna", "Analgesics, Opioid"),
    ),
    Record(
        "made-up", "3", "A chapter without an abstract", ("'t Hart, Bert",), 2014,
        "Handbook of Tea", pages="3-9", isbn="9781482200009", type="chapter",
    ),
    Record("made-up", "4", "Not seen by anybody", ("Smith, J",), None, abstract="-Mitragynine."),
)  # fmt: skip
VOTES = ((1, VoteValue.INCLUDE), (2, VoteValue.EXCLUDE), (3, VoteValue.INCLUDE))

# Run by ASReview's own Python: reads the files, prints what it holds of each; writes two.
THEIRS = """
import json, sys
import pandas as pd
from asreview.data.loader import load_records
from asreview.data.record import Record
from asreview.data.ris import RISWriter
from asreview.data.tabular import CSVWriter
fields = sys.argv[1].split(",")
found = {}
for name in sys.argv[2:-1]:
    try:
        papers = load_records(name, dataset_id="x", record_cls=Record)
        found[name] = [{field: getattr(paper, field) for field in fields} for paper in papers]
    except Exception as error:
        found[name] = f"{type(error).__name__}: {error}"
made = pd.DataFrame({
    "title": ["Kratom one", "Kratom two", "Kratom three"],
    "authors": [["Vale, Finn"], ["Moss, Ada"], ["Smith, J"]],
    "asreview_label": pd.array([1, 0, None], dtype="Int64").astype(object),
    "asreview_time": ["2026-01-02 03:04:05", "2026-01-02 03:04:06", None],
    "asreview_note": ["good", None, None],
    "asreview_user_name": ["Ann", "Ann", None],
}).astype(object).where(lambda t: t.notna(), None)
CSVWriter.write_data(made.assign(authors=made["authors"].str.join("; ")), sys.argv[-1] + ".csv")
RISWriter.write_data(made.assign(notes=[[], [], []]), sys.argv[-1] + ".ris")
print(json.dumps(found))
"""


def peer_python() -> Path:
    """Return the Python of the environment that holds ASReview, made if it is missing."""
    folder = ROOT / "benchmarks" / ".envs" / PEER.replace("==", "-")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    probe = [str(python), "-c", "import asreview"]
    if not python.exists() or subprocess.run(probe, capture_output=True).returncode:
        print(f"installing {PEER} into {folder.relative_to(ROOT)}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


def made(folder: Path) -> Workspace:
    """A review of the papers, with one reviewer's votes."""
    data = folder / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("local", "library"))
    ws = open_workspace(Config(data, f"sqlite:///{(folder / 'review.db').as_posix()}"), create=True)
    adopt_protocol(ws, "Ann")
    with ws.store.write() as conn:
        run = records.start_run(conn, "Ann", "made up", "made-up")
        records.add_records(conn, "Ann", run, PAPERS)
        records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)
    for number, vote in VOTES:
        screening.cast(ws, f"P{number:06d}", Stage.TITLE_ABSTRACT, "Ann", vote)
    return ws


def expected(record: Record, labels: bool) -> dict[str, Any]:
    """What ASReview is to hold of a paper; it has no label where the file holds none."""
    said = {PAPERS[number - 1].key: vote for number, vote in VOTES}.get(record.key)
    return {
        "title": record.title,
        "abstract": record.abstract or None,
        "authors": [*author_names.people(record.authors)],
        "keywords": list(record.keywords),
        "year": record.year,
        "doi": record.doi or None,
        "url": record.url or None,
        "included": int(said is VoteValue.INCLUDE) if said and labels else None,
    }


def differences(file: str, found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each field that ASReview holds otherwise than the review does."""
    for record, row in zip(PAPERS, found, strict=False):
        wanted = expected(record, labels=file.startswith("asreview."))
        for name in FIELDS:
            if row[name] != wanted[name]:
                yield f"    paper {record.key}, {name}: {row[name]!r} for {wanted[name]!r}"


def main() -> None:
    """Write the files, have them read, and print what became of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print what ASReview holds as well")
    arguments = parser.parse_args()
    python = peer_python()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ws = made(folder)
        files = {
            "asreview": "asreview.csv",
            "asreview-ris": "asreview.ris",
            "rayyan": "rayyan.csv",
            "ris": "references.ris",
            "zotero": "zotero.ris",
        }
        for format, file in files.items():
            reporting.export(ws, format, folder / file, viewer=None)
        ws.store.close()
        script = folder / "theirs.py"
        script.write_text(THEIRS, encoding="utf-8")
        paths = [str(folder / file) for file in files.values()]
        call = [str(python), str(script), ",".join(FIELDS), *paths, str(folder / "theirs")]
        done = subprocess.run(call, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"ASReview failed:\n{done.stderr}")
        held = json.loads(done.stdout.splitlines()[-1])
        for path in paths:
            file, rows = Path(path).name, held[path]
            if isinstance(rows, str):
                print(f"{file}: refused by ASReview ({rows})")
                continue
            found = list(differences(file, rows))
            same = len(rows) * len(FIELDS) - len(found)
            total = len(PAPERS) * len(FIELDS)
            print(f"{file}: {len(rows)} of {len(PAPERS)} papers, {same} of {total} fields the same")
            print(*found, sep="\n", end="\n" if found else "")
            if arguments.show:
                print(json.dumps(rows, indent=1, ensure_ascii=False))
        for ending in ("csv", "ris"):
            content = read_file(folder / f"theirs.{ending}")
            votes = ", ".join(f"{vote.reviewer or 'nobody'} {vote.vote}" for vote in content.votes)
            print(f"ASReview's {ending.upper()} here: {len(content.records)} papers, votes {votes}")


if __name__ == "__main__":
    main()
