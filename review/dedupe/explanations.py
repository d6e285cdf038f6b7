"""Say in one sentence what speaks for and against a pair."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from review.dedupe.features import PairFeatures

_BUT = "; but "

_AGREE: tuple[tuple[str, str], ...] = (
    ("doi", "DOI"),
    ("pmid", "PubMed id"),
    ("pmcid", "PubMed Central id"),
    ("openalex", "OpenAlex id"),
    ("author", "author"),
    ("journal", "journal"),
    ("year", "year"),
    ("volume", "volume"),
    ("page", "page"),
    ("abstract", "abstract"),
)
_AGAINST: tuple[tuple[str, str], ...] = (
    ("no_identifier", "the identifiers differ"),
    ("no_author", "the authors differ"),
    ("no_journal", "the journals differ"),
    ("no_year", "the years differ"),
    ("no_volume", "the volumes differ"),
    ("no_page", "the pages differ"),
    ("no_abstract", "the abstracts differ"),
    ("numbers", "the numbers in the titles differ"),
    ("notice", "one is a notice, reply or comment"),
    ("generic", "the title says little"),
    ("preprint", "one is a preprint"),
    ("meeting", "one is from a meeting"),
)


def reasons(f: PairFeatures) -> npt.NDArray[np.object_]:
    """Return M sentences such as ``Same DOI and year, title 98 % alike.``

    Pairs with equal findings share one sentence, so the work does not grow with their number.
    """
    flags = np.stack([getattr(f, name) for name, _ in (*_AGREE, *_AGAINST)], axis=1)
    code = flags @ (1 << np.arange(flags.shape[1], dtype=np.int64)) * 256 + f.percent + 1
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    sentences = np.empty(len(first), dtype=object)
    for at, row in enumerate(first):
        agree = [text for (_, text), on in zip(_AGREE, flags[row], strict=False) if on]
        against = [
            text for (_, text), on in zip(_AGAINST, flags[row, len(_AGREE) :], strict=True) if on
        ]
        sentences[at] = _sentence(int(f.percent[row]), agree, against)
    return sentences[inverse]


def with_contradiction(why: str, words: str) -> str:
    """Add to a sentence of `reasons` what else speaks against the pair."""
    first, but, known = why.rstrip(".").partition(_BUT)
    if "the abstracts differ" in known:
        words = words.removesuffix("the abstracts differ").removesuffix(" and ")
    against = f"{known} and {words}" if known and words else known or words
    return f"{first}{_BUT}{against}."


def of_others(why: str, against: str) -> str:
    """Add to the sentence of a sure pair why records joined with the two speak against it."""
    _, but, words = against.rstrip(".").partition(_BUT)
    if not but:
        return why
    return with_contradiction(why, f"of records joined with these {words}")


def _sentence(percent: int, agree: list[str], against: list[str]) -> str:
    title = f"title {percent} % alike" if percent >= 0 else "title missing on one side"
    first = f"Same {_list(agree)}, {title}" if agree else title.capitalize()
    return f"{first}{_BUT}{_list(against)}." if against else f"{first}."


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
