"""Looking for the report of a file among the few that share words with it finds what all would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.fulltext.matching import Known, Reports

WORD = st.sampled_from("kratom sleep pain cohort daily use of in the a leaf 2019 smith".split())
TITLE = st.lists(WORD, min_size=0, max_size=7).map(" ".join)
NUMBER = st.sampled_from(["", "31234567", "12345678"])
DOI = st.sampled_from(["", "10.1000/ab.c-1", "10.1000/xyz"])
KNOWN = st.lists(
    st.builds(
        Known,
        st.sampled_from(["P000001", "P000002", "P000003"]),
        DOI,
        NUMBER,
        st.sampled_from(["Smith, Anna", "van der Berg, Bo", "Leaf", ""]),
        st.sampled_from([None, 2019, 2021]),
        TITLE,
    ),
    max_size=6,
)


@given(KNOWN, st.lists(WORD | DOI | NUMBER, max_size=6), TITLE, st.data())
def test_few_are_looked_at_and_none_is_missed(
    known: list[Known], name: list[str], around: str, data: st.DataObject
) -> None:
    title = data.draw(st.sampled_from([one.title for one in known] or [""]))
    glued = data.draw(st.sampled_from(["", " ", "x", "\n"]))
    page = f"{around}{glued}{title}{glued}{around} 2019 smith doi 10.1000/xyz"
    file = "_".join(name) + ".pdf"
    few = Reports(known).match(file, [page])
    with pytest.MonkeyPatch.context() as all_of_them:
        every = set(range(len(known)))
        all_of_them.setattr(Reports, "_worth_a_look", lambda *_: every)
        assert Reports(known).match(file, [page]) == few
