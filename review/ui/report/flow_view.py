"""The flow diagram on the page Report: which one, the picture, its numbers, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from review.reporting import flow_boxes, flow_diagram, flow_files, flows
from review.reporting.flow_boxes import Drawing, Line
from review.reporting.flows import Kind
from review.separate_process import LARGE, call_if
from review.ui import downloads, drafts, elements, jobs, navigation, page_address, session
from review.ui.cache import remembered
from review.ui.elements import plain
from review.ui.errors import careful, tell
from review.ui.report import flow_picture
from review.versions import service as versions
from review.workspace import Workspace

KINDS = {
    Kind.NEW: "New review",
    Kind.UPDATED: "Updated review",
    Kind.LIVING: "Living review",
}
JOB = "flow-version"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which diagram is asked for; ``since`` is the version that it goes on from."""

    kind: Kind = Kind.NEW
    since: int | None = None
    screening_reasons: bool = False
    without_empty: bool = False


def choose(ws: Workspace) -> Asked:
    """The choices above the picture; the address keeps the first two."""
    known = {str(one.number): one for one in remembered(ws, versions.versions)}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind, since = Kind.NEW, None
        if known:
            page_address.follow("diagram", "flow-kind", [str(k) for k in KINDS])
            chosen = st.segmented_control(
                "Diagram of",
                [str(k) for k in KINDS],
                required=True,
                format_func=lambda k: KINDS[Kind(k)],
                key="flow-kind",
                on_change=lambda: page_address.put("diagram", st.session_state["flow-kind"]),
            )
            kind = Kind(chosen or Kind.NEW)
        if kind is not Kind.NEW:
            newest_first = list(known)[::-1]
            page_address.follow("since", "flow-since", newest_first)
            number = st.selectbox(
                "Goes on from",
                newest_first,
                key="flow-since",
                format_func=lambda n: (
                    f"Version {n}, {elements.local_time(known[n].at, day_only=True)}"
                ),
                width=240,
                on_change=lambda: page_address.put("since", st.session_state["flow-since"]),
            )
            since = int(number)
        reasons = st.toggle("Reasons at title and abstract", key="flow-reasons")
        without = st.toggle("Without empty lines", key="flow-without")
    return Asked(kind, since, bool(reasons), bool(without))


def ready(ws: Workspace, asked: Asked) -> bool:
    """Whether the version that the diagram goes on from is worked out; if not, it is begun."""
    if asked.since is None:
        return True
    when = versions.moment(ws, str(asked.since))
    if versions.is_ready(ws, when):
        return True
    job = jobs.registry().get(JOB, own=True)
    if st.session_state.get("flow-asked") != when.place and not (job and job.running):
        st.session_state["flow-asked"] = when.place

        def work(job: jobs.Job) -> object:
            return call_if(when.place.seq > LARGE, ws, versions.prepare, when, watch=job.watch)

        jobs.registry().start(JOB, f"The review as of {when.name}", work, own=True)
    job = jobs.panel(JOB, own=True)
    if versions.is_ready(ws, when):
        return True
    if job is not None and not job.running:
        if job.error:
            st.error(plain(job.error))
        if st.button("Work it out", key="flow-again"):
            st.session_state.pop("flow-asked", None)
            st.rerun()
    return False


def _drawing(
    ws: Workspace, kind: str, since: int | None, screening_reasons: bool, without_empty: bool
) -> Drawing:
    return flows.drawing(
        ws, Kind(kind), since,
        screening_reasons=screening_reasons, without_empty=without_empty,
    )  # fmt: skip


def drawing(ws: Workspace, asked: Asked) -> Drawing:
    """The diagram that is asked for, worked out once for one state of the review."""
    return remembered(
        ws, _drawing, str(asked.kind), asked.since, asked.screening_reasons, asked.without_empty
    )


def draw(ws: Workspace, found: Drawing) -> None:
    """The picture, and its numbers beside it or, where it is wide, below."""
    shown = flow_boxes.diagram(found)
    wide = bool(shown.previous or shown.columns or len(shown.arms) > 1)
    opens = [
        one.key for one in flow_boxes.lines(shown) if flow_boxes.papers_of(found.flow, one.key)
    ]
    title = (
        f"PRISMA 2020 flow diagram of {ws.protocol.title}. The same numbers are listed beside it."
    )
    drawn = flow_diagram.svg(found, flow_diagram.SCREEN, title)
    if wide:
        pressed = flow_picture.draw(drawn, opens)
        numbers(found, st.columns(len(shown.arms) + 1, gap="large"))
    else:
        picture, table = st.columns([1.9, 1], gap="large")
        with picture:
            pressed = flow_picture.draw(drawn, opens)
        numbers(found, [table, table])
    if pressed in opens:
        navigation.to("records", elements.ids_param(flow_boxes.papers_of(found.flow, pressed)))


