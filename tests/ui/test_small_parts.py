"""Keys, jobs, differences and the small parts that pages share."""

from __future__ import annotations

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path

import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st

from review.errors import Cancelled, NetworkError
from review.model import Record
from review.progress import Progress
from review.ui import elements, navigation, selected_words, style
from review.ui.duplicates import text_differences
from review.ui.jobs import Job, Jobs, JobState
from review.ui.keys import Shortcuts

# ---- keys ------------------------------------------------------------------------------------


def test_a_key_means_one_thing() -> None:
    keys = Shortcuts()
    assert keys.take("i", "include") == "I"
    assert not keys.free("I")
    with pytest.raises(ValueError, match="I means 'include' here, not 'invert' too"):
        keys.take("I", "invert")


@pytest.mark.parametrize("key", ["C", "r"])
def test_keys_of_streamlit_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="belongs to Streamlit"):
        Shortcuts().take(key, "anything")


@pytest.mark.parametrize("key", ["", ".", "ab", "é"])
def test_only_letters_and_digits_are_keys(key: str) -> None:
    with pytest.raises(ValueError, match="not a letter or digit"):
        Shortcuts().take(key, "anything")


# ---- jobs ------------------------------------------------------------------------------------


def wait(job: Job) -> Job:
    limit = time.monotonic() + 10
    while job.running:
        assert time.monotonic() < limit, "the job did not end"
        time.sleep(0.005)
    return job


def test_a_job_keeps_what_its_work_returned() -> None:
    job = wait(Jobs().start("n", "Counting", lambda job: 42))
    assert (job.state, job.result) == (JobState.DONE, 42)


def test_one_job_of_a_name_runs_at_a_time() -> None:
    go = threading.Event()
    jobs = Jobs()
    first = jobs.start("n", "Waiting", lambda job: go.wait(10))
    assert jobs.start("n", "Waiting again", lambda job: None) is first
    assert jobs.running("n") == [first]
    go.set()
    wait(first)
    assert jobs.start("n", "Now", lambda job: None) is not first


def test_a_cancelled_job_says_so() -> None:
    def work(job: Job) -> None:
        while not job.cancelled():
            time.sleep(0.001)
        raise Cancelled("stopped")

    job = Jobs().start("n", "Walking", work)
    job.cancel()
    assert wait(job).state is JobState.CANCELLED


def test_an_error_of_ours_is_told_as_it_is() -> None:
    def work(job: Job) -> None:
        raise NetworkError("No answer from the source. Try again later.")

    job = wait(Jobs().start("n", "Asking", work))
    assert (job.state, job.error) == (
        JobState.FAILED,
        "No answer from the source. Try again later.",
    )


def test_any_other_error_is_one_sentence_without_its_words() -> None:
    def work(job: Job) -> None:
        raise RuntimeError("secret detail")

    job = wait(Jobs().start("n", "Asking", work))
    assert job.state is JobState.FAILED
    assert "review.log" in job.error
    assert "secret" not in job.error


def test_progress_tells_share_and_time_left() -> None:
    job = Job("n", "Reading")
    assert job.share == 0
    assert job.left is None
    job.words = "page 1"
    job.tell(Progress(25, 100))
    assert job.share == 0.25
    assert job.left is not None
    assert job.words == "page 1"
    job.tell(Progress(120, 100))
    assert job.share == 1
    assert job.left == timedelta(0)


def test_a_job_that_has_ended_can_be_forgotten() -> None:
    jobs = Jobs()
    wait(jobs.start("n", "Counting", lambda job: 1))
    jobs.forget("n")
    assert jobs.get("n") is None


# ---- differences -----------------------------------------------------------------------------


def words_of(html: str) -> str:
    return unescape(re.sub(r"</?span[^>]*>", "", html))


def test_only_the_words_that_differ_are_marked() -> None:
    left, right = text_differences.marked_apart("Pain in Kratom Products", "Pain in kratom samples")
    assert left == 'Pain in Kratom <span class="rt-only">Products</span>'
    assert right == 'Pain in kratom <span class="rt-only">samples</span>'


@given(st.text(min_size=1), st.text(min_size=1))
def test_marking_differences_changes_no_letter(a: str, b: str) -> None:
    left, right = text_differences.marked_apart(a, b)
    assert (words_of(left), words_of(right)) == (a, b)


