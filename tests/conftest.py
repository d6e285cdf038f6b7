"""What all tests share: databases, a clean environment, and no way out of this machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator
from typing import Any, TypeVar

import hypothesis
import pytest

pytest_plugins = ["tests.backends", "tests.quick_connections"]

# No deadline for one example: it would measure the machine. HYPOTHESIS_PROFILE=deep tries more and
# shrinks nothing: the example that failed is printed as it is, and a developer's run shrinks it.
# Shrinking takes minutes, in which the time limit of the test cuts off an example that holds.
hypothesis.settings.register_profile("fast", max_examples=30, deadline=None)
hypothesis.settings.register_profile(
    "deep",
    max_examples=100,
    deadline=None,
    phases=set(hypothesis.Phase) - {hypothesis.Phase.shrink},
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

FAILED = pytest.StashKey[bool]()
"""Set on a test that has failed, for fixtures that then keep evidence."""

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run without the settings that the developer may have for a review of their own."""
    for name in ("REVIEW_DB", "REVIEW_DATA", "OPENALEX_URL", "OPENALEX_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test whose process calls another machine."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"  # else a Unix socket
        if host not in ("localhost", "::1") and not host.startswith("127."):
            self.close()
            raise AssertionError(f"a test called {host}; tests stay on this machine")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser, and run them last.

    Last, because Playwright leaves an event loop running in this thread, which later tests would
    stumble over, and because quick tests should fail first.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note failures, and let no test be skipped where that is asked for."""
    report = _no_skip((yield))
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let no file be skipped where that is asked for."""
    return _no_skip((yield))


def _no_skip(report: Report) -> Report:
    """Turn a skip into a failure under ``REVIEW_NO_SKIP=1``; an expected failure is no skip."""
    forbidden = os.environ.get("REVIEW_NO_SKIP") == "1"
    if forbidden and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which REVIEW_NO_SKIP=1 forbids: {report.longreprtext}"
    return report
