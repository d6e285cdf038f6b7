"""Settings: reviewers, protocol, where things are, and a check of the log."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from review import backups
from review.config import key_file, save_key
from review.events.screening import STAGES
from review.model import Stage
from review.protocol.loading import CODEBOOK_FILE, PROTOCOL_FILE
from review.reporting import contributors
from review.reporting import service as reporting
from review.screening import stopping_state
from review.store.integrity import Checked, check
from review.ui import elements, jobs, lost_review, paper_card, session
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.ui.settings import codebook_editor, own_choices

ws = session.workspace()
CHECK = "check"
"""Name of the job that checks the log."""


def reviewers() -> None:
    """Who has done what."""
    st.header("Reviewers", anchor=False)
    done = contributors.contributions(ws, session.reviewer())
    blind = any(rule.reviewers > 1 for rule in ws.protocol.stages)
    if blind:
        st.caption(
            "Votes of others are counted once enough reviewers have voted on the report; "
            "until then how far they are stays out of sight."
        )
    if not done:
        st.markdown(
            "There is nothing to show yet."
            if blind
            else "Nobody has voted or coded yet. A reviewer is whoever works under a name."
        )
        return
    rows = [
        {
            "Reviewer": one.reviewer,
            "Votes on title and abstract": one.votes[Stage.TITLE_ABSTRACT],
            "Votes on full text": one.votes[Stage.FULL_TEXT],
            "Tags": one.tags,
            "Findings": one.findings,
        }
        for one in done
    ]
    st.dataframe(pd.DataFrame(rows).map(elements.cell), hide_index=True)


def protocol() -> None:
    """The protocol in force, and how it came to be."""
    p = ws.protocol
    st.header("Protocol", anchor=False)
    adopted = contributors.adoptions(ws)
    since = next((a for a in adopted if a.version == p.version), None)
    stages = "; ".join(
        f"{STAGES[rule.stage]}: {count_of(rule.reviewers, 'reviewer')}" for rule in p.stages
    )
    when = f"since {elements.local_time(since.at)}" if since else "not adopted yet"
    facts = [
        ("Title", escape(p.title)),
        ("Question", escape(p.question.text)),
        ("Version", f"{p.version}, {when}"),
        ("Votes per report", escape(stages)),
        ("Before a stop", escape(stopping_state.rule_words(p.stopping))),
        ("Files", escape(f"{ws.config.data / PROTOCOL_FILE} and {CODEBOOK_FILE} beside it")),
    ]
    st.html(paper_card.facts(facts))
    st.caption(
        "To change it, edit the files: the next page reads them. Mistakes are shown together, "
        "with their lines, and nothing is lost meanwhile. Every vote and tag keeps its version."
    )
    folds = (
        ("Eligibility", [f"{c.kind.capitalize()}: {c.text}" for c in p.criteria]),
        ("Reasons for exclusion", [f"{r.key}  {r.label}" for r in p.reasons]),
        ("Searches", [f"{s.label} ({s.name}): {s.query}" for s in p.searches]),
        (
            "Versions so far",
            [f"{a.version}, {elements.local_time(a.at)}, {a.actor}" for a in adopted],
        ),
    )
    for head, lines in folds:
        with st.expander(f"{head} ({len(lines)})"):
            st.markdown("\n".join(f"- {plain(line)}" for line in lines))


@careful
def keep_key() -> None:
    """Keep the key that was entered; the field is emptied, so that it stays on no page."""
    entered = str(st.session_state.get("settings_key", ""))
    save_key(ws.config.local, entered)
    st.session_state["settings_key"] = ""
    tell("The key is kept on this machine." if entered.strip() else "The key is forgotten.")


def openalex_key() -> None:
    """Entering a key, where neither the environment nor the server's secrets hold one."""
    stored = key_file(ws.config.local).exists()
    if ws.config.openalex_key and not stored:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # It waits in the session until it is kept; as a secret, never in the browser's storage.
        st.text_input(
            "Another OpenAlex key; empty to forget this one" if stored else "OpenAlex key",
            type="password",
            key="settings_key",
            width=420,
            help="Free at openalex.org/settings/api. It is kept in data/local, readable by "
            "its owner only, and sent to OpenAlex alone.",
            persist_state="session",
        )
        st.button("Keep", key="settings-keep-key", on_click=keep_key)


def places() -> None:
    """Where the review is, and what it may use."""
    st.header("Database and sources", anchor=False)
    url = ws.store.url.render_as_string(hide_password=True)
    key = "set" if ws.config.openalex_key else "not set"
    facts = [
        ("Database", escape(url)),
        ("OpenAlex", escape(ws.config.openalex_url)),
        ("OpenAlex key", f"{key}. It is never shown."),
    ]
    st.html(paper_card.facts(facts))
    openalex_key()


@careful
def copy_now() -> None:
    """Copy the review while others work."""
    made = backups.back_up(ws)
    tell(f"The review is copied to {made.path}.")


def kept_copies() -> None:
    """The copies of the review, making one, and bringing one back."""
    st.header("Copies", anchor=False)
    kept = ws.config.backups_kept
    st.markdown(
        f"The review is copied to {plain(str(ws.config.backups))} on each start, every day, and "
        f"before an upgrade or a large import; {count_of(kept, 'such copy', 'such copies')} are "
        "kept. Bringing one back keeps a copy of what stands here now."
    )
    st.button("Copy the review now", key="settings-copy", on_click=copy_now)
    if backups.made(ws.config):
        lost_review.copies(ws.config)


@careful
def run_check() -> None:
    """Replay the log beside the state, behind the page."""

    def work(job: jobs.Job) -> Checked:
        found = check(ws.store, job.watch)
        sums = tuple(reporting.flow(ws).failed_sums)
        return replace(found, problems=(*found.problems, *sums))

    jobs.registry().start(CHECK, "Checking the log", work)


def log_check() -> None:
    """Compare the state with the log it must follow from."""
    st.header("Log", anchor=False)
    st.markdown(
        "Everything follows from a log that is only added to. A check replays it on a copy; work "
        "goes on meanwhile."
    )
    job = jobs.panel(CHECK)
    if job is not None and job.running:
        return
    st.button("Check the log", key="settings-check", on_click=run_check)
    if job is not None:
        check_ended(job)


def check_ended(job: jobs.Job) -> None:
    """What came of the newest check."""
    if job.state is jobs.JobState.CANCELLED:
        st.info("The check was stopped. Nothing was changed.")
    elif job.state is jobs.JobState.FAILED:
        st.error(plain(job.error))
    else:
        found: Checked = job.result
        problems = [*found.differences, *found.problems]
        if not problems:
            when = elements.local_time(job.started)
            events = count_of(found.events, "event")
            st.success(f"{events} replayed: log and state agree. Checked {when}.")
        for problem in problems:
            st.error(plain(problem))


with elements.page("Settings", "Who works here, by which protocol, and where things are."):
    reviewers()
    protocol()
    places()
    kept_copies()
    log_check()
    if session.reviewer():
        own_choices.draw(ws, session.reviewer())
        codebook_editor.draw(session.reviewer())
