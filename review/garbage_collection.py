"""How often Python looks for objects that nothing names any more."""

from __future__ import annotations

import atexit
import gc

COLLECT_AFTER = 50_000
"""New objects between two looks.

At Python's default of 700 to 2,000 whatever reads many reports makes it walk all that the program
holds, time and again: a third of what the gap map took, a tenth of an export of 100,000 reports.
"""


def seldom() -> None:
    """Have Python look less often."""
    gc.set_threshold(COLLECT_AFTER)


def not_at_the_end() -> None:
    """Let the process end without looking once more, as all it holds is freed anyway.

    Through the modules of a command that takes 0.4 s.
    """
    atexit.register(gc.freeze)
