"""The texts of a report: each by its name, and what people write into checklists."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from review.errors import DecisionError, NotFoundError
from review.events import Event, ReportStated
from review.gaps.filters import Filters
from review.plain_text import clean
from review.reporting import flow_diagram, flows, gap_text
from review.reporting.offline import raster
from review.reporting.texts import manuscript as frame
from review.reporting.texts import methods as sections
from review.reporting.texts.checklists import (
    Answer,
    Checklist,
    Item,
    Written,
    checklists,
    markdown,
)
from review.reporting.texts.files import MANUSCRIPT, PRISMA_S, TEXTS, Text
from review.reporting.texts.manuscript_tables import Read
from review.reporting.texts.methods_facts import METHODS
from review.reporting.texts.results_facts import RESULTS
from review.reporting.texts.search_appendix import ItemTold, SearchTold, appendix
from review.reporting.texts.words import NOTHING, Fact, safe
from review.screening import stop_outlook
from review.search import service as searching
from review.search.prisma_s import ITEMS
from review.store import log, report_texts, run_checkpoints, search_statements
from review.store.report_texts import ReportText
from review.store.search_statements import Statement
from review.workspace import Workspace

LONGEST = 20_000
"""Characters of what is written for an item."""


def text(
    ws: Workspace,
    name: str,
    filters: Filters | None = None,
    read: Read | None = None,
    drawn: flows.Wanted | None = None,
) -> Text:
    """A text of the report.

    Args:
        filters: what of the evidence the implications for research look at.
        read: reads the tables of the manuscript; without it their captions stand alone.
        drawn: the flow diagram of the manuscript; that of a new review by default.

    Raises:
        NotFoundError: there is no such text.
        FileError: this machine has no font to draw the picture of the manuscript with.
    """
    if name not in TEXTS:
        raise NotFoundError(f"There is no text '{name}'. Choose one of: {', '.join(TEXTS)}.")
    return _Writer(ws, filters, read, drawn).text(name)


class _Writer:
    """Writes the texts of one moment; what is known is worked out once."""

    def __init__(
        self,
        ws: Workspace,
        filters: Filters | None = None,
        read: Read | None = None,
        drawn: flows.Wanted | None = None,
    ) -> None:
        self.ws, self.filters, self.read = ws, filters, read
        self.drawn = drawn or flows.Wanted()
        self._facts: dict[str, Fact] = {}

    def text(self, name: str) -> Text:
        """A text by its name."""
        title = f"{self.ws.protocol.title}: {TEXTS[name]}"
        if name == MANUSCRIPT:
            drawing = self.drawn.drawing(self.ws)
            return Text(
                self.ws.protocol.title,
                self._manuscript(),
                {frame.PICTURE: raster.png(flow_diagram.svg(drawing))},
                {frame.PICTURE: flow_diagram.described(drawing)},
            )
        if name.startswith("checklist-"):
            return Text(title, self._checklist(name.removeprefix("checklist-")))
        return Text(title, self._WRITERS[name](self))

    def known(self, name: str) -> Fact:
        """What is known under a name."""
        if name not in self._facts:
            work_out = METHODS.get(name) or RESULTS[name]
            found = work_out(self.ws)
            self._facts[name] = found if found.text.strip() else NOTHING
        return self._facts[name]

    def answers(self, id_: str) -> tuple[Answer, ...]:
        """Every item of a checklist with what is known of it and what people wrote."""
        if id_ == PRISMA_S:
            return _search_answers(self.ws)
        asked = checklist(id_)
        with self.ws.store.read() as conn:
            said = report_texts.in_force(conn, id_)
        return tuple(
            Answer(self._asked(item), self._facts_of(item), _written(said.get(item.number)))
            for item in asked.items
        )

    def _asked(self, item: Item) -> Item:
        """The item; without the first of what it asks of the log nothing else is enough."""
        if item.enough and item.known and not self.known(item.known[0]).text:
            return item.model_copy(update={"enough": False})
        return item

    def _facts_of(self, item: Item) -> tuple[Fact, ...]:
        return tuple(fact for fact in map(self.known, item.known) if fact.text)

    def _checklist(self, id_: str) -> str:
        return markdown(checklist(id_), self.answers(id_), self.ws.protocol.title)

    def _methods(self) -> str:
        return sections.methods(self.known, self._automation())

    def _automation(self) -> str:
        return sections.automation(self.known)

    def _stopping(self) -> str:
        told = stop_outlook.paragraph(stop_outlook.outlook(self.ws))
        return "\n\n".join(["# End of screening", *map(safe, told.split("\n\n"))]) + "\n"

    def _implications(self) -> str:
        return gap_text.text(self.ws, filters=self.filters)

    def _appendix(self) -> str:
        planned = {search.name: search for search in self.ws.protocol.searches}
        with self.ws.store.read() as conn:
            understood = run_checkpoints.understood(conn)
        runs = [
            SearchTold(
                one.run,
                one.platform,
                one.label,
                planned[one.run.search].query if one.run.search in planned else "",
                one.limits,
                understood.get(one.run.id, ""),
            )
            for one in reversed(searching.searches(self.ws))
            if one.withdrawal is None
        ]
        stated = [
            ItemTold(
                one.item.number,
                one.item.name,
                " ".join(filter(None, ("None." if said.none else "", said.text))),
            )
            for one in searching.search_items(self.ws)
            if (said := one.stated) is not None
        ]
        return appendix(runs, stated, self.ws.protocol.title)

    def _manuscript(self) -> str:
        appended = [self._appendix(), self._checklist("prisma2020"), self._checklist(PRISMA_S)]
        if self.known("version").text:
            appended.append(self._checklist("prisma-lsr"))
        return frame.manuscript(
            self.ws.protocol.title,
            self.known,
            self._methods(),
            self._implications(),
            appended,
            self.read,
        )

    _WRITERS: dict[str, Callable[[_Writer], str]] = {
        "methods": _methods,
        "search-appendix": _appendix,
        "automation": _automation,
        "stopping": _stopping,
        "implications": _implications,
    }


def checklist(id_: str) -> Checklist:
    """A checklist by its id.

    Raises:
        NotFoundError: there is none.
    """
    if id_ == PRISMA_S:
        return _search_checklist()
    if id_ not in checklists():
        known = ", ".join(sorted({*checklists(), PRISMA_S}))
        raise NotFoundError(f"There is no checklist '{id_}'. Choose one of: {known}.")
    return checklists()[id_]


def answers(ws: Workspace, id_: str) -> tuple[Answer, ...]:
    """Every item of a checklist with what is known of it and what people wrote.

    Raises:
        NotFoundError: there is no such checklist.
    """
    checklist(id_)
    return _Writer(ws).answers(id_)


def write_item(
    ws: Workspace, id_: str, number: str, actor: str, text: str = "", *, none: bool = False
) -> Event:
    """Write an item of a checklist; what was written before is replaced, and stays in the log.

    Args:
        none: there is nothing to report of it; ``text`` then may tell why.

    Raises:
        NotFoundError: no such checklist or item.
        DecisionError: nothing is said, it is said already, or it is too long.
    """
    item = checklist(id_).item(number)
    if item is None:
        raise NotFoundError(f"{checklist(id_).name} has no item {number}.")
    if id_ == PRISMA_S:
        return searching.state(ws, int(item.number), actor, text, none=none)
    said = clean(text).strip()
    if not said and not none:
        raise DecisionError(f"Write what is to be reported for item {item.number}.")
    if len(said) > LONGEST:
        raise DecisionError(f"The text has {len(said):,} characters; {LONGEST:,} are the most.")
    with ws.store.write() as conn:
        before = report_texts.in_force(conn, id_).get(item.number)
        if before is not None and (before.text, before.none) == (said, none):
            raise DecisionError(f"Item {item.number} says that already.")
        stated = ReportStated(
            document=id_, item=item.number, text=said, none=none, reviewer=actor
        )  # fmt: skip
        (done,) = log.append(conn, actor, [stated])
        return done


def take_back(ws: Workspace, id_: str, number: str, actor: str) -> Event:
    """Take back what was written last for an item; what it had replaced stands again.

    Raises:
        NotFoundError: no such checklist or item, or nothing is written for it.
    """
    item = checklist(id_).item(number)
    with ws.store.write() as conn:
        said: Mapping[str, ReportText | Statement] = (
            {str(n): one for n, one in search_statements.in_force(conn).items()}
            if id_ == PRISMA_S
            else report_texts.in_force(conn, id_)
        )
        written = said.get(item.number) if item else None
        if written is None:
            raise NotFoundError(f"Nothing is written for item {number} of {checklist(id_).name}.")
        return log.undo(conn, actor, written.event)


def _written(said: ReportText | Statement | None) -> Written | None:
    if said is None:
        return None
    at = said.at.isoformat(timespec="seconds")
    return Written(said.text, said.none, said.reviewer, at, said.event)


def _search_checklist() -> Checklist:
    return Checklist(
        name="PRISMA-S",
        title="PRISMA-S checklist, for the literature search",
        source="Rethlefsen ML, et al. PRISMA-S. Syst Rev 2021;10:39. "
        "https://doi.org/10.1186/s13643-020-01542-z",
        items=tuple(
            Item(number=str(item.number), section="Search", topic=item.name, asks=item.asks)
            for item in ITEMS.values()
        ),
    )


def _search_answers(ws: Workspace) -> tuple[Answer, ...]:
    """The items of the search log, as it has them."""
    found = []
    for asked, one in zip(_search_checklist().items, searching.search_items(ws), strict=True):
        place = f"Search, log, item {asked.number}"
        facts = tuple(
            Fact(f"{line.about}: {line.value}" if line.about else line.value, place)
            for line in one.recorded
            if line.value
        )
        item = asked.model_copy(update={"enough": one.answered})
        found.append(Answer(item, facts, _written(one.stated)))
    return tuple(found)


def answer_json(one: Answer) -> dict[str, object]:
    """An item as plain JSON values."""
    written = one.written
    return {
        "item": one.item.number,
        "section": one.item.section,
        "topic": one.item.topic,
        "asks": one.item.asks,
        "state": str(one.state),
        "known": [{"text": fact.text, "from": fact.place} for fact in one.facts],
        "written": written
        and {"text": written.text, "none": written.none, "by": written.by, "at": written.at},
    }
