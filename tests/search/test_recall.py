"""Known-item recall, and the search log."""

from __future__ import annotations

import csv
import io

import pytest

from review.initialise import begin
from review.protocol import search_strings
from review.search import search_log, service
from review.search.recall import Cause
from review.sources.openalex.client import OpenAlex
from review.store import records
from review.ui.gap_map import known_papers
from review.workspace import Workspace
from tests.search.common import Open, impatient, pull
from tests.servers.openalex import OpenAlexServer
from tests.servers.works import Work, invert, make_works


def known(ws: Workspace) -> list[dict[str, str]]:
    """Identifiers and titles of the papers that must be found."""
    begin(ws, "Ann")
    with ws.store.read() as conn:
        ids = records.ids_of(conn, [("library", i) for i in ws.protocol.known_items])
        found = [records.get(conn, id_) for _, id_ in sorted(ids.items())]
    return [{"doi": r.doi, "title": r.title, "key": r.key} for r in found]


def as_works(papers: list[dict[str, str]]) -> list[Work]:
    """Works for the papers: the first lacks all words, the second an abstract; no third."""
    made = make_works(len(papers))
    for n, (work, paper) in enumerate(zip(made, papers, strict=True)):
        work["doi"] = f"https://doi.org/{paper['doi']}"
        work["title"] = "Nothing to the point" if n < 2 else f"Kratom: {paper['title']}"
        work["abstract_inverted_index"] = None if n == 1 else invert(["something", "else"])
    return [w for n, w in enumerate(made) if n != 2]


def test_recall_tells_what_was_found_and_why_the_rest_was_not(ws_at: Open) -> None:
    empty = ws_at("http://127.0.0.1:9")
    papers = [p for p in known(empty) if p["doi"]]
    with OpenAlexServer(works=as_works(papers)) as server:
        ws = ws_at(server.url)
        assert not any(one.ran for one in service.recall(ws, ask=False))
        pull(ws, names=["kratom_core"], query=None)
        with impatient(ws) as client:
            together, core, *others = service.recall(ws, client=client)
        asked_free = [r for r in server.requests if r.path.startswith("/works/")]
    assert asked_free and all("api_key" not in r.url for r in asked_free)
    assert together.total == core.total == len(ws.protocol.known_items)
    assert set(core.found) == set(together.found)
    assert {p["key"] for p in papers[3:]} <= set(core.found)
    why = {m.item: m.why for m in core.missed}
    assert "lack:" in why[papers[0]["key"]] and "kratom OR" in why[papers[0]["key"]]
    assert "no abstract" in why[papers[1]["key"]]
    assert "does not know" in why[papers[2]["key"]]
    causes = {m.item: m.cause for m in core.missed}
    assert [causes[p["key"]] for p in papers[:3]] == [Cause.STRING, Cause.STRING, Cause.ABSENT]
    unnamed = {m.item for m in core.because(Cause.UNKNOWN)}  # without a DOI or PMID to ask by
    assert unnamed == {m.item for m in core.missed if "no DOI or PMID" in m.why}
    said = known_papers.words(together, "OpenAlex")
    assert f"{len(together.found)} of {together.total} known papers found" in said
    assert "1 not in OpenAlex, 2 missed by the searches" in said
    assert not any(one.ran for one in others)


def test_the_log_has_all_items_and_says_none_only_where_a_person_did(ws_at: Open) -> None:
    with OpenAlexServer(works=150) as server:
        ws = ws_at(server.url)
        pull(ws, names=["kratom_core"], query=None)
        pull(ws, names=["kratom_core"], query=None)
    lines = service.search_log(ws)
    assert [*dict.fromkeys(line.item for line in lines)] == list(range(1, 17))
    assert {line.value for line in lines if line.item == 9} == {"none"}
    assert all(line.known == "stated" for line in lines if line.value == "none")
    assert all(not line.value for line in lines if line.known == "not stated")
    sent = [line.value for line in lines if line.item == 8]
    assert any(value.startswith(server.url) for value in sent)
    assert ws.protocol.search("kratom_core").query in sent
    assert [line for line in lines if line.item == 12 and "2 times" in line.value]
    assert len([line for line in lines if line.item == 13]) == 2
    rows = list(csv.DictReader(io.StringIO(search_log.to_csv(lines))))
    assert len(rows) == len(lines) and rows[0]["item"] == "1"


QUERY = '((kratom OR ketum OR "Mitragyna speciosa") AND (pain OR analgesia))'


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Kratom for pains", []),
        ("mitragyna speciosa and pain", []),
        ("Kratom and sleep", ["( pain OR analgesia )"]),
        ("Sleep", ['( kratom OR ketum OR "Mitragyna speciosa" )', "( pain OR analgesia )"]),
    ],
)
def test_a_string_says_which_of_its_parts_a_text_lacks(text: str, lacks: list[str]) -> None:
    assert search_strings.missing(QUERY, text) == lacks


def test_terms_are_listed_once_and_broken_strings_give_none_to_miss() -> None:
    assert search_strings.terms(QUERY) == [
        "kratom", "ketum", '"Mitragyna speciosa"', "pain", "analgesia",
    ]  # fmt: skip
    assert search_strings.missing("kratom NOT rats", "kratom in rats") == ["NOT rats"]
    for broken in ("", "(", "NOT", "AND", "a OR", "()"):
        search_strings.missing(broken, "text")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", ""),
        ("kratom", ""),
        ("kratom or ketum", "capitals"),
        ("kratom AND Thailand", "cuts off"),
        ("krat*", "wildcard"),
        ('"open', "not closed"),
        ("(kratom", "bracket"),
        ("kratom " * 300, "1500"),
        ("kratom AND pain OR sleep", "AND binds before OR"),
        ("(a OR b OR c OR d OR e OR f OR g)", "slower pace"),
    ],
)
def test_advice_comes_while_typing(typed: str, said: str) -> None:
    found = " ".join(one.message for one in OpenAlex.remarks(typed, "title_and_abstract")).lower()
    assert said.lower() in found and bool(found) == bool(said)


def test_a_preview_and_counts_of_terms_cost_one_request_each(ws_at: Open) -> None:
    with OpenAlexServer(works=200) as server:
        ws = ws_at(server.url)
        with impatient(ws) as client:
            found = service.preview(ws, "kratom", client=client)
            assert found.estimate.count > 0 and 0 < len(found.titles) <= 5
            assert len(server.requests) == 1
            counts = service.term_counts(ws, "(kratom OR zzznothing)", client=client)
    assert counts[0][1] == found.estimate.count and counts[1] == ("zzznothing", 0)
    assert len(server.requests) == 3
