"""Keeps the server's memory from growing with the number of page runs."""

from __future__ import annotations

import ctypes
import sys

import streamlit as st

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's ``mallopt(3)``."""

ARENAS = 2


@st.cache_resource(show_spinner=False)
def bounded() -> bool:
    """Have all threads share few arenas; once a server.

    glibc gives up to eight arenas a core to threads and keeps in each what was freed there.
    Streamlit runs pages in threads that come and go, so that a large review would be in memory
    many times over. Other systems' allocators are left as they are.

    Returns:
        Whether the allocator took it.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(_ARENA_MAX, ARENAS))
