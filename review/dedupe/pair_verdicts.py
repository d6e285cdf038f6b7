"""Decide from the compared fields whether two records are the same publication.

The rules follow one thought: a wrong merge loses a study, a duplicate left costs a minute.  A
pair is ``same`` only when independent fields agree and nothing speaks against it, ``apart`` when
the fields contradict each other, and otherwise ``unsure``, where it is likely enough that a
person may be asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.dedupe.explanations import reasons, with_contradiction
from review.dedupe.features import PairFeatures, pair_features
from review.dedupe.identifier_rules import APART, SAME, UNSURE, Rule, placed_rules
from review.dedupe.likelihood import likelihood
from review.dedupe.text_rules import wording_rules

PLAUSIBLE = 0.1
"""Likelihood from which a pair is worth a question; asking about less likely ones found nothing
more in the sets from which the weights are learned."""

HELD_APART = 0.89
"""Highest score of a pair that is not the same."""


def rules(f: PairFeatures) -> Iterator[Rule]:
    """Yield all rules in the order in which they are tried."""
    yield from placed_rules(f)
    yield from wording_rules(f)


_FIELDS: tuple[tuple[str, str, float], ...] = (
    # (field agrees, field speaks against, weight of either)
    ("identifier", "no_identifier", 0.3),
    ("author", "no_author", 0.15),
    ("page", "no_page", 0.15),
    ("volume", "no_volume", 0.1),
    ("year", "no_year", 0.1),
    ("journal", "no_journal", 0.1),
    ("abstract", "no_abstract", 0.1),
)


def _surety(f: PairFeatures) -> npt.NDArray[np.float64]:
    """Return 0.9 to 1 for pairs that are the same: the more fields agree, the more."""
    evidence = np.maximum(f.percent, 0) * 0.003
    for agrees, against, weight in _FIELDS:
        evidence += weight * (getattr(f, agrees).astype(float) - getattr(f, against).astype(float))
    sure: npt.NDArray[np.float64] = 0.9 + 0.1 * np.clip(evidence, 0, 1)
    return sure


def decide(compared: pd.DataFrame, all_pairs: bool = False) -> pd.DataFrame:
    """Return a verdict for each compared pair.

    Args:
        compared: M rows as `review.dedupe.compare.compare` gives them.
        all_pairs: Return those as well that no rule speaks of and that are not plausible.

    Returns:
        Up to M rows with the index of `compared` and columns ``id_a``, ``id_b``, ``score``
        (0.9 to 1 for same; for all others how likely they are the same, `HELD_APART` at most),
        ``verdict`` (``same``, ``unsure`` or ``apart``), ``why`` (one sentence on the fields) and
        ``rule`` (the rule that held, if any).
    """
    found = pair_features(compared)
    texts, masks, verdicts = zip(*rules(found), strict=True)
    first = np.select(masks, range(len(masks)), -1)
    verdict = np.array([*verdicts, UNSURE], dtype=object)[first]
    chance = np.minimum(likelihood(found), HELD_APART)
    # Where a rule leaves a pair to a person, it is worth a question.
    chance = np.where((verdict == UNSURE) & (first >= 0), np.maximum(chance, PLAUSIBLE), chance)
    decided = pd.DataFrame(
        {
            "id_a": compared["id_a"],
            "id_b": compared["id_b"],
            "score": np.where(verdict == SAME, _surety(found), chance).round(4),
            "verdict": verdict,
            "why": reasons(found),
            "rule": np.array([*texts, ""], dtype=object)[first],
        },
        index=compared.index,
    )
    kept: pd.DataFrame = decided[all_pairs | (verdict != UNSURE) | (chance >= PLAUSIBLE)]
    return kept


def hold_apart(
    decided: pd.DataFrame, asked: pd.Index, f: PairFeatures, said: Sequence[str]
) -> pd.DataFrame:
    """Take pairs back that are the same by the rules, where something says that they are two works.

    Such a pair is never joined, through other records either; a person is asked about it.  Of a
    pair that is unsure anyway only the sentence changes.

    Args:
        decided: pairs as `decide` gives them.
        asked: which of them to look at, M of them.
        f: what the comparison found of these.
        said: what speaks against each of these, ``""`` where nothing does.
    """
    against = np.array([bool(words) for words in said], dtype=bool)
    if not against.any():
        return decided
    decided = decided.copy()
    rows = asked[against]
    whys = zip(decided.loc[rows, "why"], filter(None, said), strict=True)
    decided.loc[rows, "why"] = [with_contradiction(why, words) for why, words in whys]
    sure = against & (decided.loc[asked, "verdict"] == SAME).to_numpy()
    chance = np.clip(likelihood(f)[sure], PLAUSIBLE, HELD_APART)
    decided.loc[asked[sure], "score"] = chance.round(4)
    decided.loc[asked[sure], "verdict"] = APART
    return decided


def never_one(decided: pd.DataFrame, asked: pd.Index, two: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Hold pairs apart that can never be one text, whatever the fields say; nobody is asked.

    Args:
        decided: pairs as `decide` gives them.
        asked: which of them were looked at, M of them.
        two: whether each of these is a registration and a report.
    """
    if not two.any():
        return decided
    decided = decided.copy()
    decided.loc[asked[two], "verdict"] = APART
    decided.loc[asked[two], "score"] = 0.0
    return decided
