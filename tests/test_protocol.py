"""The protocol files: what they hold, and how their mistakes are told."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from review.errors import Mistake, ProtocolError
from review.model import Stage
from review.protocol import load
from review.protocol.codebook import KINDS
from review.protocol.model import Protocol
from review.protocol.phrases import phrase_pattern
from review.protocol.value_types import HOT_KEYS
from review.sources import registry
from review.sources.openalex.syntax import check_query

DATA = Path(__file__).parent.parent / "data"

CODEBOOK = """\
dimensions:
  - id: study_design
    label: Study design
    definition: What was done.
    many: false
    values:
      - {id: rct, label: Trial, key: t, definition: Random., evidence: controlled, group: trial}
      - {id: survey, label: Survey, key: s, definition: Asked., evidence: uncontrolled}
  - id: outcome
    label: Outcome
    definition: What was measured.
    many: true
    aliases: [outcomes]
    values:
      - id: pain_intensity
        label: Pain intensity
        key: 1
        definition: How strong.
        group: pain
        triggers: [pain intensity, 're:\\bVAS\\b']
      - {id: pain_relief, label: Relief, key: 2, definition: Less., group: pain}
      - {id: sleep_quality, label: Sleep quality, key: 1, definition: How good., group: sleep}
  - {id: exposure, label: Exposure, definition: Taken., many: true, values: []}
  - {id: people, role: population, label: People, definition: Who., many: true, values: []}
"""

PROTOCOL = """\
title: Kratom and pain
question: {text: Does it help?, population: a, exposure: b, comparator: c, outcome: d}
searches:
  - name: core
    label: Core
    source: openalex
    query: (kratom OR "7-hydroxymitragynine")
    covers: {outcome: [pain]}
    limits: none
criteria:
  - {kind: include, text: About kratom.}
reasons:
  - {id: not_kratom, key: 1, label: Not kratom, stages: [title_abstract, full_text]}
  - id: full_text_missing
    key: 2
    label: No full text
    stages: [full_text]
    counts_as: not_retrieved
stages:
  - {stage: title_abstract, reviewers: 1}
  - {stage: full_text, reviewers: 2}
highlights:
  outcome: [pain]
claims:
  - id: C01
    where: S1
    group: efficacy
    testable: true
    text: It helps.
    outcome: [pain]
    designs: [rct]
    minimum: A trial.
    needs: A trial.
    picture: Nothing seen.
known_items: [K001]
claim_groups:
  - {id: efficacy, label: Efficacy}
"""

GROUPS = """\
claim_groups:
  - {id: efficacy, label: Efficacy}
