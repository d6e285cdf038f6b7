"""What part of the evidence is looked at: one set of filters for map, claims, ledger and exports.

Here is what can be asked, and how it stands in a page's address, in the options of a command and in
words. `review.gaps.narrowing` applies it, once, before anything is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from review.errors import DecisionError
from review.model import Direction
from review.protocol.codebook import Codebook, Dimension

FIRST_YEAR, LAST_YEAR = 1700, 2100
"""Years of publication that can be asked for."""

PLACES = ("country", "region")
"""Dimensions that say where a study was done; a codebook may have one of them."""

NOT_APPRAISED = "not appraised"
RISKS = ("low", "some", "high", NOT_APPRAISED)
"""Overall risk of bias of a report (RoB 2 says low, some concerns, high), and that nobody judged
it."""

ADDRESS = (
    "population", "exposure", "from", "to", "country", "risk", "direction", "confirmed",
    "included", "retracted", "beyond", "forms",
)  # fmt: skip
"""Query parameters that hold filters."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of the evidence is looked at.

    Attributes:
        population: values or group names of the codebook, of which one must hold; all when empty.
        exposure: the same for exposures.
        years: first and last year of publication, both counted in; None leaves that end open.
        included_only: leave out reports that no full-text decision has included yet.
        beyond_frame: count also what lies outside the frame of the question; naming exposures
            does so as well.
        forms: count also publication forms that are no study designs (news, abstracts, theses).
        country: values or group names of the codebook's dimension of places.
        risk_of_bias: some of `RISKS`.
        direction: values of `Direction`. Only findings have one: what is known by tags alone is
            ``not_stated``.
        confirmed_only: leave out what is only suggested.
        without_retracted: leave out retracted reports altogether, also where they are listed apart.
    """

    population: tuple[str, ...] = ()
    exposure: tuple[str, ...] = ()
    years: tuple[int | None, int | None] = (None, None)
    included_only: bool = False
    beyond_frame: bool = False
    forms: bool = False
    country: tuple[str, ...] = ()
    risk_of_bias: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    confirmed_only: bool = False
    without_retracted: bool = False

    @property
    def whole(self) -> Filters:
        """The same without all that hides reports: what a map is compared to."""
        return Filters(beyond_frame=self.beyond_frame, forms=self.forms)

    @property
    def hiding(self) -> bool:
        """Whether some reports may be hidden by it."""
        return self != self.whole

    @property
    def number(self) -> int:
        """How many filters are on; both ends of the years are one."""
        return sum(getattr(self, f.name) != f.default for f in fields(self))

    def framed(self, frame: Collection[str]) -> frozenset[str]:
        """The exposures that a report must have one of by the frame; all when empty."""
        return frozenset() if self.beyond_frame or self.exposure else frozenset(frame)

    def asked(self, codebook: Codebook) -> dict[str, tuple[str, ...]]:
        """Dimension -> values or groups asked for; dimensions without a filter are left out.

        Raises:
            DecisionError: places are asked for, and the codebook has no dimension for them.
        """
        found = {"population": self.population, "exposure": self.exposure}
        if self.country:
            found[required_places(codebook).name] = self.country
        return {name: names for name, names in found.items() if names}


def places_of(codebook: Codebook) -> Dimension | None:
    """The dimension that says where a study was done, if the codebook has one."""
    for name in PLACES:
        try:
            return codebook.dimension(name)
        except KeyError:
            continue
    return None


def places_label(places: Dimension) -> str:
    """What the filter of places asks for: not where the authors work."""
    return f"{places.label} of the study, as coded"


def required_places(codebook: Codebook) -> Dimension:
    """The same.

    Raises:
        DecisionError: it has none.
    """
    found = places_of(codebook)
    if found is None:
        raise DecisionError(
            "The codebook has no dimension that says where a study was done; "
            f"one called {' or '.join(PLACES)} would."
        )
    return found


def expand(codebook: Codebook, dimension: str, names: Collection[str]) -> frozenset[str]:
    """Replace group names by the ids of their values; other names stay as they are."""
    groups = codebook.dimension(dimension).groups
    ids = codebook.dimension(dimension).values
    known = {value.id for value in ids}
    found: set[str] = set()
    for name in names:
        if name in groups and name not in known:
            found.update(codebook.dimension(dimension).named([name]))
        else:
            found.update(codebook.dimension(dimension).with_finer([name]))
    return frozenset(found)


def choices(dimension: Dimension) -> dict[str, str]:
    """Groups and values to filter by, with their labels."""
    groups = {name: f"All: {group_words(name).lower()}" for name in dimension.groups if name}
    return groups | {v.id: v.label for v in dimension.values if v.id not in groups}


def group_words(group: str) -> str:
    """A group of the codebook as words: ``function_and_life`` -> ``Function and life``."""
    return group.replace("_", " ").capitalize()


def direction_words(direction: str) -> str:
    """A direction as words: ``no_difference`` -> ``no difference``."""
    return direction.replace("_", " ")


# ---- the address of a page --------------------------------------------------------------------


def to_address(filters: Filters) -> dict[str, str]:
    """The filters as query parameters; those that are off are empty."""
    low, high = filters.years

    def yes(on: bool) -> str:
        return "yes" if on else ""

    return {
        "population": ",".join(filters.population),
        "exposure": ",".join(filters.exposure),
        "from": str(low or ""),
        "to": str(high or ""),
        "country": ",".join(filters.country),
        "risk": ",".join(filters.risk_of_bias),
        "direction": ",".join(filters.direction),
        "confirmed": yes(filters.confirmed_only),
        "included": yes(filters.included_only),
        "retracted": "out" if filters.without_retracted else "",
        "beyond": yes(filters.beyond_frame),
        "forms": yes(filters.forms),
    }


def from_address(said: Mapping[str, str], codebook: Codebook) -> Filters:
    """Read query parameters; what is unknown is taken as absent."""

    def some(name: str, known: Iterable[str]) -> tuple[str, ...]:
        allowed = set(known)
        return tuple(one for one in said.get(name, "").split(",") if one in allowed)

    places = places_of(codebook)
    return Filters(
        population=some("population", choices(codebook.dimension("population"))),
        exposure=some("exposure", choices(codebook.dimension("exposure"))),
        years=(_year(said.get("from", "")), _year(said.get("to", ""))),
        included_only=said.get("included") == "yes",
        beyond_frame=said.get("beyond") == "yes",
        forms=said.get("forms") == "yes",
        country=some("country", choices(places) if places else ()),
        risk_of_bias=some("risk", RISKS),
        direction=some("direction", map(str, Direction)),
        confirmed_only=said.get("confirmed") == "yes",
        without_retracted=said.get("retracted") == "out",
    )


def _year(text: str) -> int | None:
    plain = text.isascii() and text.isdigit()
    return int(text) if plain and FIRST_YEAR <= int(text) <= LAST_YEAR else None


# ---- the options of a command -----------------------------------------------------------------


def from_options(
    codebook: Codebook, filters: Filters, years: str = "", places: Sequence[str] = ()
) -> Filters:
    """Check what was typed as options.

    Args:
        filters: as typed, without years and places.
        years: ``2015-2025``, ``2015-``, ``-2025`` or ``2015``; all when empty.

    Raises:
        DecisionError: a value, a group or a year is unknown; the message says which there are.
    """
    for name, names in (("population", filters.population), ("exposure", filters.exposure)):
        _known(names, choices(codebook.dimension(name)), name)
    if places:
        dimension = required_places(codebook)
        _known(places, choices(dimension), dimension.id)
    _known(filters.risk_of_bias, RISKS, "risk of bias")
    directions = tuple(one.replace(" ", "_").replace("-", "_") for one in filters.direction)
    _known(directions, [str(d) for d in Direction], "direction")
    return replace(filters, years=read_years(years), country=tuple(places), direction=directions)


def _known(names: Iterable[str], known: Iterable[str], what: str) -> None:
    known = list(known)
    for name in names:
        if name not in known:
            raise DecisionError(f"There is no {what} '{name}'. There are: {', '.join(known)}.")


def read_years(text: str) -> tuple[int | None, int | None]:
    """First and last year of ``2015-2025``, ``2015-``, ``-2025`` or ``2015``.

    Raises:
        DecisionError: it is none of these, or the first year is after the last.
    """
    if not text.strip():
        return None, None
    first, dash, last = (part.strip() for part in text.replace("–", "-").partition("-"))
    low, high = _year(first), _year(last) if dash else _year(first)
    wrong = (first and low is None) or (dash and last and high is None) or not (first or last)
    if wrong or (low is not None and high is not None and low > high):
        raise DecisionError(f"'{text}' are no years; write 2015-2025, 2015-, -2025 or 2015.")
    return low, high


# ---- words ------------------------------------------------------------------------------------


def words(filters: Filters, codebook: Codebook) -> str:
    """What is asked in words, "" where nothing is: ``population Human; published 2015 to 2025``."""
    parts: list[str] = []
    for name, names in filters.asked(codebook).items():
        dimension = codebook.dimension(name)
        labels = choices(dimension)
        said = [labels.get(one, one).removeprefix("All: ") for one in names]
        place = dimension.name in PLACES
        label = f"{places_label(dimension)}:" if place else dimension.label
        parts.append(f"{label.lower()} {' or '.join(said)}")
    low, high = filters.years
    if low is not None or high is not None:
        parts.append(f"published {years_words(low, high)}")
    if filters.risk_of_bias:
        parts.append(f"risk of bias {' or '.join(filters.risk_of_bias)}")
    if filters.direction:
        parts.append(f"direction {' or '.join(map(direction_words, filters.direction))}")
    flags = (
        (filters.confirmed_only, "confirmed only"),
        (filters.included_only, "included at full text only"),
        (filters.without_retracted, "without retracted reports"),
        (filters.beyond_frame, "also without the exposure of the question"),
        (filters.forms, "also news, abstracts and theses"),
    )
    return "; ".join([*parts, *(text for on, text in flags if on)])


def years_words(low: int | None, high: int | None) -> str:
    """``2015 to 2025``, ``from 2015``, ``until 2025`` or ``2015``."""
    if low == high:
        return str(low)
    if high is None:
        return f"from {low}"
    return f"until {high}" if low is None else f"{low} to {high}"


def to_json(filters: Filters) -> dict[str, object]:
    """The filters as plain JSON values."""
    return {
        f.name: list(value) if isinstance(value := getattr(filters, f.name), tuple) else value
        for f in fields(filters)
    }
