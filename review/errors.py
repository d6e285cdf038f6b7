"""Errors a reviewer can act on.

The tree::

    ReviewError
    ├── ProtocolError          every mistake of the YAML files, together
    ├── FormError              every mistake of the forms for risk of bias, together
    ├── ConfigError            a setting or environment variable that cannot be used
    ├── StoreError
    │   ├── NotFoundError      no such report, record, event, run
    │   ├── NoReviewError      the database holds no review yet
    │   ├── LostReviewError    the file of the review is gone, empty or another one
    │   ├── DamagedReviewError the file of the review cannot be read
    │   ├── ReadOnlyError      the review is open for those who only look
    │   ├── NewerReviewError   the review was written by a newer version of this program
    │   └── BusyError          another program has been writing for too long
    ├── DecisionError          a vote, tag, finding or merge that the rules refuse
    │   └── OutdatedError      it was meant for what is not there any more
    ├── SourceError
    │   ├── FileError          a file that cannot be read at all
    │   │   └── UnknownColumns a table whose columns someone must name
    │   ├── NetworkError       no answer, or an answer that is no answer
    │   ├── QueryRefused       the source refuses the question as it is asked
    │   ├── KeyNeededError     the source wants a key, or refuses the one given
    │   └── BudgetError        the source's daily budget is spent
    ├── ProcessLostError       a process that did long work ended before its work did
    └── Cancelled              a person stopped the work

Messages are whole sentences: what happened, where, what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


class ReviewError(Exception):
    """Base of all errors of the tracker; ``str(error)`` may be shown to a person as it is."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pass from one process to another as it is, whatever its class is made from."""
        return _again, (type(self), self.args), self.__dict__


def _again(kind: type[ReviewError], args: tuple[Any, ...]) -> ReviewError:
    made = kind.__new__(kind)
    made.args = args
    return made


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a file: where it is and what to do about it."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ProtocolError(ReviewError):
    """The protocol or codebook cannot be used; carries every mistake found, not only the first."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        head = "1 mistake" if count == 1 else f"{count} mistakes"
        super().__init__("\n".join([f"{head} in the protocol files:", *map(str, self.mistakes)]))


class FormError(ReviewError):
    """A form for risk of bias cannot be used; carries every mistake found."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        head = "1 mistake" if count == 1 else f"{count} mistakes"
        lines = [f"{head} in the forms for risk of bias:", *map(str, self.mistakes)]
        super().__init__("\n".join(lines))


class ConfigError(ReviewError):
    """A setting cannot be used."""


class StoreError(ReviewError):
    """The review's database refused or lacks something."""


class NotFoundError(StoreError):
    """No such report, record, event or run."""


class NoReviewError(StoreError):
    """The database holds no review yet: `python -m review init` makes one."""


class LostReviewError(StoreError):
    """There was a review, and its file is gone, empty or another one; no new one is made."""


class DamagedReviewError(StoreError):
    """The file of the review cannot be read; a copy must be brought back."""


class NewerReviewError(StoreError):
    """The review was written by a newer version of this program; nothing of it was touched."""


class ReadOnlyError(StoreError):
    """The review is open for those who only look; nothing was stored."""


class BusyError(StoreError):
    """Another program has been writing to the review for longer than one waits."""


class DecisionError(ReviewError):
    """The rules of the review refuse this vote, tag, finding or merge."""


class OutdatedError(DecisionError):
    """A decision was made for what is not there any more, such as a conflict settled since.

    The sentence has a time in it, which a page tells by the reader's clock (`told`).
    """

    def __init__(self, happened: str, at: datetime | None = None, then: str = "") -> None:
        self._parts = happened, at, then
        super().__init__(self.told(lambda time: f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"))

    def told(self, clock: Callable[[datetime], str]) -> str:
        """The sentence: who has done what, when, and what became of the press."""
        happened, at, then = self._parts
        when = f" ({clock(at)})" if at else ""
        return f"{happened}{when}. {then}".rstrip()


class SourceError(ReviewError):
    """A source of records failed."""


class FileError(SourceError):
    """A file cannot be read at all; single bad rows are `Mistake` values instead."""


class UnknownColumns(FileError):
    """A table does not say which column holds the title; ``columns`` are its column heads."""

    def __init__(self, message: str, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        super().__init__(message)


class NetworkError(SourceError):
    """The source gave no answer, or an answer that is not one."""


class QueryRefused(SourceError):
    """The source refuses the question as it is asked; asking again changes nothing."""


class KeyNeededError(SourceError):
    """The source wants a key, or refuses the one it was given."""


class BudgetError(SourceError):
    """The daily budget of the source is spent.

    ``until`` is when the source opens a new one (UTC).
    """

    def __init__(self, message: str, until: datetime | None = None) -> None:
        self.until = until
        super().__init__(message)


class ProcessLostError(ReviewError):
    """A process that did long work ended before its work did, as when it was killed."""


class Cancelled(ReviewError):
    """A person stopped the work; what was confirmed before stays."""
