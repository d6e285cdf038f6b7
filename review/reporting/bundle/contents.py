"""What a bundle holds, and where in it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

from review import __version__
from review.appraisal import forms
from review.events import ProtocolAdopted
from review.fulltext import files
from review.progress import Watch
from review.protocol.loading import CODEBOOK_FILE, PROTOCOL_FILE
from review.reporting import flow_diagram, flows
from review.reporting import service as reporting
from review.reporting.bundle.archive import Writer
from review.reporting.bundle.attachments import FOLDERS, attachments, files_in
from review.reporting.bundle.figures import figures
from review.reporting.tables import all_tables
from review.spreadsheet import write_csv
from review.store import bundle_rows, log
from review.workspace import Workspace

DATA = "data"
FIGURES = "figures"
FLOW = f"{FIGURES}/flow.svg"
ATTACHMENTS = "attachments"
DATA_FOLDERS = (f"{forms.FOLDER}/", "library/")
ROWS: Mapping[str, str] = {
    "event": "log/events.jsonl",
    "record": "records/records.jsonl",
    "record_raw": "records/as_received.jsonl",
    "sighting": "records/sightings.jsonl",
    "suggestion": "proposals/suggestions.jsonl",
    "suggested": "proposals/read.jsonl",
    "pair": "proposals/pairs.jsonl",
    "queue_plan": "proposals/orders.jsonl",
    "queue_place": "proposals/places_in_orders.jsonl",
}
"""Table -> where its rows are."""

README = """A structured literature review, whole, in plain formats.

log/                 every decision and every search, in order: JSON lines, one event a line
records/             records, what the sources sent, and which search found what: JSON lines
proposals/           what machines proposed: suggestions of codes, pairs that may be duplicates
data/                protocol, codebook, forms and library as they were in force: YAML, CSV
protocol_versions/   the protocol and codebook of every version there was
attachments/         files that belong to the review
figures/             the numbers of the review: JSON, and the flow diagram as a picture
tables/              reports, votes, tags, findings and more, for people to read: CSV
environment.json     the program and the packages that wrote this
manifest.json        every file with its size and its SHA-256 checksum

All but figures and tables is what the review is made of; these follow from it. To have a review
again: python -m review restore FILE.zip FOLDER. To see whether all is well:
python -m review check FILE.zip. It holds the votes of everybody.
"""


def write(ws: Workspace, out: Writer, watch: Watch, *, full_texts: bool = True) -> None:
    """Write all of a review, which is a copy that nobody changes meanwhile.

    Args:
        full_texts: whether the attached PDFs go along; the log names them all the same.
    """
    out.add("README.txt", [README])
    out.add_json("environment.json", environment())
    for path, file in data_files(ws.config.data):
        out.add_file(f"{DATA}/{path}", file)
    _protocol_versions(ws, out)
    for path, file in attachments(ws):
        if not full_texts and path.startswith(f"{files.FOLDER}/"):
            continue
        out.add_file(f"{ATTACHMENTS}/{path}", file)
    with ws.store.read() as conn:
        told = watch.step("tables written")
        for n, (name, path) in enumerate(ROWS.items()):
            told.at(n, len(ROWS))
            out.add(path, bundle_rows.lines(conn, name))
        number, newest = bundle_rows.last_event(conn)
        revision = bundle_rows.revision(conn)
    for name, value in figures(ws, watch).items():
        out.add_json(f"{FIGURES}/{name}.json", value)
    out.add(FLOW, [flow(ws)])
    for path, file in tables(ws, out.folder, watch.step("tables for reading written")):
        out.add_file(path, file)
    out.finish(
        {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "program": __version__,
            "review": ws.protocol.title,
            "protocol_version": ws.protocol.version,
            "tables_revision": revision,
            "events": number,
            "last_event": newest,
        }
    )


def data_files(data: Path) -> Iterator[tuple[str, Path]]:
    """Protocol, codebook, forms and library of a data folder, with their paths below it."""
    for name in (PROTOCOL_FILE, CODEBOOK_FILE):
        yield name, data / name
    for folder in DATA_FOLDERS:
        yield from files_in(data, folder.rstrip("/"))


def environment() -> dict[str, object]:
    """The program, what it runs on, and the packages it finds, so that others can run the same."""
    found = {d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]}
    return {
        "program": __version__,
        "python": platform.python_version(),
        "system": sys.platform,
        "packages": dict(sorted(found.items(), key=lambda one: one[0].lower())),
    }


def _protocol_versions(ws: Workspace, out: Writer) -> None:
    with ws.store.read() as conn:
        adopted = list(log.events(conn, (ProtocolAdopted,)))
    for n, ev in enumerate(adopted, 1):
        if isinstance(ev.data, ProtocolAdopted):
            folder = f"protocol_versions/{n:03d}-{ev.data.version}"
            for name, text in ev.data.text.items():
                out.add(f"{folder}/{name}", [text])


def is_in_place(path: str) -> bool:
    """Whether a file lies where data files or attachments do; nothing else is made of a bundle."""
    top, _, rest = path.partition("/")
    if top == DATA:
        return rest in (PROTOCOL_FILE, CODEBOOK_FILE) or rest.startswith(DATA_FOLDERS)
    return top != ATTACHMENTS or rest.startswith(tuple(f"{name}/" for name in FOLDERS))


def flow(ws: Workspace) -> str:
    """The flow diagram as a picture."""
    return flow_diagram.svg(flows.drawing(ws))


def tables(ws: Workspace, folder: Path, watch: Watch) -> Iterator[tuple[str, Path]]:
    """The tables for reading: the path of each in the bundle, and a file that the next takes."""
    with reporting.export_data(ws, None) as found:
        found = replace(found, about=reporting.about(ws))
        made = all_tables(found)
        for n, table in enumerate(made):
            watch.stop_if_cancelled()
            watch.at(n, len(made))
            path = folder / "table.csv"
            write_csv(path, table.columns, table.rows)
            yield f"tables/{table.name}.csv", path
