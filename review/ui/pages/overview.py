"""Where the review stands and what to do next."""

from __future__ import annotations

from review.model import Stage
from review.screening import service as screening
from review.ui import parts, session

ws = session.workspace()
reviewer = session.reviewer()

with parts.page(ws.protocol.title, ws.protocol.question.text):
    first = screening.progress(ws, Stage.TITLE_ABSTRACT, reviewer)
    second = screening.progress(ws, Stage.FULL_TEXT, reviewer)
    parts.figures(
        [
            parts.Figure(first.total, "reports", "records"),
            parts.Figure(first.included, "included on title and abstract", "records"),
            parts.Figure(
                second.included, "included in the review", "records", {"status": "included"}
            ),
        ],
        key="standing",
    )
