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
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Z = 1.959963984540054
"""Half the width of a 95% interval, in standard errors."""

SEED, DRAWS = 1, 10_000
"""Of the draws with replacement that give the intervals of alpha: the same each time."""

T = TypeVar("T", bound=Hashable)

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A coefficient of agreement and its 95% interval.

    Attributes:
        value: at most 1, which is full agreement; None where it is not defined, as kappa is not
            where both gave one and the same answer throughout.
        interval: by the large-sample standard error, that of alpha by drawing things again
            (`_alpha`); None where it is not defined.
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
    return _alpha(answers, lambda a, b: float(a != b))


def fleiss(answers: Mapping[Hashable, Sequence[str]]) -> Measure:
    """Fleiss' kappa of any number of reviewers (Fleiss 1971, 10.1037/h0031619).

    Defined only where everything was answered by the same number of them, at least two, who need
    not be the same people; and not where all gave one and the same answer. It has no interval: its
    published standard errors are those of reviewers who agree by chance alone.

    Args:
        answers: thing -> what was said of it, by whomever.
    """
    from statsmodels.stats.inter_rater import fleiss_kappa  # needs a second to load

    names = {name for said in answers.values() for name in said}
    if len({len(said) for said in answers.values()}) != 1 or len(names) < 2:
        return Measure(None)
    counts = [[list(said).count(name) for name in sorted(names)] for said in answers.values()]
    if sum(counts[0]) < 2:
        return Measure(None)
    return Measure(float(fleiss_kappa(np.array(counts))))


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
    return _alpha(answers, distance)


def _alpha(answers: Mapping[Hashable, Sequence[T]], distance: Callable[[T, T], float]) -> Measure:
    """Alpha and its interval: things are drawn again and again with replacement, and the middle 95%
    of what comes out are the interval (Zapf et al. 2016, 10.1186/s12874-016-0200-9).

    Draws with one and the same answer throughout, for which alpha is not defined, are left out. Of
    things that were answered alike only the number is drawn, so that many cost no more than few.
    """
    units = [answers[thing] for thing in sorted(answers, key=str)]  # whoever lists them, the same
    kinds = Counter(frozenset(Counter(said).items()) for said in units if len(said) > 1)
    names = list(dict.fromkeys(name for kind in kinds for name, _ in kind))
    place = {name: column for column, name in enumerate(names)}
    given = np.zeros((len(kinds), len(names)))
    for row, kind in enumerate(kinds):
        for name, n in kind:
            given[row, place[name]] = n
    apart = np.array([[distance(a, b) for b in names] for a in names])
    times = np.array(list(kinds.values()), dtype=np.intp)
    value = _alphas(given, apart, times[None, :])[0] if len(kinds) else np.nan
    if np.isnan(value):
        return Measure(None)
    total = int(times.sum())
    if total < 2:
        return Measure(float(value))
    draws = np.random.default_rng(SEED).multinomial(total, times / total, size=DRAWS)
    found = _alphas(given, apart, draws)
    low, high = np.nanpercentile(found, (2.5, 97.5))
    return Measure(float(value), (float(low), float(high)))


def _alphas(
    given: NDArray[np.float64], apart: NDArray[np.float64], times: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Alpha of each draw: 1 - observed / expected disagreement; nan where nothing differs.

    Args:
        given: shape (K, V), how often each kind of thing was given each answer.
        apart: shape (V, V), how far two answers are apart.
        times: shape (D, K), how often each kind of thing is in a draw.
    """
    inside = ((given @ apart) * given).sum(axis=1) / (given.sum(axis=1) - 1)
    total = times @ given
    expected = ((total @ apart) * total).sum(axis=1)
    with np.errstate(all="ignore"):
        found: NDArray[np.float64] = 1 - (total.sum(axis=1) - 1) * (times @ inside) / expected
    found[expected <= 0] = np.nan
    return found


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


def measure_words(found: Measure) -> str:
    """``0.52 (0.31 to 0.73)``, the 95% interval in brackets."""
    if found.value is None:
        return "not defined"
    if found.interval is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} ({found.interval[0]:.2f} to {found.interval[1]:.2f})"


def told_little(found: PairAgreement) -> str:
    """What is to be known of figures that say little, as of one thing only; "" of others."""
    if found.n == 1:
        return "of one report alone, no figure says much"
    if found.n and found.kappa.value is None:
        return "both gave one and the same answer throughout, for which kappa is not defined"
    if found.n and found.agreed == found.n:
        return "they never differed, so the intervals have no width"
    if found.kappa.value == 0 and found.kappa.interval == (0, 0):
        return "one of them gave one and the same answer throughout, for which kappa is always 0"
    return ""


def _around(value: float, variance: float) -> Interval:
    half = Z * sqrt(max(variance, 0.0))
    return max(value - half, -1.0), min(value + half, 1.0)
