"""Versions of the review, the review as it was, and the difference between two times of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path

from review import protocol as protocols
from review.errors import DecisionError, NotFoundError, ProtocolError
from review.events import Event, ProtocolAdopted, VersionMade
from review.gaps import service as gaps
from review.plain_text import clean
from review.private_files import make_private
from review.progress import NOBODY, Watch
from review.protocol.model import Protocol
from review.sources import registry
from review.spreadsheet import write_csv
from review.store import Connection, bulk_reads, log, past
from review.versions import differences, moments
from review.versions.differences import Difference, ReportState, State
from review.versions.moments import Naming
from review.workspace import Workspace

TRIGGER = 2_000
"""Signs of what triggered a version."""

KEPT = 8
"""Earlier states whose databases are kept, those looked at last."""


@dataclass(frozen=True, slots=True)
class Version:
    """A dated, numbered state of the review (PRISMA-LSR).

    Attributes:
        place: the place in the log that the state goes up to.
        trigger: why it was made.
        protocol: version of the protocol in force then.
    """

    number: int
    place: past.Place
    by: str
    trigger: str
    protocol: str

    @property
    def at(self) -> datetime:
        """When it was made."""
        return self.place.at

    @property
    def name(self) -> str:
        """``version 2``."""
        return f"version {self.number}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of the review that can be looked at.

    Attributes:
        place: the last event that belongs to it.
        now: it is the review as it stands.
    """

    name: str
    place: past.Place
    now: bool = False


def make(ws: Workspace, actor: str, trigger: str) -> Version:
    """Make the review as it stands the next version of it.

    Raises:
        DecisionError: nothing is said of what triggered it, or too much.
    """
    said = clean(trigger).strip()
    if not said:
        raise DecisionError(
            "Say what triggered this version, such as “yearly update of the searches”."
        )
    if len(said) > TRIGGER:
        raise DecisionError(f"The trigger has {len(said):,} signs; use up to {TRIGGER:,}.")
    with ws.store.write() as conn:
        # The newest has the highest number, taken back or not.
        newest = log.newest(conn, VersionMade)
        made = VersionMade(number=newest.data.number + 1 if newest else 1, trigger=said)
        (done,) = log.append(conn, actor, [made])
    return Version(
        made.number, past.Place(done.seq, done.id, done.at), done.actor, said, done.protocol
    )


def take_back(ws: Workspace, actor: str, number: int) -> None:
    """Take a version back; its number is not given again.

    Raises:
        NotFoundError: there is no such version.
    """
    with ws.store.write() as conn:
        log.undo(conn, actor, _version(conn, number).place.event)


def versions(ws: Workspace) -> list[Version]:
    """The versions of the review that are not taken back, oldest first."""
    with ws.store.read() as conn:
        return _versions(conn)


def _versions(conn: Connection) -> list[Version]:
    made = [(ev, ev.data) for ev in log.events(conn, (VersionMade,))]
    return [
        Version(
            data.number, past.Place(ev.seq, ev.id, ev.at), ev.actor, data.trigger, ev.protocol
        )
        for ev, data in made
        if isinstance(data, VersionMade) and log.counts(conn, ev.id)
    ]  # fmt: skip


def _version(conn: Connection, number: int) -> Version:
    known = {one.number: one for one in _versions(conn)}
    if number not in known:
        there = ", ".join(map(str, known)) or "none yet"
        raise NotFoundError(f"There is no version {number} of this review; there is: {there}.")
    return known[number]


def moment(ws: Workspace, text: str, zone: tzinfo | None = None) -> Moment:
    """The time that a name means (`review.versions.moments.asked`).

    Raises:
        DecisionError: it names no time, or one before the review began.
        NotFoundError: there is no such version or run.
    """
    asked = moments.asked(text, zone)
    with ws.store.read() as conn:
        newest = past.newest_place(conn)
        if asked.naming is Naming.VERSION:
            place: past.Place | None = _version(conn, asked.number).place
        elif asked.naming is Naming.RUN:
            place = past.place_of_run(conn, asked.run)
        elif asked.moment is not None:
            place = past.place_at(conn, asked.moment)
        else:
            place = newest
    if place is None:
        raise DecisionError(f"The review had not begun by {asked.words}.")
    return Moment(asked.words, place, now=asked.naming is Naming.NOW or place == newest)


