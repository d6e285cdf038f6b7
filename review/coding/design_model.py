"""The shipped model of study designs: a linear one, read without pickle and applied with numpy.

`benchmarks/train_design_model.py` makes the file; `design_model.yaml` beside it says from which
data, when, and how good it is on papers that it was not trained on. Where the file cannot be read
the rules go on alone.
"""

from __future__ import annotations

import logging
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

import numpy as np
import numpy.typing as npt

from review.coding.design_features import BLOCKS, Gram

PATH = Path(__file__).with_name("design_model.npz")

OTHER = "other"
"""The model's class for papers of no design that it knows."""

REASONS = 3
"""Grams named as the reason for a suggestion, at most."""

LEAST_EXPLAINED = 0.05
"""Classes less likely than this are given no reasons: nobody is shown them."""

FloatArray = npt.NDArray[np.float64]
log_of = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Likely:
    """One class, how likely it is, and the grams of the text that speak for it most."""

    name: str
    probability: float
    grams: tuple[Gram, ...]


@dataclass(frozen=True)
class Block:
    """The vocabulary of one part of the text.

    Attributes:
        places: gram -> row.
        rarity: V weights of the grams, larger for rare ones (inverse document frequency).
        weights: what a gram says for each class; V rows, one column a class.
    """

    places: Mapping[str, int]
    rarity: FloatArray
    weights: npt.NDArray[np.float32]


