"""A review whose every text would make a browser ask other hosts, were it drawn as Markdown."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from review.appraisal import service as appraisal
from review.appraisal.forms import FOLDER, SHIPPED
from review.coding import service as coding
from review.config import Config, from_environment
from review.dedupe import service as dedupe
from review.extraction import service as extraction
from review.initialise import initialise
from review.model import Record, Stage, VoteValue
from review.protocol.loading import CODEBOOK_FILE, PROTOCOL_FILE
from review.records import service as records
from review.screening import service as screening
from review.search import service as searching
from review.versions import service as versions
from review.workspace import open_workspace
from tests.reviews import add

OUTSIDE = "203.0.113.9"
"""Where nobody lives (RFC 5737); a request to it is one that a text has caused."""

LURE = (
    f"![x](http://{OUTSIDE}/x.png) <img src=http://{OUTSIDE}/y.png> www.evil.example "
    f"[click](http://{OUTSIDE}/z) a@evil.example :material/home:"
)
"""What stands at the end of every text."""

TEXTS = frozenset(
    "title text population exposure comparator outcome label definition minimum needs picture "
    "where limits help name source about note unit".split()
)
"""Keys of protocol, codebook and forms that hold words for people, where they hold a text."""

NAMED = frozenset({"name", "source"})
"""Those of them that are ids in the protocol."""

EXTRACTION = {
    "extraction": [
        {"id": "dose", "label": "Dose", "kind": "number", "unit": "mg", "help": "Which?"},
        {"id": "setting", "label": "Setting", "kind": "choice",
         "choices": [{"id": "clinic", "label": "Clinic"}]},
        {"id": "arm_size", "label": "Size", "kind": "number", "per": "arm"},
    ]
}  # fmt: skip


def _lured(node: Any, texts: frozenset[str] = TEXTS - NAMED) -> Any:
    """The same with the lure at the end of every text for people."""
    if isinstance(node, list):
        return [_lured(one, texts) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"{value} {LURE}" if key in texts and isinstance(value, str) else _lured(value, texts)
        for key, value in node.items()
    }


def _record(key: str, title: str, **other: Any) -> Record:
    return Record(
        f"Source {LURE}", key, title=f"{title} {LURE}", authors=(f"Ann {LURE}", f"Bo {LURE}"),
        year=2020, journal=f"Journal {LURE}", abstract=f"Sleep was better. {LURE}",
        keywords=(LURE,), **other,
    )  # fmt: skip


def make(data: Path, shipped: Path) -> str:
    """Make the review in a copy of the shipped data folder; returns a report with everything."""
    shutil.copytree(shipped, data)
    for name in (PROTOCOL_FILE, CODEBOOK_FILE):
        file = data / name
        texts = yaml.safe_load(file.read_text(encoding="utf-8"))
        texts |= EXTRACTION if name == PROTOCOL_FILE else {}
        file.write_text(yaml.safe_dump(_lured(texts), allow_unicode=True), encoding="utf-8")
    (data / FOLDER).mkdir()
    form = yaml.safe_load((SHIPPED / "rob2.yaml").read_text(encoding="utf-8"))
    lured = yaml.safe_dump(_lured(form, TEXTS), allow_unicode=True)
    (data / FOLDER / "rob2.yaml").write_text(lured, encoding="utf-8")
    config: Config = from_environment({"REVIEW_DATA": str(data)})
    initialise(config, "Ann")
    ws = open_workspace(config)
    try:
        add(
            ws,
            [
                _record("1", "Kratom and sleep in a randomised trial"),
                _record("2", "Kratom and sleep in a randomised trial: part two"),
                _record("3", "Of kratom and pain"),
            ],
            f"File {LURE}",
        )
        dedupe.dedupe(ws)
        versions.make(ws, f"Ann {LURE}"[:100], LURE)
        found = records.find(ws, records.ReportFilter(text="randomised trial evil"))[0]
        report = found[0].id
        for reviewer, value in ((f"Ann {LURE}"[:100], "include"), (f"Bo {LURE}"[:100], "exclude")):
            screening.cast(
                ws, report, Stage.TITLE_ABSTRACT, reviewer, VoteValue(value),
                reason="not_kratom" if value == "exclude" else "", note=LURE,
            )  # fmt: skip
        other = records.find(ws, records.ReportFilter(text="Of kratom and pain"))[0][0].id
        for stage in Stage:
            screening.cast(ws, other, stage, "Ann", VoteValue.INCLUDE, note=LURE)
        records.add_note(ws, report, "Ann", LURE)
        coding.tag(ws, report, "outcome", "sleep_quality", f"Ann {LURE}"[:100], LURE)
        coding.tag(ws, report, "study_design", "rct_parallel", "Ann", LURE)
        for who in (f"Ann {LURE}"[:100], "Ben"):
            judged = (report, "rob2", "overall")
            appraisal.judge(ws, *judged, "high", who)
            appraisal.explain(ws, *judged, who, quote=LURE, quote_place=LURE, note=LURE)
            extraction.extract(ws, report, "dose", who, "5", unit=LURE, quote=LURE, note=LURE)
            extraction.extract(ws, report, "arm_size", who, "5", arm=LURE)
        searching.state(ws, 5, f"Ann {LURE}"[:100], LURE)
    finally:
        ws.store.close()
    return report
