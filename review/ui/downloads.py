"""Files made when they are asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from review.ui.plain_text import plain


def made(write: Callable[[Path], object], name: str) -> Callable[[], bytes]:
    """What a download button calls on a click: write the file somewhere, give its bytes."""

    def build() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write(path)
            return path.read_bytes()

    return build


def button(label: str, name: str, write: Callable[[Path], object], help: str = "") -> None:
    """A download that is built on the click.

    Args:
        name: of the file; its ending tells the kind.
        write: writes the file to the path it is given.
    """
    st.download_button(
        label,
        made(write, name),
        file_name=name,
        key=f"download-{name}",
        on_click="ignore",
        help=plain(help) or None,
    )
