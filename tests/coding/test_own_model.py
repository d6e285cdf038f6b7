"""The model of designs is trained on a review's own tags, and used only where it does better."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from review.coding import own_model, service, suggestion_changes
from review.coding.design_model import DesignModel, shipped
from review.coding.design_training import Comparison, Figures
from review.coding.suggestion_rules import Tagger
from review.coding.suggestions import refresh_suggestions
from review.errors import DecisionError
from review.events import DesignModelTrained
from review.model import Record
from review.store import log
from review.workspace import Workspace
from tests.reviews import add, shipped_protocol, workspace

PAPERS = 60
OPEN, SHUT = "A harvest of leaves", "The market of leaves"


def paper(n: int) -> Record:
    """Papers of two kinds that only this review can tell apart, by words of its own field."""
    kind = n % 2
    title = f"{SHUT if kind else OPEN} in province {n}"
    words = "traders and prices" if kind else "trees and soil"
    return Record(
        "made-up", f"m{n}", title=title,
        abstract=f"Of {n + 20} farms we visited some. We asked about {words}. It differed.",
    )  # fmt: skip


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    found = workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    add(found, [paper(n) for n in range(PAPERS)])
    refresh_suggestions(found)
    yield found
    found.store.close()


def code(ws: Workspace, papers: int, *, by_kind: bool = True) -> None:
    for n in range(papers):
        value = "in_vitro" if by_kind and n % 2 else "narrative_review"
        service.tag(ws, f"P{n + 1:06d}", "study_design", value, "Ann")


def test_too_few_tags_are_refused_with_their_number(ws: Workspace) -> None:
    code(ws, 49)
    with pytest.raises(DecisionError, match="there are 49"):
        own_model.train(ws, "Ann")


def test_a_better_model_is_used_and_changes_nothing_before_the_press(ws: Workspace) -> None:
    code(ws, PAPERS)
    before = suggestion_changes.would_change(ws)
    assert before.records == 0
    done = own_model.train(ws, "Ann")
    assert done.used and done.comparison.after.right > done.comparison.before.right
    model = own_model.in_use(ws)
    assert model is not None and model.version == done.version != shipped().version  # type: ignore[union-attr]
    with ws.store.read() as conn:
        (told,) = [e for e in log.events(conn) if isinstance(e.data, DesignModelTrained)]
    assert (told.by, told.data.version, told.data.used) == ("Ann", done.version, True)
    assert told.data.before == done.comparison.before.right
    assert told.data.after == done.comparison.after.right
    changes = suggestion_changes.would_change(ws)
    assert changes.records == PAPERS and changes.by_source["shipped model"]
    suggestion_changes.make_anew(ws, "Ann")
    sheet = service.sheet(ws, "P000001")
    every = [s for those in sheet.open_suggestions.values() for s in those]
    every += [s for those in sheet.answered_suggestions.values() for s, _ in those]
    assert done.version in {s.version for s in every}
    own_model.use_shipped(ws, "Ben")
    assert own_model.in_use(ws) is shipped()
    with pytest.raises(DecisionError, match="in use already"):
        own_model.use_shipped(ws, "Ben")


def test_a_model_that_is_no_better_is_told_and_not_used(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    code(ws, 50, by_kind=False)
    same = Figures(0.9, 0.9, {"narrative_review": (50, 0.9)})
    monkeypatch.setattr(
        own_model.design_training, "compared", lambda *_: Comparison(50, same, same)
    )
    done = own_model.train(ws, "Ann")
    assert not done.used and own_model.in_use(ws) is shipped()
    newest = own_model.newest_training(ws)
    assert newest is not None and not newest.used
    assert not list((ws.config.local / own_model.FOLDER).glob("*.npz"))


def test_a_file_that_is_lost_or_another_is_not_used(ws: Workspace) -> None:
    code(ws, PAPERS)
    own_model.train(ws, "Ann")
    (file,) = (ws.config.local / own_model.FOLDER).glob("*.npz")
    content = file.read_bytes()
    file.write_bytes(content[:-7] + b"changed")
    assert own_model.in_use(ws) is shipped()
    file.unlink()
    assert own_model.in_use(ws) is shipped()


def test_a_saved_model_says_the_same(tmp_path: Path) -> None:
    model = shipped()
    assert model is not None
    path = tmp_path / "model.npz"
    model.moved(np.zeros((model.width, len(model.classes))), "own 1").save(path)
    again = DesignModel.load(path)
    book = shipped_protocol().codebook
    read = Tagger(book, model=None).read_design("Kratom in mice", "Mice were given kratom. It was.")
    assert again.version == "own 1"
    one, other = model.predict(*read), again.predict(*read)
    assert [o.name for o in one] == [o.name for o in other]
    assert np.allclose([o.probability for o in one], [o.probability for o in other], atol=0.01)
    assert np.allclose(
        np.exp(model.logits(*read)) / np.exp(model.logits(*read)).sum(),
        [next(o.probability for o in one if o.name == c) for c in model.classes],
    )