class DesignModel:
    """A multinomial logistic regression on grams and signs."""

    def __init__(
        self,
        version: str,
        classes: Sequence[str],
        blocks: Mapping[str, Block],
        signs: Mapping[str, int],
        sign_weights: FloatArray,
        start: FloatArray,
    ) -> None:
        """Put the parts of a model together; `load` reads them from a file.

        Args:
            signs: sign -> row of ``sign_weights``, S rows, one column a class.
            start: what each class has before anything is read; one number a class.
        """
        self.version = version
        self.classes = tuple(classes)
        self._blocks = blocks
        self._signs = signs
        self._sign_weights = sign_weights
        self._start = start

    @classmethod
    def load(cls, path: Path = PATH) -> DesignModel:
        """Read a model.

        Raises:
            OSError: there is no such file.
            ValueError, KeyError: it is no model of this program.
        """
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            blocks = {}
            for name in BLOCKS:
                weights = file[f"{name} weights"].astype(np.float32) * file[f"{name} scale"]
                words = _lines(file[f"{name} words"])
                if len(words) != len(weights):
                    raise ValueError(f"{path} has {len(words)} words for {len(weights)} weights")
                rarity = file[f"{name} rarity"].astype(np.float64)
                blocks[name] = Block({w: n for n, w in enumerate(words)}, rarity, weights)
            return cls(
                _lines(file["version"])[0],
                _lines(file["classes"]),
                blocks,
                {sign: n for n, sign in enumerate(_lines(file["signs"]))},
                file["sign weights"].astype(np.float64),
                file["start"].astype(np.float64),
            )

    def save(self, path: Path) -> None:
        """Write the model: texts as bytes, weights as whole numbers of one byte and a scale."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "version": _packed([self.version]),
            "classes": _packed(self.classes),
            "signs": _packed(list(self._signs)),
            "sign weights": self._sign_weights.astype(np.float32),
            "start": self._start.astype(np.float32),
        }
        for name, block in self._blocks.items():
            scale = np.abs(block.weights).max(axis=1, keepdims=True) / 127 + 1e-9
            arrays[f"{name} words"] = _packed(list(block.places))
            arrays[f"{name} rarity"] = block.rarity.astype(np.float16)
            arrays[f"{name} weights"] = np.rint(block.weights / scale).astype(np.int8)
            arrays[f"{name} scale"] = scale.astype(np.float32)
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @property
    def width(self) -> int:
        """How many weights a class has: grams of all blocks, signs, and the start."""
        grams = sum(len(block.places) for block in self._blocks.values())
        return grams + len(self._signs) + 1

    def row(
        self, parts: Mapping[str, Sequence[Gram]], signs: Mapping[str, float]
    ) -> tuple[npt.NDArray[np.intp], FloatArray]:
        """What a record holds of what the model knows: places among its weights, and values."""
        places: list[npt.NDArray[np.intp]] = []
        values: list[FloatArray] = []
        first = 0
        for name, block in self._blocks.items():
            rows, held, _ = _vector(block, parts[name])
            places.append(rows + first)
            values.append(held)
            first += len(block.places)
        known = {self._signs[sign]: value for sign, value in signs.items() if sign in self._signs}
        end = first + len(self._signs)
        places.append(np.array([*(first + n for n in known), end], dtype=np.intp))
        values.append(np.array([*known.values(), 1.0]))
        return np.concatenate(places), np.concatenate(values)

    def moved(self, by: FloatArray, version: str) -> DesignModel:
        """The model with other weights.

        Args:
            by: what is added to them, `width` rows in the order of `row`, one column a class.
        """
        blocks: dict[str, Block] = {}
        first = 0
        for name, block in self._blocks.items():
            end = first + len(block.places)
            weights = (block.weights + by[first:end]).astype(np.float32)
            blocks[name] = Block(block.places, block.rarity, weights)
            first = end
        return DesignModel(
            version, self.classes, blocks, self._signs,
            self._sign_weights + by[first:-1], self._start + by[-1],
        )  # fmt: skip

    def logits(self, parts: Mapping[str, Sequence[Gram]], signs: Mapping[str, float]) -> FloatArray:
        """What speaks for each class, as logarithms of odds up to a constant."""
        total = self._start.copy()
        for name, block in self._blocks.items():
            rows, values, _ = _vector(block, parts[name])
            total += values @ block.weights[rows]
        for sign, value in signs.items():
            if sign in self._signs:
                total += self._sign_weights[self._signs[sign]] * value
        return total

    def predict(
        self, parts: Mapping[str, Sequence[Gram]], signs: Mapping[str, float]
    ) -> list[Likely]:
        """How likely each class is, the most likely first.

        Args:
            parts: the grams of each block, from `design_features.parts`.
            signs: from `design_features.signs`.
        """
        total = self._start.copy()
        numbers: dict[str, int] = {}  # of the grams that are known, over all blocks
        which: list[int] = []
        said: list[FloatArray] = []
        for name, block in self._blocks.items():
            rows, values, words = _vector(block, parts[name])
            if len(rows):
                each = block.weights[rows] * values[:, None]
                total += each.sum(axis=0)
                said.append(each)
                which += [numbers.setdefault(word, len(numbers)) for word in words]
        for sign, value in signs.items():
            if sign in self._signs:
                total += self._sign_weights[self._signs[sign]] * value
        odds = np.exp(total - total.max())
        odds /= odds.sum()
        shares = np.concatenate(said) if said else np.zeros((0, len(self.classes)))
        shares -= (shares @ odds)[:, None]  # beside what they say for the others
        names = list(numbers)
        places = {gram.text: gram for gram in (*parts["abstract"][::-1], *parts["title"][::-1])}

        def reasons(n: int) -> tuple[Gram, ...]:
            if odds[n] < LEAST_EXPLAINED:
                return ()
            share = np.bincount(which, shares[:, n], len(names))
            best = np.argsort(-share, kind="stable")[:REASONS]
            return tuple(places[names[at]] for at in best if share[at] > 0 and names[at] in places)

        return [
            Likely(self.classes[n], float(odds[n]), reasons(n))
            for n in np.argsort(-odds, kind="stable")
        ]


@lru_cache(maxsize=1)
def shipped() -> DesignModel | None:
    """The model that ships; None, and a line in the log, where it cannot be read."""
    try:
        return DesignModel.load(PATH)
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        log_of.warning("The model of study designs cannot be read, so rules go alone: %s", error)
        return None


def _vector(
    block: Block, grams: Sequence[Gram]
) -> tuple[npt.NDArray[np.intp], FloatArray, list[str]]:
    """The grams of a part that the block knows: their rows, their values, themselves."""
    counts = Counter(gram.text for gram in grams)
    known = [(block.places[g], 1 + log(n), g) for g, n in counts.items() if g in block.places]
    rows = np.array([row for row, _, _ in known], dtype=np.intp)
    values = np.array([value for _, value, _ in known], dtype=np.float64) * block.rarity[rows]
    length = float(np.sqrt(values @ values))
    return rows, values / length if length else values, [g for _, _, g in known]


def _packed(lines: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode("utf-8"), dtype=np.uint8)


def _lines(packed: npt.NDArray[np.uint8]) -> list[str]:
    return packed.tobytes().decode("utf-8").split("\n")
