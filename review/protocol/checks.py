"""Checks that need more than one entry: ids and keys given twice, designs without evidence.

They look at the raw data, so that they report beside mistakes of form instead of after them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from review.errors import Mistake
from review.model import Stage
from review.protocol.codebook import NEEDED_ROLES, ROLES
from review.protocol.value_types import KnownValues
from review.protocol.yaml_reading import YamlPath, YamlSource

MATCHED = ("exposure", "population", "outcome", "safety", "comparator", "timing", "duration")
"""Lists of a claim that decide whether a report bears on it."""

DESIGN_KEYS = frozenset({"form", "kind_of", "weight"})
"""Keys of a value that say how suggestions of a study design are ranked."""


def known_values(codebook: Any) -> KnownValues:
    """Index the raw codebook: dimension id or alias -> value id or group -> value ids.

    Lenient: an entry with mistakes of its own still counts as existing.
    """
    known: dict[str, dict[str, tuple[str, ...]]] = {}
    for _, dimension in _entries(codebook, "dimensions"):
        names: dict[str, tuple[str, ...]] = {}
        groups: dict[str, list[str]] = defaultdict(list)
        for _, value in _entries(dimension, "values"):
            if isinstance(id_ := value.get("id"), str):
                names[id_] = _followed(dimension, [id_])
                if isinstance(group := value.get("group"), str):
                    groups[group].append(id_)
        for group, ids in groups.items():
            names.setdefault(group, _followed(dimension, ids, finer=False))
        aliases = dimension.get("aliases")
        named = (dimension.get("id"), _role(dimension))
        for name in (*named, *(aliases if isinstance(aliases, list) else ())):
            if isinstance(name, str):
                known.setdefault(name, names)
    return known


def _followed(
    dimension: Mapping[str, Any], ids: Iterable[str], *, finer: bool = True
) -> tuple[str, ...]:
    """Ids of raw values with those that took the place of retired ones, and with the finer ones
    that count for them, nearest first."""
    found = list(ids)
    values = [value for _, value in _entries(dimension, "values")]
    for one in found:  # grows meanwhile
        for value in values:
            name, becomes = value.get("id"), value.get("becomes")
            after = becomes if name == one and value.get("retired") else ()
            names = [name] if finer and value.get("parent") == one else after
            for new in names if isinstance(names, list) else ():
                if isinstance(new, str) and new not in found:
                    found.append(new)
    return tuple(found)


def check_codebook(source: YamlSource) -> Iterator[Mistake]:
    """Find what only the whole codebook shows."""
    dimensions = _entries(source.data, "dimensions")
    names: list[tuple[YamlPath, Any]] = []
    for i, dimension in dimensions:
        path: YamlPath = ("dimensions", i)
        names.append(((*path, "id"), dimension.get("id")))
        aliases = dimension.get("aliases")
        for j, alias in enumerate(aliases if isinstance(aliases, list) else ()):
            names.append(((*path, "aliases", j), alias))
        yield from _check_dimension(source, path, dimension)
    yield from _twice(source, names, "dimension name")
    yield from _check_roles(source, dimensions)
    yield from _check_asked(source, dimensions)
    given = [name for _, name in names]
    own: dict[YamlPath, Any] = {("dimensions", i): _role(dimension) for i, dimension in dimensions}
    for place, name in names:
        # One that is given twice has been told of above.
        if name in ROLES and name != own[place[:2]] and given.count(name) == 1:
            yield source.mistake(place, f"{name!r} is a role, and not that of this dimension")


def _check_asked(
    source: YamlSource, dimensions: Sequence[tuple[int, dict[str, Any]]]
) -> Iterator[Mistake]:
    """Report dimensions that are asked only where something is that cannot be."""
    known = known_values(source.data)
    own = {id(d): {d.get("id"), _role(d), *_listed(d.get("aliases"))} for _, d in dimensions}
    asks: dict[Any, set[Any]] = {}
    by_name = {name: d.get("id") for _, d in dimensions for name in own[id(d)] if name}
    for i, dimension in dimensions:
        conditions = dimension.get("shown_if")
        if not isinstance(conditions, dict):
            continue
        for name, values in conditions.items():
            path: YamlPath = ("dimensions", i, "shown_if", name)
            if name not in known:
                yield source.mistake(path, f"the codebook has no dimension {name!r}")
                continue
            asks.setdefault(dimension.get("id"), set()).add(by_name[name])
            for value in [values] if isinstance(values, str) else _listed(values):
                if value not in known[name]:
                    yield source.mistake(path, f"the dimension {name} has no value {value!r}")
    for i, dimension in dimensions:
        if dimension.get("id") in _reached(asks, dimension.get("id")):
            message = "this dimension is asked only where it has a value itself"
            yield source.mistake(("dimensions", i, "shown_if"), message)


def _reached(after: Mapping[Any, Iterable[Any]], start: Any) -> set[Any]:
    """What can be reached from one place, step by step."""
    found: set[Any] = set()
    left = list(after.get(start, ()))
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += after.get(one, ())
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def check_protocol(source: YamlSource) -> Iterator[Mistake]:
    """Find what only the whole protocol shows."""
    named = (
        ("searches", "name"), ("reasons", "id"), ("claim_groups", "id"), ("claims", "id"),
        ("extraction", "id"),
    )  # fmt: skip
    for section, field in named:
        entries = _entries(source.data, section)
        found = [((section, i, field), entry.get(field)) for i, entry in entries]
        yield from _twice(source, found, field)
    reasons = _entries(source.data, "reasons")
    keys = [(("reasons", i, "key"), entry.get("key")) for i, entry in reasons]
    yield from _twice(source, keys, "key")
    stages = _entries(source.data, "stages")
    names = [(("stages", i, "stage"), entry.get("stage")) for i, entry in stages]
    yield from _twice(source, names, "stage")
    given = {entry.get("stage") for _, entry in stages if isinstance(entry.get("stage"), str)}
    yield from _empty_claims(source)
    yield from _undeclared_groups(source)
    yield from _nobody_to_share(source, stages)
    for stage in Stage:
        if stage.value not in given:
            yield source.mistake(("stages",), f"the stage {stage.value} has no rule")


def _empty_claims(source: YamlSource) -> Iterator[Mistake]:
    """Report claims that every report, or every finding, would bear on."""
    for i, claim in _entries(source.data, "claims"):
        if claim.get("testable") is True and not any(claim.get(name) for name in MATCHED):
            listed = ", ".join(MATCHED)
            message = f"a claim to test needs at least one list of what bears on it: {listed}"
            yield source.mistake(("claims", i), message)
        if claim.get("expects") and not claim.get("outcome"):
            message = "a claim that expects a direction needs the outcome that it is expected of"
            yield source.mistake(("claims", i, "expects"), message)


def _nobody_to_share(
    source: YamlSource, stages: Sequence[tuple[int, dict[str, Any]]]
) -> Iterator[Mistake]:
    """Report that reports are to be shared between fewer people than a stage asks for."""
    rule = source.data.get("assignment") if isinstance(source.data, dict) else None
    if not isinstance(rule, dict) or rule.get("mode") != "shared":
        return
    people = {str(name).strip() for name in _listed(rule.get("people"))} - {""}
    asked = [n for _, entry in stages if isinstance(n := entry.get("reviewers"), int)]
    if len(people) < max(asked, default=1):
        message = (
            f"reports are shared between {len(people)} people, and a stage asks for "
            f"{max(asked, default=1)} votes: name more under people"
        )
        yield source.mistake(("assignment",), message)


def _undeclared_groups(source: YamlSource) -> Iterator[Mistake]:
    """Report claims that stand in a group which the protocol does not declare."""
    known = [group.get("id") for _, group in _entries(source.data, "claim_groups")]
    for i, claim in _entries(source.data, "claims"):
        group = claim.get("group")
        if isinstance(group, str) and group not in known:
            there = f"one of {', '.join(map(str, known))}" if known else "declared in claim_groups"
            message = f"the group of a claim must be {there}, not {group!r}"
            yield source.mistake(("claims", i, "group"), message)


def _check_roles(
    source: YamlSource, dimensions: Sequence[tuple[int, dict[str, Any]]]
) -> Iterator[Mistake]:
    """Report roles that two dimensions have, and roles that the program cannot do without."""
    roles = [((("dimensions", i, "role")), _role(dimension)) for i, dimension in dimensions]
    yield from _twice(source, roles, "role")
    given = {role for _, role in roles}
    for role in NEEDED_ROLES:
        if dimensions and role not in given:
            message = f"no dimension has the role {role}, which findings and the gap map need"
            yield source.mistake(("dimensions",), message)


def _role(dimension: Mapping[str, Any]) -> Any:
    """The role of a raw dimension: as given, or that of its id."""
    id_ = dimension.get("id")
    return dimension.get("role") or (id_ if id_ in ROLES else None)


def _check_dimension(source: YamlSource, path: YamlPath, dimension: Any) -> Iterator[Mistake]:
    values = [((*path, "values", i), value) for i, value in _entries(dimension, "values")]
    yield from _twice(source, [((*at, "id"), value.get("id")) for at, value in values], "id")
    by_group: dict[Any, list[tuple[YamlPath, Any]]] = defaultdict(list)
    for at, value in values:
        by_group[str(value.get("group"))].append(((*at, "key"), value.get("key")))
    for keys in by_group.values():
        yield from _twice(source, keys, "key")
    is_design = _role(dimension) == "study_design"
    ids = [value.get("id") for _, value in values]
    for at, value in values:
        if is_design and value.get("evidence") is None:
            yield source.mistake((*at, "evidence"), "a study design needs its kind of evidence")
        if not is_design and value.get("evidence") is not None:
            yield source.mistake((*at, "evidence"), "only study designs have a kind of evidence")
        if not is_design:
            for key in DESIGN_KEYS & value.keys():
                yield source.mistake((*at, key), "only study designs have this")
        above = value.get("parent")
        if above is not None and (above not in ids or above == value.get("id")):
            yield source.mistake((*at, "parent"), f"{above!r} is no other value of this dimension")
        up = {v.get("id"): [v["parent"]] for _, v in values if v.get("parent") is not None}
        if above in ids and above != value.get("id") and value.get("id") in _reached(
            up, value.get("id")
        ):  # fmt: skip
            yield source.mistake((*at, "parent"), "a value cannot be a finer one of itself")
        for i, new in enumerate(_listed(value.get("becomes"))):
            if new not in ids or new == value.get("id"):
                message = f"{new!r} is no other value of this dimension"
                yield source.mistake((*at, "becomes", i), message)
            if not value.get("retired"):
                yield source.mistake((*at, "becomes"), "only a retired value becomes another")
        parents = value.get("kind_of")
        for i, parent in enumerate(parents if isinstance(parents, list) else ()):
            if is_design and (parent not in ids or parent == value.get("id")):
                message = f"{parent!r} is no other value of this dimension"
                yield source.mistake((*at, "kind_of", i), message)
        if is_design and value.get("kinds") is not None:
            message = "a study design has one kind of evidence, told as its evidence"
            yield source.mistake((*at, "kinds"), message)


def _twice(
    source: YamlSource, found: Iterable[tuple[YamlPath, Any]], what: str
) -> Iterator[Mistake]:
    """Report every repetition of a value; empty ones do not count."""
    first: dict[Any, YamlPath] = {}
    for path, value in found:
        if value is None or not isinstance(value, Hashable):
            continue
        seen = str(value)
        if seen in first:
            line = source.line(first[seen])
            yield source.mistake(path, f"the {what} {seen!r} is given twice (first on line {line})")
        else:
            first[seen] = path


def _entries(data: Any, key: str) -> list[tuple[int, dict[str, Any]]]:
    """Return the entries of a list that are mappings, each with its position."""
    found = data.get(key) if isinstance(data, dict) else None
    if not isinstance(found, list):
        return []
    return [(i, entry) for i, entry in enumerate(found) if isinstance(entry, dict)]
