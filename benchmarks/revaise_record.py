"""Whether the RevAIse record of a review holds by the model's schema, and what its shapes miss.

    python -m benchmarks.revaise_record FOLDER [--db URL]

FOLDER is a copy of the RevAIse model (open-and-sustainable.github.io/revaise-model) with ``schema``
and ``protocols``. The record of the review, by default that which ships, with some papers decided,
is written by ``review export revaise``. LinkML checks it against the schema and pySHACL against the
shapes of PRISMA 2020; both are installed from PyPI into an environment of their own,
``benchmarks/.envs``, the first time.

Printed: each fault by the schema, and each item of PRISMA 2020 that the record lacks, told apart by
whether only people can write it.
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

from review.appraisal import service as appraisal
from review.appraisal.forms import OVERALL
from review.coding.findings import add_finding
from review.config import ROOT, Config
from review.initialise import initialise
from review.model import Stage, VoteValue
from review.reporting import service as reporting
from review.reporting.formats.revaise import BY_PEOPLE
from review.screening import service as screening
from review.workspace import Workspace, open_workspace

FINDING = {
    "exposure": "leaf_powder", "population": "human_healthy", "outcome": "pain_intensity",
    "study_design": "rct_parallel", "effect": "-1.2", "effect_interval": "95% CI -2.0 to -0.4",
}  # fmt: skip
PEERS = ("linkml==1.12.1", "pyshacl==0.40.1")

# Run by the other Python: the schema's verdict, and the shapes' on the same data as triples.
THEIRS = """
import json, sys, yaml
from pathlib import Path
from linkml.validator import Validator
from linkml.validator.plugins import JsonschemaValidationPlugin
from linkml_runtime.utils.schemaview import SchemaView
from pyshacl import validate
from rdflib import BNode, Graph, Literal, Namespace, RDF
folder, record = Path(sys.argv[1]), yaml.safe_load(open(sys.argv[2], encoding="utf-8"))
schema = str(folder / "schema" / "revaise.yaml")
plugin = JsonschemaValidationPlugin(closed=True, include_range_class_descendants=True)
report = Validator(schema, validation_plugins=[plugin]).validate(record, "Review")
view = SchemaView(schema)
space = Namespace("https://open-and-sustainable.github.io/revaise-model/schema/")
kinds = {"search": "SearchStage", "screening_title_abstract": "ScreeningStage",
         "screening_fulltext": "ScreeningStage", "data_extraction": "ExtractionStage",
         "risk_of_bias": "RiskOfBiasAssessmentStage"}
graph = Graph()
def add(kind, value):
    node = BNode()
    graph.add((node, RDF.type, space[kind]))
    for name, inner in value.items():
        range_ = view.induced_slot(name, kind).range
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                other = kinds[one["stage_type"]] if name == "stages" else range_
                graph.add((node, space[name], add(other, one)))
            else:
                graph.add((node, space[name], Literal(one)))
    return node
add("Review", record)
shapes = folder / "protocols" / "prisma-2020" / "prisma-2020.shacl.ttl"
_, results, _ = validate(graph, shacl_graph=str(shapes))
sh = Namespace("http://www.w3.org/ns/shacl#")
missing = sorted({str(text) for text in results.objects(None, sh.resultMessage)})
targets = Graph().parse(str(shapes))
asked = sorted({str(text) for text in targets.objects(None, sh.message)})
present = {str(kind) for kind in graph.objects(None, RDF.type)}
unmet = sorted({str(text) for shape, kind in targets.subject_objects(sh.targetClass)
    if str(kind) not in present for one in targets.objects(shape, sh.property)
    for text in targets.objects(one, sh.message)})
print(json.dumps({"faults": [r.message for r in report.results], "missing": missing,
                  "no_such_part": unmet, "asked": asked}))
"""


def peer_python() -> Path:
    """Return the Python of the environment that holds the checkers, made if it is missing."""
    folder = ROOT / "benchmarks" / ".envs" / "revaise"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    probe = [str(python), "-c", "import linkml, pyshacl"]
    if not python.exists() or subprocess.run(probe, capture_output=True).returncode:
        print(f"installing {' and '.join(PEERS)}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return python


def shipped(folder: Path) -> Workspace:
    """The review that ships, with some of its papers decided at both stages."""
    config = Config(ROOT / "data", f"sqlite:///{(folder / 'review.db').as_posix()}")
    initialise(config, "Ann")
    ws = open_workspace(config)
    for n in range(1, 31):
        value = VoteValue.INCLUDE if n < 20 else VoteValue.EXCLUDE
        screening.cast(ws, f"P{n:06d}", Stage.TITLE_ABSTRACT, "Ann", value)
    for n in range(1, 10):
        screening.cast(ws, f"P{n:06d}", Stage.FULL_TEXT, "Ann", VoteValue.INCLUDE)
        add_finding(ws, f"P{n:06d}", reviewer="Ann", **FINDING)
        appraisal.judge(ws, f"P{n:06d}", "amstar2", OVERALL, "low", "Ann")
    return ws


def main() -> None:
    """Write the record, have it checked, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="a copy of the RevAIse model")
    parser.add_argument("--db", help="address of another review")
    arguments = parser.parse_args()
    python = peer_python()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        at = Config(ROOT / "data", arguments.db) if arguments.db else None
        ws = open_workspace(at) if at else shipped(folder)
        reporting.export(ws, "revaise", folder / "record.yaml", viewer=None)
        ws.store.close()
        script = folder / "theirs.py"
        script.write_text(THEIRS, encoding="utf-8")
        call = [str(python), str(script), str(arguments.folder), str(folder / "record.yaml")]
        done = subprocess.run(call, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"The check failed:\n{done.stderr}")
    said = json.loads(done.stdout.splitlines()[-1])
    print(f"by the schema: {len(said['faults'])} faults")
    print(*(f"    {fault}" for fault in said["faults"]), sep="\n")
    lacking = [*said["missing"], *said["no_such_part"]]
    held = len(said["asked"]) - len(lacking)
    print(f"by the shapes of PRISMA 2020: {held} of {len(said['asked'])} items are there")
    print(*(f"    {text}" for text in lacking), sep="\n")
    print(f"only people can write: {', '.join(BY_PEOPLE.values())}")


if __name__ == "__main__":
    main()
