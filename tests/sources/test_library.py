"""The starter library: its records, and one reader's codes as suggestions."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from review.errors import FileError, ProtocolError
from review.model import Record, Suggestion
from review.protocol import load
from review.protocol.codebook import Codebook
from review.sources.library import SUGGESTED_BY, LibraryContent, read_library
from review.sources.library_codes import read_code_map

DATA = Path(__file__).parents[2] / "data"
LIBRARY = DATA / "library"


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return load(DATA).codebook


@pytest.fixture(scope="module")
def library(codebook: Codebook) -> LibraryContent:
    return read_library(LIBRARY, codebook)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LIBRARY, tmp_path / "library"))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (LIBRARY / "papers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def record(library: LibraryContent, key: str) -> Record:
    return next(r for r in library.records if r.key == key)


def values(library: LibraryContent, key: str, dimension: str) -> set[str]:
    return {
        s.value
        for s in library.suggestions
        if s.record == f"library:{key}" and s.dimension == dimension
    }


class TestRecords:
    def test_there_is_one_a_row_each_with_its_own_key_and_a_title(
        self, library: LibraryContent, rows: list[dict[str, str]]
    ) -> None:
        assert [r.key for r in library.records] == [row["id"] for row in rows]
        assert len({r.key for r in library.records}) == len(rows)
        assert all(r.source == "library" and r.title for r in library.records)

    def test_none_carries_an_abstract(
        self, library: LibraryContent, rows: list[dict[str, str]]
    ) -> None:
        assert not any(r.abstract for r in library.records)
        assert "abstract" not in rows[0]

    def test_fields_are_in_the_form_of_the_model(self, library: LibraryContent) -> None:
        paper = record(library, "K020")
        assert paper.doi == "10.1097/adm.0000000000000986"
        assert (paper.pmid, paper.pmcid, paper.year) == ("35220331", "PMC9402806", 2022)
        assert paper.authors[:2] == ("Kirsten E Smith", "Kelly E Dunn")
        assert paper.raw["doi"] == "10.1097/ADM.0000000000000986"
        assert record(library, "K104").year is None

    def test_remarks_are_no_authors(self, library: LibraryContent) -> None:
        assert record(library, "K007").authors[-1] == "Chawarski MC"

    def test_every_identifier_of_the_file_is_kept(
        self, library: LibraryContent, rows: list[dict[str, str]]
    ) -> None:
        for paper, row in zip(library.records, rows, strict=True):
            assert (paper.doi, paper.pmid, paper.pmcid) == (
                row["doi"].lower(),
                row["pmid"],
                row["pmcid"],
            )


class TestCodes:
    def test_every_code_is_mapped_and_the_map_holds_nothing_else(
        self, codebook: Codebook, rows: list[dict[str, str]]
    ) -> None:
        code_map = read_code_map(LIBRARY / "code_map.yaml", codebook)
        assert list(code_map.rules) == [
            "study_design",
            "population_species",
            "exposure",
            "outcomes",
        ]
        for column in code_map.rules:
            used = {c.strip() for row in rows for c in row[column].split(";") if c.strip()}
            assert set(code_map.rules[column]) == used

    def test_every_suggestion_is_in_the_codebook(
        self, library: LibraryContent, codebook: Codebook
    ) -> None:
        assert all(codebook.has(s.dimension, s.value) for s in library.suggestions)

    def test_single_value_dimensions_get_one_suggestion(
        self, library: LibraryContent, codebook: Codebook
    ) -> None:
        single = {d.id for d in codebook.dimensions if not d.many}
        given = [(s.record, s.dimension) for s in library.suggestions if s.dimension in single]
        assert len(set(given)) == len(given)

    def test_each_record_has_a_study_design(self, library: LibraryContent) -> None:
        designed = {s.record for s in library.suggestions if s.dimension == "study_design"}
        assert designed == {f"library:{r.key}" for r in library.records}

    def test_people_and_animals_are_kept_apart(
        self, library: LibraryContent, codebook: Codebook
    ) -> None:
        """No paper coded with one of them alone is offered the other's population or outcome."""
        groups = codebook.dimension("population").groups
        human, animal = ({v.id for v in groups[name]} for name in ("human", "animal"))
        in_animals = {"antinociception_animal", "animal_sleep_proxy"}
        in_people = {"pain_relief_self_report", "pain_intensity", "daytime_sleepiness_sedation"}
        for paper in library.records:
            head = paper.raw["population_species"].split(";")[0]
            populations = values(library, paper.key, "population")
            outcomes = values(library, paper.key, "outcome")
            if head == "human":
                assert populations & human and not populations & animal
                assert not outcomes & in_animals
            elif head in ("mouse", "rat", "dog", "rodent"):
                assert populations & animal and not populations & human
                assert not outcomes & in_people

    @pytest.mark.parametrize(
        ("key", "dimension", "expected"),
        [
            ("K007", "outcome", {"pain_tolerance_threshold", "adverse_events_any"}),
            ("K007", "population", {"human_kratom_users_regular"}),
            ("K007", "region", {"SE_Asia"}),
            ("K007", "study_design", {"rct_crossover"}),
            ("K019", "outcome", {"sleep_disturbance"}),
            ("K019", "safety", {"dependence_kud", "withdrawal"}),
            ("K188", "outcome", {"adverse_events_any", "pain_relief_self_report"}),
            ("K034", "outcome", {"pain_relief_self_report", "antinociception_animal"}),
            ("K047", "outcome", {"antinociception_animal"}),
            ("K064", "population", {"human_other"}),
            ("K195", "population", {"human_chronic_pain"}),
            ("K161", "comparator", {"non_users"}),
            ("K161", "duration", {"years_of_prior_use"}),
            ("K208", "exposure", {"unspecified_kratom", "7_oh_product"}),
            ("K207", "exposure", {"7_oh"}),
            ("P007", "exposure", {"none_pain_sleep"}),
            ("X018", "outcome", set()),
        ],
    )
    def test_codes_are_read_as_a_person_would(
        self, library: LibraryContent, key: str, dimension: str, expected: set[str]
    ) -> None:
        assert values(library, key, dimension) == expected

    def test_a_suggestion_says_who_made_it_how_sure_and_from_which_code(
        self, library: LibraryContent
    ) -> None:
        (found,) = [
            s
            for s in library.suggestions
            if s.record == "library:K028" and s.value == "sleep_quality"
        ]
        assert found == Suggestion(
            id=found.id,
            record="library:K028",
            dimension="outcome",
            value="sleep_quality",
            confidence=0.7,
            source="library coding, one reader, from title or abstract",
            quote="sleep_quality(PSQI)",
            version="second edition, November 2026",
        )
        unseen = {s.confidence for s in library.suggestions if s.record == "library:K033"}
        assert unseen == {0.5}
        assert {s.source for s in library.suggestions} == {SUGGESTED_BY}

    def test_ids_are_distinct_and_stay(self, library: LibraryContent, codebook: Codebook) -> None:
        ids = [s.id for s in library.suggestions]
        assert len(set(ids)) == len(ids)
        assert [s.id for s in read_library(LIBRARY, codebook).suggestions] == ids


