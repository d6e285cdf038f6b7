"""Numbers of an opened cell or gap as a line of links, each to the reports that it counts."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from review.gaps.cell_details import Details, Towards
from review.gaps.model import Matrix
from review.ui import navigation
from review.ui.elements import count_of, ids_param, plain


def kinds(
    counts: Mapping[str, tuple[int, int]], reports: Mapping[str, tuple[str, ...]], key: str
) -> None:
    """Studies by kind of evidence.

    Args:
        counts: kind -> studies confirmed, and studies only suggested.
        reports: kind -> their reports.
        key: unique on the page.
    """
    said = {
        kind: f"{kind} {sure + only:,}" + (f" ({only:,} only suggested)" if only else "")
        for kind, (sure, only) in counts.items()
    }
    _line("Studies by kind of evidence:", said, reports, f"{key}-kinds")


def directions(inside: Details, key: str) -> None:
    """Confirmed studies by the direction of what they found; nothing where none says one."""
    if set(inside.directions) <= {Towards.NOT_STATED}:
        return
    said = {str(w): f"{inside.directions[w]:,} {w}" for w in Towards if inside.directions.get(w)}
    reports = {str(way): ids for way, ids in inside.pointing.items()}
    _line("Direction of the confirmed:", said, reports, f"{key}-directions")


def not_coded(found: Matrix) -> None:
    """The reports that stand nowhere on a map, as they have no value on one side; nothing for none.

    They are those that the rule of an empty place counts.
    """
    if found.uncoded:
        number = count_of(len(found.uncoded), "report")
        navigation.link(f"Open the {number} not coded yet", "records", ids_param(found.uncoded))


def _line(
    head: str, said: Mapping[str, str], reports: Mapping[str, tuple[str, ...]], key: str
) -> None:
    """A head, and words of which each opens its reports."""
    if not said:
        return
    with st.container(
        horizontal=True, gap="small", vertical_alignment="center", key=f"rt-coverage-{key}"
    ):
        st.markdown(head, width="content")
        for name, words in said.items():
            if ids := reports.get(name):
                navigation.link(plain(words), "records", ids_param(ids))
            else:
                st.markdown(plain(words), width="content")
