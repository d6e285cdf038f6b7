"""What the shipped model reads of a record: its words, and signs of how its text is built.

Title, abstract and the last sentences of the abstract are read apart. A gram is one word or two
that follow each other; words are made small, plurals singular, numbers one sign, so that a
vocabulary stays short and says nothing of any single paper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log1p
from typing import NamedTuple

from review.coding.needed_words import NeededWords
from review.coding.sentences import Words
from review.coding.wording_patterns import states_allotment

BLOCKS = ("title", "abstract", "end")
"""Parts of a text with a vocabulary of their own."""

ENDING = 2
"""Sentences at the end of an abstract that are read apart as well."""

NUMBER, YEAR = "#", "#y"

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")

_ONE = r"(?:patient|man|woman|boy|girl|infant|child|case|male|female|newborn|neonate|family)"
_MANY = (
    r"(?:patients|participants|subjects|volunteers|women|men|children|adults|individuals|"
    r"adolescents|people|persons|males|females|infants|students|inpatients|outpatients|cases)"
)
_SIGNS: Mapping[str, str] = {
    "one patient": rf"\b(?:a|an|this|our|one|the) (?:[\w-]+ ){{0,3}}{_ONE}\b(?! (?:group|control|"
    r"series|load|report form|populations?))",
    "patient was": r"\b(?:patient|man|woman|boy|girl|infant|child) (?:was|had|presented|developed|"
    r"died|underwent|received|who|with|is|whose|recovered|responded|improved)\b",
    "reports one": r"\b(?:report|describe|present)(?:s|ed|ing)? (?:here |now |on |the )?"
    rf"(?:a|an|one)\b[^.]{{0,40}}\b{_ONE}\b|\b{_ONE}\b[^.]{{0,30}}\b(?:is|was) "
    r"(?:reported|presented|described)\b",
    "case": r"\bcase (?:report|presentation|study)|\b(?:rare|unusual|first|single|unique) case\b|"
    r"\bcase of\b",
    "years old": r"\b(?:\d+|\w+)[- ](?:year|month|week|day)s?[- ]old (?:\w+ ){0,3}(?:man|woman|boy|"
    r"girl|male|female|patient|infant|child|lady|gentleman)\b",
    "admitted": r"\b(?:was admitted|hospital day|on examination|was diagnosed|on admission|autopsy "
    r"(?:showed|revealed)|postoperative course|was referred)\b",
    "many": rf"\b{_MANY}\b",
    "many counted": rf"\b(?:\d[\d,]*|\w+teen|twenty|thirty|forty|fifty|sixty)\b (?:[\w-]+ ){{0,3}}"
    rf"{_MANY}\b",
    "figures": r"\bp ?[<=>≤] ?0?\.\d|\b95 ?%|\d ?%|\b(?:ci|or|hr|rr|sd) ?[=:]? ?\d|± ?\d",
    "significant": r"\bsignifican\w+|\bassociat\w+ with\b|\bcorrelat\w+",
    "will": r"\bwill (?:be |also be |then be )?\w+",
    "random": r"(?<!non-)(?<!non)(?<!not )(?<!un)\brandom(?:i[sz]|ly|\b)",
    "blind": r"\b(?:double|single|triple|rater|observer|assessor)[- ](?:blind|mask)\w*|\bplacebo\b|"
    r"\bcross-?over\b|\bsham\b",
    "arms": r"\b(?:control|intervention|treatment|experimental|placebo|usual care|waiting[- ]list) "
    r"(?:groups?|arms?|condition)\b|\bversus\b|\bvs\b",
    "observed": r"\b(?:retrospective\w*|cross-sectional|cohort|case-control|registry|survey\w*|"
    r"questionnaires?|prevalence|incidence|risk factors?|odds ratio|medical records|charts|"
    r"longitudinal|epidemiolog\w+|follow-up study|predict\w*)\b",
    "treated": r"\b(?:treated with|underwent|received|administ\w+|therapy|intervention|training|"
    r"program(?:me)?|stimulation|open-label|pilot|feasibility|efficacy|safety|pre-? ?post)\b",
    "searched": r"\b(?:pubmed|medline|embase|cochrane|scopus|web of science|psycinfo|cinahl)\b|"
    r"\b(?:literature|systematic|database|electronic) search\w*|\bmeta[- ]?(?:analy|regress)\w+|"
    r"\bsystem(?:at)?ic (?:\w+ )?review",
    "reviewed": r"\b(?:reviews?|reviewed|reviewing|overview|discuss\w*|summari[sz]\w*|literature|"
    r"perspectives?|highlights?|recent advances|current)\b",
    "own data": r"\b(?:we (?:\w+ )?(?:found|observed|measured|enrolled|recruited|analy[sz]ed|"
    r"tested|studied|compared)|were (?:\w+ )?(?:measured|analy[sz]ed|collected|recruited|compared)|"
    r"this (?:\w+ )?(?:study|trial)|results:)",
    "animals": r"\b(?:mice|mouse|rats?|murine|rodents?|rabbits?|pigs?|piglets?|dogs?|monkeys?|"
    r"macaques?|zebrafish|drosophila|c\. elegans|hamsters?|sheep|cats?|gerbils?|primates?|baboons?|"
    r"swine(?![- ](?:origin|flu|influenza)))\b",
    "in animals": r"\b(?:in|of|to|with|from) (?:[\w/-]+ ){0,3}(?:mice|rats?|rabbits|pigs|piglets|"
    r"dogs|monkeys|zebrafish|hamsters|sheep|cats|gerbils)\b|\b(?:mice|rats|animals) (?:were|was|"
    r"that|showed|received)\b",
    "animal care": r"\b(?:intraperitoneal\w*|i\.p\.|intragastric\w*|gavage|sacrificed|knock-?out|"
    r"transgenic|wild-?type|sprague-dawley|wistar|c57bl|in vivo|behaviou?ral tests?|open field)\b",
    "cells": r"\b(?:cells?|cell lines?|cultures?|cultured|neurons|astrocytes|microglia|fibroblasts|"
    r"organoids?|sh-sy5y|pc12|hek|transfect\w+|sirna)\b",
    "in vitro": r"\b(?:in vitro|cultured|cell lines?|incubated|recombinant|purified|crystal|"
    r"binding|microsomes|membranes|slices?|patch[- ]clamp|assays?|western blot\w*|enzymes?)\b",
    "cells of animals": r"\b(?:mouse|rat|murine|bovine|porcine|rabbit|hamster|canine)s? "
    r"(?:[\w/-]+ ){0,4}(?:cells?|cell lines?|cultures?|neurons?|astrocytes|microglia|fibroblasts|"
    r"hepatocytes|myocytes|cardiomyocytes|macrophages|osteoblasts|chondrocytes|oligodendrocytes|"
    r"synaptosomes|organoids?|homogenates?|microsomes?)\b",
    "opinion": r"\b(?:commentary|editorial|letter|opinion|comment|guidelines?|consensus|reply)\b",
    "computed": r"\b(?:algorithm\w*|simulat\w+|computational|in silico|deep learning|machine "
    r"learning|software|mathematical)\b",
    "asked": r"\b(?:interviews?|qualitative|focus groups?|thematic|perceptions|attitudes)\b",
    "few counted": r"\b(?:two|three|four|five|six|seven|eight|nine|ten|[2-9]|1\d) (?:[\w-]+ ){0,2}"
    r"(?:cases|patients|siblings|sibs|brothers|sisters|families|children|infants|individuals)\b",
    "patients seen": r"\b(?:patients|cases|individuals|sibs|siblings|family|families|members) "
    r"(?:[\w-]+ ){0,2}(?:is|are|were|was) (?:seen|described|reported|presented|studied|reviewed|"
    r"analy[sz]ed|collected|found)\b",
    "new method": r"\b(?:we|this (?:paper|article|study|work)|here) (?:\w+ )?(?:develop|propose|"
    r"introduce|present|describe)\w* (?:an?|the|our) (?:\w+[- ]){0,3}(?:methods?|tools?|models?|"
    r"approach|framework|devices?|systems?|algorithm|scale|instrument|software|database|"
    r"program(?:me)?|service|facility)\b|\b(?:method|formula|device|system|tool) (?:is|was) "
    r"(?:presented|described|proposed|reported|developed)\b",
    "human samples": r"\b(?:post-?mortem|autopsy|biops(?:y|ies)|serum|plasma|cerebrospinal fluid|"
    r"blood samples?|brain tissue|tissue samples?|tumou?r samples)\b",
    "genes": r"\b(?:mutations?|polymorphisms?|snps?|genotyp\w+|exome|genome-wide|linkage|"
    r"variants?|pedigrees?)\b",
}
_NEEDED = NeededWords([re.compile(pattern) for pattern in _SIGNS.values()])

FEW = 3
"""Finds of a sign from which more say nothing more."""


class Gram(NamedTuple):
    """One or two words of a text in their plain form, and where they stand."""

    text: str
    start: int
    end: int


def grams(text: str, start: int = 0, end: int | None = None) -> list[Gram]:
    """Single words and pairs of a part of a text that is in small letters."""
    words = [
        Gram(_plain(m[0]), m.start(), m.end())
        for m in _WORD.finditer(text, start, len(text) if end is None else end)
    ]
    pairs = [
        Gram(f"{one.text} {two.text}", one.start, two.end)
        for one, two in zip(words, words[1:], strict=False)
    ]
    return words + pairs


def parts(words: Words) -> dict[str, list[Gram]]:
    """The grams of each of the `BLOCKS` of a record."""
    body = words.title_end + 1
    abstract = grams(words.lower, body)
    last = max(body, words.starts[-ENDING]) if len(words.starts) > ENDING else body
    return {
        "title": grams(words.lower, 0, words.title_end),
        "abstract": abstract,
        "end": [gram for gram in abstract if gram.start >= last],
    }


def signs(words: Words, scores: Mapping[str, float], titled: Sequence[str]) -> dict[str, float]:
    """Signs of how a text is built, beside its words; a sign that is not there is left out.

    Args:
        scores: design, by the name the model knows it by -> confidence of the rules.
        titled: designs that the rules find named in the title.
    """
    found = {f"rules {name}": score for name, score in scores.items()}
    found |= {f"titled {name}": 1.0 for name in titled}
    held = _NEEDED.held(words.tokens)
    for number, name in enumerate(_SIGNS):
        matches = _NEEDED.every(number, words.lower, held)
        body = sum(match.start() >= words.title_end for match in matches)
        if body < len(matches):
            found[f"{name}, title"] = 1.0
        if body:
            found[name] = log1p(min(body, FEW)) / log1p(FEW)
    if states_allotment(words.lower, words.bounds[1:]):
        found["chance allotted"] = 1.0
    found["length"] = log1p(len(words.lower) - words.title_end) / 8
    found["title length"] = log1p(words.title_end) / 5
    if words.text[:1] == "[":
        found["translated title"] = 1.0
    return found


@lru_cache(50_000)
def _plain(word: str) -> str:
    if word[0].isdigit():
        if len(word) == 1:
            return word
        return YEAR if _YEAR.fullmatch(word) else NUMBER
    if len(word) > 4 and word[-1] == "s" and word[-2] != "s":
        return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]
    return word
