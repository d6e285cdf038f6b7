"""The model of study designs that a review uses: the one that ships, or one fitted to its own tags.

A fitted model is a file under ``design_models`` of the local folder; the log names it, with its
figures and a digest. Where the file is not at hand, as on another machine of a team, or is not the
one that the log names, the model that ships is used.
"""

from __future__ import annotations

import logging
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from review.coding import design_training
from review.coding.code_events import named
from review.coding.design_model import OTHER, DesignModel, shipped
from review.coding.design_ranking import class_of
from review.coding.design_training import LEAST_PAPERS, Comparison, Paper
from review.coding.suggestion_rules import Tagger
from review.errors import DecisionError
from review.events import DesignModelTrained, ShippedModelChosen
from review.progress import NOBODY, Watch
from review.protocol.codebook import Codebook
from review.spreadsheet import whole_file
from review.store import active_decisions, design_tags, log, suggestions
from review.workspace import Workspace

FOLDER = "design_models"
BATCH = 100
DIGITS = 12

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Training:
    """What training came to.

    Attributes:
        version: of the model that was fitted.
        used: whether it is in use now.
    """

    version: str
    start: str
    comparison: Comparison
    used: bool

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""

        def figures(of: design_training.Figures) -> dict[str, Any]:
            return {
                "right": of.right,
                "mean_f1": of.mean_f1,
                "by_class": {c: {"papers": n, "f1": f1} for c, (n, f1) in of.by_class.items()},
            }

        return {
            "version": self.version,
            "started_from": self.start,
            "papers": self.comparison.papers,
            "before": figures(self.comparison.before),
            "after": figures(self.comparison.after),
            "used": self.used,
        }


def in_use(ws: Workspace) -> DesignModel | None:
    """The model that suggests designs in a review; None where none can be read."""
    with ws.store.read() as conn:
        newest = design_tags.newest_model(conn)
    if newest is None or not isinstance(newest.data, DesignModelTrained):
        return shipped()
    own = _read(_path(ws, newest.data.version), newest.data.digest)
    return own if own is not None else shipped()


def trainable(ws: Workspace) -> int:
    """How many records hold a confirmed design, at most; training takes `LEAST_PAPERS`."""
    with ws.store.read() as conn:
        return design_tags.count(conn, ws.protocol.codebook.id_of("study_design"))


def newest_training(ws: Workspace) -> DesignModelTrained | None:
    """What the log says of the newest training."""
    with ws.store.read() as conn:
        found = design_tags.newest_training(conn)
    return found.data if found and isinstance(found.data, DesignModelTrained) else None


def train(ws: Workspace, reviewer: str, watch: Watch = NOBODY) -> Training:
    """Fit the model that ships to the review's confirmed designs, and use it if that is better.

    Figures are of the review's own papers: of the model that ships, which has not seen them, and
    of the fitted one by cross-validation. The log keeps both. No suggestion changes by it: what
    would change is offered like after any other change of rules.

    Args:
        watch: told how many papers are read, then which fold is fitted.

    Raises:
        Cancelled: on request; nothing is stored.
        DecisionError: too few papers, no model to start from, or the protocol does without.
    """
    who = named(reviewer)
    if not ws.protocol.machine_help:
        raise DecisionError("The protocol does without machine help, so no model is trained.")
    start = shipped()
    if start is None:
        raise DecisionError("The model that ships cannot be read, so there is none to train.")
    papers, classes = _sorted(ws, start, watch.step("papers read"))
    if len(papers) < LEAST_PAPERS:
        raise DecisionError(
            f"Training takes {LEAST_PAPERS} reports with an abstract and a confirmed study design "
            f"on which people agree; there are {len(papers):,}."
        )
    comparison = design_training.compared(start, papers, classes, watch.step("of 5 parts fitted"))
    version = f"own {_fingerprint(start, papers, classes)}"
    fitted = design_training.adapted(start, papers, classes, version)
    digest = ""
    if comparison.better:
        path = _path(ws, version)
        with whole_file(path) as temporary:
            fitted.save(temporary)
        digest = sha256(path.read_bytes()).hexdigest()
    said = DesignModelTrained(
        version=version,
        start=start.version,
        papers=comparison.papers,
        before=comparison.before.right,
        after=comparison.after.right,
        before_f1=comparison.before.mean_f1,
        after_f1=comparison.after.mean_f1,
        used=comparison.better,
        digest=digest,
    )
    with ws.store.write() as conn:
        log.append(conn, who, [said], protocol=ws.protocol.version)
    return Training(version, start.version, comparison, comparison.better)


def use_shipped(ws: Workspace, reviewer: str) -> None:
    """Go back to the model that ships.

    Raises:
        DecisionError: it is in use already.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        newest = design_tags.newest_model(conn)
        if newest is None or not isinstance(newest.data, DesignModelTrained):
            raise DecisionError("The model that ships is in use already.")
        log.append(conn, who, [ShippedModelChosen()], protocol=ws.protocol.version)


def _sorted(ws: Workspace, model: DesignModel, watch: Watch) -> tuple[list[Paper], list[str]]:
    """Reports with an abstract and a design on which people agree: as read, and their classes."""
    book = ws.protocol.codebook
    dimension = book.dimension("study_design")
    with ws.store.read() as conn:
        given: dict[str, set[str]] = {}
        for tag in active_decisions.tags(conn):
            if tag.dimension == dimension.id:
                given.setdefault(tag.report, set()).add(_class(book, tag.value, model))
        leads = design_tags.lead_records(conn)
        wanted = {leads[r]: next(iter(c)) for r, c in given.items() if len(c) == 1 and r in leads}
        texts = [t for t in suggestions.texts(conn, wanted) if t.abstract.strip()]
    tagger = Tagger(book, model=None)
    papers: list[Paper] = []
    for part in watch.parts(len(texts), BATCH):
        papers += [tagger.read_design(t.title, t.abstract) for t in texts[part]]
    return papers, [wanted[t.id] for t in texts]


def _class(book: Codebook, value: str, model: DesignModel) -> str:
    known = {v.id: v for v in book.dimension("study_design").values}
    return class_of(value, known, model.classes) or OTHER


def _path(ws: Workspace, version: str) -> Path:
    return ws.config.local / FOLDER / f"{version.removeprefix('own ')}.npz"


def _fingerprint(start: DesignModel, papers: list[Paper], classes: list[str]) -> str:
    """What a fitted model is known by: the same papers with the same designs give the same."""
    grams = [sorted(gram.text for gram in parts["title"]) for parts, _ in papers]
    content = repr((start.version, sorted(zip(grams, classes, strict=True))))
    return sha256(content.encode()).hexdigest()[:DIGITS]


def _read(path: Path, digest: str) -> DesignModel | None:
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        logger.warning("The review's own model of study designs is not at hand: %s", error)
        return None
    return _loaded(path, digest, changed)


@lru_cache(maxsize=4)
def _loaded(path: Path, digest: str, _changed: int) -> DesignModel | None:
    """The model of a file; None where it is not the one of this digest."""
    try:
        if sha256(path.read_bytes()).hexdigest() != digest:
            logger.warning("%s is not the model that the log names", path)
            return None
        return DesignModel.load(path)
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        logger.warning("The review's own model of study designs cannot be read: %s", error)
        return None
