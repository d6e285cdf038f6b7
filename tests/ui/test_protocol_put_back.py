"""A protocol or codebook put back to an earlier text is in force again, on every page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.protocol.loading import CODEBOOK_FILE, PROTOCOL_FILE
from review.reporting.contributors import adoptions
from review.store.report_rules import current_rules
from review.ui import navigation
from review.workspace import Workspace, open_workspace
from tests.ui.conftest import at_page, words_on

CHANGES = {
    PROTOCOL_FILE: ("reviewers: 1", "reviewers: 2"),
    CODEBOOK_FILE: ("label: Sleep quality", "label: Quality of sleep"),
}


@pytest.fixture
def review(app: AppTest) -> Iterator[Workspace]:
    app.run()
    found = open_workspace(from_environment())
    yield found
    found.store.close()


def in_force(review: Workspace) -> tuple[str, int]:
    with review.store.read() as conn:
        rules = current_rules(conn)
        return rules.version, rules.reviewers["title_abstract"]


@pytest.mark.parametrize("name", CHANGES)
def test_an_earlier_text_comes_into_force_again_on_every_page(
    app: AppTest, data: Path, review: Workspace, name: str
) -> None:
    file = data / name
    first = file.read_text(encoding="utf-8")
    changed = first.replace(*CHANGES[name])
    assert changed != first
    before = in_force(review)
    for _ in range(2):
        file.write_text(changed, encoding="utf-8")
        app.run()
        assert in_force(review) != before
        file.write_text(first, encoding="utf-8")
        app.run()
        assert in_force(review) == before
    versions = [adopted.version for adopted in adoptions(review)]
    assert len(versions) == 5 and versions[0] == versions[2] == versions[4] == before[0]
    for spec in navigation.available():
        at_page(app, spec.folder)
        assert not app.exception, spec.slug
        assert [e.value for e in app.error] == [], spec.slug
        assert "UNIQUE" not in words_on(app), spec.slug
