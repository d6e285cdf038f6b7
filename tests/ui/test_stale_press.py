"""A press that counts is carried out whole, and once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from review.ui import stale_press


def test_no_other_request_ends_a_press_before_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    state = SimpleNamespace(_yield_callback=lambda: looked.append("for requests"))
    context = SimpleNamespace(session_state=state)
    monkeypatch.setattr(stale_press, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(stale_press, "st", SimpleNamespace(session_state={}))
    stale_press.at("P000001")
    press = stale_press.once(lambda: state._yield_callback() or "done")
    assert press("P000001") == "done" and not looked
    assert press("P000001") is None
    state._yield_callback()
    assert looked
