"""How far reviewers agree, measured on what each said before knowing the other's answer. Pure.

Kappa alone misleads where nearly everything is excluded (Feinstein and Cicchetti 1990,
10.1016/0895-4356(90)90158-L), so it stands beside measures that do not depend on that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import sqrt

Z = 1.959963984540054
"""Half the width of a 95% interval, in standard errors."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A coefficient of agreement and its 95% interval.

    Attributes:
        value: at most 1, which is full agreement; None where it is not defined, as kappa is not
            where both gave one and the same answer throughout.
        interval: by the large-sample standard error; None where it is not defined.
    """

    value: float | None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far two reviewers agree.

    Attributes:
        n: what both of them answered; nothing else counts.
        agreed: how often they said the same.
        kappa: Cohen 1960, 10.1177/001316446002000104; standard error of Fleiss, Cohen and Everitt
            1969, 10.1037/h0028106.
        pabak: prevalence-adjusted, bias-adjusted kappa (Byrt, Bishop and Carlin 1993,
            10.1016/0895-4356(93)90018-V), with as many answers as were given, two at the least.
        ac1: Gwet 2008, 10.1348/000711006X126600.
        same, different: the things on which they said the same, and on which not.
    """

    first: str
    second: str
    n: int
    agreed: int
    kappa: Measure
    pabak: Measure
    ac1: Measure
    same: tuple[Hashable, ...] = ()
    different: tuple[Hashable, ...] = ()

    @property
    def share(self) -> float | None:
        """The share on which they said the same."""
        return self.agreed / self.n if self.n else None


def pair(first: str, second: str, answers: Sequence[tuple[str, str]]) -> PairAgreement:
    """Compare two reviewers.

    Args:
        answers: what each said of one and the same thing.
    """
    return PairAgreement(
        first,
        second,
        len(answers),
        sum(a == b for a, b in answers),
        kappa(answers),
        pabak(answers),
        ac1(answers),
    )


def kappa(answers: Sequence[tuple[str, str]]) -> Measure:
    """Cohen's kappa of two reviewers."""
    n = len(answers)
    if not n:
        return Measure(None)
    cells = Counter(answers)
    left, right = Counter(a for a, _ in answers), Counter(b for _, b in answers)
    names = sorted({*left, *right})
    observed = sum(cells[name, name] for name in names) / n
    chance = sum(left[name] * right[name] for name in names) / n**2
    if chance >= 1:
        return Measure(None)
    value = (observed - chance) / (1 - chance)
    off = 1 - value
    straight = sum(
        cells[x, x] / n * (1 - (left[x] + right[x]) / n * off) ** 2 for x in names
    )  # fmt: skip
    crossed = sum(
        count / n * ((right[a] + left[b]) / n) ** 2 for (a, b), count in cells.items() if a != b
    )
    spread = straight + off**2 * crossed - (value - chance * off) ** 2
    return Measure(value, _around(value, spread / (n * (1 - chance) ** 2)))


def pabak(answers: Sequence[tuple[str, str]]) -> Measure:
    """Kappa as it would be if every answer were as frequent as any other."""
    n, names = len(answers), {name for both in answers for name in both}
    if not n:
        return Measure(None)
    k = max(2, len(names))
    observed = sum(a == b for a, b in answers) / n
    spread = (k / (k - 1)) ** 2 * observed * (1 - observed) / n
    value = (k * observed - 1) / (k - 1)
    return Measure(value, _around(value, spread))


def ac1(answers: Sequence[tuple[str, str]]) -> Measure:
    """Gwet's first-order agreement coefficient of two reviewers."""
    n, names = len(answers), {name for both in answers for name in both}
    if not n:
        return Measure(None)
    k = max(2, len(names))
    given = Counter(name for both in answers for name in both)
    share = {name: given[name] / (2 * n) for name in names}
    observed = sum(a == b for a, b in answers) / n
    chance = sum(p * (1 - p) for p in share.values()) / (k - 1)
    value = (observed - chance) / (1 - chance)
    if n < 2:
        return Measure(value)
    spread = 0.0
    for both, count in Counter(answers).items():
        own = sum(1 - share[name] for name in both) / 2 / (k - 1)
        agreed = ((both[0] == both[1]) - chance) / (1 - chance)
        one = agreed - 2 * (1 - value) * (own - chance) / (1 - chance)
        spread += count * (one - value) ** 2
    return Measure(value, _around(value, spread / (n * (n - 1))))


