"""Training the model of study designs on the review's own confirmed tags, by a press."""

from __future__ import annotations

import streamlit as st

from review import separate_process
from review.coding import own_model
from review.coding.design_training import LEAST_PAPERS
from review.coding.own_model import Training
from review.ui import jobs, session
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.workspace import Workspace

TRAINING = "training-designs"


def draw(ws: Workspace, reviewer: str) -> None:
    """How far one is from training, the press, and the figures of the newest training."""
    if not ws.protocol.machine_help:
        return
    job = jobs.panel(TRAINING)
    if job is not None and job.running:
        return
    if job is not None and job.error:
        st.error(plain(job.error))
    n = own_model.trainable(ws)
    if n < LEAST_PAPERS:
        st.caption(
            f"From {LEAST_PAPERS} confirmed study designs on, the model of designs can be trained "
            f"on them; there are {n:,}."
        )
        return
    newest = own_model.newest_training(ws)
    if newest is not None:
        use = "and is in use" if newest.used else "and is not used, being no better"
        st.caption(
            f"Trained last on {count_of(newest.papers, 'report')}: the most likely design was "
            f"right for {newest.before:.0%} before and for {newest.after:.0%} after (mean F1 "
            f"{newest.before_f1:.2f} and {newest.after_f1:.2f}, cross-validated), {use}."
        )
    st.button(
        f"Train the model of designs on {count_of(n, 'confirmed design')}",
        key="train-designs",
        on_click=train,
        args=(reviewer,),
        help="It is used only if it does better on them than the model that ships.",
    )
    model = own_model.in_use(ws)
    if model is not None and model.version.startswith("own "):
        st.button(
            "Go back to the model that ships", key="use-shipped", on_click=back, args=(reviewer,)
        )


@careful
def train(reviewer: str) -> None:
    """Begin training, in a process of its own."""
    ws = session.workspace()

    def work(job: jobs.Job) -> Training:
        return separate_process.call_if(True, ws, own_model.train, reviewer, watch=job.watch)

    title = "Training the model of designs"
    if other := jobs.registry().start_alone(TRAINING, title, work, by=reviewer):
        tell(jobs.in_the_way(other), "error")


@careful
def back(reviewer: str) -> None:
    """Use the model that ships again."""
    own_model.use_shipped(session.workspace(), reviewer)
