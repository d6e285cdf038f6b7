"""What became of a file while it was read: fields nobody read, values not understood, its encoding.

A reader tells it as it goes along; the page and the command that import the file say it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

SAMPLE = 80
"""Signs of a value that are kept as a sample."""
_MOST = 300
"""Kinds of fields, of values and of remarks that are kept; a hostile file may have any number."""


@dataclass(slots=True)
class Seen:
    """How often something was met in a file, and how it looked the first time."""

    count: int
    sample: str


@dataclass(slots=True)
class FileAccount:
    """What a file held, told by its reader.

    Attributes:
        format: what the format is called, ``""`` while it is not known.
        origins: database, register or tool that wrote the entries, as the file tells -> entries.
        registers: register of studies -> entries that come from it.
        encoding: how the file's signs were read, ``""`` where the format says it itself.
        sure: whether that is told by the file, or nothing else fits; else it is a guess.
        entries: entries that were begun.
        read: field of the file (tag, column, element) -> how often it was read.
        left: field of the file that no field of a record takes -> how often, and a sample.
        unread: field of a record -> values for it that could not be understood.
        remarks: sentences on what was mended, each once with how often.
    """

    format: str = ""
    origins: dict[str, int] = field(default_factory=dict)
    registers: dict[str, int] = field(default_factory=dict)
    encoding: str = ""
    sure: bool = True
    entries: int = 0
    read: dict[str, int] = field(default_factory=dict)
    left: dict[str, Seen] = field(default_factory=dict)
    unread: dict[str, Seen] = field(default_factory=dict)
    remarks: dict[str, Seen] = field(default_factory=dict)

    def sentences(self) -> tuple[str, ...]:
        """What is to be said of the file besides its entries, the weightiest first."""
        said = []
        if named := self.named:
            said.append(f"Format: {named}.")
        if self.mixed:
            registers = " and ".join(self.registers)
            said.append(
                f"Registrations ({registers}) stand among other references, so all of them count "
                "with the databases. Import the registrations as a file of their own to have them "
                "counted with the registers."
            )
        if self.encoding and not self.encoding.startswith("UTF"):
            how = "as the letters tell; the file does not say" if self.sure else "which is a guess"
            said.append(f"Read as {self.encoding}, {how}.")
        if self.unread:
            said.append(f"Values that could not be understood: {_listed(self.unread)}.")
        if self.remarks:
            said.append(f"Mended or passed over: {_listed(self.remarks)}.")
        if self.left:
            kept = "Fields left aside, kept with the record as they came"
            said.append(f"{kept}: {_listed(self.left)}.")
        if self.read:
            said.append(f"Fields read: {', '.join(self.read)}.")
        return tuple(said)

    @property
    def named(self) -> str:
        """The format and where its entries come from: ``ClinicalTrials.gov (CSV)``."""
        origins = " and ".join(filter(None, self.origins))
        if not origins or self.format.startswith(origins):
            return self.format
        return f"{origins} ({self.format})" if self.format else origins

    @property
    def register(self) -> str:
        """The register that all entries come from; ``""`` where not all come from any."""
        return "" if self.mixed else " and ".join(self.registers)

    @property
    def mixed(self) -> bool:
        """Whether some entries come from a register and others do not."""
        return 0 < sum(self.registers.values()) < sum(self.origins.values())

    def came_from(self, origin: str, register: str = "") -> None:
        """An entry of a known origin, ``""`` where nothing tells; and the register it stands in."""
        self.origins[origin] = self.origins.get(origin, 0) + 1
        if register:
            self.registers[register] = self.registers.get(register, 0) + 1

    def took(self, names: Iterable[str]) -> None:
        """Fields of an entry that were read."""
        for name in names:
            if name in self.read or len(self.read) < _MOST:
                self.read[name] = self.read.get(name, 0) + 1

    def left_aside(self, name: str, value: str) -> None:
        """A field of an entry that no field of a record takes."""
        _note(self.left, name, value)

    def not_understood(self, name: str, value: str) -> None:
        """A value of which no field of a record could be made."""
        _note(self.unread, name, value)

    def remark(self, words: str, sample: str = "") -> None:
        """Something that was mended or passed over without harm."""
        _note(self.remarks, words, sample)


def _note(seen: dict[str, Seen], name: str, value: str) -> None:
    if name in seen:
        seen[name].count += 1
    elif len(seen) < _MOST:
        text = " ".join(value[: SAMPLE * 4].split())
        seen[name] = Seen(1, text if len(text) <= SAMPLE else text[: SAMPLE - 1].rstrip() + "…")


def _listed(seen: dict[str, Seen]) -> str:
    parts = []
    for name, one in seen.items():
        times = "once" if one.count == 1 else f"{one.count:,} times"
        parts.append(f"{name} ({times}: {one.sample})" if one.sample else f"{name} ({times})")
    return "; ".join(parts)
