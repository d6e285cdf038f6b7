"""The forms that ship, forms of one's own, and what is said of mistakes in them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from review.appraisal import forms as form_files
from review.appraisal.forms import OVERALL, Form, FormDomain, Level
from review.appraisal.judging import asked, suggested, suggested_overall
from review.config import ROOT
from review.errors import FormError
from tests.reviews import shipped_protocol

FORMS = form_files.load(ROOT / "data")
YES, NO = ("y", "py"), ("n", "pn")

OWN = """
id: own
label: Own
name: A form of our own
source: Us, 2026.
designs: [cohort]
answers:
  - {id: "y", label: "Yes", key: y}
  - {id: "n", label: "No", key: n}
judgements:
  - {id: good, label: Good, level: low, symbol: "+", key: 1}
  - {id: bad, label: Bad, level: high, symbol: "x", key: 2}
domains:
  - id: A
    label: First
    questions:
      - {id: 1.1, text: "Was it so?"}
      - {id: 1.2, text: "And then?", only_if: {1.1: ["y"]}}
    suggest:
      - {judgement: bad, when: {1.2: ["n"]}}
      - {judgement: good}
overall:
  suggest:
    - {judgement: bad, judged: [bad]}
    - {judgement: good}
"""


def rob2(domain: str) -> FormDomain:
    return FORMS["rob2"].domain(domain)


def own(tmp_path: Path, text: str = OWN) -> Path:
    folder = tmp_path / "forms"
    folder.mkdir(exist_ok=True)
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return tmp_path


# ---- what ships --------------------------------------------------------------------------------


def test_the_forms_that_are_asked_for_ship_with_their_sources() -> None:
    assert list(FORMS) == [
        "rob2", "robins_i", "syrcle", "jbi_case_reports", "jbi_prevalence", "amstar2"
    ]  # fmt: skip
    domains = {id_: len(form.domains) for id_, form in FORMS.items()}
    assert list(domains.values()) == [5, 7, 10, 8, 9, 16]
    for form in FORMS.values():
        assert form.source.count(".") > 2 and form.url.startswith("https://doi.org/")


@pytest.mark.parametrize("file", sorted(form_files.SHIPPED.glob("*.yaml")), ids=lambda f: f.stem)
def test_a_form_reads_the_same_where_yaml_has_no_library_in_c(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert yaml.load(text, yaml.SafeLoader) == yaml.load(text, yaml.CSafeLoader)


@pytest.mark.parametrize(
    ("design", "form"),
    [
        ("rct_parallel", "rob2"), ("rct_crossover", "rob2"), ("nonrandomized_trial", "robins_i"),
        ("cohort", "robins_i"), ("animal_in_vivo", "syrcle"), ("case_report", "jbi_case_reports"),
        ("cross_sectional_survey", "jbi_prevalence"), ("systematic_review", "amstar2"),
        ("meta_analysis", "amstar2"), ("editorial", ""), ("not_of_the_codebook", ""),
    ],
)  # fmt: skip
def test_which_form_a_study_needs_follows_from_its_design(design: str, form: str) -> None:
    dimension = shipped_protocol().codebook.dimension("study_design")
    found = [f.id for f in FORMS.values() if f.is_for([design], dimension)]
    assert found == ([form] if form else [])


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_no_two_judgements_of_one_choice_look_alike_or_share_a_key(form: Form) -> None:
    for domain in (form.domains[0].id, OVERALL):
        choices = form.choices(domain)
        for name in ("id", "symbol", "key"):
            values = [getattr(one, name) for one in choices]
            assert len(set(values)) == len(values) and None not in values
        assert {one.level for one in choices} >= {Level.LOW, Level.HIGH}


# ---- RoB 2: the algorithms of the guidance document ---------------------------------------------


def test_randomisation() -> None:
    for first, second, third in itertools.product(("y", "py", "pn", "n", "ni"), repeat=3):
        if second in NO or (second == "ni" and third in YES):
            expected = "high"
        elif second == "ni" or first in NO or third in YES:
            expected = "some"
        else:
            expected = "low"
        said = {"1.1": first, "1.2": second, "1.3": third}
        assert suggested(rob2("D1"), said) == expected, said


@pytest.mark.parametrize(
    ("domain", "answers", "expected"),
    [
        ("D2", "2.1=n 2.2=pn 2.6=y", "low"),
        ("D2", "2.1=y 2.2=n 2.3=pn 2.6=py", "low"),
        ("D2", "2.1=y 2.2=n 2.3=ni 2.6=y", "some"),
        ("D2", "2.1=n 2.2=ni 2.3=y 2.4=n 2.6=y", "some"),
        ("D2", "2.1=y 2.2=y 2.3=y 2.4=y 2.5=py 2.6=y", "some"),
        ("D2", "2.1=y 2.2=y 2.3=y 2.4=ni 2.5=ni 2.6=y", "high"),
        ("D2", "2.1=n 2.2=n 2.6=n 2.7=pn", "some"),
        ("D2", "2.1=n 2.2=n 2.6=ni 2.7=ni", "high"),
        ("D3", "3.1=y", "low"),
        ("D3", "3.1=n 3.2=py", "low"),
        ("D3", "3.1=ni 3.2=n 3.3=n", "low"),
        ("D3", "3.1=n 3.2=n 3.3=ni 3.4=pn", "some"),
        ("D3", "3.1=n 3.2=n 3.3=y 3.4=ni", "high"),
        ("D4", "4.1=y 4.2=n", "high"),
        ("D4", "4.1=n 4.2=py", "high"),
        ("D4", "4.1=n 4.2=n 4.3=n", "low"),
        ("D4", "4.1=ni 4.2=n 4.3=y 4.4=pn", "low"),
        ("D4", "4.1=n 4.2=n 4.3=y 4.4=y 4.5=n", "some"),
        ("D4", "4.1=n 4.2=ni 4.3=n", "some"),
        ("D4", "4.1=n 4.2=ni 4.3=y 4.4=ni 4.5=y", "high"),
        ("D5", "5.1=y 5.2=n 5.3=pn", "low"),
        ("D5", "5.1=ni 5.2=n 5.3=n", "some"),
        ("D5", "5.1=y 5.2=ni 5.3=n", "some"),
        ("D5", "5.1=y 5.2=ni 5.3=y", "high"),
    ],
)
def test_the_other_domains(domain: str, answers: str, expected: str) -> None:
    said = dict(part.split("=") for part in answers.split())
    assert [q.id for q in asked(rob2(domain), said)] == list(said)
    assert suggested(rob2(domain), said) == expected
    assert suggested(rob2(domain), dict(list(said.items())[:-1])) == ""  # one is left to answer


@given(st.data())
def test_answers_to_questions_that_are_not_asked_change_nothing(data: st.DataObject) -> None:
    domain = rob2(data.draw(st.sampled_from(["D2", "D3", "D4"])))
    said = {
        q.id: data.draw(st.sampled_from(q.answers or ("y", "py", "pn", "n", "ni")))
        for q in domain.questions
    }
    shown = {q.id: said[q.id] for q in asked(domain, said)}
    assert suggested(domain, said) == suggested(domain, shown) != ""


def test_overall_the_worst_domain_counts() -> None:
    def overall(form: str, *judgements: str) -> str:
        ids = [d.id for d in FORMS[form].domains]
        said = dict(zip(ids, itertools.chain(judgements, itertools.repeat("low")), strict=False))
        return suggested_overall(FORMS[form], said)

    assert overall("rob2") == "low"
    assert overall("rob2", "some") == "some"
    assert overall("rob2", "some", "high") == "high"
    assert overall("robins_i", "moderate") == "moderate"
    assert overall("robins_i", "no_information", "moderate") == "no_information"
    assert overall("robins_i", "no_information", "serious", "moderate") == "serious"
    assert overall("robins_i", "serious", "critical") == "critical"
    assert suggested_overall(FORMS["rob2"], {"D1": "high"}) == ""  # four are left to judge
    whole = dict.fromkeys((d.id for d in FORMS["syrcle"].domains), "low")
    assert suggested_overall(FORMS["syrcle"], whole) == ""  # the tool advises against a sum


@pytest.mark.parametrize(
    ("no", "expected"),
    [
        ((), "high"), (("I1",), "high"), (("I1", "I3"), "moderate"), (("I2",), "low"),
        (("I2", "I1", "I3"), "low"), (("I2", "I15"), "critically_low"),
    ],
)  # fmt: skip
def test_confidence_in_a_review_by_its_critical_items(no: tuple[str, ...], expected: str) -> None:
    form = FORMS["amstar2"]
    assert [d.id for d in form.domains if d.critical] == [
        "I2", "I4", "I7", "I9", "I11", "I13", "I15"
    ]  # fmt: skip
    said = {d.id: "n" if d.id in no else "y" for d in form.domains}
    assert suggested_overall(form, said) == expected


# ---- one's own ---------------------------------------------------------------------------------


def test_a_form_of_ones_own_is_a_file(tmp_path: Path) -> None:
    found = form_files.load(own(tmp_path))
    assert list(found)[-1] == "own"
    assert suggested(found["own"].domain("A"), {"1.1": "y", "1.2": "n"}) == "bad"
    own(tmp_path, OWN.replace("id: own\n", "id: rob2\n"))
    assert form_files.load(tmp_path)["rob2"].label == "Own"


def test_its_version_changes_with_its_content_only(tmp_path: Path) -> None:
    first = form_files.load(own(tmp_path))["own"].version
    path = tmp_path / "forms" / "own.yaml"
    form, _ = form_files.read(path)
    path.write_text("# a comment\n" + OWN, encoding="utf-8")
    again, _ = form_files.read(path)
    path.write_text(OWN.replace("Was it so?", "Was it not?"), encoding="utf-8")
    other, _ = form_files.read(path)
    assert form and again and other
    assert form.version == again.version == first != other.version


MISTAKES = [
    ("source: Us, 2026.\n", "", 2, "source: this key is missing"),
    ("level: low", "level: fine", 11, "judgements[good].level: a level is one of low, some"),
    ("id: bad,", "id: good,", 12, "judgements[good].id: 'good' is given twice"),
    ("key: 1}", "key: y}", 11, "judgements[good].key: 'y' is the key of an answer"),
    ('only_if: {1.1: ["y"]}', "only_if: {1.3: [y]}", 18, "there is no question '1.3' before it"),
    ('when: {1.2: ["n"]}', "when: {1.2: [maybe]}", 20, "the form has no answer 'maybe'"),
    ("- {judgement: good}\noverall", "- {judgement: ok}\noverall", 21, "no judgement 'ok'"),
    ("judged: [bad]", "judged: [worse]", 24, "the form has no judgement 'worse'"),
    ("id: 1.2,", "id: 1.1,", 18, "'1.1' is given twice"),
    ("    label: First\n", "    label: First\n    labl: x\n", 16, "labl: unknown key"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "words"), MISTAKES)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, right: str, wrong: str, line: int, words: str
) -> None:
    assert right in OWN
    with pytest.raises(FormError) as error:
        form_files.load(own(tmp_path, OWN.replace(right, wrong)))
    assert any(f"own.yaml:{line}: " in str(m) and words in str(m) for m in error.value.mistakes), (
        str(error.value)
    )


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    text = OWN.replace("level: low", "level: fine").replace('symbol: "x"', "symbol: xx")
    with pytest.raises(FormError, match="2 mistakes in the forms for risk of bias"):
        form_files.load(own(tmp_path, text))
