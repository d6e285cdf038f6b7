"""A link for those who only look: it shows the review, and nothing pressed there changes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.errors import ReadOnlyError
from review.model import Stage, VoteValue
from review.screening import service as screening
from review.ui import looking, navigation
from tests.factories import paper
from tests.reviews import add, workspace
from tests.ui.conftest import at_page, words_on


def test_whoever_looks_has_no_name_and_a_way_back_to_work(app: AppTest) -> None:
    at_page(app, "dashboard", look="1")
    assert "Nothing you press here changes it." in words_on(app)
    assert {link.proto.page for link in app.get("page_link")} <= set(looking.PAGES)
    assert not [field for field in app.text_input if field.label == "Working as"]
    app.button("looking-end").click().run()
    assert [field for field in app.text_input if field.label == "Working as"]
    assert "look" not in app.query_params


@pytest.mark.parametrize("slug", looking.PAGES)
def test_each_page_of_those_who_look_keeps_the_link(app: AppTest, slug: str) -> None:
    (spec,) = (one for one in navigation.PAGES if one.slug == slug)
    at_page(app, "dashboard", look="1")
    app.switch_page(f"review/ui/{spec.folder}/page.py").run()
    assert not app.exception and not app.error
    assert app.query_params["look"] in ("1", ["1"])
    assert "Nothing you press here changes it." in words_on(app)


def test_the_review_of_those_who_look_stores_nothing(tmp_path: Path) -> None:
    ws = workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    add(ws, [paper(1)])
    seen = replace(ws, store=ws.store.for_looking())
    report = screening.next_report(seen, Stage.TITLE_ABSTRACT, "Ann")
    assert report is not None
    with pytest.raises(ReadOnlyError, match="only shows the review"):
        screening.cast(seen, report.id, Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
    assert screening.next_report(ws, Stage.TITLE_ABSTRACT, "Ann") == report
    ws.store.close()
