"""Keys of a page: which are taken, so that one press never means two things.

Streamlit refuses C and R, and two buttons with the same key both fire.
"""

from __future__ import annotations

RESERVED = frozenset("CR")
ALLOWED = frozenset("ABDEFGHIJKLMNOPQSTUVWXYZ0123456789")
SHIFT = "Shift+"

LETTER_JS = r"""
    // On a keyboard of another alphabet Streamlit takes a letter for the Latin one at its place.
    const letterOf = ({ key, code }) =>
      (/^[^\x00-\x7f]$/.test(key) && /^Key([A-Z])$/.exec(code ?? "")?.[1]) || key
"""
"""For components: the letter that a press stands for, given its ``key`` and ``code``."""


class Shortcuts:
    """The keys of one drawing of a page; make a new one each run."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def take(self, key: str, meaning: str) -> str:
        """Claim a key.

        Args:
            key: one letter or digit, or ``Shift+`` and one.
            meaning: what it does, for the message when two want it.

        Returns:
            The key as a button's ``shortcut``.

        Raises:
            ValueError: the key is Streamlit's own, no letter or digit, or taken on this page.
        """
        letter = key.removeprefix(SHIFT).upper()
        wanted = f"{SHIFT}{letter}" if key.startswith(SHIFT) else letter
        if letter in RESERVED:
            raise ValueError(f"{letter} belongs to Streamlit and cannot mean '{meaning}'")
        if letter not in ALLOWED:
            raise ValueError(f"{key!r} is not a letter or digit")
        if wanted in self._taken:
            raise ValueError(f"{wanted} means '{self._taken[wanted]}' here, not '{meaning}' too")
        self._taken[wanted] = meaning
        return wanted

    def free(self, key: str) -> bool:
        """Whether a key can still be taken."""
        return key.upper() in ALLOWED - self._taken.keys()

    @property
    def taken(self) -> dict[str, str]:
        """Keys in use and what they do."""
        return dict(self._taken)
