"""What was worked out for one state of the review is not worked out twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from review.gaps import service as gaps
from review.store.database_file import mark
from review.workspace import Workspace

T = TypeVar("T")


def remembered(ws: Workspace, compute: Callable[..., T], *args: Any) -> T:
    """The answer of a service to a question already asked since the review last changed.

    All sessions share it, so it is only looked at.

    Args:
        compute: takes the workspace and ``args``, changes nothing, returns plain data.
        args: values whose ``repr`` tells them apart.
    """
    state = (
        str(ws.store.url),
        mark(str(ws.store.url)),
        ws.protocol.version,
        gaps.change_marker(ws),
    )
    question = f"{compute.__module__}.{compute.__name__}{args!r}"
    answer: T = _hold(state, question, lambda: compute(ws, *args))
    return answer


@st.cache_resource(max_entries=32, show_spinner=False)
def _hold(state: tuple[object, ...], question: str, _compute: Callable[[], Any]) -> Any:
    return _compute()
