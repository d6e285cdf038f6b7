"""Keeping the orders of the queues up to date behind the pages, once for all sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from review.model import Stage
from review.screening import ordering
from review.separate_process import LARGE, call_if
from review.ui import jobs
from review.workspace import Workspace

ORDERING = "ordering"
"""Name of the job that orders what waits."""

LOOK = timedelta(seconds=10)
"""Between two looks whether an order is to be made anew."""

AFTER_A_FAILURE = timedelta(minutes=10)


def start_if_due(ws: Workspace) -> None:
    """Look now and then whether an order is to be made anew, and do so; nobody waits for it."""
    last = jobs.registry().get(ORDERING)
    if last is not None:
        pause = AFTER_A_FAILURE if last.state is jobs.JobState.FAILED else LOOK
        if last.running or datetime.now(UTC) - last.moved < pause:
            return

    def work(job: jobs.Job) -> None:
        for stage in Stage:
            job.watch.at(0)
            if ordering.is_due(ws, stage):
                large = ordering.size(ws, stage) > LARGE
                call_if(large, ws, ordering.bring_up_to_date, stage, watch=job.watch)
        job.watch.at(1)

    jobs.registry().start(ORDERING, "Ordering what waits for votes", work)
