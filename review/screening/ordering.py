"""The order of a stage, kept up to date with votes and records behind the pages.

The next report is read from an order that stands in the database. `bring_up_to_date` makes it
anew, off the reviewer's path: a person who votes never waits for a model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from review.events import Deduplicated, EventData, OrderTrained, PlacesKept, ProtocolAdopted
from review.events.base import KINDS
from review.events.screening import STAGES
from review.model import Order, Stage
from review.progress import NOBODY, Watch
from review.protocol.model import Protocol
from review.screening import queue_order, ranking
from review.screening.queue_order import Item
from review.screening.ranker_file import ranker_for
from review.store import Connection, log, queue_plans, turns
from review.store.queue_plans import Candidate, Label, QueuePlan
from review.workspace import Workspace

ACTOR = "review tracker"
"""Whose name stands beside the orders that the server makes."""

BATCH = 10
"""Votes after which an order is made anew at the least."""

GROWTH = 50
"""So is it once a fiftieth more votes are there: doing so more often finds no more."""

QUIET = timedelta(seconds=10)
"""After records were changed, so long without another change: a search brings them page by page."""

CHANGING: tuple[type[EventData], ...] = (
    *(cls for cls in KINDS.values() if cls.regroups), Deduplicated, ProtocolAdopted,
)  # fmt: skip
"""Events after which there are other reports, other texts, other likenesses or another wish."""

MOVING: tuple[type[EventData], ...] = tuple(cls for cls in KINDS.values() if cls.redecides)
"""Events after which other reports may wait."""

_FEATURES = Path("orders") / "features.npz"


@dataclass(frozen=True, slots=True)
class Made:
    """An order that was made anew.

    Attributes:
        reports: how many stand in it.
    """

    plan: QueuePlan
    reports: int


def wanted(ws: Workspace, conn: Connection, stage: Stage) -> Order:
    """The order that a stage has by the protocol and the number of its reports."""
    return queue_order.chosen(
        ws.protocol.rule(stage).order,
        queue_plans.count(conn, stage),
        machine_help=ws.protocol.machine_help,
    )


def in_force(ws: Workspace, conn: Connection, stage: Stage) -> QueuePlan | None:
    """The order in which a stage is shown now; None while it is that of arrival.

    That is so in a pilot batch, until an order that the protocol asks for is made, and where
    nothing was left for a model to order.
    """
    rule = ws.protocol.rule(stage)
    if rule.order is Order.ARRIVED:
        return None
    found = queue_plans.in_force(conn, stage)
    if found is None:
        return None
    if found.order.is_learned and not (found.event and ws.protocol.machine_help):
        return None
    if found.order is not rule.order and (rule.order or not found.order.is_learned):
        return None
    return None if turns.has_open_pilot(conn, stage) else found


def current(ws: Workspace, stage: Stage) -> QueuePlan | None:
    """The same, of the review as it is stored now."""
    with ws.store.read() as conn:
        return in_force(ws, conn, stage)


def size(ws: Workspace, stage: Stage) -> int:
    """How many reports are or were to be voted on at a stage."""
    with ws.store.read() as conn:
        return queue_plans.count(conn, stage)


def is_due(ws: Workspace, stage: Stage, now: datetime | None = None) -> bool:
    """Whether the order of a stage is to be made anew: another is wanted, ten votes or a fiftieth
    more of them are there, reports have changed and nothing more comes, or one waits that has no
    place in it, after ten votes or once nothing more happens."""
    with ws.store.read() as conn:
        order = wanted(ws, conn, stage)
        if order is Order.ARRIVED or not queue_plans.count(conn, stage):
            return False
        plan = queue_plans.in_force(conn, stage)
        if plan is None:
            return True
        since = queue_plans.since(conn, plan.seq, CHANGING, MOVING)
        joined = since.moved is not None and queue_plans.lacks(conn, plan)
    quiet = (now or datetime.now(UTC)) - QUIET
    settled = since.changed is not None and since.changed < quiet
    if joined and since.moved is not None:
        settled |= since.moved < quiet or since.votes >= BATCH
    other = plan.order is not order or (order is Order.SAMPLE_FIRST and _drawn_otherwise(plan, ws))
    voted = order.is_learned and since.votes >= max(BATCH, plan.votes // GROWTH)
    return other or settled or voted


def _drawn_otherwise(plan: QueuePlan, ws: Workspace) -> bool:
    rule = ws.protocol.rule(plan.stage)
    return (plan.sample, plan.seed) != (rule.sample, rule.seed)


def bring_up_to_date(
    ws: Workspace, stage: Stage, actor: str = ACTOR, watch: Watch = NOBODY
) -> Made | None:
    """Make the order of a stage anew.

    Returns:
        None where reports come as they arrived.

    Raises:
        Cancelled: on request; the earlier order stays in force.
    """
    with ws.store.read() as conn:
        order = wanted(ws, conn, stage)
        every = [] if order is Order.ARRIVED else queue_plans.candidates(conn, stage)
        if not every:
            return None
        newest = queue_plans.since(conn, 0).newest
        pairs = queue_plans.near_duplicates(conn)
        learned = order.is_learned and any(c.waits for c in every)
        labels = queue_plans.labels(conn, stage) if order.is_learned else {}
        texts = queue_plans.texts(conn) if learned else []
        kept = _kept(conn, stage, every, labels)
    rule = ws.protocol.rule(stage)
    watch.stop_if_cancelled()
    waiting = {c.report for c in every if c.waits}
    second = [c for c in every if c.waits and not c.unseen]
    # What others have voted on comes before all else for those who are still to vote. Its place is
    # by a model that knows no vote on what waits: any other would tell of votes that are blind.
    told = [labels, {r: label for r, label in labels.items() if r not in waiting}]
    told = told if second else told[:1]
    scores = _scores(ws, order, every, texts, told) if learned else [{} for _ in told]
    watch.stop_if_cancelled()
    sample: list[str] = []
    if order is Order.SAMPLE_FIRST:
        sample = queue_order.random_sample((c.report for c in every), rule.sample, rule.seed)
    together = queue_order.groups({c.report: c.study for c in every}, pairs)
    begun = {together[c.report] for c in every if not c.unseen}

    def arranged(some: Iterable[Candidate], by: dict[str, float], begun: set[str]) -> list[str]:
        items = [Item(c.report, c.year, together[c.report]) for c in some]
        return queue_order.arrange(items, order, by, sample, begun)

    unseen = arranged((c for c in every if c.unseen), scores[0], begun)
    places = _Places(arranged(second, scores[-1], set()), unseen)
    return _store(ws, stage, order, places, labels, sample, newest, actor, kept)


def features(
    ws: Workspace, texts: Sequence[tuple[str, str, str]]
) -> tuple[ranking.Ranker, NDArray[np.intp]]:
    """What models learn from, kept on disk.

    Args:
        texts: id, title and abstract of each lead record.

    Returns:
        The ranker, and the position in it of each text, shape (N,).
    """
    return ranker_for(
        ws.config.local / _FEATURES,
        [title for _, title, _ in texts],
        [abstract for _, _, abstract in texts],
        question(ws.protocol),
    )


def _scores(
    ws: Workspace,
    order: Order,
    every: list[Candidate],
    texts: list[tuple[str, str, str]],
    told: Sequence[dict[str, Label]],
) -> list[dict[str, float]]:
    """The score of each report of a stage, by a model fitted to what people said; one for each of
    what models are told."""
    ranker, rows = features(ws, texts)
    row_of = {lead: int(row) for (lead, _, _), row in zip(texts, rows, strict=True)}
    at = {c.report: row_of[c.lead] for c in every}
    found = []
    for labels in told:
        known = {r: labels[r].relevant for r in labels if r in at}
        by_row = ranker.rank(
            np.array([at[r] for r in known], dtype=np.intp),
            np.array(list(known.values()), dtype=np.intp),
        )
        scores = {report: float(by_row[row]) for report, row in at.items()}
        if order is Order.UNCERTAIN:
            scores = queue_order.uncertainty(
                scores, [r for r in known if known[r]], [r for r in known if not known[r]]
            )
        found.append(scores)
    return found


def _kept(
    conn: Connection, stage: Stage, every: Sequence[Candidate], labels: Collection[str]
) -> list[PlacesKept]:
    """Where the order in force had put what was voted on since it was made.

    Places of the random sample are by chance, and those of the least certain say something else.
    """
    plan = queue_plans.in_force(conn, stage)
    by = log.get(conn, plan.event) if plan and plan.event else None
    if plan is None or by is None or plan.order not in (Order.RELEVANCE, Order.SAMPLE_FIRST):
        return []
    assert isinstance(by.data, OrderTrained)
    lead = {c.report: c.lead for c in every if not c.unseen and c.report in labels}
    ranked = queue_plans.places(conn, plan, unseen=True)[plan.sample_left :]
    places = {lead[r]: n for n, r in enumerate(ranked, 1) if r in lead}
    return [
        PlacesKept(
            stage=stage, order=by.id, version=by.data.version, ordered=by.at, ranked=len(ranked),
            places=places,
        )
    ] if places else []  # fmt: skip


class _Places(NamedTuple):
    """The reports of an order: those that lack further votes, and those that nobody voted on."""

    second: list[str]
    unseen: list[str]


def _store(
    ws: Workspace,
    stage: Stage,
    order: Order,
    places: _Places,
    labels: dict[str, Label],
    sample: list[str],
    newest: int,
    actor: str,
    kept: list[PlacesKept],
) -> Made:
    """Write an order and let it come into force, with what the log is to say of its model."""
    rule, votes = ws.protocol.rule(stage), sum(label.votes for label in labels.values())
    relevant = sum(label.relevant for label in labels.values())
    drawn = {"sample": rule.sample, "seed": rule.seed} if order is Order.SAMPLE_FIRST else {}
    said = OrderTrained(
        stage=stage, order=order, model=ranking.MODEL, version=ranking.VERSION,
        settings=ranking.SETTINGS, reports=len(places.unseen), votes=votes, relevant=relevant,
        irrelevant=len(labels) - relevant, **drawn,
    )  # fmt: skip
    before = _same(ws, stage, order, places, votes)
    number = before.number if before else _write_places(ws, places)
    with ws.store.write() as conn:
        now = queue_plans.in_force(conn, stage)
        if now is not None and (now.number > number or now.seq > newest):
            # Another server was quicker, and knows as much or more.
            return Made(now, len(places.unseen))
        model = [said] if order.is_learned and any(places) else []
        events: list[EventData] = [] if before else [*kept, *model]
        logged = log.append(conn, actor, events, protocol=ws.protocol.version)
        by = [ev.id for ev in logged if isinstance(ev.data, OrderTrained)]
        plan = QueuePlan(
            stage, number, order, datetime.now(UTC), newest,
            event=by[0] if by else before.event if before else "", votes=votes,
            sample_left=len(set(sample) & set(places.unseen)), **drawn,
        )  # fmt: skip
        queue_plans.put_in_force(conn, plan)
    _drop_unused(ws, number)
    return Made(plan, len(places.unseen))


def _write_places(ws: Workspace, places: _Places) -> int:
    """Write the reports of a new order part by part, so that no vote waits for all of it."""
    number, reports, first = 0, [*places.second, *places.unseen], -len(places.second)
    for start in range(0, max(len(reports), 1), queue_plans.PART):
        with ws.store.write() as conn:
            part = reports[start : start + queue_plans.PART]
            number = queue_plans.add_places(conn, number, first + start, part)
    return number


def _drop_unused(ws: Workspace, before: int) -> None:
    """Delete earlier orders likewise."""
    left = True
    while left:
        with ws.store.write() as conn:
            left = queue_plans.drop_unused(conn, before)


def _same(
    ws: Workspace, stage: Stage, order: Order, places: _Places, votes: int
) -> QueuePlan | None:
    """The order in force, where it is the one that was just made."""
    with ws.store.read() as conn:
        plan = queue_plans.in_force(conn, stage)
        if plan is None or (plan.order, plan.votes) != (order, votes):
            return None
        now = queue_plans.places(conn, plan)
        begun = len(now) - len(queue_plans.places(conn, plan, unseen=True))
        return plan if (now[:begun], now[begun:]) == places else None


def question(protocol: Protocol) -> str:
    """What the review asks, in words a model can read: question, criteria and claims."""
    asked = protocol.question
    parts = [asked.text, asked.population, asked.exposure, asked.comparator, asked.outcome]
    parts += [c.text for c in protocol.criteria if c.kind == "include"]
    parts += [claim.text for claim in protocol.claims if claim.testable]
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class Account:
    """What the order of a stage is, and what made it (RAISE, PRISMA-trAIce).

    Attributes:
        order: in force; as they arrived until the one that the protocol asks for is made.
        reports: how many were ordered that nobody had voted on.
        model: what kind of model made it, and its version; ``""`` without one.
        event: what the log says of it.
        words: the same in a sentence.
    """

    stage: Stage
    order: Order
    at: datetime | None
    reports: int
    model: str
    event: str
    sample: int
    seed: int
    words: str

    def to_json(self) -> dict[str, object]:
        """Plain JSON values."""
        at = self.at.isoformat(timespec="seconds") if self.at else ""
        return {**asdict(self), "at": at}


def account(ws: Workspace, stage: Stage) -> Account:
    """What the order of a stage is, and what made it."""
    with ws.store.read() as conn:
        plan = in_force(ws, conn, stage)
        said = log.get(conn, plan.event).data if plan and plan.event else None
        reports = len(queue_plans.places(conn, plan, unseen=True)) if plan else 0
    at = plan.at.isoformat(timespec="minutes") if plan else ""
    model = f"{said.model}, version {said.version}" if isinstance(said, OrderTrained) else ""
    return Account(
        stage, plan.order if plan else Order.ARRIVED, plan.at if plan else None, reports, model,
        plan.event if plan else "", plan.sample if plan else 0, plan.seed if plan else 0,
        words(ws, plan, at),
    )  # fmt: skip


def used(ws: Workspace) -> str:
    """Which models ordered what waited so far, in sentences for a methods section; ``""`` for none.

    It holds when all is screened too, and once the protocol does without machine help.
    """
    with ws.store.read() as conn:
        runs = [
            (ev.at, ev.data)
            for ev in log.events(conn, (OrderTrained,))
            if isinstance(ev.data, OrderTrained)
        ]
    said: list[str] = []
    models: dict[str, None] = {}
    for stage, words in STAGES.items():
        if not (own := [(at, data) for at, data in runs if data.stage is stage]):
            continue
        at, last = own[-1]
        often = "once" if len(own) == 1 else f"{len(own):,} times, at last"
        orders = dict.fromkeys(_order_words(data) for _, data in own)
        said.append(
            f"On {words} a model put what waited for votes in order {often} on {at.day} "
            f"{at:%B %Y}: {', then '.join(orders)}."
        )
        settings = ", ".join(f"{name} {value:g}" for name, value in last.settings.items())
        models[f"{last.model}, version {last.version} ({settings})"] = None
    if models:
        said.append(f"The model was a {'; and a '.join(models)}. It decided nothing.")
    return " ".join(said)


def _order_words(said: OrderTrained) -> str:
    if said.order is Order.UNCERTAIN:
        return "the least certain first"
    drawn = f"after a random sample of {said.sample:,} (seed {said.seed})" if said.sample else ""
    return f"the most likely relevant {drawn or 'first'}"


def words(ws: Workspace, plan: QueuePlan | None, at: str = "") -> str:
    """What the order of a stage is, in one sentence.

    How many votes a model learned from is told where one person votes on each report only: else
    it would tell of votes that are still blind.

    Args:
        at: when the order was made, as the reader's clock has it.
    """
    if plan is None:
        return "As they arrived."
    if plan.order in (Order.NEWEST, Order.OLDEST):
        return f"The {plan.order} first."
    alone = ws.protocol.rule(plan.stage).reviewers == 1
    votes = f"{plan.votes:,} {'vote' if plan.votes == 1 else 'votes'}" if alone else "the votes"
    model = f"by a model trained on {votes}{f' ({at})' if at else ''}"
    if not plan.votes:
        model = "by the words of the protocol's question"
    likely = "least certain" if plan.order is Order.UNCERTAIN else "most likely relevant"
    if plan.order is Order.UNCERTAIN and not plan.votes:  # no border yet to be near to
        return f"Most likely relevant first, {model}; the {likely} once there are votes."
    if plan.order is not Order.SAMPLE_FIRST:
        return f"{likely.capitalize()} first, {model}."
    drawn = f"random sample of {plan.sample:,} (seed {plan.seed})"
    if plan.sample_left:
        return f"A {drawn} first, then the {likely}, {model}."
    return f"{likely.capitalize()} first, {model}; a {drawn} came before."
