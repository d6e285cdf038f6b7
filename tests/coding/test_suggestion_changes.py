"""Suggestions are stored once; other rules change them only when a person asks, answers never."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.coding import service, source_versions, suggestion_changes
from review.coding.design_model import shipped
from review.coding.quote_places import Sentences
from review.coding.source_versions import SourceVersions
from review.coding.suggestion_rules import Tagger
from review.coding.suggestions import refresh_suggestions, waiting
from review.errors import Cancelled
from review.events import SuggestionsMadeAnew
from review.model import READERS, Record, Suggestion
from review.progress import Watch
from review.store import log, suggestions
from review.workspace import Workspace
from tests.reviews import add, shipped_protocol, workspace

PAPERS = (
    (
        "Kratom and pain",
        "Background: sleep is short. We measured pain in 40 patients after kratom.",
    ),
    ("A randomised trial of mitragynine", "Patients were randomly assigned. Sleep quality rose."),
    ("Deaths with kratom: a case series", "Ten deaths are described. Seizures occurred in two."),
    ("Kratom: a systematic review", "We searched PubMed. Anxiety and withdrawal were reported."),
    ("Antinociception of alkaloids in mice", "Mice received 7-hydroxymitragynine in vivo."),
)


def made_up(papers: tuple[tuple[str, str], ...] = PAPERS) -> list[Record]:
    return [
        Record("made-up", f"m{n}", title=title, abstract=abstract)
        for n, (title, abstract) in enumerate(papers)
    ]


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Any:
    found = workspace(tmp_path, db_url)
    add(found, made_up())
    refresh_suggestions(found)
    yield found
    found.store.close()


def with_codebook(ws: Workspace, change: Callable[[Any], Any]) -> Workspace:
    """The review under a codebook whose values went through ``change``."""
    book = ws.protocol.codebook
    dimensions = tuple(
        d.model_copy(update={"values": tuple(change(v) for v in d.values)}) for d in book.dimensions
    )
    codebook = book.model_copy(update={"dimensions": dimensions})
    return replace(ws, protocol=ws.protocol.model_copy(update={"codebook": codebook}))


def other_words(value: Any) -> Any:
    """Rules that know death by another word than those that ship."""
    if value.id == "death":
        return value.model_copy(update={"triggers": ("patients",)})
    return value


def stored(ws: Workspace) -> dict[str, Suggestion]:
    with ws.store.read() as conn:
        reports = [f"P{n:06d}" for n in range(1, len(PAPERS) + 1)]
        return {s.id: s for r in reports for s, _ in suggestions.of_report(conn, r)}


def said(ws: Workspace) -> dict[str, str]:
    with ws.store.read() as conn:
        reports = [f"P{n:06d}" for n in range(1, len(PAPERS) + 1)]
        return {s.id: a for r in reports for s, a in suggestions.of_report(conn, r) if a}


def test_each_suggestion_keeps_the_version_of_its_source(ws: Workspace) -> None:
    model = shipped()
    assert model is not None
    versions = SourceVersions(ws.protocol.codebook, model)
    found = stored(ws).values()
    assert found and all(s.version == versions.of(s.dimension, s.source) for s in found)
    assert {s.version for s in found if s.source == "shipped model"} == {model.version}


def test_reading_again_changes_nothing_whatever_the_rules_say(ws: Workspace) -> None:
    before = stored(ws)
    other = with_codebook(ws, other_words)
    assert waiting(other) == []
    assert refresh_suggestions(other) == refresh_suggestions(other, ["R000001"]) == 0
    assert stored(ws) == before


def test_it_is_said_how_many_would_change_and_nothing_does(ws: Workspace) -> None:
    before = stored(ws)
    assert suggestion_changes.would_change(ws).number == 0
    found = suggestion_changes.would_change(with_codebook(ws, other_words))
    assert found.records == len(PAPERS) and found.new and found.gone
    assert sum(found.by_source.values()) == found.number
    assert stored(ws) == before


def test_a_label_or_definition_makes_no_other_rules(ws: Workspace) -> None:
    def reworded(value: Any) -> Any:
        return value.model_copy(update={"label": "Other", "definition": "Another one."})

    assert suggestion_changes.outdated_records(with_codebook(ws, reworded)) == []


@pytest.mark.parametrize("name", ["OTHER_MEANING", "_FROM_MESH", "HALF"])
def test_another_pattern_map_or_figure_makes_other_rules(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = suggestion_changes.version_now(ws)
    (module,) = [m for m in source_versions.MODULES if name in vars(m) and _made_in(m, name)]
    monkeypatch.setattr(module, name, {} if name == "_FROM_MESH" else 7)
    source_versions._rules.cache_clear()
    changed = suggestion_changes.version_now(ws)
    monkeypatch.undo()
    source_versions._rules.cache_clear()
    assert changed != before == suggestion_changes.version_now(ws)


def _made_in(module: Any, name: str) -> bool:
    return f"\n{name}" in Path(module.__file__).read_text(encoding="utf-8")


def test_a_press_makes_them_anew_and_the_log_says_who_and_what(ws: Workspace) -> None:
    other = with_codebook(ws, other_words)
    foretold = suggestion_changes.would_change(other)
    done = suggestion_changes.make_anew(other, "Ann")
    assert done == foretold and done.number
    assert suggestion_changes.would_change(other).records == 0
    with ws.store.read() as conn:
        (told,) = [e for e in log.events(conn) if isinstance(e.data, SuggestionsMadeAnew)]
    assert (told.by, told.data.new, told.data.gone) == ("Ann", done.new, done.gone)
    assert told.data.complete and "new" in told.data.words(None)  # type: ignore[arg-type]
    versions = SourceVersions(other.protocol.codebook, shipped())
    assert {s.version for s in stored(ws).values() if s.dimension == "outcome"} == {
        versions.of("outcome", "codebook triggers")
    }


def test_what_was_stopped_goes_on_from_there(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestion_changes, "BATCH", 2)
    other = with_codebook(ws, other_words)
    seen: list[int] = []
    watch = Watch(lambda now: seen.append(now.done), lambda: bool(seen and seen[-1] >= 2))
    with pytest.raises(Cancelled):
        suggestion_changes.make_anew(other, "Ann", watch)
    left = suggestion_changes.outdated_records(other)
    assert 0 < len(left) < len(PAPERS)
    with ws.store.read() as conn:
        (told,) = [e.data for e in log.events(conn) if isinstance(e.data, SuggestionsMadeAnew)]
    assert not told.complete and told.records == len(PAPERS) - len(left)
    assert suggestion_changes.make_anew(other, "Ann").records == len(left)


WORDS = (
    "kratom", "pain", "sleep quality", "deaths", "seizure", "we searched PubMed", "mice",
    "in vitro", "randomised trial", "case report", "Background:", "Results:", "were measured",
    "withdrawal", "…", "İ", "p < 0.05", "a, b", "vs.", "\n", "© 2020 Elsevier",
    "References: 1. Smith J.",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=14).map(". ".join)


@given(title=TEXTS, abstract=TEXTS)
def test_every_quote_is_found_at_its_place(title: str, abstract: str) -> None:
    for found in _tagger().suggest(title, abstract):
        if found.source not in READERS:
            continue
        if not found.quote:  # it goes by what is not there, and there is no title to quote
            assert not title.strip()
            continue
        place = Sentences(title, abstract).place_of(found.quote)
        assert place is not None
        text = f"{title}\n{abstract}"
        assert text[place.start : place.end] == found.quote
        assert (place.sentence == 0) == (place.start <= len(title))


_TAGGERS: list[Any] = []


def _tagger() -> Any:
    if not _TAGGERS:
        _TAGGERS.append(Tagger(shipped_protocol().codebook))
    return _TAGGERS[0]


STEPS = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from(["accept", "change", "reject", "undo", "anew"])),
    max_size=8,
)


@given(steps=STEPS)
def test_answers_survive_whatever_is_made_anew(
    steps: list[tuple[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ws = workspace(tmp_path_factory.mktemp("review"), "sqlite://")
    try:
        add(ws, made_up(PAPERS[:3]))
        refresh_suggestions(ws)
        rules = [ws, with_codebook(ws, other_words)]
        for number, step in steps:
            _take(ws, number, step)
            if step != "anew":
                continue
            before, answers, tags = stored(ws), said(ws), _tags(ws)
            rules.reverse()
            suggestion_changes.make_anew(rules[0], "Ben")
            after = stored(ws)
            assert said(ws) == answers and _tags(ws) == tags
            for id_ in answers:
                assert after[id_] == before[id_]
            assert suggestion_changes.would_change(rules[0]).records == 0
    finally:
        ws.store.close()


def _take(ws: Workspace, number: int, step: str) -> None:
    if step == "undo":
        service.undo_last(ws, "Ann")
    every = sorted(stored(ws).values(), key=lambda s: s.id)
    if not every or step in ("undo", "anew"):
        return
    one = every[number % len(every)]
    report = "P" + one.record[1:]
    if step == "reject":
        service.reject(ws, one.id, report, "Ann")
        return
    dimension = ws.protocol.codebook.dimension(one.dimension)
    others = [v.id for v in dimension.values if v.id != one.value]
    value = one.value if step == "accept" else others[number % len(others)]
    service.tag(ws, report, one.dimension, value, "Ann", suggestion=one.id)


def _tags(ws: Workspace) -> set[tuple[str, str, str]]:
    return {
        (r, t.dimension, t.value)
        for r in (f"P{n:06d}" for n in range(1, 4))
        for t in service.sheet(ws, r).tags
    }


def test_books_of_a_review_made_before_versions_are_outdated(ws: Workspace) -> None:
    with ws.store.write() as conn:
        suggestions.mark(conn, ["R000001", "R000002"], "")
    found = suggestion_changes.would_change(ws)
    assert (found.records, found.number) == (2, 0)


def test_a_codebook_is_read_for_its_words_only() -> None:
    book = shipped_protocol().codebook
    same = book.model_copy(deep=True)
    assert SourceVersions(book, None).all == SourceVersions(same, None).all
    assert SourceVersions(book, None).all != SourceVersions(book, shipped()).all
