"""The review tracker: ``streamlit run app.py``, or ``python3 -m review.start``."""

import streamlit as st

from review.ui import errors, navigation, session, style, typing_guard

st.set_page_config(
    page_title="Review tracker",
    page_icon=":material/menu_book:",
    layout="wide",
    initial_sidebar_state=220,
)
style.apply()

with errors.shown_plainly():
    if session.sign_in_needed():
        st.title("Review tracker", anchor=False)
        st.write("This review is open to its team only.")
        st.button("Sign in", type="primary", on_click=st.login)
        st.stop()
    page = navigation.build()
    session.ask_reviewer()
    typing_guard.draw()
    errors.show_told()
    session.workspace()
    page.run()
