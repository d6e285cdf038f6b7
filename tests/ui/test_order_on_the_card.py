"""The order on the screening page: made behind it, said beside the card, and nothing more."""

from __future__ import annotations

import time
from html import unescape
from pathlib import Path

from streamlit.testing.v1 import AppTest

from review.events import OrderTrained
from review.model import Stage, VoteValue
from review.screening import ordering, ranking
from review.screening.service import cast
from review.store import log, queue_plans
from review.ui import jobs, session
from review.ui.ordering_job import ORDERING
from tests.reviews import LIBRARY_SIZE
from tests.ui.conftest import REVIEWER, at_page, words_on


def test_the_queue_is_ordered_behind_the_page_which_says_how(app: AppTest, data: Path) -> None:
    protocol = data / "protocol.yaml"
    text = protocol.read_text("utf-8")
    protocol.write_text(text.replace("order: arrived", "order: relevance"), "utf-8")
    app.run()
    for _ in range(600):
        job = jobs.registry().get(ORDERING)
        if job is not None and not job.running:
            break
        time.sleep(0.1)
    assert job is not None and job.error == ""
    with session.workspace().store.read() as conn:
        plan = queue_plans.in_force(conn, Stage.TITLE_ABSTRACT)
        assert plan is not None
        first = queue_plans.places(conn, plan)[0]
        (trained,) = log.events(conn, (OrderTrained,))
    at_page(app, "screening")
    words = unescape(words_on(app))
    assert f'rt-id">{first}' in words
    assert "Most likely relevant first, by the words of the protocol's question." in words
    assert trained.actor == session.ACTOR
    # Where the model had put it is told once the reader has voted, in the list of reports alone.
    ws = session.workspace()
    cast(ws, first, Stage.TITLE_ABSTRACT, REVIEWER, VoteValue.INCLUDE)
    ordering.bring_up_to_date(ws, Stage.TITLE_ABSTRACT)
    at_page(app, "records", order="likeliest by the model first")
    (table,) = app.dataframe
    place = table.value["Model's place"].tolist()
    assert table.value["Report"][0] == first and not any(place[1:])
    assert place[0].startswith(f"1 of {LIBRARY_SIZE:,} (version {ranking.VERSION}, ")
    assert ranking.MODEL in words_on(app)
