"""The report: the flow diagram with the papers behind every number, and all exports."""

from __future__ import annotations

from functools import partial

import streamlit as st

from review.coding import service as coding
from review.events.screening import STAGES
from review.reporting import flow_diagram, prisma
from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.reporting.exports import EXPORTS, NOT_HELD
from review.screening import service as screening
from review.ui import downloads, elements, map_downloads, navigation, session
from review.ui.cache import remembered
from review.ui.elements import count_of, plain
from review.ui.report import bundle_part, flow_picture, large_export, tables_part

ws = session.workspace()

# Boxes of the diagram by row: name and unit.
ROWS = (
    ("Identified", (("database_results", "records from databases"),
                    ("register_results", "records from registers"),
                    ("citations_results", "records from citations"),
                    ("duplicates", "duplicate records"))),
    ("Screened", (("records_screened", "reports to screen"),
                  ("records_excluded", "excluded"),
                  ("records_not_screened", "not screened: stopped"))),
    ("Full text", (("dbr_sought_reports", "reports sought"),
                   ("dbr_notretrieved_reports", "not retrieved"),
                   ("dbr_assessed", "assessed"),
                   ("dbr_excluded", "excluded"))),
    ("Included", (("new_studies", "studies"),
                  ("new_reports", "reports"))),
)  # fmt: skip


def number(n: int, unit: str, ids: list[str]) -> None:
    """One number, opening what it counts."""
    label = f"**{n:,}** {plain(unit)}"
    if ids:
        navigation.link(label, "records", elements.ids_param(ids))
    else:
        st.markdown(label)


def numbers(flow: prisma.Flow) -> None:
    """The same numbers as in the picture, each a link."""
    for head, boxes in ROWS:
        with st.container(gap="xsmall", key=f"rt-flow-{head}"):
            st.markdown(f":small[{head}]")
            for box, unit in boxes:
                name = "new_reports" if box == "new_studies" else box
                number(flow.boxes[box], unit, flow.ids[name])
                if box == "dbr_excluded":
                    reasons(flow)
    with st.container(gap="xsmall", key="rt-flow-awaiting"):
        st.markdown(":small[Awaiting a decision]")
        for stage, words in STAGES.items():
            number(flow.awaiting[stage], f"on {words}", flow.awaiting_ids[stage])


def reasons(flow: prisma.Flow) -> None:
    """Why reports were excluded at full text."""
    labels = reporting.reason_labels(ws)
    lines = [f"- {plain(labels.get(r, r))}: {n:,}" for r, n in flow.reasons.items()]
    if lines:
        st.markdown("\n".join(lines))


def exports() -> None:
    """Downloads, each written when it is asked for; votes as far as one may see them."""
    viewer = session.reviewer()
    st.header("Exports", anchor=False)
    large = remembered(ws, coverage).reports >= large_export.LARGE
    with st.container(horizontal=True):
        for export in EXPORTS.values():
            if export.of_lists and large:
                large_export.button(ws, export, viewer)
            elif export.of_lists:
                write = partial(reporting.export, ws, export.name, viewer=viewer)
                downloads.button(export.label, export.file, write)
    if large:
        large_export.panel()
    st.caption(NOT_HELD)
    if screening.votes_still_blind(ws):
        st.caption(
            "Votes of others on reports that are still voted on blind are in none of these files; "
            "your own are."
        )
    st.caption("What people decided, in files that can be read in again")
    with st.container(horizontal=True):
        downloads.button(
            "Votes (CSV)", "votes.csv", partial(screening.export_votes, ws, viewer=viewer)
        )
        downloads.button("Tags (CSV)", "tags.csv", partial(coding.export_tags, ws))
        downloads.button("Findings (CSV)", "findings.csv", partial(coding.export_findings, ws))
    st.caption("The gap map, for those who have no access to the review")
    with st.container(horizontal=True):
        map_downloads.draw(lambda write, path, team: write(ws, path, team=team))
    st.caption("The flow diagram")
    with st.container(horizontal=True):
        downloads.button("Picture (SVG)", "flow.svg", partial(reporting.write_prisma_svg, ws))
        downloads.button(
            "For PRISMA2020 (CSV)", "prisma2020.csv", partial(reporting.write_prisma_csv, ws)
        )
    bundle_part.draw(ws)


with elements.page("Report", "The flow of records into the review, and everything to take along."):
    flow = remembered(ws, reporting.flow)
    if not (flow.boxes["records_screened"] or flow.boxes["records_not_screened"]):
        elements.nothing_here("There is nothing to report on yet.", "Go to search", "search")
        st.stop()
    for problem in flow.failed_sums:
        st.warning(plain(problem))
    studies = count_of(flow.boxes["new_studies"], "study", "studies")
    included = count_of(flow.boxes["new_reports"], "report")
    looked = remembered(ws, coverage)
    so_far = " so far" if looked.undecided else ""
    st.header(f"{studies} in {included} included{so_far}", anchor=False)
    st.markdown(f"{looked.words}.")
    picture, table = st.columns([1.9, 1], gap="large")
    title = f"PRISMA 2020 flow diagram of {ws.protocol.title}"
    drawn = flow_diagram.svg(
        flow,
        reporting.reason_labels(ws),
        f"{title}. The same numbers are listed beside it.",
        flow_diagram.SCREEN,
    )
    with picture:
        flow_picture.draw(drawn)
    with table:
        st.caption("Every number opens what it counts.")
        numbers(flow)
    tables_part.draw(ws)
    exports()
