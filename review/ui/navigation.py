"""The pages of the tracker in the order of the work, and links between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from review.ui import looking, page_address
from review.ui.plain_text import plain

UI = Path(__file__).parent
ROOT = UI.parent.parent
ICON = UI / "icon.svg"
"""The icon of the browser's tab. One named as ``:material/...:`` would come from another host."""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page: its name in the address, on screen, its folder, and one sentence on what it is."""

    slug: str
    title: str
    folder: str
    help: str

    @property
    def file(self) -> Path:
        """The file that draws the page."""
        return UI / self.folder / "page.py"

    @property
    def path(self) -> str:
        """The file as Streamlit names it: from the folder of ``app.py``."""
        return self.file.relative_to(ROOT).as_posix()


SECTIONS: dict[str, tuple[PageSpec, ...]] = {
    "": (
        PageSpec("overview", "Overview", "overview", "Where the review stands; what to do next."),
        PageSpec("records", "Records", "records", "Find anything; one page per report."),
    ),
    "Find": (
        PageSpec("search", "Search", "search", "Run the protocol's searches, or import a file."),
        PageSpec("duplicates", "Duplicates", "duplicates", "Merge records that are the same text."),
    ),
    "Decide": (
        PageSpec("screen", "Screen", "screening", "Decide report by report, by key or mouse."),
        PageSpec("full-text", "Full text", "full_text", "Attach PDFs, and see which are missing."),
        PageSpec("conflicts", "Conflicts", "conflicts", "Settle votes that disagree."),
        PageSpec("progress", "Progress", "progress", "How far and how fast the screening is."),
        PageSpec("team", "Team", "team", "Who votes on what; pilot batches."),
        PageSpec("stopping", "Stopping", "stopping", "Whether screening may end; looking back."),
    ),
    "Extract": (
        PageSpec("code", "Code", "coding", "Tag reports and write down what they found."),
        PageSpec("extraction", "Extraction", "extraction", "Fill in the protocol's own fields."),
        PageSpec("risk-of-bias", "Risk of bias", "risk_of_bias", "Judge reports by a form."),
    ),
    "Evidence gaps": (
        PageSpec("gap-map", "Gap map", "gap_map", "What was studied, and what was not."),
        PageSpec("gaps", "Gaps", "gap_ledger", "Each gap, why it is one, and how urgent."),
        PageSpec("claims", "Claims", "claims", "Each statement against its evidence."),
    ),
    "Share and keep": (
        PageSpec("report", "Report", "report", "Flow diagram, tables, texts and exports."),
        PageSpec("dashboard", "Dashboard", "dashboard", "Where the review stands, to look at."),
        PageSpec("versions", "Versions", "versions", "Earlier states, and what changed since."),
        PageSpec("settings", "Settings", "settings", "Reviewers, protocol and backup."),
    ),
}
"""Heading in the side bar -> its pages, in the order of the work."""

PAGES: tuple[PageSpec, ...] = tuple(spec for found in SECTIONS.values() for spec in found)

_BY_SLUG = {spec.slug: spec for spec in PAGES}


def available() -> list[PageSpec]:
    """Pages that can be shown in this session."""
    return [spec for spec in PAGES if exists(spec.slug)]


def exists(slug: str) -> bool:
    """Whether there is such a page in this session."""
    return slug in _BY_SLUG and _BY_SLUG[slug].file.exists() and looking.shows(slug)


def build() -> Page:
    """Set up the navigation and return the page asked for.

    Streamlit serves the default page at ``/`` alone. A hidden page stands there and leads to the
    first one, so that every page of ours answers at its own name.
    """
    pages = [
        st.Page(spec.file, title=spec.title, url_path=spec.slug, help=plain(spec.help), icon="")
        for spec in available()
    ]
    front = st.Page(_front, title="Review tracker", default=True, visibility="hidden")
    return st.navigation([front, *pages], expanded=True)


def headings() -> str:
    """CSS that puts the heading of each section before its first page.

    Streamlit's own sections are no list to a screen reader: their items stand outside of it.
    """
    place, rules = 1, []
    there = {spec.slug for spec in available()}
    for heading, found in SECTIONS.items():
        shown = sum(spec.slug in there for spec in found)
        if heading and shown:
            first = f'[data-testid="stSidebarNavItems"] > li:nth-child({place})'
            rules.append(f'{first}::before {{ content: "{heading}"; }}')
        place += shown
    return "\n".join(rules)


def _front() -> None:
    first = _BY_SLUG[looking.PAGES[0]] if looking.on() else available()[0]
    st.switch_page(first.path, query_params=page_address.every())


def link(label: str, slug: str, params: Mapping[str, str] | None = None, **options: str) -> None:
    """Draw a link to a page of ours in the given state; plain text when there is no such page.

    Args:
        label: Markdown; text from outside must have gone through `elements.plain`.
        params: query parameters that the page reads.
        options: ``help`` (as text), ``icon`` or ``width`` of `st.page_link`.
    """
    if not exists(slug):
        st.markdown(label, help=plain(options.get("help", "")) or None)
        return
    st.page_link(
        _BY_SLUG[slug].path,
        label=label,
        query_params=dict(params or {}),
        help=plain(options.get("help", "")),
        icon=options.get("icon"),
        width="stretch" if options.get("width") == "stretch" else "content",
    )


def to(slug: str, params: Mapping[str, str] | None = None) -> None:
    """Leave this page for another one, in the given state."""
    st.switch_page(_BY_SLUG[slug].path, query_params=dict(params or {}))
