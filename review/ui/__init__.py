"""The pages and what they share. The only package, with ``app.py``, that imports streamlit.

What pages use::

    session            workspace(), reviewer(), require_reviewer()
    navigation         the table of pages; link(), to(): go to another page in a given state
    page_address       the state of a page in its address
    elements           page(), figures(), nothing_here(), local_time(), plain(), count_of()
    paper_card         the reading card of a paper, as HTML that is safe to draw
    keys               Shortcuts: which letters and digits are taken on a page
    key_queue          keys pressed in a row all count, for what was on the screen
    typing_guard       while something that takes text is open, keys belong to it
    stale_press        a press counts for what was on the screen when its button was drawn
    jobs               work that goes on behind a page and survives leaving it
    errors             careful(): wraps callbacks; tell(): a sentence for the next run
    browser_behaviour  what Streamlit lacks in the browser: leaving a field, the name of a tab
    style              the few classes of ours
"""