def test_a_missing_field_is_said_to_be_missing() -> None:
    left, right = text_differences.marked_apart("2020", "")
    assert left == "2020"
    assert "not given" in right


def test_equal_fields_stand_back_and_empty_ones_are_left_out() -> None:
    a = Record("x", "1", title="Same  title", year=2020)
    b = Record("y", "2", title="same title", year=2021)
    table = text_differences.side_by_side(a, b, ("P1", "P2"))
    assert '<tr class="rt-equal"><th scope="row">Title' in table
    assert '<tr><th scope="row">Year' in table
    assert "Journal" not in table


def test_texts_of_different_things_are_not_marked_all_over() -> None:
    a, b = "Kratom use in adults with pain", "Mitragynine <b> kinetics after oral dosing"
    assert text_differences.marked_apart(a, b) == (a, escape(b))
    assert all("rt-only" in side for side in text_differences.marked_apart("2021", "2022"))


def test_hostile_text_stays_text_side_by_side() -> None:
    record = Record("x", "1", title="<script>alert(1)</script>")
    table = text_differences.side_by_side(record, Record("y", "2", title="b"), ("<b>", "x"))
    assert "<script" not in table
    assert "&lt;b&gt;" in table


# ---- parts -----------------------------------------------------------------------------------


def test_counts_agree_with_their_words() -> None:
    assert elements.count_of(1, "report") == "1 report"
    assert elements.count_of(12_034, "report") == "12,034 reports"
    assert elements.count_of(2, "entry", "entries") == "2 entries"


@given(st.text(alphabet="*_`[]()#<>$:|~\\ab:red![]"))
def test_no_sign_of_markdown_is_left_bare(text: str) -> None:
    own = re.sub(r":color\[(\\.)\]", r"\1", elements.plain(text))  # a span round one sign
    bare = re.sub(r"\\.", "", own)
    assert not set(bare) & set("*_`[]()#<>$:|~")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "less than a minute left"), (240, "4 min left"), (7_800, "2 h 10 min left")],
)
def test_time_left_is_rough(seconds: int, words: str) -> None:
    assert elements.time_left(timedelta(seconds=seconds)) == words


def test_the_clicked_row_is_found_by_tick_or_by_cell() -> None:
    assert elements.chosen_row({"selection": {"rows": [3], "cells": []}}) == 3
    assert elements.chosen_row({"selection": {"rows": [], "cells": [(2, "Title")]}}) == 2
    assert elements.chosen_row({"selection": {"rows": [], "cells": []}}) is None


def test_every_page_has_a_name_of_its_own_in_the_address() -> None:
    slugs = [spec.slug for spec in navigation.PAGES]
    assert slugs == [
        "overview", "records", "search", "duplicates", "screen", "full-text", "conflicts",
        "progress", "team", "stopping", "code", "extraction", "risk-of-bias", "gap-map", "gaps",
        "claims", "report", "dashboard", "versions", "settings",
    ]  # fmt: skip


def test_what_a_table_shows_is_never_run_by_a_spreadsheet() -> None:
    shown = elements.cells({"Title": ["=1+1", "\uff1dcmd", "Sleep"], "Works": [1, 2, -3]})
    assert shown == {"Title": ["'=1+1", "'\uff1dcmd", "Sleep"], "Works": [1, 2, -3]}


def test_the_download_of_a_table_that_is_hidden_is_still_called_so() -> None:
    scripts = (Path(streamlit.__file__).parent / "static" / "static" / "js").glob("*.js")
    words = [script.read_text(encoding="utf-8", errors="ignore") for script in scripts]
    for name in ("Download as CSV", "stElementToolbarButton"):
        assert name in style.CSS and any(name in text for text in words)


def test_a_time_at_the_end_of_the_calendar_is_shown() -> None:
    assert "9999" in elements.local_time(datetime(9999, 12, 31, 23, 59, tzinfo=UTC))


def test_selected_words_are_quoted_as_they_stand() -> None:
    lead = Record("made-up", "m1", title="On sleep", abstract="METHODS: We gave\nkratom to 48.")
    assert selected_words.as_they_stand("Methods. We gave kratom", lead) == (
        "METHODS: We gave\nkratom"
    )
    for words in ("", " ", "slept longer", "x" * 5_000):
        assert selected_words.as_they_stand(words, lead) == ""
