"""Looking again at one's own and the team's decisions that a model finds unlikely.

A machine's place decides nothing: each decision is kept, which the log says, or changed by a vote
as any other. The model learns from what is decided and from the viewer's own votes alone, so that
its places tell nothing of what others have said blind.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from review import outdated
from review.errors import DecisionError, OutdatedError
from review.events import DecisionConfirmed, Event, LookedBack, VoteCast
from review.model import Decision
from review.outdated import NOTHING_STORED, Shown
from review.progress import NOBODY, Watch
from review.screening import ordering, ranking
from review.screening.looking_back import FOLDS, LEAST, SEED, unlikely
from review.store import Connection, log, second_looks
from review.workspace import Workspace

MODEL = f"ranker {ranking.VERSION}, fitted on {FOLDS - 1} of {FOLDS} parts of the decisions"
"""Which model is asked, as the log names it."""

NO_HELP = "The protocol does without machine help, so no model looks back at decisions."

TOO_FEW = (
    f"A look back needs at least {LEAST} included and {LEAST} excluded reports to learn from; "
    "there are fewer."
)


class Label(NamedTuple):
    """What a report was called, whether the viewer voted so, and whether the team has decided."""

    decision: Decision
    own: bool
    decided: bool


Labels = dict[str, Label]


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A decision to be looked at again.

    Attributes:
        decision: include or exclude; the viewer's own vote where nothing is decided yet.
        own: the viewer voted so.
        decided: the team has decided so.
        rank: place in the order of a model that has not seen the decision, likeliest first, of
            ``ranked`` reports.
    """

    report: str
    title: str
    decision: Decision
    own: bool
    decided: bool
    rank: int
    ranked: int


@dataclass(frozen=True, slots=True)
class LookBack:
    """What a look back has found.

    Attributes:
        looks: the most unlikely first, excluded ones and included ones in turn.
        learned_from: decisions that the models learned from; ``included`` of them are relevant.
    """

    looks: tuple[SecondLook, ...]
    learned_from: int
    included: int

    @property
    def enough(self) -> bool:
        """Whether there were decisions enough to learn from."""
        return min(self.included, self.learned_from - self.included) >= LEAST


@dataclass(frozen=True, slots=True)
class LookedBackSoFar:
    """What looking back has come to.

    Attributes:
        runs: as the log has them, oldest first.
        kept: decisions that a model found unlikely and people stand by.
    """

    runs: tuple[Event, ...] = ()
    kept: int = 0

    @property
    def words(self) -> str:
        """The same in sentences for a methods section; ``""`` where no model looked back.

        Of votes that decide nothing yet it says that they were used, and not how many there are.
        """
        if not self.runs:
            return ""
        last, times = self.runs[-1], len(self.runs)
        said = last.data
        assert isinstance(said, LookedBack)
        settings = ", ".join(f"{name} {value:g}" for name, value in said.settings.items())
        own = " and votes of the person who asked" if said.own else ""
        often = "once" if times == 1 else f"{times:,} times, at last"
        kept = "decision was" if self.kept == 1 else "decisions were"
        return (
            f"Decisions on title and abstract were looked back at with a model {often} on "
            f"{last.at.day} {last.at:%B %Y}: {said.model}, version {said.version} ({settings}), "
            f"fitted on {said.folds - 1} of {said.folds} parts of the decisions in turn "
            f"(seed {said.seed}), "
            "so that none was judged by a model that had seen it. It learned from "
            f"{said.decided:,} decisions{own} and found {said.listed:,} unlikely, "
            f"for people to look at again. {self.kept:,} {kept} looked at again and kept; others "
            "were changed by votes."
        )


def look_back(ws: Workspace, reviewer: str, watch: Watch = NOBODY) -> LookBack:
    """List the decisions that this person should look at again; the log says what listed them.

    Raises:
        DecisionError: the protocol does without machine help.
        Cancelled: whoever looks on wishes so.
    """
    if not ws.protocol.machine_help:
        raise DecisionError(NO_HELP)
    with ws.store.read() as conn:
        texts = second_looks.texts(conn)
        labels = _labels(conn, reviewer)
        confirmed = second_looks.confirmed_by(conn, reviewer)
    position = {id_: n for n, (id_, _, _) in enumerate(texts)}
    at = [position[id_] for id_ in labels]
    said = [int(decision is Decision.INCLUDE) for decision, *_ in labels.values()]
    told = watch.step("parts of the decisions looked at")
    told.stop_if_cancelled()
    ranker, rows = ordering.features(ws, texts)

    def rank(labelled: NDArray[np.intp], said: NDArray[np.intp]) -> NDArray[np.float64]:
        return ranker.rank(rows[labelled], said)[rows]

    found = unlikely(rank, at, said, SEED, told)

    def look(n: int) -> SecondLook:
        id_, title, _ = texts[n]
        return SecondLook(id_, title, *labels[id_], found.places[n], len(texts))

    looks = [look(n) for n in _in_turn(found.excluded, found.included)]
    if found.places:
        _log(ws, reviewer, labels, len(texts), len(looks))
    return LookBack(
        tuple(one for one in looks if confirmed.get(one.report) != one.decision),
        len(labels),
        sum(said),
    )


