"""The review tracker: ``streamlit run app.py``, or ``python3 -m review.start``."""

import streamlit as st

from review.ui import (
    drafts,
    errors,
    key_help,
    looking,
    memory,
    navigation,
    session,
    sign_in,
    style,
    typing_guard,
)

st.set_page_config(
    page_title="Review tracker",
    page_icon=navigation.ICON,
    layout="wide",
    initial_sidebar_state=220,
)
looking.settle()
style.apply(navigation.headings())
memory.bounded()

with errors.shown_plainly():
    sign_in.gate()
    page = navigation.build()
    st.session_state[drafts.PAGE] = page.url_path
    looking.keep()
    session.ask_reviewer()
    typing_guard.draw()
    key_help.draw()
    session.settle_reviewer(session.workspace())
    errors.show_told()
    page.run()
    looking.keep()  # again: the page may have written its address anew
