"""The pages and what they share. The only package, with ``app.py``, that imports streamlit.

What a page uses::

    session     workspace(), reviewer(), require_reviewer()
    nav         the table of pages; link(), to(): go to another page in a given state
    parts       head(), figures(), nothing_here(), local_time(), plain(), count_of()
    paper       the reading card of a paper, as HTML that is safe to draw
    keys        Shortcuts: which letters and digits are taken on a page
    jobs        work that goes on behind a page and survives leaving it
    trouble     careful(): wraps callbacks; tell(): a sentence for the next run
    browser     the two manners of the browser that Streamlit lacks
    style       the few classes of ours
"""
