"""The server's memory does not grow with its threads."""

from __future__ import annotations

import platform

from streamlit.testing.v1 import AppTest

from review.ui import memory


def test_threads_share_few_arenas_where_the_allocator_has_them(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert memory.bounded() is (platform.libc_ver()[0] == "glibc")