"""

# file, text that is replaced, what replaces it, key that is named, part of the message


def write(folder: Path, protocol: str = PROTOCOL, codebook: str = CODEBOOK) -> Path:
    (folder / "protocol.yaml").write_text(protocol, encoding="utf-8")
    (folder / "codebook.yaml").write_text(codebook, encoding="utf-8")
    return folder


def mistakes(folder: Path) -> tuple[Mistake, ...]:
    with pytest.raises(ProtocolError) as caught:
        load(folder, registry.all_sources())
    assert str(len(caught.value.mistakes)) in str(caught.value)
    return caught.value.mistakes


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.fixture(scope="module")
def own() -> Protocol:
    return load(DATA, registry.all_sources())


class TestTheRepositorysOwn:
    def test_dimensions_come_in_their_order(self, own: Protocol) -> None:
        order = (
            "study_design population region exposure route strain outcome dose timing comparator "
            "duration safety record_status"
        )
        assert [d.id for d in own.codebook.dimensions] == order.split()

    @pytest.mark.parametrize(
        ("alias", "id"),
        [
            ("population_species", "population"),
            ("exposure_form", "exposure"),
            ("dose_reported", "dose"),
            ("timing_reported", "timing"),
            ("duration_of_exposure", "duration"),
            ("safety_topics", "safety"),
            ("strain_or_colour", "strain"),
        ],
    )
    def test_dimensions_answer_to_their_other_names(
        self, own: Protocol, alias: str, id: str
    ) -> None:
        assert own.codebook.dimension(alias) is own.codebook.dimension(id)

    def test_an_unknown_dimension_is_a_key_error(self, own: Protocol) -> None:
        with pytest.raises(KeyError, match="colour"):
            own.codebook.dimension("colour")

    def test_keys_are_single_and_unique_in_their_group(self, own: Protocol) -> None:
        for dimension in own.codebook.dimensions:
            for values in dimension.groups.values():
                keys = [value.key for value in values if value.key]
                assert len(set(keys)) == len(keys)
                assert set(keys) <= set(HOT_KEYS)

    def test_no_search_is_refused_by_the_server(self, own: Protocol) -> None:
        assert len(own.searches) >= 4
        assert [check_query(search.query, search.scope) for search in own.searches] == [
            [] for _ in own.searches
        ]

    def test_all_claims_are_there_and_point_at_papers_of_the_library(self, own: Protocol) -> None:
        with (DATA / "library" / "papers.csv").open(encoding="utf-8", newline="") as file:
            papers = {row["id"]: row for row in csv.DictReader(file)}
        assert [claim.id for claim in own.claims] == [f"C{n:02}" for n in range(1, 33)]
        assert {paper for claim in own.claims for paper in claim.papers} <= set(papers)
        assert len(set(own.known_items)) == 20
        assert all(papers[id]["doi"] for id in own.known_items)

    def test_kratom_claims_cannot_be_met_without_kratom(self, own: Protocol) -> None:
        without = own.codebook.dimension("exposure").groups["not_kratom"]
        for claim in own.claims:
            if claim.testable and claim.id != "C07":
                assert claim.exposure
                assert not {value.id for value in without} & set(claim.exposure)

    def test_every_reason_but_a_missing_text_counts_as_excluded(self, own: Protocol) -> None:
        lost = [reason for reason in own.reasons if reason.counts_as == "not_retrieved"]
        assert [(reason.id, reason.stages) for reason in lost] == [
            ("full_text_missing", (Stage.FULL_TEXT,))
        ]

    def test_mitragynine_is_not_read_into_its_relatives(self, own: Protocol) -> None:
        (trigger,) = own.codebook.dimension("exposure").value("mitragynine").triggers
        pattern = phrase_pattern(trigger)
        assert pattern.search("Mitragynine in mice")
        for other in ("7-hydroxymitragynine", "7-hydroxy-mitragynine", "mitragynine pseudoindoxyl"):
            assert not pattern.search(other)


class TestLoading:
    def test_groups_named_in_a_claim_become_their_values(self, tmp_path: Path) -> None:
        assert load(write(tmp_path)).claim("C01").outcome == ("pain_intensity", "pain_relief")

    def test_nothing_can_be_changed(self, tmp_path: Path) -> None:
        protocol = load(write(tmp_path))
        with pytest.raises(ValidationError, match="frozen"):
            protocol.claims[0].text = "other"

    def test_rules_and_reasons_are_found(self, tmp_path: Path) -> None:
        protocol = load(write(tmp_path))
        assert protocol.rule(Stage.FULL_TEXT).reviewers == 2
        assert protocol.reason("full_text_missing").counts_as == "not_retrieved"
        assert protocol.search("core").scope == "title_and_abstract"

    def test_the_version_follows_the_content_and_not_the_writing(self, tmp_path: Path) -> None:
        first = load(write(tmp_path))
        assert re.fullmatch("[0-9a-f]{12}", first.version)
        commented = "# a remark\n" + PROTOCOL.replace("key: 2\n", "key:   2   # two\n")
        assert load(write(tmp_path, commented)).version == first.version
        changed = PROTOCOL.replace("It helps.", "It helps a little.")
        assert load(write(tmp_path, changed)).version != first.version
        changed = CODEBOOK.replace("How strong.", "How strong it is.")
        assert load(write(tmp_path, codebook=changed)).version != first.version

    def test_the_raw_text_of_both_files_is_kept(self, tmp_path: Path) -> None:
        protocol = load(write(tmp_path))
        assert protocol.files == {"protocol.yaml": PROTOCOL, "codebook.yaml": CODEBOOK}
        assert PROTOCOL in protocol.text and CODEBOOK in protocol.text


class TestRoles:
    def test_a_dimension_is_found_by_its_role_whatever_its_id(self, tmp_path: Path) -> None:
        codebook = load(write(tmp_path)).codebook
        assert codebook.dimension("population").id == "people"
        assert codebook.name_of("people") == "population"
        assert codebook.dimension("outcome").id == codebook.id_of("outcome") == "outcome"
        assert codebook.find("timing") is None

    def test_a_role_that_is_missing_or_given_twice_is_told_with_its_line(
        self, tmp_path: Path
    ) -> None:
        missing = CODEBOOK.replace("role: population, ", "")
        (found,) = mistakes(write(tmp_path, codebook=missing))
        assert (found.file, found.key) == ("codebook.yaml", "dimensions")
        assert "role population" in found.message
        twice = (
            CODEBOOK
            + "  - {id: b, role: outcome, label: B, definition: B., many: true, values: []}"
        )
        (found,) = mistakes(write(tmp_path, codebook=twice))
        assert (found.line, found.key) == (25, "dimensions[b].role")
        assert "given twice" in found.message

    @pytest.mark.parametrize(
        ("written", "key"),
        [
            ("id: timing, role: population", "dimensions[timing].id"),
            ("id: people, role: population, aliases: [timing]", "dimensions[people].aliases[1]"),
        ],
    )
    def test_no_other_name_is_that_of_a_role_the_dimension_lacks(
        self, tmp_path: Path, written: str, key: str
    ) -> None:
        strange = CODEBOOK.replace("id: people, role: population", written)
        (found,) = mistakes(write(tmp_path, codebook=strange))
        assert (found.line, found.key) == (24, key)
        assert "'timing' is a role" in found.message


class TestDesigns:
    """What the codebook says of how suggestions of a design are ranked."""

    @pytest.mark.parametrize(
        ("written", "key", "message"),
        [
            ("kind_of: [cohort]", "kind_of[1]", "'cohort' is no other value"),
            ("kind_of: [survey]", "kind_of[1]", "'survey' is no other value"),
            ("weight: 0", "weight", "must be more than 0, not 0"),
            ("weight: much", "weight", "must be a number, not the text 'much'"),
            ("form: 1", "form", "must be true or false"),
        ],
    )
    def test_mistakes_are_told_with_their_line(
        self, tmp_path: Path, written: str, key: str, message: str
    ) -> None:
        codebook = CODEBOOK.replace("definition: Asked.", f"definition: Asked., {written}")
        (found,) = mistakes(write(tmp_path, codebook=codebook))
        assert found.key == f"dimensions[study_design].values[survey].{key}"
        assert found.line == line_of(codebook, "id: survey") and message in found.message

    @pytest.mark.parametrize("written", ["kind_of: [pain_relief]", "weight: 2.0", "form: true"])
    def test_only_designs_are_ranked(self, tmp_path: Path, written: str) -> None:
        codebook = CODEBOOK.replace("definition: Less.", f"definition: Less., {written}")
        (found,) = mistakes(write(tmp_path, codebook=codebook))
        assert "only study designs" in found.message


class TestClaimGroups:
    def test_the_shipped_groups_are_in_the_order_declared(self, own: Protocol) -> None:
        ids = [group.id for group in own.claim_groups]
        assert ids == ["efficacy", "mechanism", "use", "safety"]
        assert {claim.group for claim in own.claims} == set(ids)

    def test_an_undeclared_group_is_refused_with_its_line(self, tmp_path: Path) -> None:
        protocol = PROTOCOL.replace("group: efficacy", "group: harm")
        (found,) = mistakes(write(tmp_path, protocol))
        assert (found.file, found.key) == ("protocol.yaml", "claims[C01].group")
        assert found.line == line_of(protocol, "group: harm")
        assert found.message == "the group of a claim must be one of efficacy, not 'harm'"

    def test_a_group_needs_its_declaration(self, tmp_path: Path) -> None:
        protocol = PROTOCOL.replace(GROUPS, "")
        (found,) = mistakes(write(tmp_path, protocol))
        assert "must be declared in claim_groups, not 'efficacy'" in found.message

    def test_a_group_is_declared_once(self, tmp_path: Path) -> None:
        twice = GROUPS + "  - {id: efficacy, label: Again}\n"
        (found,) = mistakes(write(tmp_path, PROTOCOL.replace(GROUPS, twice)))
        assert found.key == "claim_groups[efficacy].id" and "given twice" in found.message

    def test_a_protocol_without_groups_is_read(self, tmp_path: Path) -> None:
        protocol = PROTOCOL.replace(GROUPS, "").replace("    group: efficacy\n", "")
        loaded = load(write(tmp_path, protocol))
        assert loaded.claim_groups == () and loaded.claim("C01").group == ""


class TestAssignment:
    def test_reports_are_shared_between_as_many_people_as_a_stage_asks_for(
        self, tmp_path: Path
    ) -> None:
        few = PROTOCOL + "assignment: {mode: shared, people: [Ann]}\n"
        (found,) = mistakes(write(tmp_path, few))
        assert (found.key, found.line) == ("assignment", line_of(few, "assignment:"))
        assert "between 1 people, and a stage asks for 2 votes" in found.message
        loaded = load(write(tmp_path, few.replace("[Ann]", "[Ann, Bo]")))
        assert loaded.assignment.people == ("Ann", "Bo")


class TestKinds:
    """Which kinds of evidence there can be of a value."""

    def test_a_value_has_those_it_declares_or_all(self) -> None:
        book = load(DATA).codebook
        outcome, design = book.dimension("outcome"), book.dimension("study_design")
        assert outcome.kinds("alkaloid_content") == {"product", "synthesis"}
        assert outcome.kinds("sleep_quality") == outcome.kinds("not a value") == set(KINDS)
        assert design.kinds("cohort") == {"uncontrolled"}
        assert design.kinds("news") == set(KINDS)  # a form may be of anything

    @pytest.mark.parametrize(
        ("written", "key", "message"),
        [
            ("[product, lab]", "kinds[2]", "must be 'synthesis', 'controlled', 'uncontrolled', "),
            ("[none]", "kinds[1]", "not 'none'"),
            ("[]", "kinds", "may not be empty"),
            ("product", "kinds", "must be a list"),
        ],
    )
    def test_an_unknown_kind_is_refused_with_its_line(
        self, tmp_path: Path, written: str, key: str, message: str
    ) -> None:
        codebook = CODEBOOK.replace("definition: Less.", f"definition: Less., kinds: {written}")
        (found,) = mistakes(write(tmp_path, codebook=codebook))
        assert (found.file, found.line) == ("codebook.yaml", line_of(codebook, "id: pain_relief"))
        assert found.key == f"dimensions[outcome].values[pain_relief].{key}"
        assert message in found.message

    def test_a_study_design_has_its_one_kind(self, tmp_path: Path) -> None:
        written = CODEBOOK.replace("evidence: controlled", "evidence: controlled, kinds: [product]")
        assert written != CODEBOOK
        (found,) = mistakes(write(tmp_path, codebook=written))
        assert found.key.endswith(".kinds") and "told as its evidence" in found.message

    def test_no_shipped_claim_asks_for_what_there_cannot_be(self) -> None:
        protocol = load(DATA)
        outcome = protocol.codebook.dimension("outcome")
        design = protocol.codebook.dimension("study_design")
        for claim in protocol.claims:
            could = set[str]().union(*(outcome.kinds(id_) for id_ in claim.outcome))
            for asked in claim.designs if could else ():
                assert design.kinds(asked) & could, (claim.id, asked)


class TestPhrases:
    def test_a_phrase_stands_on_word_edges_whatever_its_case(self) -> None:
        pattern = phrase_pattern("rat")
        assert pattern.search("Rat liver") and not pattern.search("kratom; rating")

    def test_spaces_and_hyphens_stand_for_each_other(self) -> None:
        for text in ("cross-over", "cross over", "Cross\u2011over", "cross\n over"):
            assert phrase_pattern("cross-over").search(text)
