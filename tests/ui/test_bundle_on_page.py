"""The bundle on the page Report: written behind the page, offered when it is done."""

from __future__ import annotations

import threading
from pathlib import Path

from streamlit.testing.v1 import AppTest

from review.reporting.bundle import service
from review.ui import jobs
from review.ui.report.bundle_part import JOB

from .conftest import at_page, words_on


def test_a_bundle_is_written_and_offered(app: AppTest) -> None:
    at_page(app, "report", view="exports")
    app.button(key="report-bundle").click().run()
    for thread in threading.enumerate():
        if thread.name == f"job-{JOB}":
            thread.join(60)
    app.run()
    assert not app.exception
    assert "It holds the votes of everybody" in words_on(app)
    made = next(job.result for job in jobs.registry().ended(JOB))
    assert isinstance(made, service.Written)
    assert service.check(Path(made.path))[1] == []