def numbers(found: Drawing, columns: list[st.delta_generator.DeltaGenerator]) -> None:
    """The same numbers as in the picture, each a link."""
    shown = flow_boxes.diagram(found)
    columns[0].caption("Every number opens what it counts.")
    for place, arm in enumerate(shown.arms):
        with columns[place].container(gap="xsmall", key=f"rt-flow-{place}"):
            st.markdown(f":small[{plain(arm.head)}]")
            for layer in shown.layers:
                main, sides = arm.rows[layer]
                for box in (main, *sides):
                    for line in box:
                        _number(found, line)
    with columns[-1].container(gap="xsmall", key="rt-flow-included"):
        st.markdown(":small[Included]")
        for line in (*shown.previous, *shown.included, *shown.total):
            _number(found, line)


def _number(found: Drawing, line: Line) -> None:
    """One number, opening what it counts; of a living review what came since."""
    if not (line.n and line.key):
        return
    told = " + ".join(f"{n:,}" for n in line.n)
    label = f"**{told}** {plain(line.words)}"
    ids = flow_boxes.papers_of(found.flow, line.key)
    if ids:
        navigation.link(label, "records", elements.ids_param(ids))
    else:
        st.markdown(label)


def files(found: Drawing, asked: Asked) -> None:
    """The diagram as it is shown, to take along."""
    name = "flow" if asked.kind is Kind.NEW else f"flow-{asked.kind}"
    offered = (
        ("Picture (SVG)", f"{name}.svg", flow_files.write_svg),
        ("Picture (PNG)", f"{name}.png", flow_files.write_png),
        ("Word", f"{name}.docx", flow_files.write_word),
        ("For PRISMA2020 (CSV)", f"{name.replace('flow', 'prisma2020')}.csv",
         flow_files.write_table),
        ("What is behind each box (CSV)", f"{name}-ids.csv", flow_files.write_ids),
    )  # fmt: skip
    with st.container(horizontal=True):
        for label, file, write in offered:

            def written(path: Path, write: object = write) -> None:
                write(found, path)  # type: ignore[operator]

            downloads.button(label, file, written)


def wording(ws: Workspace, found: Drawing) -> None:
    """A form to put a box in other words."""
    reviewer = session.reviewer()
    with st.expander("Words of the boxes", key="flow-wording"):
        st.caption(
            "A box can be put in other words; its number stays what it is. Of what is still to "
            "do, the diagram says so itself."
        )
        own = found.choices.words
        with st.container(horizontal=True, vertical_alignment="bottom"):
            shown = [one.key for one in flow_boxes.lines(flow_boxes.diagram(found))]
            heads = {"removed", *(["other_identified"] if "other_assessed" in shown else [])}
            boxes = [box for box in flow_boxes.WORDS if box in {*shown, *own, *heads}]
            box = st.selectbox(
                "Box", boxes, key="flow-box", width=320,
                format_func=lambda b: (own.get(b) or flow_boxes.WORDS[b])
                + (" (other methods)" if b.startswith("other_") else ""),
            )  # fmt: skip
            st.text_input(
                "In your words",
                key=drafts.field(f"flow-words-{box}"),
                max_chars=flows.LONGEST,
                placeholder=flow_boxes.WORDS[str(box)],
                persist_state="session",
            )
            st.button(
                "Keep", key="flow-keep", on_click=_keep, args=(ws, reviewer, box),
                disabled=not reviewer,
            )  # fmt: skip
            if box in own:
                st.button(
                    "The template's words again", key="flow-back", type="tertiary",
                    on_click=_put_back, args=(ws, reviewer, box), disabled=not reviewer,
                )  # fmt: skip


@careful
def _keep(ws: Workspace, reviewer: str, box: str) -> None:
    said = str(st.session_state.get(f"flow-words-{box}") or "").strip()
    if not said:
        tell("Write the words first.", "warning")
        return
    flows.word_box(ws, reviewer, box, said)
    drafts.used(f"flow-words-{box}")
    tell("The box is put in your words.")


@careful
def _put_back(ws: Workspace, reviewer: str, box: str) -> None:
    flows.word_box(ws, reviewer, box, "")
    tell("The box has the words of the template again.")
