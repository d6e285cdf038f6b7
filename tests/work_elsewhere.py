"""Work for a process of its own, as the tests of it give it to do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from review.errors import UnknownColumns
from review.progress import Watch
from review.workspace import Workspace


def count_slowly(ws: Workspace, pid_file: Path, *, watch: Watch) -> int:
    """Count until it is stopped."""
    pid_file.write_text(str(os.getpid()))
    for n in range(10_000):
        watch.step("things counted").at(n, 10_000)
        watch.stop_if_cancelled("Stopped counting.")
        time.sleep(0.01)
    return 10_000


def refuse(ws: Workspace, *, watch: Watch) -> None:
    """Fail as reading a table may."""
    raise UnknownColumns("Name the columns.", ["a", "b"])


def die(ws: Workspace, *, watch: Watch) -> None:
    """End as the kernel ends a process for which there is no memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def never_ask(ws: Workspace, pid_file: Path, *, watch: Watch) -> None:
    """Go on for long without asking whether to stop."""
    pid_file.write_text(str(os.getpid()))
    time.sleep(600)
