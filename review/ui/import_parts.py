"""Importing files of references: the upload, the job behind the page, and what came of it."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st

from review.errors import Mistake
from review.search import service as searching
from review.ui import jobs, parts, session
from review.ui.trouble import careful, tell

IMPORT = "import"
SHOWN_MISTAKES = 50
FILE_ENDINGS = ["ris", "csv", "tsv", "tab", "txt", "xlsx", "bib", "nbib", "xml", "json", "enw"]


@careful
def import_upload(reviewer: str) -> None:
    """Read the uploaded files behind the page."""
    files = st.session_state.get("upload") or []
    source = str(st.session_state.get("upload_source") or "").strip() or None
    held = [(PurePath(f.name).name, f.getvalue()) for f in files]
    if not held:
        tell("Choose a file first.")
        return
    ws = session.workspace()

    def work(job: jobs.Job) -> list[searching.ImportResult]:
        done: list[searching.ImportResult] = []
        for n, (name, data) in enumerate(held):
            job.progress(n, len(held), f"reading {name}")
            done.append(searching.import_bytes(ws, data, name, None, source, actor=reviewer))
        return done

    jobs.registry().start(IMPORT, "Importing", work)


def file_import(reviewer: str) -> None:
    """Upload files of references."""
    st.file_uploader(
        "Files of references",
        type=FILE_ENDINGS,
        help="RIS, CSV, TSV, Excel, BibTeX, PubMed (NBIB, XML), EndNote (XML, ENW), CSL JSON, "
        "RefWorks and Web of Science; told apart by name and content.",
        accept_multiple_files=True,
        key="upload",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Source of the records",
            key="upload_source",
            placeholder="Such as Embase; the file's name if empty",
            width=360,
        )
        st.button("Import", type="primary", on_click=import_upload, args=(reviewer,))
    job = jobs.panel(IMPORT)
    if job is None or job.running:
        return
    if job.error:
        st.error(parts.plain(job.error))
    for found in job.result or []:
        st.success(
            f"{parts.plain(found.run.search)}: {parts.count_of(found.new, 'new record')}, "
            f"{found.known:,} known before."
        )
        mistakes(found.mistakes)


def mistakes(found: tuple[Mistake, ...]) -> None:
    """Entries that could not be read, by line."""
    if not found:
        return
    st.warning(f"{parts.count_of(len(found), 'entry', 'entries')} could not be read:")
    shown = found[:SHOWN_MISTAKES]
    st.markdown("\n".join(f"- {parts.plain(str(m))}" for m in shown))
    if len(found) > len(shown):
        st.caption(f"and {len(found) - len(shown):,} more")