def alpha(answers: Mapping[Hashable, Sequence[str]]) -> Measure:
    """Krippendorff's alpha of any number of reviewers, who need not have answered everything.

    For names without an order (Krippendorff 2011, https://repository.upenn.edu/handle/20.500.14332/2089).

    Args:
        answers: thing -> what was said of it, by whomever.
    """
    units = [Counter(said) for said in answers.values() if len(said) > 1]
    total = sum(sum(unit.values()) for unit in units)
    overall: Counter[str] = Counter()
    observed = 0.0
    for unit in units:
        m = sum(unit.values())
        overall.update(unit)
        observed += sum(c * (m - c) for c in unit.values()) / (m - 1)
    expected = sum(c * (total - c) for c in overall.values())
    if not expected:
        return Measure(None)
    return Measure(1 - (total - 1) * observed / expected)


def set_alpha(
    answers: Mapping[Hashable, Sequence[frozenset[str]]],
    distance: Callable[[frozenset[str], frozenset[str]], float],
) -> Measure:
    """Krippendorff's alpha where an answer is a set of names, as in a dimension with many values.

    The general form of alpha, 1 - observed / expected disagreement, with a distance between sets
    (Artstein and Poesio 2008, 10.1162/coli.07-034-R2). With `masi` on sets of one name it is the
    alpha of names.

    Args:
        answers: thing -> what each said of it.
        distance: 0 for the same, 1 for nothing in common.
    """
    units = [list(said) for said in answers.values() if len(said) > 1]
    everything = [one for unit in units for one in unit]
    total = len(everything)
    observed = sum(
        2 * sum(distance(a, b) for a, b in combinations(unit, 2)) / (len(unit) - 1)
        for unit in units
    )
    counts = Counter(everything)
    expected = sum(counts[a] * counts[b] * 2 * distance(a, b) for a, b in combinations(counts, 2))
    if not expected:
        return Measure(None)
    return Measure(1 - (total - 1) * observed / expected)


def masi(a: frozenset[str], b: frozenset[str]) -> float:
    """Distance of two sets: 1 - Jaccard x monotonicity (Passonneau 2006, LREC,
    http://www.lrec-conf.org/proceedings/lrec2006/pdf/636_pdf.pdf).

    Monotonicity is 1 for the same sets, 2/3 where one holds the other, 1/3 where they overlap.
    """
    if a == b:
        return 0.0
    shared = len(a & b)
    if not shared:
        return 1.0
    monotone = 2 / 3 if a <= b or b <= a else 1 / 3
    return 1 - shared / len(a | b) * monotone


def pairs(said: Mapping[str, Mapping[Hashable, str]]) -> list[PairAgreement]:
    """Compare all reviewers who have answered something in common, two by two.

    Args:
        said: reviewer -> thing -> answer.
    """
    found = []
    for first, second in combinations(sorted(said), 2):
        both = [thing for thing in said[first] if thing in said[second]]
        if both:
            answers = [(said[first][thing], said[second][thing]) for thing in both]
            same = tuple(t for t, (a, b) in zip(both, answers, strict=True) if a == b)
            different = tuple(t for t, (a, b) in zip(both, answers, strict=True) if a != b)
            measured = pair(first, second, answers)
            found.append(replace(measured, same=same, different=different))
    return found


def by_thing(said: Mapping[str, Mapping[Hashable, str]]) -> dict[Hashable, list[str]]:
    """The same answers by what they are on."""
    found: dict[Hashable, list[str]] = defaultdict(list)
    for answers in said.values():
        for thing, answer in answers.items():
            found[thing].append(answer)
    return dict(found)


def _around(value: float, variance: float) -> Interval:
    half = Z * sqrt(max(variance, 0.0))
    return max(value - half, -1.0), min(value + half, 1.0)
