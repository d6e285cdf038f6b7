"""Train the model of study designs that ships, and say how good it is on papers it has not seen.

    python benchmarks/train_design_model.py FOLDER [--check] [--write]

FOLDER holds `studytypeteller.csv.gz` (columns id, title, abstract, labels, split), whose papers
people sorted by study type, and any other tables with title and abstract.  The others are read for
their wording only: which words go together is learned from all of them.

Printed: top-ranked designs by value, from `FOLDS`-fold cross-validation over all sorted papers, of
the model alone, and of rules and model together as `suggest-file` ranks them, with 95 % intervals
from `DRAWS` draws of papers.  Each paper is judged by a model trained without it; the rules were
written with these papers at hand.  With ``--check`` the papers of the split ``val`` are kept out
of everything, and the figures are those on them.  With ``--write`` the model is trained on all
papers and replaces the one that ships, with its account in `design_model.yaml`.  The same data
give the same file.

Title, abstract and the end of the abstract each have a vocabulary of grams (one or two words) that
stand in several papers; beside them stand the rules' scores and signs of how a text is built
(`review/coding/design_features.py`).  A logistic regression weighs them.  Part of what it sees are
`TOPICS` directions in which words of abstracts go together (latent semantic analysis); they are
linear in the grams, so that their weights are added to those of the grams, and what ships is one
number a gram and class.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scipy import optimize, sparse  # noqa: E402
from sklearn.decomposition import TruncatedSVD  # noqa: E402
from sklearn.feature_extraction import DictVectorizer  # noqa: E402
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import StratifiedKFold  # noqa: E402

from review.coding.design_features import BLOCKS  # noqa: E402
from review.coding.design_model import OTHER, PATH, Block, DesignModel  # noqa: E402
from review.coding.plain_files import in_usual_names  # noqa: E402
from review.coding.source_versions import SourceVersions  # noqa: E402
from review.coding.suggestion_rules import DESIGN, Tagger  # noqa: E402
from review.config import ROOT  # noqa: E402
from review.protocol import load  # noqa: E402

SORTED = "studytypeteller.csv.gz"
FOLDS, SEED = 5, 0
PAPERS = {"title": 2, "abstract": 3, "end": 3}
"""Papers in which a gram must stand to be in the vocabulary of its part."""
WEIGHT = {"title": 1.0, "abstract": 1.0, "end": 0.5}
SIGNS_WEIGHT, TOPICS_WEIGHT = 0.6, 3.0
TOPICS = 300
STRENGTH = 5.0
"""Inverse of the penalty.  It and the weights were chosen by cross-validation over the split
``train``, among about twenty settings."""
RARITY_KEPT = 0.5
"""The regression sees each class as often as any other, so it suggests rare ones too often. This
share of that is taken back; among 0, 0.25, 0.5, 0.75 and 1, by cross-validation over all papers."""
AS_FREQUENT_AS = {"rct": "nonrandomised_intervention"}
"""Reviews search for randomised trials, and have more of them than this sample of PubMed."""
OTHERS_READ = 4_000
"""Papers read for their wording only, spread evenly over each table."""

NAMES = {"human_nonrct_intervention": "nonrandomised_intervention"}
"""Where the names of the data are not those of `suggest-file`."""

OBSERVED = "observational"

PART_OF = {"meta_analysis": "systematic_review", "scoping_review": "systematic_review"}
"""Names of `suggest-file` that the data count under a broader one."""

DRAWS = 400

FloatArray = npt.NDArray[np.float64]
Paper = tuple[dict[str, list[str]], dict[str, float]]
"""Grams of each block, and signs."""


@dataclass(frozen=True)
class Fitted:
    """One training: vocabularies, and for each of them weights for each class."""

    vectors: dict[str, TfidfVectorizer]
    weights: dict[str, FloatArray]
    signs: DictVectorizer
    sign_weights: FloatArray
    start: FloatArray
    classes: list[str]

    def logits(self, papers: Sequence[Paper]) -> FloatArray:
        """N rows, one column a class."""
        total = np.tile(self.start, (len(papers), 1))
        for name, vector in self.vectors.items():
            total += vector.transform([p[0][name] for p in papers]) @ self.weights[name]
        return total + self.signs.transform([p[1] for p in papers]) @ self.sign_weights


def fit(papers: Sequence[Paper], labels: npt.NDArray[np.str_], others: Sequence[Paper]) -> Fitted:
    """Train on sorted papers; of the ``others`` only the wording is read."""
    vectors = {
        name: TfidfVectorizer(analyzer=list, min_df=PAPERS[name], sublinear_tf=True)
        for name in BLOCKS
    }
    parts = {n: v.fit_transform([p[0][n] for p in papers]) for n, v in vectors.items()}
    signs = DictVectorizer()
    seen = signs.fit_transform([p[1] for p in papers])
    more = vectors["abstract"].transform([p[0]["abstract"] for p in others])
    topics = TruncatedSVD(TOPICS, n_iter=4, random_state=SEED)
    topics.fit(sparse.vstack([parts["abstract"], more]))
    columns = [parts[n] * WEIGHT[n] for n in BLOCKS]
    columns += [seen * SIGNS_WEIGHT]
    columns += [sparse.csr_matrix(topics.transform(parts["abstract"]) * TOPICS_WEIGHT)]
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500, tol=1e-4)
    model.fit(sparse.hstack(columns).tocsr(), labels)
    ends = np.cumsum([c.shape[1] for c in columns])[:-1]
    *grams, of_signs, of_topics = np.split(model.coef_.T, ends)
    weights = {n: w * WEIGHT[n] for n, w in zip(BLOCKS, grams, strict=True)}
    weights["abstract"] = weights["abstract"] + TOPICS_WEIGHT * topics.components_.T @ of_topics
    return Fitted(
        vectors,
        weights,
        signs,
        of_signs * SIGNS_WEIGHT,
        model.intercept_ + RARITY_KEPT * frequency(labels, model.classes_),
        [str(c) for c in model.classes_],
    )


def frequency(labels: npt.NDArray[np.str_], classes: Sequence[str]) -> FloatArray:
    """How much more often than the others each class occurs, as logarithms."""
    counts = np.array([(labels == AS_FREQUENT_AS.get(c, c)).sum() for c in classes])
    return np.asarray(np.log(counts * len(classes) / len(labels)))


def read(folder: Path) -> tuple[pd.DataFrame, list[Paper], list[Paper]]:
    """Sorted papers as a table and as the model sees them, and papers of the other tables."""
    tagger = Tagger(load(ROOT / "data").codebook, model=None)
    table = pd.read_csv(folder / SORTED, dtype=str, keep_default_na=False)
    others: list[Paper] = []
    for path in sorted(folder.glob("*.csv.gz")):
        more = pd.read_csv(path, dtype=str, keep_default_na=False)
        if path.name == SORTED or not {"title", "abstract"} <= set(more.columns):
            continue
        more = more[more["abstract"] != ""]
        more = more.iloc[:: max(1, len(more) * 2 // OTHERS_READ)]
        others += _papers(tagger, more)
    return table, _papers(tagger, table), others


def _papers(tagger: Tagger, table: pd.DataFrame) -> list[Paper]:
    read = (
        tagger.read_design(t, a) for t, a in zip(table["title"], table["abstract"], strict=True)
    )
    return [({n: [g.text for g in found] for n, found in p.items()}, s) for p, s in read]


def split_others(labels: Sequence[str], papers: Sequence[Paper]) -> npt.NDArray[np.str_]:
    """Labels by the names of `suggest-file`; what people sorted under "other" and what speaks of
    figures on many people counts as observational: the data have no such class of their own."""
    made = []
    for label, (_, signs) in zip(labels, papers, strict=True):
        people = "many" in signs and signs.keys() & {"observed", "figures", "significant"}
        lab = signs.keys() & {"in animals", "animal care", "rules in_vitro", "computed", "asked"}
        observed = label == OTHER and people and not lab
        made.append(OBSERVED if observed else NAMES.get(label, label))
    return np.array(made)


def tempered(logits: FloatArray, truth: npt.NDArray[np.intp]) -> float:
    """The factor on the logits under which they are probabilities of papers not trained on."""

    def loss(factor: float) -> float:
        return float(-_log_softmax(logits * factor)[np.arange(len(truth)), truth].mean())

    return float(optimize.minimize_scalar(loss, bounds=(0.2, 5), method="bounded").x)


def _log_softmax(logits: FloatArray) -> FloatArray:
    top = logits - logits.max(axis=1, keepdims=True)
    return top - np.log(np.exp(top).sum(axis=1, keepdims=True))


def cross_validated(
    table: pd.DataFrame,
    papers: Sequence[Paper],
    labels: npt.NDArray[np.str_],
    others: Sequence[Paper],
) -> tuple[FloatArray, list[str], npt.NDArray[np.str_]]:
    """Each paper as a training without it sees it: logits, the classes, and the first two names
    that rules and model give it together."""
    classes = sorted(set(labels))
    logits = np.zeros((len(papers), len(classes)))
    ranked = np.full((len(papers), 2), "", dtype="U40")
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(np.zeros(len(papers)), labels):
        fitted = fit([papers[i] for i in train], labels[train], others)
        logits[test] = fitted.logits([papers[i] for i in test])
        ranked[test] = first_two(as_used(fitted, 1.0, "of a fold"), table.iloc[test])
    return logits, [str(c) for c in classes], ranked


def first_two(model: DesignModel, table: pd.DataFrame) -> list[list[str]]:
    """The first two designs of each paper, by the names of the data; blank where there are less."""
    codebook = load(ROOT / "data").codebook
    tagger = Tagger(codebook, model=model)
    dimension = codebook.dimension(DESIGN).id
    found: list[list[str]] = []
    for title, abstract in zip(table["title"], table["abstract"], strict=True):
        said = in_usual_names(tagger.suggest(title, abstract), codebook)
        by_rank = {p.rank: p.value for p in said if p.dimension == dimension}
        names = [PART_OF.get(by_rank[rank], by_rank[rank]) for rank in sorted(by_rank)]
        found.append([*dict.fromkeys(names), "", ""][:2])
    return found


def of_both(
    ranked: npt.NDArray[np.str_], labels: npt.NDArray[np.str_]
) -> dict[str, tuple[float, float, float]]:
    """F1 of the first by value, their mean, the share right among the first two: each with its
    95 % interval."""
    designs = [c for c in sorted(set(map(str, labels))) if c not in (OTHER, OBSERVED)]

    def told(which: npt.NDArray[np.intp]) -> list[float]:
        first, truth = ranked[which, 0], labels[which]
        out = [
            2
            * ((first == c) & (truth == c)).sum()
            / max(1, (first == c).sum() + (truth == c).sum())
            for c in designs
        ]
        known = np.isin(truth, designs)
        two = (ranked[which] == truth[:, None]).any(axis=1)
        return [*map(float, out), float(np.mean(out)), float(two[known].mean())]

    random = np.random.default_rng(SEED)
    drawn = [told(random.integers(0, len(labels), len(labels))) for _ in range(DRAWS)]
    low, high = np.quantile(np.array(drawn), (0.025, 0.975), axis=0)
    names = [*designs, "macro", "among the first two"]
    every = zip(told(np.arange(len(labels))), low, high, strict=True)
    return {
        name: (round(one, 3), round(float(least), 3), round(float(most), 3))
        for name, (one, least, most) in zip(names, every, strict=True)
    }


def figures(
    logits: FloatArray, classes: Sequence[str], labels: npt.NDArray[np.str_]
) -> dict[str, float]:
    """F1 of the first by value, their mean, the share right among the first two, the error of
    the confidence (expected calibration error over ten steps)."""
    designs = [c for c in map(str, classes) if c not in (OTHER, OBSERVED)]
    order = np.argsort(-logits, axis=1)
    first = np.array(classes)[order[:, 0]]
    out: dict[str, float] = {}
    for c in designs:
        both = int(((first == c) & (labels == c)).sum())
        out[c] = 2 * both / max(1, int((first == c).sum() + (labels == c).sum()))
    out["macro"] = float(np.mean([out[c] for c in designs]))
    known = np.isin(labels, designs)
    two = np.array(classes)[order[:, :2]] == labels[:, None]
    out["among the first two"] = float(two.any(axis=1)[known].mean())
    sure = np.exp(_log_softmax(logits)).max(axis=1)
    step = np.minimum((sure * 10).astype(int), 9)
    right = first == labels
    out["error of the confidence"] = float(
        sum(abs(sure[step == s].mean() - right[step == s].mean()) * (step == s).mean()
            for s in range(10) if (step == s).any())
    )  # fmt: skip
    return {name: round(value, 3) for name, value in out.items()}


def as_used(fitted: Fitted, factor: float, version: str) -> DesignModel:
    """The model as it is used."""
    blocks = {
        name: Block(
            {word: n for n, word in enumerate(vector.get_feature_names_out())},
            vector.idf_,
            (fitted.weights[name] * factor).astype(np.float32),
        )
        for name, vector in fitted.vectors.items()
    }
    signs = {str(sign): n for n, sign in enumerate(fitted.signs.feature_names_)}
    return DesignModel(
        version, fitted.classes, blocks, signs, fitted.sign_weights * factor, fitted.start * factor
    )


def main() -> None:
    """Train, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="keep the split val apart")
    parser.add_argument("--write", action="store_true", help="replace the model that ships")
    asked = parser.parse_args()
    table, papers, others = read(asked.folder)
    labels = split_others(list(table["labels"]), papers)
    if asked.check:
        kept = np.flatnonzero(table["split"] == "val")
        used = np.flatnonzero(table["split"] != "val")
        fitted = fit([papers[i] for i in used], labels[used], others)
        logits = fitted.logits([papers[i] for i in kept])
        print(f"{len(kept)} papers kept apart:", figures(logits, fitted.classes, labels[kept]))
        return
    logits, classes, ranked = cross_validated(table, papers, labels, others)
    truth = np.searchsorted(classes, labels)
    factor = tempered(logits, truth)
    found = figures(logits * factor, classes, labels)
    both = of_both(ranked, labels)
    print(f"{len(papers)} papers, {FOLDS}-fold cross-validation, model alone:", found)
    print("as suggest-file ranks them, by rules and model:")
    for name, (one, low, high) in both.items():
        print(f"  {name:28} {one:.3f} ({low:.3f} to {high:.3f})")
    if asked.write:
        # Trained anew on one day under other rules it is another version.
        rules = SourceVersions(load(ROOT / "data").codebook, None).all[:6]
        version = f"{date.today():%Y-%m-%d}.{rules}"
        fitted = fit(papers, labels, others)
        account = {
            "version": version,
            "trained_on": {
                "data": "StudyTypeTeller, training and validation part, sorted by people",
                "papers": len(papers),
                "by_class": {str(c): int((labels == c).sum()) for c in classes},
                "observational": "those sorted under other that speak of figures on many people",
            },
            "read_for_wording_only": {
                "data": sorted(p.name.removesuffix(".csv.gz") for p in asked.folder.glob("*.csv.gz")
                               if p.name != SORTED),
                "papers": len(others),
            },
            "cross_validated": {
                "how": f"{FOLDS} folds over all papers; F1 of the most likely class, model alone",
                **found,
            },
            "with_the_rules": {
                "how": "the same folds, as suggest-file ranks rules and model; 95 % intervals",
                **{name: list(told) for name, told in both.items()},
            },
            "made_by": "benchmarks/train_design_model.py",
        }  # fmt: skip
        as_used(fitted, factor, version).save(PATH)
        text = yaml.safe_dump(account, sort_keys=False, allow_unicode=True, width=100)
        PATH.with_suffix(".yaml").write_text(text, encoding="utf-8")
        print(f"{PATH.name}: {PATH.stat().st_size / 1e6:.1f} MB, version {version}")


if __name__ == "__main__":
    main()
