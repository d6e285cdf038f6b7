"""The report: the flow diagram with the papers behind every number, and all exports."""

from __future__ import annotations

from functools import partial

import streamlit as st

from review.coding import service as coding
from review.model import Stage
from review.reporting import diagram, prisma
from review.reporting import service as reporting
from review.screening import service as screening
from review.ui import downloads, parts, session
from review.ui.parts import Figure, count_of, plain

ws = session.workspace()
LINK_IDS = 400  # ids a link can carry; browsers cut longer addresses

# Boxes of the diagram by row: name, unit, and the status that lists them when they are many.
ROWS = (
    ("Identified", (("database_results", "records from databases", ""),
                    ("register_results", "records from registers", ""),
                    ("duplicates", "duplicate records", ""))),
    ("Screened", (("records_screened", "reports screened", ""),
                  ("records_excluded", "excluded", "excluded"))),
    ("Full text", (("dbr_sought_reports", "reports sought", ""),
                   ("dbr_notretrieved_reports", "not retrieved", ""),
                   ("dbr_assessed", "assessed", ""),
                   ("dbr_excluded", "excluded", ""))),
    ("Included", (("new_studies", "studies", "included"),
                  ("new_reports", "reports", "included"))),
)  # fmt: skip

FORMATS = {
    "csv": ("Table of reports (CSV)", "reports.csv"),
    "xlsx": ("Workbook (Excel)", "review.xlsx"),
    "ris": ("References (RIS)", "references.ris"),
    "bibtex": ("References (BibTeX)", "references.bib"),
    "csl-json": ("References (CSL JSON)", "references.json"),
    "asreview": ("For ASReview", "asreview.csv"),
    "rayyan": ("For Rayyan", "rayyan.csv"),
}


def behind(ids: list[str], status: str) -> dict[str, str]:
    """Query parameters that list what a number counts."""
    if len(ids) <= LINK_IDS:
        return parts.ids_param(ids)
    return {"status": status} if status else {}


def figure(flow: prisma.Flow, box: str, unit: str, status: str) -> Figure:
    """One number of the diagram, opening what it counts."""
    name = "new_reports" if box == "new_studies" else box
    ids = flow.ids[name]
    return Figure(flow.boxes[box], unit, "records" if ids else "", behind(ids, status))


def numbers(flow: prisma.Flow) -> None:
    """The same numbers as in the picture, each a link."""
    for place, (head, boxes) in enumerate(ROWS):
        st.markdown(f"**{head}**")
        parts.figures([figure(flow, *box) for box in boxes], f"flow-{place}")
    labels = reporting.reason_labels(ws)
    if flow.reasons:
        lines = [f"- {plain(labels.get(r, r))}: {n:,}" for r, n in flow.reasons.items()]
        st.markdown("**Reasons for exclusion at full text**\n" + "\n".join(lines))
    waiting = [
        Figure(n, words, "records", behind(flow.awaiting_ids[stage], status))
        for stage, words, status in (
            (Stage.TITLE_ABSTRACT, "on title and abstract", "awaiting title and abstract"),
            (Stage.FULL_TEXT, "on full text", "awaiting full text"),
        )
        if (n := flow.awaiting[stage])
    ]
    if waiting:
        st.markdown("**Awaiting a decision**")
        parts.figures(waiting, "flow-awaiting")


def exports() -> None:
    """Downloads, each written when it is asked for."""
    st.subheader("Exports", anchor=False)
    with st.container(horizontal=True):
        for name in reporting.FORMATS:
            label, file = FORMATS.get(name, (name, f"{name}.dat"))
            if name in FORMATS:
                downloads.button(label, file, partial(reporting.export, ws, name))
    st.caption("What people decided, in files that can be read in again")
    with st.container(horizontal=True):
        downloads.button("Votes (CSV)", "votes.csv", partial(screening.export_votes, ws))
        downloads.button("Tags (CSV)", "tags.csv", partial(coding.export_tags, ws))
        downloads.button("Findings (CSV)", "findings.csv", partial(coding.export_findings, ws))
    st.caption("The flow diagram")
    with st.container(horizontal=True):
        downloads.button("Picture (SVG)", "flow.svg", partial(reporting.write_prisma_svg, ws))
        downloads.button(
            "For PRISMA2020 (CSV)", "prisma2020.csv", partial(reporting.write_prisma_csv, ws)
        )


with parts.page("Report", "The flow of records into the review, and everything to take along."):
    flow = reporting.flow(ws)
    if not flow.boxes["records_screened"]:
        parts.nothing_here("There is nothing to report on yet.", "Go to search", "search")
        st.stop()
    for problem in flow.failed_sums:
        st.warning(plain(problem))
    studies = count_of(flow.boxes["new_studies"], "study", "studies")
    included = count_of(flow.boxes["new_reports"], "report")
    screened = count_of(flow.boxes["records_screened"], "report")
    st.subheader(f"{studies} in {included} included, out of {screened} screened", anchor=False)
    picture, table = st.columns([1.45, 1], gap="large")
    title = f"PRISMA 2020 flow diagram of {ws.protocol.title}"
    svg = diagram.svg(flow, reporting.reason_labels(ws), ws.protocol.title)
    picture.image(svg, width="stretch", alt=f"{title}. The same numbers stand beside it.")
    with table:
        st.caption("Every number opens what it counts.")
        numbers(flow)
    exports()
