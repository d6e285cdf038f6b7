"""One vote on many reports: nothing is chosen at first, and all it will do can be looked at."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.reviews import LIBRARY_SIZE
from tests.ui.conftest import at_page


def test_no_vote_is_chosen_at_first_and_every_report_it_is_on_can_be_opened(app: AppTest) -> None:
    at_page(app, "records")
    assert app.selectbox(key="bulk_vote").value is None
    assert app.button(key="bulk-plan").disabled
    app.selectbox(key="bulk_vote").set_value("include").run()
    app.button(key="bulk-plan").click().run()
    (every,) = [e for e in app.expander if e.label == f"See all {LIBRARY_SIZE} reports"]
    table = every.dataframe[0].value
    assert len(table) == LIBRARY_SIZE and "P000042" in set(table["Report"])
    assert any(b.label == f"Cast {LIBRARY_SIZE} votes" for b in app.button)


def test_another_list_begins_at_its_first_page(app: AppTest) -> None:
    at_page(app, "records", page="3")
    assert list(app.dataframe[0].value["Report"])[0] == "P000201"
    app.text_input(key="q").input("a").run()
    assert list(app.dataframe[0].value["Report"])[0] == "P000001"
