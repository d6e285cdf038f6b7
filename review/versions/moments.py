"""Names for a time of the review: a version, a date, a run, or now. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from enum import StrEnum

from review.errors import DecisionError

HOW = "a version's number, a date such as 2026-11-01, run:ID, or now"


class Naming(StrEnum):
    """By what a time is named."""

    VERSION = "version"
    DATE = "date"
    RUN = "run"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Asked:
    """A time as somebody named it.

    Attributes:
        number: of a version.
        moment: the end of a day, or a point in time.
        run: the id of a search run or an import.
    """

    naming: Naming
    words: str
    number: int = 0
    moment: datetime | None = None
    run: str = ""


def asked(text: str, zone: tzinfo | None = None) -> Asked:
    """Read the name of a time; a date is the end of that day.

    Args:
        zone: of dates and times without one; the machine's own when None.

    Raises:
        DecisionError: it is none.
    """
    said = text.strip()
    folded = said.lower()
    if folded == "now":
        return Asked(Naming.NOW, "now")
    if folded.startswith("run:") and said[4:].strip():
        return Asked(Naming.RUN, f"run {said[4:].strip()}", run=said[4:].strip())
    if number := re.fullmatch(r"(?:version[ :]*|v)?(\d{1,6})", folded):
        return Asked(Naming.VERSION, f"version {int(number[1])}", number=int(number[1]))
    if moment := _moment(said, zone):
        return Asked(Naming.DATE, said, moment=moment)
    raise DecisionError(f"“{said}” names no time of the review. Give {HOW}.")


def _moment(said: str, zone: tzinfo | None) -> datetime | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        pass
    else:
        # Whole digits, such as 20261101, are read as a version's number before.
        return _zoned(datetime.combine(day, time.max), zone)
    try:
        return _zoned(datetime.fromisoformat(said), zone)
    except ValueError:
        return None


def _zoned(moment: datetime, zone: tzinfo | None) -> datetime:
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone) if zone is not None else moment.astimezone()
