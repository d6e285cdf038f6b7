"""The full text beside the card: its state, the file attached, its words with search and quotes."""

from __future__ import annotations

import streamlit as st

from review import outdated
from review.errors import NotFoundError
from review.events.full_text import SAID_WORDS, Said
from review.fulltext import service as full_texts
from review.fulltext.limits import limits
from review.fulltext.pdf_text import PROTECTED
from review.fulltext.service import Attachment, Hit
from review.model import Report, Stage
from review.outdated import Shown
from review.people import same_person
from review.records import service as records
from review.ui import (
    drafts,
    elements,
    full_text_words,
    paper_card,
    selected_words,
    session,
    stale_press,
)
from review.ui.errors import careful, tell
from review.ui.keys import Shortcuts
from review.ui.screening import actions
from review.workspace import Workspace

OPEN = "full_text_open"
AT = "full_text_at"  # checksum and page, from 1, that is read
VIEWS = ("Text", "PDF")
VIEW = "full_text_view"
HITS = 9
"""Pages with hits that have a button."""
_PDF_HEIGHT = 720  # drawn smaller, so that a page is seen in its whole width: `review.ui.style`


def is_open(stage: Stage) -> bool:
    """Whether the full text stands beside the card."""
    return stage is Stage.FULL_TEXT and bool(st.session_state.get(OPEN, True))


def shares() -> list[int]:
    """How wide the card and the full text are; a PDF needs more than its words do."""
    return [1, 2] if st.session_state.get(VIEW) == VIEWS[1] else [2, 3]


def draw(
    keys: Shortcuts,
    ws: Workspace,
    report: Report,
    stage: Stage,
    reviewer: str,
    words: paper_card.Words,
) -> None:
    """Draw the panel; nothing at title and abstract.

    Args:
        words: marked in the text, as on the card.
    """
    if stage is not Stage.FULL_TEXT:
        return
    here = actions.item(report.id, stage)
    opened = is_open(stage)
    (now,) = full_texts.standings(ws, report.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        why = f" ({elements.plain(now.why)})" if now.why else ""
        st.markdown(f"**Full text** {now.state}{why}", width="content")
        if address := full_texts.open_address(ws, report.id):
            st.link_button("Open copy", address, type="tertiary", icon=":material/open_in_new:")
        st.button(
            "Hide full text" if opened else "Show full text",
            shortcut=keys.take("F", "full text"),
            key=f"full-text-{report.id}",
            type="tertiary",
            on_click=_turn,
            args=(here,),
        )
    if not opened:
        return
    shown = outdated.shown(ws, report)
    files = full_texts.attachments(ws, report.id)
    if files:
        _file(keys, ws, files, report, here, reviewer, words)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Attach a PDF" if not files else "Another file", type="tertiary"):
            _uploader(report.id, shown, reviewer)
        with st.popover("Say where it is", type="tertiary"):
            _statement(report.id, shown, reviewer, here)


def _uploader(report: str, shown: Shown, reviewer: str) -> None:
    key = f"full-text-file-{report}-{st.session_state.get('full_text_turn', 0)}"
    most = limits().mb
    st.file_uploader(
        f"PDF of this report, {most:,} MB at most",
        type="pdf",
        key=key,
        max_upload_size=max(1, most),
        on_change=_attach,
        args=(key, report, shown, reviewer),
    )


@careful
def _attach(key: str, report: str, shown: Shown, reviewer: str) -> None:
    """Attach the file that was chosen for the report it was chosen on."""
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state["full_text_turn"] = st.session_state.get("full_text_turn", 0) + 1
    done = full_texts.attach(
        session.workspace(), report, file.name, file.getvalue(), reviewer, shown=shown
    )
    st.session_state[OPEN] = True
    tell(f"Attached to {done.data.report}: {done.data.name}.")


def _statement(report: str, shown: Shown, reviewer: str, here: str) -> None:
    st.selectbox(
        "The full text is",
        list(Said),
        format_func=lambda said: SAID_WORDS[Said(said)],
        key=f"full-text-said-{report}",
    )
    st.text_input(
        "From whom, which language, when expected",
        key=drafts.field(f"full-text-why-{report}"),
        persist_state="session",
        max_chars=500,
    )
    st.button(
        "Keep",
        key=f"full-text-keep-{report}",
        on_click=_say,
        args=(here, report, shown, reviewer),
    )
    st.caption("“Not retrieved” is a vote: press E and the reason for it.")


@careful
@stale_press.once
def _say(report: str, shown: Shown, reviewer: str) -> None:
    said = Said(st.session_state[f"full-text-said-{report}"])
    why = str(st.session_state.get(f"full-text-why-{report}", ""))
    full_texts.state(session.workspace(), report, said, reviewer, why, shown=shown)
    drafts.used(f"full-text-why-{report}")


@stale_press.while_shown
def _turn() -> None:
    st.session_state[OPEN] = not st.session_state.get(OPEN, True)


def _file(
    keys: Shortcuts,
    ws: Workspace,
    files: list[Attachment],
    report: Report,
    here: str,
    reviewer: str,
    words: paper_card.Words,
) -> None:
    file = full_text_words.choose_file(files, f"full-text-which-{report.id}")
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "View", VIEWS, default=VIEWS[0], required=True, key=VIEW,
            label_visibility="collapsed",
        )  # fmt: skip
        st.caption(elements.plain(f"{file.name}, {file.bytes / 1e6:,.1f} MB"), width="content")
        if same_person(file.reviewer, reviewer):
            st.button(
                "Take the file back",
                key=f"full-text-back-{file.event}",
                type="tertiary",
                on_click=_take_back,
                args=(here, file.event, reviewer),
            )
    if not file.is_here:
        st.warning("The file is not on this machine. Attach it again, or copy it from where it is.")
        return
    try:
        with st.spinner("Reading the text"):
            text = full_texts.text(ws, file.sha256)
    except NotFoundError as error:
        st.warning(elements.plain(str(error)))
        return
    if text.problem == PROTECTED:  # the viewer would ask for the password without end
        st.caption("It is protected by a password. Attach a copy that opens without one.")
        return
    if view == "PDF":
        st.pdf(file.path, height=_PDF_HEIGHT, key=f"full-text-pdf-{file.sha256}")
        return
    if text.problem or not text.has_words:
        said = text.problem or "It holds no text, as a scan does"
        st.caption(elements.plain(f"{said[:1].upper()}{said[1:]}. Choose PDF to read it."))
        return
    _text(keys, file, text.pages, text.total, report, here, words)