def had_begun(ws: Workspace, when: datetime) -> bool:
    """Whether the review had begun by a time, so that it can be looked at as it was then."""
    with ws.store.read() as conn:
        return past.place_at(conn, when) is not None


def is_ready(ws: Workspace, when: Moment) -> bool:
    """Whether a time can be looked at without working its state out first."""
    return when.now or _file(ws, when).exists()


def prepare(ws: Workspace, when: Moment, watch: Watch = NOBODY) -> None:
    """Work out the state of a time and keep it; nothing where it is kept already.

    Args:
        watch: told how far it is, and asked whether to stop.

    Raises:
        Cancelled: on request.
    """
    if is_ready(ws, when):
        return
    file = _file(ws, when)
    file.parent.mkdir(parents=True, exist_ok=True)
    with ws.store.read() as conn:
        past.build(conn, when.place, file, watch)
    make_private(file)
    _drop_oldest(file.parent, file)


def _file(ws: Workspace, when: Moment) -> Path:
    with ws.store.read() as conn:
        return ws.config.local / "earlier" / past.file_name(conn, when.place)


def _drop_oldest(folder: Path, besides: Path) -> None:
    kept = sorted(folder.glob("*.db"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in kept[KEPT:]:
        if file != besides:
            for one in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
                with suppress(OSError):  # somebody may be looking at it
                    one.unlink(missing_ok=True)


@contextmanager
def as_it_was(ws: Workspace, when: Moment, watch: Watch = NOBODY) -> Iterator[Workspace]:
    """The review at a time, with the protocol of then; it is only looked at.

    Every service and export takes it as it takes the review of today.

    Raises:
        Cancelled: on request.
    """
    if when.now:
        yield ws
        return
    prepare(ws, when, watch)
    file = _file(ws, when)
    with suppress(OSError):
        file.touch()  # it is among those looked at last
    store = past.PastStore(f"sqlite:///{file.as_posix()}")
    try:
        with store.read() as conn:
            found = _protocol(ws, log.newest(conn, ProtocolAdopted))
        config = replace(ws.config, db=f"sqlite:///{file.as_posix()}")
        yield Workspace(config, store, found)
    finally:
        store.close()


def _protocol(ws: Workspace, adopted: Event[ProtocolAdopted] | None) -> Protocol:
    """The protocol that was in force; today's where that cannot be read any more."""
    if adopted is None or adopted.data.version == ws.protocol.version or not adopted.data.text:
        return ws.protocol
    with tempfile.TemporaryDirectory(prefix="review-protocol-") as folder:
        for name, text in adopted.data.text.items():
            (Path(folder) / Path(name).name).write_text(text, encoding="utf-8")
        try:
            return protocols.load(Path(folder), registry.all_sources())
        except ProtocolError:
            return ws.protocol


def difference(ws: Workspace, old: Moment, new: Moment, watch: Watch = NOBODY) -> Difference:
    """What is different between two times; the earlier one goes first, however they are given.

    Raises:
        Cancelled: on request.
    """
    first, second = sorted((old, new), key=lambda one: one.place.seq)
    with as_it_was(ws, first, watch) as before, as_it_was(ws, second, watch) as after:
        return differences.difference(_state(before, first.name), _state(after, second.name))


def _state(ws: Workspace, name: str) -> State:
    with ws.store.read() as conn:
        found = {
            id_: ReportState(title, first, second, reason, place)
            for id_, title, first, second, reason, place in bulk_reads.standings(conn)
        }
        homes = {record: report for record, _source, report in bulk_reads.memberships(conn)}
    book = ws.protocol.codebook
    matrix = gaps.matrix(ws)
    return State(
        name=name,
        protocol=ws.protocol.version,
        records=homes,
        reports=found,
        matrix=matrix,
        claims=gaps.claims(ws),
        labels={(d.name, v.id): v.label for d in book.dimensions for v in d.values},
    )


def write_difference(found: Difference, path: Path) -> int:
    """Write a difference as a table.

    Returns:
        How many rows it has.
    """
    return write_csv(path, differences.COLUMNS, differences.table(found))


def versions_json(found: list[Version]) -> list[dict[str, object]]:
    """Versions as plain JSON values."""
    return [
        {
            "number": one.number,
            "time": one.at.isoformat(),
            "by": one.by,
            "trigger": one.trigger,
            "protocol": one.protocol,
            "event": one.place.event,
            "position": one.place.seq,
        }
        for one in found
    ]