def test_the_code_map_says_which_columns_hold_codes() -> None:
    subject = DATA.parent / "tests" / "second_subject"
    book = load(subject).codebook
    code_map = read_code_map(subject / "library" / "code_map.yaml", book)
    assert list(code_map.rules) == ["design", "participants", "greenness", "endpoints"]
    found = read_library(subject / "library", book)
    assert values(found, "G012", "participants") == {"children"}
    assert values(found, "G012", "endpoint") == {"asthma"}


class TestPairs:
    def test_pairs_point_at_records_of_the_library(self, library: LibraryContent) -> None:
        known = {f"library:{r.key}" for r in library.records}
        assert library.pairs
        assert all({pair.a, pair.b} <= known for pair in library.pairs)
        assert {pair.relation for pair in library.pairs} == {"same", "linked", "different"}

    def test_a_library_may_have_no_pairs(self, copy: Path, codebook: Codebook) -> None:
        (copy / "duplicate_pairs.csv").unlink()
        assert read_library(copy, codebook).pairs == ()


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


class TestMistakes:
    def test_codes_without_an_entry_are_told_together(self, copy: Path, codebook: Codebook) -> None:
        rewrite(
            copy / "papers.csv",
            lambda text: text.replace(";craving", ";hope").replace("in_silico", "in_chalk"),
        )
        with pytest.raises(ProtocolError) as caught:
            read_library(copy, codebook)
        told = [(m.file, m.key, m.message) for m in caught.value.mistakes]
        assert ("code_map.yaml", "outcomes", "the code 'hope' of K019 has no entry") in told
        assert ("code_map.yaml", "study_design", "the code 'in_chalk' of K083 has no entry") in told
        assert len(told) == 2

    def test_targets_outside_the_codebook_are_told_with_their_line(
        self, copy: Path, codebook: Codebook
    ) -> None:
        path = copy / "code_map.yaml"
        text = path.read_text(encoding="utf-8")
        line = text[: text.index("  WASO:")].count("\n") + 1
        rewrite(path, lambda text: text.replace("outcome:wake_after_sleep_onset", "outcome:waking"))
        with pytest.raises(ProtocolError) as caught:
            read_library(copy, codebook)
        (mistake,) = caught.value.mistakes
        assert (mistake.line, mistake.key) == (line, "outcomes.WASO.tags[1]")
        assert "'waking'" in mistake.message

    def test_a_code_that_gives_nothing_needs_a_why(self, copy: Path, codebook: Codebook) -> None:
        path = copy / "code_map.yaml"
        rewrite(
            path, lambda text: text.replace("benefit: {why: too general to place}", "benefit: {}")
        )
        with pytest.raises(ProtocolError, match="needs a why"):
            read_library(copy, codebook)

    @pytest.mark.parametrize(
        ("name", "text", "message"),
        [
            ("papers.csv", None, "cannot be read"),
            ("papers.csv", "id,title\nK1,x\n", "lacks the column study_design"),
            ("duplicate_pairs.csv", "id_a,id_b,relation\nK097,K096,alike\n", "line 2"),
        ],
    )
    def test_files_that_cannot_be_used_are_named(
        self, copy: Path, codebook: Codebook, name: str, text: str | None, message: str
    ) -> None:
        if text is None:
            (copy / name).unlink()
        else:
            (copy / name).write_text(text, encoding="utf-8")
        with pytest.raises(FileError, match=message):
            read_library(copy, codebook)