@careful
@stale_press.once
def _take_back(event: str, reviewer: str) -> None:
    records.take_back(session.workspace(), event, reviewer)


def _text(
    keys: Shortcuts,
    file: Attachment,
    pages: tuple[str, ...],
    total: int,
    report: Report,
    here: str,
    words: paper_card.Words,
) -> None:
    """One page of the text, with what was searched for marked in it, and the way to the others."""
    wanted = st.text_input(
        "Search in the text",
        key=drafts.field("full_text_search"),
        persist_state="session",
        max_chars=200,
    )
    found = full_texts.hits(pages, wanted)
    at = _page(file.sha256, len(pages))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for label, key, step in (("Page before", "K", -1), ("Next page", "J", 1)):
            st.button(
                label,
                shortcut=keys.take(key, label.lower()),
                key=f"full-text-step-{key}-{report.id}",
                type="tertiary",
                disabled=not 1 <= at + step <= len(pages),
                on_click=_go,
                args=(here, file.sha256, at + step),
            )
        st.markdown(f"Page {at} of {total or len(pages)}", width="content")
    if len(pages) < total:
        st.caption(
            f"The text of the first {len(pages):,} pages was read; REVIEW_MAX_PDF_PAGES sets how "
            "many. The PDF shows all."
        )
    if wanted.strip():
        times = sum(hit.times for hit in found)
        st.caption(f"{elements.count_of(times, 'hit')} on {elements.count_of(len(found), 'page')}")
        with st.container(horizontal=True, gap="xsmall"):
            for hit in _near(found, at):
                st.button(
                    f"p. {hit.page} ({hit.times})",
                    key=f"full-text-hit-{hit.page}-{report.id}",
                    type="primary" if hit.page == at else "secondary",
                    on_click=_go,
                    args=(here, file.sha256, hit.page),
                )
    page = pages[at - 1]
    pattern = full_texts.search_pattern(wanted)
    marks: paper_card.Words = (("search", (f"re:{pattern.pattern}",)), *words) if pattern else words
    html = paper_card.marked(page, marks) if page.strip() else "No text on this page."
    st.html(f'<article class="rt-fulltext" dir="auto">{html}</article>')
    selected_words.draw_on(
        ".rt-fulltext",
        f"{here} {file.sha256} {at}",
        lambda selected: full_texts.quoted(page, at, selected),
        lambda quote: _quote(report.id, quote),
        "These words are not on this page of the full text, or too many.",
    )


def _near(found: list[Hit], at: int) -> list[Hit]:
    """The hits that have a button: those about the page that is read, so that the text stays in
    sight and a walk comes to all."""
    place = next((n for n, hit in enumerate(found) if hit.page >= at), len(found))
    first = max(0, min(place - HITS // 2, len(found) - HITS))
    return found[first : first + HITS]


def _page(sha256: str, pages: int) -> int:
    """The page that is read; the first of a file that was not read yet."""
    of, number = st.session_state.get(AT, ("", 1))
    return min(max(1, number), pages) if of == sha256 else 1


@stale_press.while_shown
def _go(sha256: str, page: int) -> None:
    st.session_state[AT] = (sha256, page)


def _quote(report: str, quote: str) -> None:
    """Put a quote into the note, which goes with the vote that follows."""
    key = actions.note_key(report, Stage.FULL_TEXT)
    before = str(st.session_state.get(key) or "").rstrip()
    st.session_state[key] = f"{before}\n{quote}" if before else quote
    tell(f"Quoted in the note: {quote}")
