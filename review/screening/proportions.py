"""Shares estimated from random samples, with exact intervals. Pure."""

from __future__ import annotations

from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a random sample are relevant, and what that says of all it was drawn from.

    Attributes:
        found: of ``sampled``.
        low, high: the exact interval of Clopper and Pearson 1934 (10.1093/biomet/26.4.404) at
            `CONFIDENCE`. Drawn without putting back, as here, it is wider than it needs to be.
    """

    found: int
    sampled: int
    low: float
    high: float

    def among(self, n: int) -> tuple[int, int]:
        """The fewest and the most relevant ones among ``n`` others of the same kind."""
        return round(self.low * n), round(self.high * n)

    @property
    def words(self) -> str:
        """``2 of 50 (4.0%, 95% interval 0.5% to 13.7%)``."""
        of = f"{self.found:,} of {self.sampled:,}"
        interval = f"{CONFIDENCE:.0%} interval {self.low:.1%} to {self.high:.1%}"
        return f"{of} ({self.found / self.sampled:.1%}, {interval})"


def share(found: int, sampled: int) -> Share:
    """The share of relevant ones in a random sample.

    Raises:
        ValueError: nothing was sampled, or more was found than that.
    """
    from scipy.stats import binomtest  # takes a second to load

    if sampled < 1 or not 0 <= found <= sampled:
        raise ValueError(f"{found} found of {sampled} sampled.")
    interval = binomtest(found, sampled).proportion_ci(CONFIDENCE, method="exact")
    return Share(found, sampled, float(interval.low), float(interval.high))