def _log(ws: Workspace, reviewer: str, labels: Labels, reports: int, listed: int) -> None:
    """Say which model was used, on what; not again where nothing of it has changed since."""
    decided = sum(label.decided for label in labels.values())
    said = LookedBack(
        model=ranking.MODEL, version=ranking.VERSION, settings=ranking.SETTINGS, folds=FOLDS,
        seed=SEED, reports=reports, decided=decided, own=len(labels) - decided, listed=listed,
        included=sum(label.decision is Decision.INCLUDE for label in labels.values()),
    )  # fmt: skip
    with ws.store.write() as conn:
        before = log.last_of(conn, reviewer, (LookedBack,))
        if before is None or before.data != said:
            log.append(conn, reviewer, [said], protocol=ws.protocol.version)


def looked_back(ws: Workspace) -> LookedBackSoFar:
    """How often a model looked back, what it was at last, and what people stand by."""
    with ws.store.read() as conn:
        runs = list(log.events(conn, (LookedBack,)))
        return LookedBackSoFar(tuple(runs), second_looks.count_confirmed(conn))


def still_open(ws: Workspace, reviewer: str, looks: Sequence[SecondLook]) -> list[SecondLook]:
    """Those of a list that the person has neither kept nor changed since, and that say what holds
    now."""
    with ws.store.read() as conn:
        now, confirmed = _labels(conn, reviewer), second_looks.confirmed_by(conn, reviewer)
    return [
        one
        for one in looks
        if one.report in now
        and now[one.report].decision is one.decision
        and confirmed.get(one.report) != one.decision
    ]


def confirm(
    ws: Workspace, look: SecondLook, reviewer: str, shown: Shown | None = None
) -> Event[DecisionConfirmed]:
    """Stand by a decision after looking at it again; it leaves the person's list.

    Raises:
        OutdatedError: it is another decision now, or the report is not what was ``shown``.
        DecisionError: nobody is named.
        NotFoundError: no such report.
    """
    if not reviewer.strip():
        raise DecisionError("Say who is working before you decide.")
    with ws.store.write() as conn:
        on = outdated.membership(conn, look.report, shown)
        now = _labels(conn, reviewer).get(on.report)
        if now is None or now.decision is not look.decision:
            raise OutdatedError(f"The decision on {on.report} is another one now. {NOTHING_STORED}")
        said = DecisionConfirmed(
            record=on.lead, report=on.report, reviewer=reviewer, decision=look.decision,
            rank=look.rank, ranked=look.ranked, model=MODEL,
        )  # fmt: skip
        (done,) = log.append(conn, reviewer, [said], protocol=outdated.version_read(ws, shown))
    return done


def undo_last(ws: Workspace, reviewer: str, listed: Collection[str]) -> Event | None:
    """Take back this person's newest step, a decision kept or a vote, where it is on a report of
    the list; None where it is not.

    Args:
        listed: the reports of the list.
    """
    with ws.store.write() as conn:
        last = log.last_of(conn, reviewer, (DecisionConfirmed, VoteCast))
        if last is None or not isinstance(last.data, (DecisionConfirmed, VoteCast)):
            return None
        one_vote = isinstance(last.data, DecisionConfirmed) or not last.data.batch
        if last.data.report not in listed or not one_vote:
            return None
        log.undo(conn, reviewer, last.id)
        return last


def words(one: SecondLook) -> str:
    """Whose decision it is, and where the model would have placed the report."""
    did = "Included" if one.decision is Decision.INCLUDE else "Excluded"
    whose = "by you" if one.own else "by the team"
    other = "included" if one.decision is Decision.EXCLUDE else "excluded"
    return (
        f"{did} {whose}. A model that has not seen this decision would have {other} it, had it "
        f"included as many as people did: place {one.rank:,} of {one.ranked:,}, the likeliest to "
        "be relevant first."
    )


def _labels(conn: Connection, reviewer: str) -> Labels:
    """What the viewer may know of title and abstract: decisions, and their own votes before."""
    mine = second_looks.own_votes(conn, reviewer)
    found: Labels = {
        id_: Label(decision, id_ in mine and mine[id_][0] is decision, decided=True)
        for id_, decision in second_looks.decisions(conn).items()
    }
    found |= {id_: Label(said, True, decided=False) for id_, (said, open_) in mine.items() if open_}
    return found


def _in_turn(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """Two lists as one, taking from each by turns."""
    shorter = min(len(first), len(second))
    mixed = [n for pair in zip(first, second, strict=False) for n in pair]
    return [*mixed, *first[shorter:], *second[shorter:]]
