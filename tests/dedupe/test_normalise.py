"""Fields as databases write them, and the form in which they are compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from review.dedupe.authors import first_author, fold_authors
from review.dedupe.doi_versions import doi_stem, is_preprint
from review.dedupe.normalise import COLUMNS, normalise
from review.dedupe.page_numbers import first_page, last_page
from review.dedupe.text_folding import first_number, fold
from review.dedupe.titles import bare_title, fold_title, is_generic, notice, title_numbers
from review.dedupe.venues import acronym, fold_journal, full_name, stands_for


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Müller & Søn’s <i>β</i>-test", "muller sons beta test"),
        ("Caf&eacute; &amp; Thé", "cafe the"),
        ("Ta?a?aj, J.", "taaaj j"),
        ("Платформенная занятость", "платформенная занятость"),
        ("睡眠 与 疼痛", "睡眠 与 疼痛"),
        ("", ""),
    ],
)
def test_text(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "written",
    [
        "Sleep and pain",
        "Sleep and pain.",
        "[Sleep and pain]",
        "Sleep and pain. [Chinese]",
        "[Sleep and pain]. [Review] [16 refs] [Romanian]",
        "Sleep and pain (RePEc record)",
        "Sleep and pain (accepted manuscript, Newcastle ePrints)",
        "Sleep and pain.[Erratum appears in J Pediatr. 2003 Jun",
        "Sleep and pain (multiple letters) [1]",
        "Sleep and pain... J Sleep. 2009 Jan 29;360(5):544-6",
        "Sleep and pain (vol 142, pg 310, 2003)",
        "Sleep and pain. Japanese",
        "RETRACTED: Sleep and pain",
        "SLEEP AND PAIN 1",
    ],
)
def test_what_is_added_to_a_title_is_left_out(written: str) -> None:
    assert fold_title(bare_title(written)) == "sleep and pain"


@pytest.mark.parametrize("fault", ["#NAME?", "", "  ", "#REF!"])
def test_a_title_that_is_none(fault: str) -> None:
    assert fold_title(bare_title(fault)) == ""


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("Part II", ("2", "2")),
        ("Part 2", ("2", "2")),
        ("Vitamin C and sleep", ("", "")),
        ("5-HT(2A) receptors", ("5 2", "5 2")),
        ("Offshoring in practice 1", ("1", "")),
        ("Offshoring: part 1", ("1", "1")),
        ("MGM-9, a derivative", ("9", "9")),
    ],
)
def test_numbers_of_a_title(title: str, numbers: tuple[str, str]) -> None:
    assert title_numbers(title) == numbers


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Erratum: Sleep and pain", "correction"),
        ("Sleep and pain (vol 142, pg 310, 2003)", "correction"),
        ("Comment on sleep and pain", "comment"),
        ("Sleep and pain - Reply", "reply"),
        ("Authors' reply", "reply"),
        ("Retraction: Sleep and pain", "retraction"),
        ("Letter to the editor", "letter"),
        ("Response of rats to pain", ""),
        ("Pain in response to sleep loss", ""),
        ("Opioid withdrawal and the discussion of pain in clinics", ""),
    ],
)
def test_notices_name_themselves_at_either_end(title: str, kind: str) -> None:
    assert notice(title) == kind


@pytest.mark.parametrize(
    ("title", "names", "generic"),
    [
        ("editorial", "", True),
        ("editors comments", "", True),
        ("remarks from mis quarterly editor", "MIS Quarterly", True),
        ("weber editors comments", "Weber, Ron", True),
        ("", "", True),
        ("kratom and pain tolerance", "", False),
        ("pain medicine in practice", "Pain Medicine", False),
    ],
)
def test_titles_that_say_nothing(title: str, names: str, generic: bool) -> None:
    assert is_generic(title, names) is generic


@pytest.mark.parametrize(
    "written",
    [
        "Smith, Anna B. and Rahman, Omar",
        "Smith AB; Rahman O",
        "Smith A. B.Rahman O.",
        "SmithA.B.RahmanO.",
    ],
)
def test_authors(written: str) -> None:
    assert set(first_author(written).split()) >= {"smith"}
    assert {"smith", "rahman"} <= set(fold_authors(written).split())


def test_no_authors() -> None:
    assert first_author("et al.") == fold_authors("Anonymous") == ""


def test_journals_meet_their_abbreviations() -> None:
    assert fold_journal("Basic Research in Cardiology") == "basi rese card"
    assert fold_journal("Lancet.2 (7777) ()(pp 573-577) 1972") == "lancet"
    assert fold_journal("Diabetologia") != fold_journal("Diabetes")


def test_acronyms_meet_the_names_they_stand_for() -> None:
    assert acronym("JAMA") == "jama"
    assert stands_for("jama", full_name("Journal of the American Medical Association"))
    assert not stands_for("jama", full_name("Journal of Applied Microbiology"))
    assert acronym("Proc. of the 5th Conference on Information Systems (ICIS)") == "icis"
    assert stands_for("amcis", full_name("Americas Conference on Information Systems"))


@pytest.mark.parametrize(
    ("pages", "first", "last"),
    [
        ("139-54", "139", "154"),
        ("S73-S78", "73", "78"),
        ("pp. 211--219", "211", "219"),
        ("05-Jun", "5", "6"),
        ("Jan-55", "1", "55"),
        ("e43268", "43268", ""),
        ("xii", "", ""),
    ],
)
def test_pages(pages: str, first: str, last: str) -> None:
    assert (first_page(pages), last_page(pages)) == (first, last)


def test_volumes() -> None:
    assert first_number("88 Suppl 1") == "88"
    assert first_number("007") == "7"
    assert first_number("1)") == ""


@pytest.mark.parametrize(
    ("doi", "stem"),
    [
        ("10.1002/14651858.cd001.pub2", "10.1002/14651858.cd001"),
        ("10.20944/preprints202309.1502.v1", "10.20944/preprints202309.1502"),
        ("10.48550/arxiv.2101.00001v2", "10.48550/arxiv.2101.00001"),
        ("10.12688/f1000research.1234.2", "10.12688/f1000research.1234"),
        ("10.1371/journal.pone.0229646.g001", "10.1371/journal.pone.0229646"),
        ("10.2527/jas.2014-7190", "10.2527/jas.2014-7190"),
        ("10.3390/molecules28217372", "10.3390/molecules28217372"),
    ],
)
def test_versions_of_a_work_share_a_stem(doi: str, stem: str) -> None:
    assert doi_stem(doi) == stem


def test_preprints_are_known_by_doi_server_or_type() -> None:
    assert is_preprint("10.1101/2020.01.02.19000123", "", "")
    assert not is_preprint("10.1101/gr.229102", "Genome Research", "article")
    assert is_preprint("", "Preprints.org", "")
    assert is_preprint("", "", "preprint")


def test_missing_values_of_every_kind() -> None:
    records = pd.DataFrame(
        {"id": [2, 1, 3], "title": ["A b", None, np.nan], "year": [2019.0, np.nan, 2020.0]}
    )
    normalised = normalise(records)
    assert normalised["id"].tolist() == ["1", "2", "3"]
    assert normalised["title"].tolist() == ["", "a b", ""]
    assert normalised["year"].tolist() == ["", "2019", "2020"]


def test_ids_must_be_there_and_differ() -> None:
    for ids in (["a", "a"], ["a", " "]):
        with pytest.raises(ValueError, match="id of its own"):
            normalise(pd.DataFrame({"id": ids}))
    with pytest.raises(KeyError):
        normalise(pd.DataFrame({"title": ["x"]}))


def test_any_subset_of_columns_will_do() -> None:
    for column in COLUMNS:
        normalise(pd.DataFrame({"id": ["a", "b"], column: ["a", "b"]}))
