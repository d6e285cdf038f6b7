"""The map as files for those who have no access to the review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from review.reporting.offline.service import MAP_EXPORTS, MapWriter
from review.ui import downloads
from review.ui.plain_text import plain


def with_names() -> bool:
    """Draw the choice whether the team's own goes along."""
    return st.toggle(
        "With names of coders and the team's notes", key="map-files-team",
        help="Off, the offline map says neither who coded nor what the team noted of gaps, so it "
        "can be published. On, it is a file for the team.",
    )  # fmt: skip


def draw(write: Callable[[MapWriter, Path, bool], object]) -> None:
    """Draw a button for each format, and the choice whether the team's own goes along.

    Args:
        write: writes with one of `MAP_EXPORTS` to a path, with the team's own or without.
    """
    team = with_names()
    for one in MAP_EXPORTS.values():

        def made(path: Path, writer: MapWriter = one.write, named: bool = team) -> None:
            write(writer, path, named)

        words = f"{one.label}, with names and notes" if team and one.names else one.label
        downloads.button(plain(words), one.file, made)
