"""Initials are never taken for surnames, and names of groups stay whole."""

from __future__ import annotations

import pytest

from review import author_names
from review.author_names import inverted, is_group, parts


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("Vicknasingam B", "Vicknasingam, B"),
        ("Singh D", "Singh, D"),
        ("van der Berg JP", "van der Berg, JP"),
        ("Garcia-Romeu A", "Garcia-Romeu, A"),
        ("Li X", "Li, X"),
        ("LI XY", "LI, XY"),
        ("Müller Ö", "Müller, Ö"),
        ("Dupont J-P", "Dupont, J-P"),
        ("Smith J. A.", "Smith, J. A."),
        ("Smith J A", "Smith, J A"),
        ("B. Vicknasingam", "Vicknasingam, B."),
        ("J. A. van der Berg", "van der Berg, J. A."),
        ("Smith JA Jr", "Smith, JA, Jr"),
        ("Grundmann, Oliver", "Grundmann, Oliver"),
        ("Oliver Grundmann", "Oliver Grundmann"),
        ("Oliver B. Grundmann", "Oliver B. Grundmann"),
        ("J. David Spence", "J. David Spence"),
        ("Plato", "Plato"),
        ("WHO", "WHO"),
        ("Kratom Study Group", "Kratom Study Group"),
        ("Kratom Study Group US", "Kratom Study Group US"),
        ("Centers for Disease Control", "Centers for Disease Control"),
        ("The Society of Kratom", "The Society of Kratom"),
        ("", ""),
    ],
)
def test_the_surname_comes_first_where_initials_tell_it(printed: str, written: str) -> None:
    assert inverted(printed) == written


def test_what_is_turned_round_stays_so() -> None:
    for name in ("Vicknasingam B", "Smith JA Jr", "B. Singh"):
        assert inverted(inverted(name)) == inverted(name)


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("Oliver Grundmann", "Grundmann, Oliver"),
        ("Beena S. Nair", "Nair, Beena S."),
        ("Vicknasingam B", "Vicknasingam, B"),
        ("Jan Willem van der Berg", "van der Berg, Jan Willem"),
        ("Jan Van der Berg", "Van der Berg, Jan"),
        ("Maria De La Cruz", "De La Cruz, Maria"),
        ("Sergio De Filippis", "De Filippis, Sergio"),
        ("J. David Spence", "Spence, J. David"),
        ("O Hayden Griffin III", "Griffin, O Hayden, III"),
        ("Abdul Mun'im", "Mun'im, Abdul"),
        ("J.-P. O'Neil", "O'Neil, J.-P."),
        ("O'Neil, J.-P.", "O'Neil, J.-P."),
        ("Garc\u00eda M\u00e1rquez, Gabriel", "Garc\u00eda M\u00e1rquez, Gabriel"),
        ("John Smith Jr", "Smith, John, Jr"),
        ("\u674e \u4f1f", "\u674e, \u4f1f"),
        ("\u674e\u4f1f", "\u674e\u4f1f"),
        ("Suharto", "Suharto"),
        ("Kratom Study Group", "Kratom Study Group"),
        ("Study 22", "Study 22"),
    ],
)
def test_reference_files_have_every_surname_first(printed: str, written: str) -> None:
    assert author_names.filed(printed) == written
    assert author_names.filed(written) == written


def test_a_name_in_two_parts() -> None:
    assert parts("Vicknasingam B") == ("Vicknasingam", "B")
    assert parts("Oliver Grundmann") == ("", "")
    assert is_group("Ministry of Health, Thailand") and parts("Ministry of Health, Thailand") == (
        "",
        "",
    )


@pytest.mark.parametrize("words", ["et al.", "et al", "Et al.", "and others", "others", "& al"])
def test_words_for_more_authors_are_nobodys_name(words: str) -> None:
    names = ["Vicknasingam B", "Chai C"]
    if words == "& al":  # not such words: kept, since it could be anything
        assert author_names.people([*names, words]) == [*names, words]
        return
    assert author_names.people([*names, words]) == names
    assert author_names.is_cut([*names, words]) and not author_names.is_cut(names)


@pytest.mark.parametrize("name", ["Al E", "Etal, A.", "Alothers B", "Others Collaboration Group"])
def test_names_that_look_like_it_are_kept(name: str) -> None:
    assert author_names.people([name]) == [name]
