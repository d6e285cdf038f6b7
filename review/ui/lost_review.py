"""In the place of a review whose database is lost or damaged: what is there, and what to do."""

from __future__ import annotations

import streamlit as st

from review.backups import Backup, made, restore
from review.config import Config
from review.ui import elements
from review.ui.elements import plain
from review.ui.errors import careful, tell
from review.workspace import open_workspace


def page(config: Config, words: str) -> None:
    """Say what is wrong; offer the copies there are, and a new review to whoever asks for it."""
    with elements.page("The review cannot be opened"):
        st.error(plain(words.partition("\n")[0]))
        copies(config)
        with st.expander("Make a new, empty review instead"):
            st.markdown("Nothing of the earlier review is in it. Its copies are kept.")
            st.button("Make a new review", key="lost-new", on_click=_new, args=(config,))


def copies(config: Config) -> None:
    """The copies of the review, newest first, and a button that brings one back."""
    found = made(config)
    if not found:
        st.markdown(
            f"There is no copy of the review in {plain(str(config.backups))}. Put the file back "
            "from a copy of your own, then load the page again."
        )
        return
    backup = st.selectbox(
        "Copies of the review",
        found,
        format_func=lambda one: f"{elements.local_time(one.at)} ({one.why.replace('-', ' ')})",
        key="copies-chosen",
        width=420,
    )
    st.button(
        "Bring this copy back", key="copies-restore", on_click=_restore, args=(config, backup)
    )


@careful
def _restore(config: Config, backup: Backup) -> None:
    earlier = restore(config, backup.path)
    kept = f" What stood there before is kept as {earlier.path.name}." if earlier else ""
    tell(f"The review is again as on {elements.local_time(backup.at)}.{kept}")


@careful
def _new(config: Config) -> None:
    open_workspace(config, create=True, new=True).store.close()
    tell("A new review is made.")
